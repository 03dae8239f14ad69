package dev.guidon.stream;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A disk that forgets in a crash what was not synced, as far as a real one may. */
final class MemoryDisk implements Disk {
  private static final class File {
    private byte[] now = new byte[0];
    private byte[] durable = new byte[0];
  }

  /** Thrown when the budget of steps is used up: the machine stops in the middle of things. */
  static final class Crashed extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private final Map<String, File> names = new TreeMap<>();
  private final Map<String, File> durableNames = new TreeMap<>();
  private long stepsLeft = Long.MAX_VALUE;
  private long steps;

  /** The machine stops before the step after these. */
  MemoryDisk crashAfter(long count) {
    stepsLeft = count;
    return this;
  }

  long steps() {
    return steps;
  }

  /** The power is back. Unsynced content and names are there, or not, or in part. */
  void restart(Random random) {
    stepsLeft = Long.MAX_VALUE;
    Map<String, File> after = new HashMap<>(durableNames);
    names.forEach((name, file) -> keepOrNot(name, file, random, after));
    names.clear();
    names.putAll(after);
    for (File file : names.values()) {
      if (!Arrays.equals(file.now, file.durable)) {
        file.now = partOf(file, random);
      }
      file.durable = file.now;
    }
    durableNames.clear();
    durableNames.putAll(names);
  }

  private static void keepOrNot(String name, File file, Random random, Map<String, File> after) {
    if (after.get(name) != file && random.nextBoolean()) {
      after.put(name, file);
    }
  }

  private static byte[] partOf(File file, Random random) {
    if (random.nextInt(4) == 0) {
      return file.durable;
    }
    byte[] part = Arrays.copyOf(file.now, random.nextInt(file.now.length + 1));
    if (part.length > file.durable.length && random.nextInt(3) == 0) {
      // The length reached the disk and the content did not.
      Arrays.fill(part, file.durable.length, part.length, (byte) 0);
    }
    int kept = Math.min(part.length, file.durable.length);
    System.arraycopy(file.durable, 0, part, 0, kept);
    return part.length < file.durable.length ? file.durable : part;
  }

  void put(String name, byte[] bytes) {
    File file = new File();
    file.now = bytes;
    file.durable = bytes;
    names.put(name, file);
    durableNames.put(name, file);
  }

  byte[] get(String name) {
    return names.get(name).now.clone();
  }

  private void step() throws IOException {
    steps++;
    if (stepsLeft-- <= 0) {
      throw new Crashed();
    }
  }

  @Override
  public byte[] read(String name) {
    File file = names.get(name);
    return file == null ? null : file.now.clone();
  }

  @Override
  public void write(String name, byte[] bytes) throws IOException {
    File file = new File();
    names.put(name, file);
    step();
    file.now = bytes.clone();
    step();
  }

  @Override
  public void append(String name, byte[] bytes) throws IOException {
    step();
    File file = names.computeIfAbsent(name, n -> new File());
    byte[] longer = Arrays.copyOf(file.now, file.now.length + bytes.length);
    System.arraycopy(bytes, 0, longer, file.now.length, bytes.length);
    file.now = longer;
    step();
  }

  @Override
  public void sync(String name) throws IOException {
    step();
    File file = names.get(name);
    file.durable = file.now;
  }

  @Override
  public void rename(String from, String to) throws IOException {
    step();
    names.put(to, names.remove(from));
  }

  @Override
  public void syncFolder(String folder) throws IOException {
    step();
    durableNames.clear();
    durableNames.putAll(names);
  }

  @Override
  public List<String> list(String folder) {
    List<String> found = new ArrayList<>();
    for (String name : names.keySet()) {
      if (name.startsWith(folder + "/")) {
        found.add(name.substring(folder.length() + 1));
      }
    }
    return found;
  }

  @Override
  public void delete(String name) throws IOException {
    step();
    names.remove(name);
  }
}
