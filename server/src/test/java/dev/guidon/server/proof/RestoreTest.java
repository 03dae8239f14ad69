package dev.guidon.server.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.guidon.engine.Context;
import dev.guidon.model.Position;
import dev.guidon.model.Token;
import dev.guidon.model.json.Json;
import dev.guidon.sdk.GuidonClient;
import dev.guidon.server.DataFolder;
import dev.guidon.server.TestServer;
import dev.guidon.server.demo.RestClient;
import dev.guidon.server.demo.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Whoever saw more than a restored backup holds moves into its new era without a restart, and says
 * what is gone.
 */
@Timeout(600)
class RestoreTest {
  private static final String FLAG = "/api/v1/projects/default/environments/dev/flags/hello";
  private static final int BEFORE_BACKUP = 30;
  private static final int AFTER_BACKUP = 100;
  private static final Duration READY_MAX = Duration.ofMinutes(1);

  /** Both followers poll by now, every 30 s at most, and a reconnect may be missed once. */
  private static final Duration MOVED_MAX = Duration.ofMinutes(2);

  private static final Pattern DROPPED =
      Pattern.compile("(\\d+) revisions dropped, moved from \\S+/(\\d+)\\.\\d+ to");
  private static final Pattern SDK_DROPPED =
      Pattern.compile("moved from (\\S+) to \\S+; (\\d+) revisions");

  @TempDir private Path folder;
  private final ListAppender<ILoggingEvent> sdkLog = new ListAppender<>();

  @BeforeEach
  void listenToTheSdk() {
    sdkLog.start();
    ((Logger) LoggerFactory.getLogger("dev.guidon.sdk")).addAppender(sdkLog);
  }

  @AfterEach
  void stopListening() {
    ((Logger) LoggerFactory.getLogger("dev.guidon.sdk")).detachAppender(sdkLog);
  }

  @Test
  void consumersAheadOfARestoredBackupMoveIntoItsEraAndSayWhatIsGone() throws Exception {
    Path data = folder.resolve("data");
    Path backup = folder.resolve("backup.db");
    ServerProcess control = Fleet.control(data);
    ServerProcess.Ready ready = control.awaitReady(READY_MAX);
    try (RestClient api = new RestClient(ready.api(), ready.adminToken());
        ServerProcess edge = Fleet.edge(api, ready.delivery(), folder)) {
      URI edgeAddress = edge.awaitReady(READY_MAX).delivery();
      Token first = Token.parse(api.get(FLAG).orThrow().header("Guidon-Token"));
      awaitEdge(edgeAddress, first.era(), first.revision(), READY_MAX);
      try (GuidonClient atControl = sdk(ready.delivery(), ready);
          GuidonClient atEdge = sdk(edgeAddress, ready)) {
        List<GuidonClient> sdks = List.of(atControl, atEdge);
        Token kept = write(api, BEFORE_BACKUP, /* on= */ true);
        Commands.run("log", "backup", backup.toString(), "--data", data.toString());
        Token lost = write(api, AFTER_BACKUP, /* on= */ false);
        assertThat(lost.revision() - kept.revision()).isEqualTo(AFTER_BACKUP);
        awaitAll(sdks, lost, READY_MAX);
        awaitEdge(edgeAddress, 1, lost.revision(), READY_MAX);
        assertThat(sdks).noneMatch(RestoreTest::hello);

        control.terminate();
        assertThat(control.awaitExit(READY_MAX)).isZero();
        Files.copy(backup, new DataFolder(data).log(), StandardCopyOption.REPLACE_EXISTING);
        Commands.run("log", "recover", "--data", data.toString(), "--reason", "disk lost");
        assertThat(sdks).as("meanwhile the last ruleset serves").noneMatch(RestoreTest::hello);

        long begun = System.nanoTime();
        control = Fleet.control(data, TestServer.samePorts(ready.api(), ready.delivery()));
        long readyMillis = control.awaitReady(READY_MAX).took().toMillis();
        Token era2 = new Token(kept.scope(), 2, kept.revision() + 1);
        CompletableFuture<Long> edgeMoved =
            since(begun, () -> awaitEdge(edgeAddress, 2, era2.revision(), MOVED_MAX));
        CompletableFuture<Long> atControlMoved =
            since(begun, () -> awaitAll(List.of(atControl), era2, MOVED_MAX));
        CompletableFuture<Long> atEdgeMoved =
            since(begun, () -> awaitAll(List.of(atEdge), era2, MOVED_MAX));
        CompletableFuture.allOf(edgeMoved, atControlMoved, atEdgeMoved).join();

        assertThat(sdks).as("restored values").allMatch(RestoreTest::hello);
        assertThat(edge.isAlive()).isTrue();
        long droppedByEdge = droppedByServer(folder.resolve("edge"));
        long droppedByControl = droppedByServer(data);
        List<Long> droppedBySdks = droppedBySdks();
        assertThat(droppedByEdge).isEqualTo(AFTER_BACKUP);
        assertThat(droppedByControl).as("control's own edge").isEqualTo(AFTER_BACKUP);
        assertThat(droppedBySdks).containsExactly((long) AFTER_BACKUP, (long) AFTER_BACKUP);
        assertThat(metric(edgeAddress, "guidon_refusals"))
            .as("told on, until it restarts")
            .isEqualTo(1);

        Token next = write(api, 1, /* on= */ false);
        assertThat(next).isEqualTo(new Token(kept.scope(), 2, era2.revision() + 1));
        awaitAll(sdks, next, READY_MAX);
        awaitEdge(edgeAddress, 2, next.revision(), READY_MAX);
        assertThat(sdks).as("a commit of the new era").noneMatch(RestoreTest::hello);
        System.out.printf(
            "CLAIM restore: a backup %d commits old; in era 2, from starting control (ready after %d ms): edge %d ms, SDK at control"
                + " %d ms, SDK at edge %d ms; dropped and reported: edge %d, control's own edge %d, SDKs %s; none restarted%n",
            AFTER_BACKUP,
            readyMillis,
            edgeMoved.join(),
            atControlMoved.join(),
            atEdgeMoved.join(),
            droppedByEdge,
            droppedByControl,
            droppedBySdks);
      }
    } finally {
      control.kill();
    }
  }

