package dev.guidon.control.rest;

import static dev.guidon.control.rest.Api.PROD;
import static dev.guidon.control.rest.Api.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sync API of the OpenFeature CLI over the catalog. */
class ManifestApiTest {
  private static final String MANIFEST = "/openfeature/v0/manifest";
  private static final String FLAGS = MANIFEST + "/flags";

  @TempDir Path folder;

  private static String flag(String key, String type, String value) {
    return "{\"key\":\"" + key + "\",\"type\":\"" + type + "\",\"defaultValue\":" + value + "}";
  }

  @Test
  void whatIsCreatedIsInTheManifestAndOffInEveryEnvironment() throws Exception {
    try (Api api = Api.start(folder).withShop()) {
      api.post(FLAGS, flag("a", "boolean", "true")).is(201);
      api.post(FLAGS, flag("b", "string", "\"hello\"")).is(201);
      api.post(FLAGS, flag("c", "integer", "3")).is(201);
      api.post(FLAGS, flag("d", "object", "{\"x\":1}")).is(201);

      Api.Answer manifest = api.get(MANIFEST).is(200);

      assertThat(manifest.header("X-Manifest-Capabilities")).isEqualTo("read,write,delete");
      assertThat(manifest.text("flags/0/defaultValue")).isEqualTo("true");
      assertThat(manifest.text("flags/1/defaultValue")).isEqualTo("hello");
      assertThat(manifest.text("flags/2/type")).isEqualTo("integer");
      assertThat(manifest.text("flags/3/defaultValue/x")).isEqualTo("1");
      assertThat(api.get(PROD + "/flags/b").is(200).text("envelope/on")).isEqualTo("false");
    }
  }

  @Test
  void fractionsAndArraysAreInTheExtendedFormOnly() throws Exception {
    try (Api api = Api.start(folder).withShop()) {
      api.post(FLAGS, flag("half", "float", "2.5")).is(201);
      api.post(FLAGS, flag("list", "object", "[1]")).is(201);
      api.post(FLAGS, flag("whole", "float", "2")).is(201);

      Api.Answer plain = api.get(MANIFEST).is(200);
      Api.Answer extended = api.get(MANIFEST + "?extended=true").is(200);

      assertThat(plain.header("X-Manifest-Omitted")).isEqualTo("half,list");
      assertThat(plain.text("flags/0/key")).isEqualTo("whole");
      assertThat(extended.text("flags/0/type")).isEqualTo("float");
      assertThat(extended.text("flags/1/key")).isEqualTo("list");
    }
  }

  @Test
  void keyThatIsThereIsRefusedAndTheSameCommandAnsweredAgain() throws Exception {
    try (Api api = Api.start(folder).withShop()) {
      api.post(FLAGS, flag("a", "boolean", "true"), "Idempotency-Key", "k1").is(201);

      api.post(FLAGS, flag("a", "boolean", "true"), "Idempotency-Key", "k1").is(201);
      Api.Answer again = api.post(FLAGS, flag("a", "boolean", "true")).is(409);

      assertThat(again.text("error/status")).isEqualTo("409");
      assertThat(again.text("error/details/0/field")).isEqualTo("key");
    }
  }

  @Test
  void updateChangesWordsAndDefaultAndNeverTheType() throws Exception {
    try (Api api = Api.start(folder).withShop().withFlag("a")) {
      String put = FLAGS + "/a";
      api.put(put, "{\"key\":\"a\",\"type\":\"boolean\",\"name\":\"A\",\"defaultValue\":true}")
          .is(200);
      Api.Answer second = api.put(put, "{\"key\":\"a\",\"type\":\"boolean\"}").is(200);

      assertThat(second.text("flag/name")).isEqualTo("A");
      assertThat(second.text("flag/defaultValue")).isEqualTo("true");
      api.put(put, "{\"key\":\"a\",\"type\":\"string\"}").is(409);
      api.put(put, "{\"key\":\"b\",\"type\":\"boolean\"}").is(400);
      api.put(FLAGS + "/none", "{\"key\":\"none\",\"type\":\"boolean\"}").is(404);
      api.put(put, "{\"key\":\"a\",\"type\":\"boolean\",\"defaultValue\":1}").is(400);
    }
  }

  @Test
  void archivedFlagIsGoneFromTheManifestAndKeepsItsKey() throws Exception {
    try (Api api = Api.start(folder).withShop().withFlag("a")) {
      assertThat(api.delete(FLAGS + "/a").is(200).text("archivedAt")).endsWith("Z");

      assertThat(api.get(MANIFEST).is(200).response().body()).doesNotContain("\"a\"");
      api.delete(FLAGS + "/a").is(409);
      api.delete(FLAGS + "/none").is(404);
      api.put(FLAGS + "/a", "{\"key\":\"a\",\"type\":\"boolean\"}").is(409);
      assertThat(api.post(FLAGS, flag("a", "boolean", "true")).is(409).text("error/message"))
          .contains("archived");
    }
  }

