package dev.guidon.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Copies a log file while it is in use: all scopes as they are at one instant, without holding up
 * writers. The copy is a log like the original. After it is restored somewhere that followers have
 * seen more of, run {@link LogRecovery}.
 */
public final class LogBackup {
  private LogBackup() {}

  /**
   * A copy that was verified.
   *
   * @param report of the copy, without problems
   */
  public record Backup(Path path, long bytes, LogVerifier.Report report) {}

  /**
   * The target appears under its name only when the copy is whole, verified and on disk.
   *
   * @throws IllegalArgumentException when the target exists
   * @throws CorruptLogException when the copy does not verify; the message has the first problem
   */
  public static Backup write(SqliteLog log, Path target) {
    if (Files.exists(target)) {
      throw new IllegalArgumentException("backup " + target + ": exists (expected: a new file)");
    }
    Path partial = target.resolveSibling(target.getFileName() + ".partial");
    try {
      Files.deleteIfExists(partial);
      log.copyTo(partial);
      LogVerifier.Report report = verify(partial);
      sync(partial);
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
      SqliteFile.syncDirectory(SqliteFile.directoryOf(target));
      return new Backup(target, Files.size(target), report);
    } catch (IOException e) {
      throw new LogUnavailableException("backup " + target + ": cannot be written", e);
    }
  }

  private static LogVerifier.Report verify(Path copy) {
    try (SqliteLog log = SqliteLog.open(copy, SqliteLog.Options.READ_ONLY)) {
      LogVerifier.Report report = LogVerifier.verify(log);
      if (!report.isSound()) {
        throw new CorruptLogException(
            "backup "
                + copy
                + ": "
                + report.problems().size()
                + " problems, first "
                + report.problems().getFirst(),
            null);
      }
      return report;
    }
  }

  private static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }
}
