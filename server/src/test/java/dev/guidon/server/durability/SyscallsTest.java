package dev.guidon.server.durability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SyscallsTest {
  private static final String ARRIVES =
      "11 1.1 read(9<TCP:[127.0.0.1:1->127.0.0.1:2]>, \"PUT /x key-1\", 99) = 12";
  private static final String ANSWERS =
      "12 1.5 write(9<TCP:[127.0.0.1:1->127.0.0.1:2]>, \"HTTP/1.1 200 OK\", 15) = 15";

  private static List<String> check(String... lines) {
    return Syscalls.parse(List.of(lines)).acknowledgedWithoutSync(List.of("key-1"), "/d/g.db-wal");
  }

  @Test
  void syncBetweenArrivalAndAnswerIsEnough() {
    assertThat(check(ARRIVES, "13 1.2 fdatasync(5</d/g.db-wal>) = 0", ANSWERS)).isEmpty();
    assertThat(
            check(
                ARRIVES,
                "13 1.2 fdatasync(5</d/g.db-wal> <unfinished ...>",
                "14 1.3 write(1<pipe>, \"x\", 1) = 1",
                "13 1.4 <... fdatasync resumed>) = 0",
                ANSWERS))
        .isEmpty();
  }

  @Test
  void answerBeforeTheSyncReturnedIsFound() {
    assertThat(
            check(
                ARRIVES,
                "13 1.2 fdatasync(5</d/g.db-wal> <unfinished ...>",
                ANSWERS,
                "13 1.6 <... fdatasync resumed>) = 0"))
        .hasSize(1);
  }

  @Test
  void missingFailedOrForeignSyncIsFound() {
    assertThat(check(ARRIVES, ANSWERS)).hasSize(1);
    assertThat(check(ARRIVES, "13 1.2 fdatasync(5</d/g.db-wal>) = -1 EIO (I/O error)", ANSWERS))
        .hasSize(1);
    assertThat(check(ARRIVES, "13 1.2 fdatasync(5</d/other>) = 0", ANSWERS)).hasSize(1);
    assertThat(check("13 1.0 fdatasync(5</d/g.db-wal>) = 0", ARRIVES, ANSWERS)).hasSize(1);
  }

  @Test
  void recordingWithoutTheRequestProvesNothing() {
    assertThat(check("13 1.2 fdatasync(5</d/g.db-wal>) = 0", ANSWERS)).hasSize(1);
  }
}