  @Test
  void projectIsThatOfTheRoleOrOfTheQuery() throws Exception {
    try (Api api = Api.start(folder).withShop().withFlag("a")) {
      api.post("/api/v1/projects", "{\"key\":\"bank\"}").is(201);
      String viewer =
          api.post(
                  "/api/v1/credentials",
                  "{\"name\":\"v\",\"kind\":\"service\",\"roles\":[{\"project\":\"shop\",\"role\":\"viewer\"}]}")
              .is(201)
              .text("secret");

      Api.Answer seen = api.sendAs(viewer, "GET", MANIFEST, null).is(200);

      assertThat(seen.header("X-Manifest-Capabilities")).isEqualTo("read");
      assertThat(seen.text("flags/0/key")).isEqualTo("a");
      api.sendAs(viewer, "POST", FLAGS, flag("b", "boolean", "true")).is(403);
      api.sendAs(viewer, "GET", MANIFEST + "?project=bank", null).is(403);
      api.sendAs(null, "GET", MANIFEST, null).is(401);
      api.get(MANIFEST).is(400);
      api.get(MANIFEST + "?project=shop").is(200);
    }
  }

  // --- the OpenFeature CLI's own contract

  @Test
  void everyAnswerIsAsTheSyncApiSays() throws Exception {
    String suites = System.getProperty("guidon.suites");
    Assumptions.assumeTrue(suites != null, "no guidon.suites: the sync API's file is not here");
    Path file = Path.of(String.valueOf(suites), "openfeature-cli", "api", "v0", "sync.yaml");
    Json contract = YamlReader.read(Files.readString(file), JsonLimits.DEFAULT);
    int checked = 0;
    try (Api api = Api.start(folder).withShop().withFlag("checkout")) {
      api.post(SHOP + "/flags", "{\"key\":\"n\",\"type\":\"number\",\"variants\":{\"h\":0.5}}")
          .is(201);
      Map<String, Api.Answer> answers =
          Map.ofEntries(
              Map.entry("post 201", api.post(FLAGS, flag("a", "integer", "3")).is(201)),
              Map.entry("get 200", api.get(MANIFEST).is(200)),
              Map.entry("post 400", api.post(FLAGS, flag("", "integer", "3")).is(400)),
              Map.entry("post 409", api.post(FLAGS, flag("a", "integer", "3")).is(409)),
              Map.entry("get 401", api.sendAs(null, "GET", MANIFEST, null).is(401)),
              Map.entry(
                  "put 200",
                  api.put(FLAGS + "/a", "{\"key\":\"a\",\"type\":\"integer\",\"description\":null}")
                      .is(200)),
              Map.entry(
                  "put 400", api.put(FLAGS + "/a", "{\"key\":\"b\",\"type\":\"integer\"}").is(400)),
              Map.entry(
                  "put 404", api.put(FLAGS + "/b", "{\"key\":\"b\",\"type\":\"integer\"}").is(404)),
              Map.entry(
                  "put 409", api.put(FLAGS + "/a", "{\"key\":\"a\",\"type\":\"string\"}").is(409)),
              Map.entry("delete 404", api.delete(FLAGS + "/b").is(404)),
              Map.entry("delete 200", api.delete(FLAGS + "/a").is(200)),
              Map.entry("delete 409", api.delete(FLAGS + "/a").is(409)));
      for (var answer : answers.entrySet()) {
        String[] what = answer.getKey().split(" ", 2);
        String path =
            switch (what[0]) {
              case "get" -> MANIFEST;
              case "post" -> FLAGS;
              default -> FLAGS + "/{key}";
            };
        String body = answer.getValue().response().body();
        assertThat(schema(contract, path, what[0], what[1]).validate(body, InputFormat.JSON))
            .as(answer.getKey() + " " + body)
            .isEmpty();
        checked++;
      }
    }

    System.out.println(
        "CLAIM manifest-api: "
            + checked
            + " kinds of answers as the OpenFeature CLI's sync.yaml says");
  }

  private static Schema schema(Json contract, String path, String method, String status) {
    String pointer =
        "/paths/%s/%s/responses/%s/content/application~1json/schema"
            .formatted(path.replace("/", "~1"), method, status);
    // OpenAPI 3.0 writes what JSON Schema writes as a type of its own.
    String text = CanonicalJson.text(contract).replace("\"nullable\":true,", "");
    SchemaRegistry registry =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_7, b -> b.schemas(Map.of("https://x.test/sync", text)));
    return registry.getSchema(SchemaLocation.of("https://x.test/sync#" + pointer));
  }
}