  private static GuidonClient sdk(URI edge, ServerProcess.Ready ready) {
    GuidonClient client = GuidonClient.builder().url(edge.toString()).key(ready.sdkKey()).build();
    client.awaitReady(READY_MAX);
    return client;
  }

  private static boolean hello(GuidonClient client) {
    return client.booleanValue("hello", Context.of("u1"), false);
  }

  /** So many commits to the flag, of which the last leaves it on or off; the last one's token. */
  private static Token write(RestClient api, int commits, boolean on)
      throws IOException, InterruptedException {
    String token = null;
    for (int i = 1; i <= commits; i++) {
      Json.Obj patch =
          Json.Obj.of(
              "envelope", Json.Obj.of("on", Json.of(on)),
              "metadata", Json.Obj.of("write", Json.of(commits + "-" + i)));
      token = api.send("PATCH", FLAG, patch, Map.of()).orThrow().header("Guidon-Token");
    }
    assertThat(token).isNotNull();
    return Token.parse(token);
  }

  private static void awaitAll(List<GuidonClient> sdks, Token token, Duration patience) {
    for (GuidonClient sdk : sdks) {
      assertThat(sdk.awaitRevision(token, patience)).as("%s at %s", token, sdk.position()).isTrue();
      Position at = sdk.position();
      assertThat(at).isNotNull();
      assertThat(at.era()).isEqualTo(token.era());
    }
  }

  private void awaitEdge(URI edge, long era, long revision, Duration patience) {
    await()
        .atMost(patience)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> {
          assertThat(metric(edge, "guidon_state_era")).as(this::edgeSaid).isEqualTo(era);
          assertThat(metric(edge, "guidon_state_revision")).isGreaterThanOrEqualTo(revision);
        });
  }

  private String edgeSaid() {
    try {
      return Files.readAllLines(folder.resolve("edge").resolve("server.log")).stream()
          .filter(line -> !line.contains("dev.guidon.edge.access"))
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      return "nothing: " + e;
    }
  }

  private static long metric(URI edge, String name) throws IOException, InterruptedException {
    try (RestClient client = new RestClient(edge, "none")) {
      String text =
          new String(client.get("/metrics").raw().body(), java.nio.charset.StandardCharsets.UTF_8);
      return text.lines()
          .filter(line -> line.startsWith(name + "{") && line.contains("scope=\"default/dev\""))
          .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .findFirst()
          .orElse(-1);
    }
  }

  /** What a server's log says about scope default/dev. */
  private static long droppedByServer(Path data) throws IOException {
    @Nullable Long dropped = null;
    for (String line : Files.readAllLines(data.resolve("server.log"))) {
      Matcher matcher = DROPPED.matcher(line);
      if (line.contains("default/dev") && matcher.find()) {
        assertThat(dropped).as("said once").isNull();
        dropped = Long.parseLong(matcher.group(1));
      }
    }
    assertThat(dropped).as("said in the log of %s", data).isNotNull();
    return dropped;
  }

  private List<Long> droppedBySdks() {
    return List.copyOf(sdkLog.list).stream()
        .map(event -> SDK_DROPPED.matcher(event.getFormattedMessage()))
        .filter(Matcher::find)
        .map(matcher -> Long.parseLong(matcher.group(2)))
        .toList();
  }

  /** Milliseconds from an instant to the end of a wait on a thread of its own. */
  private static CompletableFuture<Long> since(long begunNanos, Runnable wait) {
    return CompletableFuture.supplyAsync(
        () -> {
          wait.run();
          return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
        },
        task -> Thread.ofVirtual().start(task));
  }
}
