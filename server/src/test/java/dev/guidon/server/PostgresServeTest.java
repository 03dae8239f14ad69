package dev.guidon.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.json.Json;
import dev.guidon.server.demo.RestClient;
import dev.guidon.server.demo.ServerProcess;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose log is in a real PostgreSQL. */
class PostgresServeTest {
  private static final Duration READY_MAX = Duration.ofSeconds(30);
  private static final String FLAG = "/api/v1/projects/default/environments/dev/flags/hello";

  @TempDir Path folder;

  @Test
  void aServerThatLostItsDiskGoesOnFromTheDatabase() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      String[] log = {"--log-url", postgres.getJdbcUrl("postgres", "postgres")};
      String token;
      try (ServerProcess server = TestServer.start(folder.resolve("first"), log)) {
        ServerProcess.Ready ready = server.awaitReady(READY_MAX);
        token = ready.adminToken();
        turnOn(ready, token);
        server.kill();
      }

      try (ServerProcess another = TestServer.start(folder.resolve("another"), log)) {
        ServerProcess.Ready ready = another.awaitReady(READY_MAX);

        try (RestClient api = new RestClient(ready.api(), token)) {
          assertThat(api.get(FLAG).orThrow().at("envelope", "on")).isEqualTo(Json.of(true));
        }
        assertThat(ready.adminToken()).as("the log is not new").isNull();
      }
    }
  }

  private static void turnOn(ServerProcess.Ready ready, String token) throws Exception {
    try (RestClient api = new RestClient(ready.api(), token)) {
      api.send("PATCH", FLAG, Json.Obj.of("envelope", Json.Obj.of("on", Json.of(true))), Map.of())
          .orThrow();
    }
  }
}
