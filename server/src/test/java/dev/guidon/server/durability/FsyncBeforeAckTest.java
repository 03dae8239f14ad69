package dev.guidon.server.durability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.guidon.log.SqliteLog;
import dev.guidon.model.json.Json;
import dev.guidon.server.TestServer;
import dev.guidon.server.demo.RestClient;
import dev.guidon.server.demo.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Acknowledged means on disk: what the kernel was asked for, seen from outside the process. */
class FsyncBeforeAckTest {
  private static final int WRITES = 20;
  private static final String FLAG = "/api/v1/projects/default/environments/dev/flags/hello";

  /** Tracing slows everything down. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path folder;

  @BeforeAll
  static void needsStrace() throws InterruptedException {
    assumeTrue(canTrace(), "strace is not installed here or may not trace");
  }

  private static boolean canTrace() throws InterruptedException {
    try {
      return new ProcessBuilder("strace", "-f", "-o", "/dev/null", "true").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void everyAcknowledgementFollowsASyncOfTheLog() throws Exception {
    List<String> found = recordWrites(List.of());

    assertThat(found).isEmpty();
  }

  @Test
  void sameCheckFailsWhenTheLogDoesNotWaitForTheDisk() throws Exception {
    List<String> found = recordWrites(List.of("-D" + SqliteLog.SYNCHRONOUS_PROPERTY + "=OFF"));

    assertThat(found).hasSize(WRITES);
    System.out.println(
        "CLAIM fsync: of "
            + WRITES
            + " acknowledged writes 0 without a sync of the log before; with synchronous writes switched off the same check finds "
            + found.size());
  }

  /** The writes that were acknowledged without a sync of the log before. */
  private List<String> recordWrites(List<String> javaOptions) throws Exception {
    Path recording = folder.resolve("syscalls");
    Path data = folder.resolve("data");
    List<String> strace =
        List.of(
            "strace",
            "-f",
            "-yy",
            "--seccomp-bpf",
            "-ttt",
            "-s",
            "2048",
            "-o",
            recording.toString(),
            "-e",
            "trace=read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,fsync,fdatasync");
    List<String> keys = new ArrayList<>();
    try (ServerProcess server = TestServer.start(strace, javaOptions, data)) {
      ServerProcess.Ready ready = server.awaitReady(PATIENCE);
      try (RestClient api = new RestClient(ready.api(), ready.adminToken())) {
        for (int i = 1; i <= WRITES; i++) {
          keys.add("write-" + i + "-of-" + WRITES);
          Json.Obj patch = Json.Obj.of("metadata", Json.Obj.of("write", Json.of(i)));
          api.send("PATCH", FLAG, patch, Map.of("Idempotency-Key", keys.getLast())).orThrow();
        }
      }
    }
    try (Stream<String> lines =
        Files.lines(recording, java.nio.charset.StandardCharsets.ISO_8859_1)) {
      String log = data.toRealPath().resolve("guidon.db-wal").toString();
      return Syscalls.parse(lines.toList()).acknowledgedWithoutSync(keys, log);
    }
  }
}
