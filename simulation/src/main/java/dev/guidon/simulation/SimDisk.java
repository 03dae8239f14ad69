package dev.guidon.simulation;

import dev.guidon.stream.Disk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk that keeps what was synced, and after a crash any mixture of the rest: names and contents
 * are durable separately, writes tear anywhere.
 */
final class SimDisk implements Disk {
  private static final double FAILURE = 0.002;

  /** What a name leads to; shared by the names before and after a rename. */
  private static final class Content {
    private byte[] bytes;
    private byte[] durable;

    Content(byte[] bytes, byte[] durable) {
      this.bytes = bytes;
      this.durable = durable;
    }
  }

  private final World world;
  private final boolean syncIsALie;
  private Map<String, Content> names = new TreeMap<>();
  private Map<String, Content> durableNames = new TreeMap<>();
  private boolean calm;

  SimDisk(World world, boolean syncIsALie) {
    this.world = world;
    this.syncIsALie = syncIsALie;
  }

  void calm() {
    calm = true;
  }

  @Override
  public byte @Nullable [] read(String name) {
    Content content = names.get(name);
    return content == null ? null : content.bytes.clone();
  }

  @Override
  public void write(String name, byte[] bytes) throws IOException {
    mayFail(name);
    Content old = names.get(name);
    names.put(name, new Content(bytes.clone(), old == null ? new byte[0] : old.durable));
  }

  @Override
  public void append(String name, byte[] bytes) throws IOException {
    Content content = names.computeIfAbsent(name, n -> new Content(new byte[0], new byte[0]));
    int kept = fails() ? world.random().nextInt(bytes.length + 1) : bytes.length;
    byte[] longer = Arrays.copyOf(content.bytes, content.bytes.length + kept);
    System.arraycopy(bytes, 0, longer, content.bytes.length, kept);
    content.bytes = longer;
    if (kept < bytes.length) {
      throw new IOException("no space left on the simulated disk for " + name);
    }
  }

  @Override
  public void sync(String name) throws IOException {
    mayFail(name);
    Content content = names.get(name);
    if (content != null && !syncIsALie) {
      content.durable = content.bytes;
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    mayFail(from);
    Content content = names.remove(from);
    if (content == null) {
      throw new IOException("no file " + from);
    }
    names.put(to, content);
  }

  @Override
  public void syncFolder(String folder) throws IOException {
    mayFail(folder);
    if (syncIsALie) {
      return;
    }
    durableNames.keySet().removeIf(name -> isIn(name, folder) && !names.containsKey(name));
    names.forEach((name, content) -> {
      if (isIn(name, folder)) {
        durableNames.put(name, content);
      }
    });
  }

  private static boolean isIn(String name, String folder) {
    int slash = name.lastIndexOf('/');
    return folder.equals(slash < 0 ? "" : name.substring(0, slash));
  }

  @Override
  public List<String> list(String folder) {
    List<String> found = new ArrayList<>();
    for (String name : names.keySet()) {
      if (isIn(name, folder)) {
        found.add(name.substring(name.lastIndexOf('/') + 1));
      }
    }
    return found;
  }

  @Override
  public void delete(String name) {
    names.remove(name);
  }

  private void mayFail(String name) throws IOException {
    if (fails()) {
      throw new IOException("the simulated disk failed on " + name);
    }
  }

  private boolean fails() {
    return !calm && world.chance(FAILURE);
  }

  /**
   * The machine lost power: of each name and each content, the durable or something newer is there.
   */
  void crash() {
    Map<String, Content> after = new TreeMap<>(durableNames);
    for (Map.Entry<String, Content> one : names.entrySet()) {
      if (world.chance(0.5)) {
        after.put(one.getKey(), one.getValue());
      }
    }
    Map<String, Content> settled = new TreeMap<>();
    after.forEach((name, content) -> settled.put(name, settle(content)));
    names = settled;
    durableNames = new TreeMap<>(settled);
  }

  private Content settle(Content content) {
    byte[] left = content.durable;
    if (content.bytes.length > content.durable.length
        && startsWith(content.bytes, content.durable)) {
      int torn = world.random().nextInt(content.bytes.length - content.durable.length + 1);
      left = Arrays.copyOf(content.bytes, content.durable.length + torn);
    } else if (world.chance(0.5)) {
      left = content.bytes;
    }
    return new Content(left, left);
  }

  private static boolean startsWith(byte[] bytes, byte[] start) {
    return Arrays.mismatch(bytes, 0, start.length, start, 0, start.length) < 0;
  }
}
