package dev.guidon.stream;

import java.io.IOException;

/**
 * Replaces a file so that after a crash at any moment either the old or the new content is there,
 * whole.
 */
final class Durable {
  static final String PART = ".part";

  private Durable() {}

  static void replace(Disk disk, String name, byte[] bytes) throws IOException {
    // The order matters: content before name, name before anyone relies on it.
    disk.write(name + PART, bytes);
    disk.sync(name + PART);
    disk.rename(name + PART, name);
    disk.syncFolder(folderOf(name));
  }

  private static String folderOf(String name) {
    int slash = name.lastIndexOf('/');
    return slash < 0 ? "" : name.substring(0, slash);
  }
}
