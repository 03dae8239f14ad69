package dev.guidon.server.command;

import dev.guidon.engine.Context;
import dev.guidon.model.json.Json;
import dev.guidon.sdk.GuidonClient;
import dev.guidon.sdk.GuidonProvider;
import dev.guidon.server.Announcement;
import dev.guidon.server.Server;
import dev.guidon.server.config.ConfigSources;
import dev.guidon.server.config.ServerConfig;
import dev.guidon.server.demo.RestClient;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.OpenFeatureAPI;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Uses everything once, so that a JVM that records its classes for later starts has seen them. */
@Command(name = "warm-up", hidden = true, description = "Starts everything, uses it once and ends.")
final class WarmUp implements Callable<Integer> {
  private static final String FLAG = "/api/v1/projects/default/environments/dev/flags/hello";
  private static final int EVALUATIONS = 200;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path data = Files.createTempDirectory("guidon-warm-up-");
    Map<String, String> flags =
        Map.of("--data", data.toString(), "--control-port", "0", "--delivery-port", "0");
    ServerConfig config = ServerConfig.read(new ConfigSources(flags, Map.of(), null)).config();
    try (Server server = Server.start(config)) {
      Announcement announcement = new Announcement(config, server);
      int lines = announcement.lines(Duration.ZERO).size();
      useApi(Objects.requireNonNull(server.api()), announcement.adminToken());
      useDelivery(server.delivery(), announcement.sdkKey());
      server.drain();
      return lines > 0 ? ExitCode.OK : ExitCode.FAILED;
    } finally {
      Folders.delete(data);
    }
  }

  private static void useApi(URI address, String token) throws IOException, InterruptedException {
    try (RestClient api = new RestClient(address, token)) {
      api.get("/api/v1/projects").orThrow();
      api.get(FLAG).orThrow();
      Json.Obj on = Json.Obj.of("envelope", Json.Obj.of("on", Json.of(true)));
      api.send("PATCH", FLAG, on, Map.of()).orThrow();
    }
  }

  private static void useDelivery(URI address, String key)
      throws IOException, InterruptedException {
    Json.Obj question = Json.Obj.of("context", Json.Obj.of("targetingKey", Json.of("u1")));
    try (RestClient ofrep = new RestClient(address, key)) {
      ofrep.send("POST", "/ofrep/v1/evaluate/flags/hello", question, Map.of()).orThrow();
      ofrep.send("POST", "/ofrep/v1/evaluate/flags", question, Map.of()).orThrow();
      ofrep.get("/metrics").orThrow();
      ofrep.get("/readyz").orThrow();
    }
    try (GuidonClient client = GuidonClient.builder().url(address.toString()).key(key).build()) {
      client.awaitReady();
      OpenFeatureAPI.getInstance().setProviderAndWait(GuidonProvider.of(client));
      for (int i = 0; i < EVALUATIONS; i++) {
        client.booleanValue("hello", Context.of("u" + i), false);
        OpenFeatureAPI.getInstance()
            .getClient()
            .getBooleanValue("hello", false, new ImmutableContext("u" + i));
      }
    } finally {
      OpenFeatureAPI.getInstance().shutdown();
    }
  }
}
