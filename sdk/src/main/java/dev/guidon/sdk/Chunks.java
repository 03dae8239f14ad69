package dev.guidon.sdk;

import dev.guidon.model.BlobSource;
import dev.guidon.model.Hash;
import dev.guidon.model.View;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The chunks of key lists that are here: on disk where there is one, else in memory. One thread
 * puts them in, another uses them.
 */
final class Chunks implements BlobSource {
  private static final Logger log = LoggerFactory.getLogger(Chunks.class);
  private static final String FOLDER = "blobs/";

  /**
   * Unused chunks are kept until there are this many more than used ones: an edit is often followed
   * by its undoing.
   */
  private static final int UNUSED_MAX = 64;

  private final @Nullable DirectoryDisk disk;
  private final Map<Hash, byte[]> inMemory = new ConcurrentHashMap<>();
  private final Set<Hash> onDisk = ConcurrentHashMap.newKeySet();

  Chunks(@Nullable DirectoryDisk disk) {
    this.disk = disk;
    if (disk != null) {
      listDisk(disk);
    }
  }

  private void listDisk(DirectoryDisk from) {
    try {
      for (String name : from.list(FOLDER)) {
        if (Hash.isHash(name)) {
          onDisk.add(new Hash(name));
        }
      }
    } catch (IOException e) {
      log.warn("The chunks in the cache directory cannot be listed; they are fetched again.", e);
    }
  }

  boolean has(Hash hash) {
    return onDisk.contains(hash) || inMemory.containsKey(hash);
  }

  void put(Hash hash, byte[] bytes) {
    if (disk != null && disk.isHeld()) {
      try {
        disk.write(FOLDER + hash + ".part", bytes);
        disk.rename(FOLDER + hash + ".part", FOLDER + hash);
        onDisk.add(hash);
        return;
      } catch (IOException e) {
        log.warn(
            "Chunk {} cannot be written to the cache directory; it is kept in memory.", hash, e);
      }
    }
    inMemory.put(hash, bytes);
  }

  @Override
  public byte @Nullable [] blob(Hash hash) {
    byte[] bytes = inMemory.get(hash);
    return bytes == null && disk != null && onDisk.contains(hash) ? read(disk, hash) : bytes;
  }

  private byte @Nullable [] read(DirectoryDisk from, Hash hash) {
    try {
      byte[] bytes = from.read(FOLDER + hash);
      if (bytes != null && Hash.of(bytes).equals(hash)) {
        return bytes;
      }
      log.warn(
          "Chunk {} in the cache directory is {}; it is fetched again.",
          hash,
          bytes == null ? "gone" : "damaged");
    } catch (IOException e) {
      log.warn("Chunk {} in the cache directory cannot be read; it is fetched again.", hash, e);
    }
    onDisk.remove(hash);
    return null;
  }

  /** Forgets chunks that the view does not use, when there are many. */
  void prune(View view) {
    if (onDisk.size() + inMemory.size() <= UNUSED_MAX) {
      return;
    }
    Set<Hash> used = Documents.chunks(view);
    if (onDisk.size() + inMemory.size() - used.size() > UNUSED_MAX) {
      inMemory.keySet().retainAll(used);
      Set<Hash> unused = new HashSet<>(onDisk);
      unused.removeAll(used);
      unused.forEach(this::delete);
    }
  }

  private void delete(Hash hash) {
    onDisk.remove(hash);
    try {
      if (disk != null && disk.isHeld()) {
        disk.delete(FOLDER + hash);
      }
    } catch (IOException e) {
      log.warn("Unused chunk {} cannot be deleted from the cache directory.", hash, e);
    }
  }
}
