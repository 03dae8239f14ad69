package dev.guidon.control.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** {@code api/openapi.yaml} as a judge of real answers: status, media type and body. */
final class Contract {
  private static final String BASE = "https://guidon.dev/";
  private static final String OPENAPI = BASE + "openapi.json";

  private final Json.Obj document;
  private final SchemaRegistry registry;
  private final Map<String, Schema> schemas = new HashMap<>();
  private final TreeSet<String> answered = new TreeSet<>();

  Contract() {
    String text = new String(Published.openApiJson(), StandardCharsets.UTF_8);
    document = (Json.Obj) JsonReader.read(text, JsonLimits.DEFAULT);
    Map<String, String> documents = new HashMap<>();
    documents.put(OPENAPI, text);
    for (String name : List.of("flag", "segment", "layer")) {
      byte[] bytes = Objects.requireNonNull(Published.schema(name + ".json"));
      documents.put(BASE + "schema/" + name + ".json", new String(bytes, StandardCharsets.UTF_8));
    }
    registry =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12, b -> b.schemas(documents));
  }

  /** Every operation of the file: id to {@code METHOD path}. */
  Map<String, String> operations() {
    Map<String, String> all = new HashMap<>();
    object(document.get("paths"))
        .members()
        .forEach((path, methods) ->
            object(methods)
                .members()
                .forEach((method, operation) ->
                    all.put(
                        ((Json.Str) Objects.requireNonNull(object(operation).get("operationId")))
                            .value(),
                        method.toUpperCase(Locale.ROOT) + " " + path)));
    return all;
  }

  /** Operations that have answered with success in this test. */
  java.util.Set<String> answered() {
    return answered;
  }

  void check(String method, String rawPath, HttpResponse<String> response) {
    String path = matching(rawPath.split("\\?", 2)[0], method);
    String media = response.headers().firstValue("Content-Type").orElse("");
    if (response.statusCode() >= 400 && rawPath.startsWith("/openfeature/v0/manifest")) {
      assertThat(media).isEqualTo("application/json");
      check(pointer("components", "schemas", "ManifestError"), response.body());
      return;
    }
    if (response.statusCode() >= 400) {
      assertThat(media).isEqualTo("application/problem+json");
      check(pointer("components", "schemas", "Problem"), response.body());
      return;
    }
    if (response.statusCode() == 304 || response.statusCode() == 204) {
      return;
    }
    assertThat(path).as("a path of the contract for " + method + " " + rawPath).isNotNull();
    Json.Obj operation =
        object(
            object(object(document.get("paths")).get(path)).get(method.toLowerCase(Locale.ROOT)));
    String status = String.valueOf(response.statusCode());
    Json.Obj responses = object(operation.get("responses"));
    assertThat(responses.members()).as(method + " " + path).containsKey(status);
    assertThat(object(object(responses.get(status)).get("content")).members())
        .as(method + " " + path)
        .containsKey(media);
    answered.add(((Json.Str) Objects.requireNonNull(operation.get("operationId"))).value());
    if (media.endsWith("json")) {
      check(
          pointer(
              "paths",
              Objects.requireNonNull(path),
              method.toLowerCase(Locale.ROOT),
              "responses",
              status,
              "content",
              media,
              "schema"),
          response.body());
    }
  }

  private void check(String pointer, String body) {
    Schema schema =
        schemas.computeIfAbsent(
            pointer, p -> registry.getSchema(SchemaLocation.of(OPENAPI + "#" + p)));
    assertThat(schema.validate(body, InputFormat.JSON)).as(body).isEmpty();
  }

  /** What one of the published schemas says of a document. */
  boolean accepts(String schema, String body) {
    return schemas
        .computeIfAbsent(schema, s -> registry.getSchema(SchemaLocation.of(BASE + "schema/" + s)))
        .validate(body, InputFormat.JSON)
        .isEmpty();
  }

  private static String pointer(String... names) {
    StringBuilder pointer = new StringBuilder();
    for (String name : names) {
      pointer
          .append('/')
          .append(
              name.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D"));
    }
    return pointer.toString();
  }

  private @Nullable String matching(String rawPath, String method) {
    List<String> segments = Operation.segments(rawPath);
    String found = null;
    for (var entry : object(document.get("paths")).members().entrySet()) {
      boolean has = object(entry.getValue()).has(method.toLowerCase(Locale.ROOT));
      Operation operation =
          new Operation("", method, entry.getKey(), Access.OPEN, 0, r -> ApiResponse.notModified());
      if (has && segments != null && operation.match(segments) != null) {
        found = entry.getKey();
      }
    }
    return found;
  }

  private static Json.Obj object(@Nullable Json json) {
    return json instanceof Json.Obj object ? object : Json.Obj.of();
  }
}
