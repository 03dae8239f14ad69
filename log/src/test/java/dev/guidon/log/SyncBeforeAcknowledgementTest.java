package dev.guidon.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.guidon.model.CommittedEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Acknowledged means on disk: in a recording of the system calls of a writing process, every
 * acknowledgement follows a sync of the log that came after the acknowledgement before. Skipped
 * where {@code strace} cannot record.
 */
class SyncBeforeAcknowledgementTest {
  private static final int APPENDS = 15;

  @TempDir private Path directory;

  @Test
  void everyAcknowledgementFollowsASyncOfItsOwn() throws Exception {
    List<String> calls = record(SqliteLog.Synchronous.FULL);

    assertThat(acknowledgements(calls)).hasSize(APPENDS);
    assertThat(withoutSync(calls)).isEmpty();
  }

  @Test
  void theRecordingConvictsALogWithoutSync() throws Exception {
    List<String> calls = record(SqliteLog.Synchronous.OFF);

    assertThat(acknowledgements(calls)).hasSize(APPENDS);
    assertThat(withoutSync(calls)).hasSizeGreaterThan(APPENDS / 2);
  }

  private static List<String> acknowledgements(List<String> calls) {
    return calls.stream().filter(SyncBeforeAcknowledgementTest::isAcknowledgement).toList();
  }

  private static boolean isAcknowledgement(String call) {
    return call.contains("write(1,") && call.contains("\"ack ");
  }

  /** The acknowledgements with no finished sync since the one before. */
  private static List<String> withoutSync(List<String> calls) {
    List<String> found = new ArrayList<>();
    boolean isSynced = false;
    for (String call : calls) {
      boolean isSync = call.contains("fdatasync") || call.contains("fsync");
      isSynced |= isSync && call.contains("= 0");
      if (isAcknowledgement(call)) {
        if (!isSynced) {
          found.add(call);
        }
        isSynced = false;
      }
    }
    return found;
  }

  private List<String> record(SqliteLog.Synchronous synchronous) throws Exception {
    Path recording = directory.resolve("calls-" + synchronous);
    List<String> command =
        new ArrayList<>(
            List.of(
                "strace",
                "-f",
                "-e",
                "trace=fsync,fdatasync,write",
                "-e",
                "signal=none",
                "-o",
                recording.toString()));
    command.addAll(
        LogChild.command(
            Writer.class.getName(),
            List.of("-D" + SqliteLog.SYNCHRONOUS_PROPERTY + "=" + synchronous),
            directory.resolve(synchronous + ".db").toString()));
    assumeTrue(canRecord(), "strace is missing, or may not trace here");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("said").toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(directory.resolve("said"))).isZero();
    return Files.readAllLines(recording);
  }

  private static boolean canRecord() throws InterruptedException {
    try {
      return new ProcessBuilder("strace", "-o", "/dev/null", "true")
              .redirectErrorStream(true)
              .start()
              .waitFor()
          == 0;
    } catch (IOException missing) {
      return false;
    }
  }

  /** Appends, and acknowledges each append by one write to standard output. */
  static final class Writer {
    private Writer() {}

    public static void main(String... arguments) {
      SqliteLog log = SqliteLog.open(Path.of(arguments[0]));
      Head head = log.create(Scribe.SHOP, Scribe.logId(Scribe.SHOP.text()));
      for (int i = 0; i < APPENDS; i++) {
        CommittedEntry entry = Scribe.next(head, "k" + i, Scribe.flag("f", i + 1, true));
        head = ((AppendResult.Committed) log.append(Scribe.SHOP, head, entry)).head();
        LogChild.say(entry);
      }
      Runtime.getRuntime().halt(0);
    }
  }
}
