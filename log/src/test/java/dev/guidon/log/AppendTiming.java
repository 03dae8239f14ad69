package dev.guidon.log;

import dev.guidon.model.CommittedEntry;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * How long one durable append takes, beside the disk's own price: a write of 4 KiB and its sync.
 * One writer, entries of a few hundred bytes, warmed up. Run with the directory to write in:
 *
 * <pre>{@code java -cp … dev.guidon.log.AppendTiming /var/tmp}</pre>
 */
final class AppendTiming {
  private static final int WARM_UP = 300;
  private static final int COUNT = 1000;

  private AppendTiming() {}

  public static void main(String... arguments) throws Exception {
    Path directory = Files.createTempDirectory(Path.of(arguments[0]), "append-timing");
    report("sync of 4 KiB", syncs(directory.resolve("plain")));
    report("durable append", appends(directory.resolve("log.db"), SqliteLog.Synchronous.FULL));
    report("append without sync", appends(directory.resolve("fast.db"), SqliteLog.Synchronous.OFF));
  }

  private static long[] appends(Path file, SqliteLog.Synchronous synchronous) throws Exception {
    try (SqliteLog log = SqliteLog.open(file, SqliteLog.Options.synchronous(synchronous))) {
      Scribe scribe = Scribe.of(log).writeMany(WARM_UP);
      return timed(() -> {
        long revision = scribe.state().position().revision();
        CommittedEntry entry = scribe.write(Scribe.flag("f" + revision % 50, revision + 1, true));
        return entry.bytes().length;
      });
    }
  }

  private static long[] syncs(Path file) throws Exception {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer page = ByteBuffer.allocate(4096);
      return timed(() -> {
        int written = channel.write(page.clear());
        channel.force(false);
        return written;
      });
    }
  }

  private static long[] timed(Callable<Integer> work) throws Exception {
    long[] nanos = new long[COUNT];
    long bytes = 0;
    for (int i = 0; i < COUNT; i++) {
      long start = System.nanoTime();
      bytes += work.call();
      nanos[i] = System.nanoTime() - start;
    }
    if (bytes == 0) {
      throw new AssertionError("nothing was written");
    }
    Arrays.sort(nanos);
    return nanos;
  }

  private static void report(String what, long[] nanos) {
    System.out.printf(
        Locale.ROOT,
        "%-20s median %6.0f µs   p90 %6.0f µs   p99 %6.0f µs%n",
        what,
        nanos[COUNT / 2] / 1e3,
        nanos[COUNT * 9 / 10] / 1e3,
        nanos[COUNT * 99 / 100] / 1e3);
  }
}
