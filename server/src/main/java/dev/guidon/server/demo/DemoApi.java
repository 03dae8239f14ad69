package dev.guidon.server.demo;

import dev.guidon.model.json.Json;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the script asks of the API, in environment default/dev. */
final class DemoApi {
  private static final String FLAGS = "/api/v1/projects/default/flags";
  private static final String ENVIRONMENT = "/api/v1/projects/default/environments/dev";

  private final RestClient rest;

  DemoApi(RestClient rest) {
    this.rest = rest;
  }

  /** Declares a flag, then writes how it decides. */
  void create(String key, String type, String description, Json.Obj document)
      throws IOException, InterruptedException {
    Json.Obj declaration =
        Json.Obj.builder()
            .put("key", key)
            .put("type", type)
            .put("description", description)
            .build();
    if (document.get("envelope") instanceof Json.Obj envelope) {
      declaration =
          declaration.with(
              "variants", Objects.requireNonNull(envelope.get("variants"), "variants"));
    }
    rest.send("POST", FLAGS, declaration, fresh()).orThrow();
    rest.send("PUT", ENVIRONMENT + "/flags/" + key, document, fresh()).orThrow();
  }

  /** Turns a flag on or off; the answer is the revision. */
  long turn(String key, boolean on) throws IOException, InterruptedException {
    return patch(key, Json.Obj.of("envelope", Json.Obj.of("on", Json.of(on))));
  }

  long patch(String key, Json.Obj patch) throws IOException, InterruptedException {
    return revision(rest.send("PATCH", ENVIRONMENT + "/flags/" + key, patch, fresh()).orThrow());
  }

  private static long revision(RestClient.Answer answer) throws IOException {
    if (answer.at("revision") instanceof Json.Num revision) {
      return revision.longValue();
    }
    throw new IOException("a receipt without a revision: " + answer.body());
  }

  /** How a flag answered a customer at a revision, by the evaluator itself. */
  Why why(String key, Json.Obj context, long revision) throws IOException, InterruptedException {
    Json.Obj question =
        Json.Obj.builder()
            .put("flag", key)
            .put("context", context)
            .put("at", String.valueOf(revision))
            .build();
    RestClient.Answer answer =
        rest.send("POST", ENVIRONMENT + "/explain", question, Map.of()).orThrow();
    return new Why(
        text(answer.at("explanation", "value")),
        text(answer.at("explanation", "reason")),
        text(answer.at("explanation", "rule")));
  }

  private static String text(@Nullable Json json) {
    return json instanceof Json.Str string
        ? string.value()
        : String.valueOf(json instanceof Json.Bool b ? b.value() : "-");
  }

  record Why(String value, String reason, String rule) {}

  private static Map<String, String> fresh() {
    return Map.of("Idempotency-Key", UUID.randomUUID().toString());
  }
}
