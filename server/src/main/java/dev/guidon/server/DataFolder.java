package dev.guidon.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is where in a data folder. */
public record DataFolder(Path path) {
  /** The SQLite file of all scopes' logs. */
  public Path log() {
    return path.resolve("guidon.db");
  }

  /** What an edge keeps of the logs it follows. */
  public Path edge() {
    return path.resolve("edge");
  }

  /**
   * Makes the folder, for its owner only where the file system knows owners, and tells git to leave
   * it alone: it holds data and a hash of every key.
   */
  public void create() throws IOException {
    if (Files.isDirectory(path)) {
      return;
    }
    Files.createDirectories(path);
    if (Files.getFileStore(path).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(
          path, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
    }
    Files.writeString(path.resolve(".gitignore"), "*\n");
  }
}
