package dev.guidon.sdk;

import dev.guidon.model.Hash;
import dev.guidon.model.ScopeId;
import dev.guidon.model.View;
import dev.guidon.stream.StateFormat;
import dev.guidon.stream.StateStore;
import dev.guidon.stream.StreamLimits;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last view on disk, written behind the answers. Trouble with the disk is told in the log and
 * costs nothing but the start from it. Used by one thread.
 */
final class Cache implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(Cache.class);

  /** More than the two lines that come before the entities. */
  private static final int HEADER_BYTES_MAX = 64 * 1024;

  private final DirectoryDisk disk;
  private @Nullable StateStore<View> store;
  private boolean complained;

  private Cache(DirectoryDisk disk) {
    this.disk = disk;
  }

  /**
   * A cache of its own for each key, wished region and domain, so that one never meets what is
   * another's.
   */
  static @Nullable Cache open(
      @Nullable Path root, String key, @Nullable String region, String domain) {
    if (root == null) {
      return null;
    }
    String owner = Hash.of(key + "\n" + (region == null ? "" : region) + "\n" + domain).hex();
    Path directory = root.resolve("guidon-" + owner.substring(0, 16));
    try {
      return new Cache(DirectoryDisk.open(directory));
    } catch (IOException | SecurityException e) {
      log.warn("Cache directory {} cannot be used; nothing is kept.", directory, e);
      return null;
    }
  }

  DirectoryDisk disk() {
    return disk;
  }

  /** What was kept, if anything can be read. */
  @Nullable View load() {
    ViewHeader header = header();
    if (header == null) {
      return null;
    }
    StateStore<View> loading = open(header.scope(), header.region());
    StateStore.Loaded<View> loaded = loading.load();
    if (!loaded.problems().isEmpty()) {
      log.warn("Cache directory: {}", loaded.problems());
    }
    return loaded.state();
  }

  private @Nullable ViewHeader header() {
    try {
      byte[] file = disk.head("snapshot", HEADER_BYTES_MAX);
      return file == null ? null : ViewHeader.ofSecondLine(file);
    } catch (IOException | IllegalArgumentException e) {
      log.warn("Cache directory holds no snapshot that can be read; starting without.", e);
      return null;
    }
  }

  private StateStore<View> open(ScopeId scope, String region) {
    StateStore<View> opened =
        new StateStore<>(disk, StateFormat.ofView(scope, region, StreamLimits.DEFAULT));
    store = opened;
    return opened;
  }

  /**
   * For a first view: nothing was loaded, so that a store of its scope and region is still to be
   * made.
   */
  private StateStore<View> storeFor(View view) {
    StateStore<View> open = store;
    return open == null ? open(view.scope(), view.region()) : open;
  }

  void append(byte[] record, View after) {
    write(() -> storeFor(after).append(record, after));
  }

  void snapshot(View view) {
    write(() -> storeFor(view).snapshot(view));
  }

  private interface Write {
    void run() throws IOException;
  }

  private void write(Write write) {
    if (!disk.isHeld()) {
      return;
    }
    try {
      write.run();
      complained = false;
    } catch (IOException e) {
      if (!complained) {
        complained = true;
        log.warn(
            "The cache directory cannot be written; the next start may be from an older ruleset.",
            e);
      }
    }
  }

  @Override
  public void close() {
    try {
      disk.close();
    } catch (IOException e) {
      log.warn("The lock of the cache directory cannot be given back.", e);
    }
  }

  /** The first line of a file as text, without its end. */
  static String firstLine(byte[] bytes, int from) {
    int end = from;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    return new String(bytes, from, end - from, StandardCharsets.UTF_8);
  }
}
