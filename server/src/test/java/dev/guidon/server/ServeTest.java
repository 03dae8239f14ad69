package dev.guidon.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.json.Json;
import dev.guidon.server.demo.RestClient;
import dev.guidon.server.demo.ServerProcess;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as its operator meets it: a process, its lines, its signals. */
class ServeTest {
  /** The promise is 5 s on a machine that does nothing else. */
  private static final Duration READY_MAX = Duration.ofSeconds(20);

  private static final String FLAG = "/api/v1/projects/default/environments/dev/flags/hello";

  @TempDir Path folder;

  @Test
  void firstStartPrintsAtMostSixLinesAndACurlThatWorks() throws Exception {
    try (ServerProcess server = TestServer.start(folder.resolve("data"))) {
      ServerProcess.Ready ready = server.awaitReady(READY_MAX);

      String answer = shell(ready.curl());

      assertThat(answer).contains("\"value\":false").contains("\"key\":\"hello\"");
      assertThat(server.lines()).hasSizeLessThanOrEqualTo(6);
      assertThat(server.errors()).isEmpty();
      assertThat(ready.adminToken()).startsWith("gdn_adm_");
      assertThat(ready.sdkKey()).startsWith("gdn_srv_");
    }
  }

  @Test
  void sigtermDrainsAndExitsWithZero() throws Exception {
    try (ServerProcess server = TestServer.start(folder.resolve("data"))) {
      ServerProcess.Ready ready = server.awaitReady(READY_MAX);

      server.terminate();
      int code = server.awaitExit(READY_MAX);

      assertThat(code).isZero();
      assertThat(server.lines()).hasSizeLessThanOrEqualTo(6);
      assertThat(ready.lines()).isEqualTo(server.lines());
    }
  }

  @Test
  void endOfInputEndsAServerThatAskedForIt() throws Exception {
    ServerProcess server = TestServer.start(folder.resolve("data"));
    server.awaitReady(READY_MAX);

    server.endInput();

    assertThat(server.awaitExit(READY_MAX)).isZero();
  }

  @Test
  void killedServerKeepsWhatItAcknowledged() throws Exception {
    Path data = folder.resolve("data");
    String token;
    try (ServerProcess server = TestServer.start(data)) {
      ServerProcess.Ready ready = server.awaitReady(READY_MAX);
      token = ready.adminToken();
      try (RestClient api = new RestClient(ready.api(), token)) {
        api.send("PATCH", FLAG, Json.Obj.of("envelope", Json.Obj.of("on", Json.of(true))), Map.of())
            .orThrow();
      }
      server.kill();
    }

    try (ServerProcess again = TestServer.start(data)) {
      ServerProcess.Ready ready = again.awaitReady(READY_MAX);
      try (RestClient api = new RestClient(ready.api(), token)) {
        assertThat(api.get(FLAG).orThrow().at("envelope", "on")).isEqualTo(Json.of(true));
      }
      assertThat(ready.adminToken()).as("shown once only").isNull();
      assertThat(shell(ready.curl())).isNotEmpty();
    }
  }

  @Test
  void secondServerOnTheSameFolderIsToldSoInOneSentence() throws Exception {
    Path data = folder.resolve("data");
    try (ServerProcess first = TestServer.start(data)) {
      first.awaitReady(READY_MAX);

      ServerProcess second = TestServer.start(data);
      int code = second.awaitExit(READY_MAX);

      assertThat(code).isEqualTo(1);
      assertThat(second.lines()).isEmpty();
      assertThat(second.errors()).hasSize(1);
      assertThat(second.errors().getFirst()).contains("guidon.db").contains("another process");
      assertThat(first.isAlive()).isTrue();
    }
  }

  @Test
  void takenPortIsOneSentenceToo() throws Exception {
    try (ServerProcess first = TestServer.start(folder.resolve("data"))) {
      URI api = first.awaitReady(READY_MAX).api();

      ServerProcess second =
          TestServer.start(
              folder.resolve("other"), "--control-port", String.valueOf(api.getPort()));
      int code = second.awaitExit(READY_MAX);

      assertThat(code).isEqualTo(1);
      assertThat(second.errors()).hasSize(1);
      assertThat(second.errors().getFirst()).contains(String.valueOf(api.getPort()));
    }
  }

  @Test
  void badConfigurationReportsAllProblemsAndExitsWithTwo() throws Exception {
    Path file =
        Files.writeString(folder.resolve("guidon.yaml"), "control: {port: many}\nregion: ''\n");

    ServerProcess server =
        TestServer.start(
            folder.resolve("data"),
            "--config",
            file.toString(),
            "--role",
            "captain",
            "--control-port",
            "-1");
    int code = server.awaitExit(READY_MAX);

    assertThat(code).isEqualTo(2);
    assertThat(server.errors())
        .containsExactly(
            "guidon: configuration: 3 problems",
            "  role: \"captain\" (expected: one of all, control, edge) from flag --role",
            "  region: \"\" (expected: a name such as eu-central) from file " + file + ", line 2",
            "  control.port: \"-1\" (expected: a whole number from 0 to 65535) from flag --control-port");
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void edgeRoleServesWhatItsUpstreamHasAndGoesOnWithoutIt() throws Exception {
    try (ServerProcess upstream = TestServer.start(folder.resolve("data"))) {
      ServerProcess.Ready ready = upstream.awaitReady(READY_MAX);
      String edgeKey;
      try (RestClient api = new RestClient(ready.api(), ready.adminToken())) {
        Json.Obj wanted =
            Json.Obj.builder()
                .put("name", "edge-1")
                .put("kind", "edge")
                .put("environments", Json.arr(Json.of("default/dev")))
                .build();
        RestClient.Answer made =
            api.send("POST", "/api/v1/credentials", wanted, Map.of()).orThrow();
        edgeKey = ((Json.Str) made.at("secret")).value();
      }
      Path key = Files.writeString(folder.resolve("edge.key"), edgeKey);
      String[] flags = {
        "--role",
        "edge",
        "--upstream-url",
        ready.delivery().toString(),
        "--upstream-key-file",
        key.toString(),
        "--upstream-environments",
        "default/dev"
      };
      try (ServerProcess edge = TestServer.start(folder.resolve("edge"), flags)) {
        URI delivery = edge.awaitReady(READY_MAX).delivery();
        org.awaitility.Awaitility.await()
            .atMost(READY_MAX)
            .untilAsserted(
                () -> assertThat(evaluate(delivery, ready.sdkKey())).contains("\"value\":false"));

        upstream.kill();

        assertThat(evaluate(delivery, ready.sdkKey())).contains("\"value\":false");
      }
    }
  }

  private static String evaluate(URI delivery, String key) throws Exception {
    try (RestClient ofrep = new RestClient(delivery, key)) {
      Json.Obj question = Json.Obj.of("context", Json.Obj.of("targetingKey", Json.of("u1")));
      return new String(
          ofrep.send("POST", "/ofrep/v1/evaluate/flags/hello", question, Map.of()).raw().body(),
          StandardCharsets.UTF_8);
    }
  }

  private static String shell(String command) throws Exception {
    Process process = new ProcessBuilder(List.of("sh", "-c", command)).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(command).isZero();
    return out;
  }
}
