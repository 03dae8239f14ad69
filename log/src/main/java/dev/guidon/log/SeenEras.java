package dev.guidon.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The highest era of each log that a folder has seen, in a file {@code eras} beside the database.
 * It stays when the database is replaced by a backup from before a recovery, which knows nothing of
 * the eras begun since.
 *
 * <p>Text, one line a log after the first: {@code <era> <scope> <log id>}. Logs in era 1 have none.
 */
final class SeenEras {
  private static final String FILE_NAME = "eras";
  private static final String HEADER = "guidon-eras 1";

  /** Several logs of one process may be in one folder, as while a copy is looked into. */
  private static final Object WRITING = new Object();

  private final Path file;

  private SeenEras(Path file) {
    this.file = file;
  }

  static SeenEras beside(Path database) {
    return new SeenEras(SqliteFile.directoryOf(database).resolve(FILE_NAME));
  }

  /** 1 when no other era of this log was seen. */
  long highest(Head ofLog) {
    return read().getOrDefault(name(ofLog), 1L);
  }

  /** On disk when it returns. */
  void saw(Collection<Head> heads) {
    synchronized (WRITING) {
      Map<String, Long> seen = read();
      Map<String, Long> now = new TreeMap<>(seen);
      for (Head head : heads) {
        long era = head.position().era();
        if (era > 1) {
          now.merge(name(head), era, Math::max);
        }
      }
      if (!now.equals(seen)) {
        write(now);
      }
    }
  }

  private static String name(Head head) {
    return head.scope() + " " + head.position().logId();
  }

  private Map<String, Long> read() {
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return Map.of();
    } catch (IOException e) {
      throw new LogUnavailableException("eras " + file + ": cannot be read", e);
    }
    if (lines.isEmpty() || !lines.getFirst().equals(HEADER)) {
      throw damaged(1, HEADER, null);
    }
    Map<String, Long> seen = new TreeMap<>();
    for (int i = 1; i < lines.size(); i++) {
      String line = lines.get(i);
      int space = line.indexOf(' ');
      try {
        seen.merge(
            line.substring(space + 1), Long.parseLong(line, 0, Math.max(space, 0), 10), Math::max);
      } catch (NumberFormatException e) {
        throw damaged(i + 1, "era, scope and log id", e);
      }
    }
    return seen;
  }

  private CorruptLogException damaged(int line, String expected, @Nullable Throwable cause) {
    return new CorruptLogException(
        "eras "
            + file
            + ": line "
            + line
            + " (expected: "
            + expected
            + "; without the file, begin the next recovery with an era above all used)",
        cause);
  }

  private void write(Map<String, Long> seen) {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    seen.forEach((name, era) -> text.append(era).append(' ').append(name).append('\n'));
    Path partial = file.resolveSibling(FILE_NAME + ".partial");
    try {
      try (FileChannel channel =
          FileChannel.open(
              partial,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(
          partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      SqliteFile.syncDirectory(SqliteFile.directoryOf(file));
    } catch (IOException e) {
      throw new LogUnavailableException("eras " + file + ": cannot be written", e);
    }
  }
}
