package dev.guidon.server.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import dev.guidon.sdk.ClientStatus;
import dev.guidon.sdk.GuidonClient;
import dev.guidon.server.TestServer;
import dev.guidon.server.demo.RestClient;
import dev.guidon.server.demo.ServerProcess;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.ImmutableContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** An application of Spring Boot before a real server, by properties alone. */
@Timeout(120)
class SpringBootTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String FLAGS = "/api/v1/projects/default/flags";
  private static final String FLAG =
      "/api/v1/projects/default/environments/dev/flags/spring-checkout";

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {}

  @Test
  void applicationFollowsTheServerThatItsPropertiesName(@TempDir Path folder) throws Exception {
    try (ServerProcess server = TestServer.start(folder.resolve("data"))) {
      ServerProcess.Ready ready = server.awaitReady(SOON);
      try (RestClient api = new RestClient(ready.api(), ready.adminToken());
          ConfigurableApplicationContext context = start(ready, folder.resolve("cache"))) {
        Client flags = context.getBean(Client.class);
        GuidonClient client = context.getBean(GuidonClient.class);

        send(api, "POST", FLAGS, "application/json", DECLARATION);
        send(api, "PATCH", FLAG, "application/merge-patch+json", ON_FOR_ALL);

        await().atMost(SOON).until(() -> flags.getBooleanValue("spring-checkout", false, ANA));
        HealthIndicator health = context.getBean("guidonHealthIndicator", HealthIndicator.class);
        assertThat(health.health().getStatus()).isEqualTo(Status.UP);
        assertThat(health.health().getDetails())
            .containsEntry("status", "READY")
            .containsEntry("position", client.position().toString());

        context.close();

        assertThat(client.status()).isEqualTo(ClientStatus.SHUT_DOWN);
        System.out.printf(
            "CLAIM spring-boot: properties alone made a client that followed the server to %s, an"
                + " OpenFeature client, health UP with position and staleness; closing the context"
                + " ended the client%n",
            client.position());
      }
    }
  }

  private static final ImmutableContext ANA = new ImmutableContext("ana");
  private static final String DECLARATION =
      """
      {"key":"spring-checkout","type":"boolean","variants":{"on":true,"off":false}}\
      """;
  private static final String ON_FOR_ALL =
      """
      {"envelope":{"on":true},"default":{"variant":"on"}}\
      """;

  /** Without its logging system, which would set up the logging of this whole process anew. */
  private static ConfigurableApplicationContext start(ServerProcess.Ready ready, Path cache) {
    System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
    try {
      return new SpringApplicationBuilder(Application.class)
          .web(WebApplicationType.NONE)
          .properties(
              "spring.application.name=shop",
              "spring.main.banner-mode=off",
              "guidon.url=" + ready.delivery(),
              "guidon.key=" + ready.sdkKey(),
              "guidon.cache-dir=" + cache)
          .run();
    } finally {
      System.clearProperty("org.springframework.boot.logging.LoggingSystem");
    }
  }

  private static void send(RestClient api, String method, String path, String type, String body)
      throws Exception {
    Json json = JsonReader.read(body, JsonLimits.DEFAULT);
    Map<String, String> headers =
        Map.of("Content-Type", type, "Idempotency-Key", UUID.randomUUID().toString());
    api.send(method, path, json, headers).orThrow();
  }
}
