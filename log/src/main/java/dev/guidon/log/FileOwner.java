package dev.guidon.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The right to write a file, held by one opener on the machine: a lock on {@code <file>.lock}, let
 * go by the operating system when the process dies.
 */
final class FileOwner implements AutoCloseable {
  /**
   * What this process holds. Asked first, because POSIX drops all locks of a process on a file as
   * soon as any of its descriptors is closed: even looking at a lock file that we hold would lose
   * the lock.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path lockFile;
  private final FileChannel channel;

  private FileOwner(Path lockFile, FileChannel channel) {
    this.lockFile = lockFile;
    this.channel = channel;
  }

  /** Throws {@link LogUnavailableException} when another has it. */
  static FileOwner of(Path file) throws IOException {
    Path directory = SqliteFile.directoryOf(file).toRealPath();
    Path lockFile = directory.resolve(file.getFileName() + ".lock");
    if (!HELD.add(lockFile)) {
      throw taken(file, "this process");
    }
    FileChannel channel = null;
    try {
      channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw taken(file, "another process");
      }
      return new FileOwner(lockFile, channel);
    } catch (IOException | RuntimeException e) {
      HELD.remove(lockFile);
      if (channel != null) {
        channel.close();
      }
      throw e;
    }
  }

  private static LogUnavailableException taken(Path file, String by) {
    return new LogUnavailableException(
        "log "
            + file
            + ": open for writing in "
            + by
            + " (expected: one writer; stop the other, or open it read-only)",
        null);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new LogUnavailableException("lock " + lockFile + ": cannot be let go", e);
    } finally {
      HELD.remove(lockFile);
    }
  }
}
