package dev.guidon.server.proof;

import dev.guidon.model.json.Json;
import dev.guidon.server.TestServer;
import dev.guidon.server.demo.RestClient;
import dev.guidon.server.demo.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Servers as an operator runs them: a control, and an edge that follows it with a key of its own.
 */
final class Fleet {
  /** Writes flags faster than the usual limit for one credential. */
  private static final List<String> FAST = List.of("--control-requests-per-second", "100000");

  private Fleet() {}

  static ServerProcess control(Path data, String... more) throws IOException {
    List<String> flags = new ArrayList<>(FAST);
    flags.addAll(List.of(more));
    return TestServer.start(data, flags.toArray(String[]::new));
  }

  /**
   * A server with {@code --role edge} on environment {@code default/dev}.
   *
   * @param upstream the control's delivery listener, or what passes its bytes on
   */
  static ServerProcess edge(RestClient api, URI upstream, Path folder)
      throws IOException, InterruptedException {
    Json.Obj wanted =
        Json.Obj.of(
            "name",
            Json.of("edge-1"),
            "kind",
            Json.of("edge"),
            "environments",
            Json.arr(Json.of("default/dev")));
    String secret =
        ((Json.Str)
                api.send("POST", "/api/v1/credentials", wanted, Map.of()).orThrow().at("secret"))
            .value();
    Path key = Files.writeString(folder.resolve("edge.key"), secret);
    return TestServer.start(
        folder.resolve("edge"),
        "--role",
        "edge",
        "--upstream-url",
        upstream.toString(),
        "--upstream-key-file",
        key.toString(),
        "--upstream-environments",
        "default/dev");
  }
}
