package dev.guidon.server.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import dev.guidon.server.TestServer;
import dev.guidon.server.demo.RestClient;
import dev.guidon.server.demo.ServerProcess;
import dev.openfeature.contrib.providers.ofrep.OfrepProvider;
import dev.openfeature.contrib.providers.ofrep.OfrepProviderOptions;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.FlagEvaluationDetails;
import dev.openfeature.sdk.MutableContext;
import dev.openfeature.sdk.OpenFeatureAPI;
import dev.openfeature.sdk.Value;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * OFREP clients of other people, as they were published, against a real server: a table of client
 * and case with what the application saw. The expectations are what OFREP and each client's own
 * code allow; what a client cannot express is in {@link #CANNOT}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OfrepClientsTest {
  private static final Path CLIENTS = Path.of("..", "conformance", "clients");
  private static final String NODE = "@openfeature/ofrep-provider";
  private static final String BROWSER = "@openfeature/ofrep-web-provider";
  private static final String JAVA = "dev.openfeature.contrib.providers:ofrep";
  private static final String ENVIRONMENT = "/api/v1/projects/default/environments/dev";

  private static final List<String> CANNOT =
      List.of(
          JAVA
              + " 0.0.2: a value that is absent (code default, disabled flag) becomes FLAG_NOT_FOUND with the caller's default",
          JAVA + " 0.0.2: every 400 becomes INVALID_CONTEXT, also TARGETING_KEY_MISSING",
          JAVA + " 0.0.2: a targeting key is always text, so that a wrong type cannot be sent",
          NODE
              + " 0.1.3: a value that is absent (code default, disabled flag) becomes GENERAL with the caller's default",
          BROWSER
              + " 0.4.3: a failed start keeps the reason of a bad context to itself and says GENERAL",
          NODE + " 0.1.3: no event stream; a change is seen by the next evaluation");

  private final Map<String, Map<String, Json>> table = new LinkedHashMap<>();

  private ServerProcess server;
  private ServerProcess limited;
  private ServerProcess.Ready ready;
  private ServerProcess.Ready slow;
  private RestClient api;
  private String clientKey;
  private String slowClientKey;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    server = TestServer.start(folder.resolve("data"));
    limited = TestServer.start(folder.resolve("limited"), "--delivery-requests-per-second", "5");
    ready = server.awaitReady(Duration.ofSeconds(60));
    slow = limited.awaitReady(Duration.ofSeconds(60));
    api = new RestClient(ready.api(), ready.adminToken());
    clientKey = key(api);
    try (RestClient slowApi = new RestClient(slow.api(), slow.adminToken())) {
      slowClientKey = key(slowApi);
      create(
          slowApi,
          "client-string",
          "string",
          "{\"on\":\"hello\",\"other\":\"bye\"}",
          "{\"default\":{\"variant\":\"on\"}}");
    }
    create(
        api,
        "client-bool",
        "boolean",
        "{\"on\":true,\"off\":false}",
        "{\"default\":{\"variant\":\"on\"}}");
    create(
        api,
        "client-string",
        "string",
        "{\"on\":\"hello\",\"other\":\"bye\"}",
        "{\"default\":{\"variant\":\"on\"}}");
    create(
        api,
        "client-int",
        "number",
        "{\"ten\":10,\"one\":1}",
        "{\"default\":{\"variant\":\"ten\"}}");
    create(
        api,
        "client-float",
        "number",
        "{\"half\":2.5,\"whole\":3}",
        "{\"default\":{\"variant\":\"half\"}}");
    create(
        api,
        "client-object",
        "object",
        "{\"o\":{\"a\":1,\"b\":[true,\"x\"]}}",
        "{\"default\":{\"variant\":\"o\"}}");
    create(
        api,
        "client-rule",
        "string",
        "{\"de\":\"Hallo\",\"en\":\"Hello\"}",
        "{\"rules\":[{\"id\":\"r\",\"if\":{\"attribute\":\"country\",\"op\":\"in\",\"values\":[\"DE\"]},\"serve\":{\"variant\":\"de\"}}],\"default\":{\"variant\":\"en\"}}");
    create(
        api,
        "client-off",
        "boolean",
        "{\"on\":true,\"off\":false}",
        "{\"off\":true,\"default\":{\"variant\":\"on\"}}");
    create(
        api, "client-code-default", "string", "{\"a\":\"A\"}", "{\"default\":{\"variant\":null}}");
    create(
        api,
        "client-split",
        "string",
        "{\"a\":\"A\",\"b\":\"B\"}",
        "{\"default\":{\"split\":{\"shares\":[{\"variant\":\"a\",\"weight\":50000},{\"variant\":\"b\",\"weight\":50000}]}}}");
    create(
        api, "client/a b ü", "string", "{\"on\":\"found\"}", "{\"default\":{\"variant\":\"on\"}}");
    create(
        api,
        "client-live",
        "string",
        "{\"before\":\"before\",\"after\":\"after\"}",
        "{\"default\":{\"variant\":\"before\"}}");
    create(
        api,
        "client-hidden",
        "string",
        "{\"on\":\"secret\"}",
        "{\"clientVisible\":false,\"default\":{\"variant\":\"on\"}}");
  }

  @AfterAll
  void stop() throws Exception {
    System.out.println(printed());
    if (api != null) {
      api.close();
    }
    for (ServerProcess one : new ServerProcess[] {server, limited}) {
      if (one != null) {
        one.close();
      }
    }
  }

  @Test
  void nodeProviderSeesEveryCase() throws Exception {
    install();

    Map<String, Json> seen = run(NODE, "node-client.mjs", ready.sdkKey(), slow.sdkKey());

    values(seen);
    assertThat(text(seen, "bad context", "errorCode")).isEqualTo("INVALID_CONTEXT");
    assertThat(text(seen, "no targeting key for a split", "errorCode"))
        .isEqualTo("TARGETING_KEY_MISSING");
    assertThat(text(seen, "wrong key", "value")).isEqualTo("mine");
    assertThat(text(seen, "wrong key", "errorCode")).isNotEmpty();
    assertThat(text(seen, "off", "value")).as("the caller's default").isEqualTo("true");
    assertThat(text(seen, "code default", "value")).isEqualTo("mine");
    assertThat(text(seen, "rate limit", "errorCode")).isNotEmpty();
    assertThat(text(seen, "live change", "value")).isEqualTo("after");
    claim("ofrep-node", NODE, seen);
  }

  @Test
  void webProviderInChromiumSeesEveryCaseAndRefetchesLive() throws Exception {
    Assumptions.assumeTrue(
        Files.exists(Path.of(chromium())),
        "no Chromium at " + chromium() + ": the web provider is not run");
    install();

    Map<String, Json> seen = run(BROWSER, "browser-client.mjs", clientKey, slowClientKey);

    values(seen);
    assertThat(text(seen, "hidden from client keys", "errorCode")).isEqualTo("FLAG_NOT_FOUND");
    assertThat(text(seen, "wrong key", "providerStatus")).isIn("ERROR", "FATAL");
    assertThat(text(seen, "rate limit", "errorCode")).isNotEmpty();
    assertThat(text(seen, "off", "reason")).isEqualTo("DISABLED");
    assertThat(text(seen, "code default", "value")).isEqualTo("mine");
    assertThat(text(seen, "live before", "value")).isEqualTo("before");
    assertThat(text(seen, "live change", "value")).isEqualTo("after");
    assertThat(CanonicalJson.text(seen.get("live change"))).contains("client-live");
    claim("ofrep-web", BROWSER, seen);
  }

  @Test
  void javaProviderSeesEveryCase() throws Exception {
    Map<String, Json> seen = new TreeMap<>();
    Client client = javaClient("ofrep-main", ready.delivery().toString(), ready.sdkKey());
    MutableContext context = new MutableContext("user-1").add("country", "DE");

    seen.put("boolean", outcome(client.getBooleanDetails("client-bool", false, context)));
    seen.put("string", outcome(client.getStringDetails("client-string", "fallback", context)));
    seen.put("whole number", outcome(client.getIntegerDetails("client-int", -1, context)));
    seen.put("fraction", outcome(client.getDoubleDetails("client-float", -1.0, context)));
    seen.put("object", outcome(client.getObjectDetails("client-object", new Value(), context)));
    seen.put("rule", outcome(client.getStringDetails("client-rule", "fallback", context)));
    seen.put("off", outcome(client.getBooleanDetails("client-off", true, context)));
    seen.put(
        "code default", outcome(client.getStringDetails("client-code-default", "mine", context)));
    seen.put("not found", outcome(client.getStringDetails("client-no-such-flag", "mine", context)));
    seen.put("type mismatch", outcome(client.getIntegerDetails("client-string", 7, context)));
    seen.put(
        "no targeting key for a split",
        outcome(client.getStringDetails("client-split", "mine", new MutableContext())));
    Client stranger =
        javaClient("ofrep-stranger", ready.delivery().toString(), "gdn_srv_not-a-key");
    seen.put("wrong key", outcome(stranger.getStringDetails("client-string", "mine", context)));
    seen.put(
        "rate limit",
        firstRefusal(
            javaClient("ofrep-limited", slow.delivery().toString(), slow.sdkKey()), context));
    flip("before");
    seen.put(
        "live before",
        until(() -> outcome(client.getStringDetails("client-live", "mine", context)), "before"));
    flip("after");
    seen.put(
        "live change",
        until(() -> outcome(client.getStringDetails("client-live", "mine", context)), "after"));
    table.put(JAVA, seen);

    values(seen);
    assertThat(text(seen, "type mismatch", "errorCode")).isEqualTo("TYPE_MISMATCH");
    assertThat(text(seen, "no targeting key for a split", "errorCode"))
        .isEqualTo("INVALID_CONTEXT");
    assertThat(text(seen, "wrong key", "value")).isEqualTo("mine");
    assertThat(text(seen, "wrong key", "errorCode")).isNotEmpty();
    assertThat(text(seen, "code default", "value")).isEqualTo("mine");
    assertThat(text(seen, "off", "value")).isEqualTo("true");
    assertThat(text(seen, "rate limit", "errorCode")).isNotEmpty();
    assertThat(text(seen, "live before", "value")).isEqualTo("before");
    assertThat(text(seen, "live change", "value")).isEqualTo("after");
    claim("ofrep-java", JAVA, seen);
  }

  /** What every client must see alike. */
  private static void values(Map<String, Json> seen) {
    assertThat(text(seen, "boolean", "value")).isEqualTo("true");
    assertThat(text(seen, "boolean", "variant")).isEqualTo("on");
    assertThat(text(seen, "string", "value")).isEqualTo("hello");
    assertThat(text(seen, "string", "reason")).isEqualTo("STATIC");
    assertThat(text(seen, "whole number", "value")).isEqualTo("10");
    assertThat(text(seen, "fraction", "value")).isEqualTo("2.5");
    assertThat(text(seen, "object", "value")).contains("\"a\":1").contains("[true,\"x\"]");
    assertThat(text(seen, "rule", "value")).isEqualTo("Hallo");
    assertThat(text(seen, "rule", "reason")).isEqualTo("TARGETING_MATCH");
    assertThat(text(seen, "not found", "errorCode")).isEqualTo("FLAG_NOT_FOUND");
    assertThat(text(seen, "not found", "value")).isEqualTo("mine");
    if (seen.containsKey("key with / and space")) {
      assertThat(text(seen, "key with / and space", "value")).isEqualTo("found");
    }
  }

  // The server's side.

  private static String key(RestClient api) throws Exception {
    Json body = json("{\"name\":\"web\",\"kind\":\"client\"}");
    var answer = api.send("POST", ENVIRONMENT + "/keys", body, fresh()).orThrow();
    return ((Json.Str) answer.at("secret")).value();
  }

  private static void create(RestClient api, String key, String type, String variants, String patch)
      throws Exception {
    Json.Obj declaration =
        Json.Obj.of("key", Json.of(key), "type", Json.of(type), "variants", json(variants));
    api.send("POST", "/api/v1/projects/default/flags", declaration, fresh()).orThrow();
    Json.Obj rest = (Json.Obj) json(patch);
    boolean off = rest.has("off");
    Json.Obj envelope =
        Json.Obj.builder()
            .put("key", key)
            .put("type", type)
            .put("on", !off)
            .put("variants", json(variants))
            .put("offVariant", Json.NULL)
            .build();
    Json.Obj doc = rest.without("off").with("envelope", envelope);
    if (!doc.has("clientVisible")) {
      doc = doc.with("clientVisible", Json.of(true));
    }
    String path =
        ENVIRONMENT
            + "/flags/"
            + java.net.URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
    api.send("PUT", path, doc, fresh()).orThrow();
  }

  private void flip(String variant) throws Exception {
    api.send(
            "PATCH",
            ENVIRONMENT + "/flags/client-live",
            json("{\"default\":{\"variant\":\"" + variant + "\"}}"),
            Map.of(
                "Content-Type",
                "application/merge-patch+json",
                "Idempotency-Key",
                UUID.randomUUID().toString()))
        .orThrow();
  }

  private static Map<String, String> fresh() {
    return Map.of("Idempotency-Key", UUID.randomUUID().toString());
  }

  // The clients' side.

  private static String chromium() {
    return System.getenv().getOrDefault("CHROMIUM", "/usr/bin/chromium");
  }

  private static synchronized void install() throws Exception {
    Process npm =
        new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            .directory(CLIENTS.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(npm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(npm.waitFor()).as(output).isZero();
  }

  /** Runs a client; when it says so, the flag is changed under it. */
  private Map<String, Json> run(String client, String script, String key, String slowKey)
      throws Exception {
    flip("before");
    ProcessBuilder builder =
        new ProcessBuilder("node", script)
            .directory(CLIENTS.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("OFREP_URL", ready.delivery().toString());
    builder.environment().put("OFREP_KEY", key);
    builder.environment().put("OFREP_LIMITED_URL", slow.delivery().toString());
    builder.environment().put("OFREP_LIMITED_KEY", slowKey);
    builder.environment().put("CHROMIUM", chromium());
    Process process = builder.start();
    Map<String, Json> seen = new TreeMap<>();
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.equals("READY FOR CHANGE")) {
          flip("after");
          goOn(process);
        } else {
          Json.Obj row = (Json.Obj) json(line);
          seen.put(((Json.Str) row.get("case")).value(), row.get("outcome"));
        }
      }
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    table.put(client, seen);
    assertThat(process.exitValue()).as("%s %s", script, seen).isZero();
    return seen;
  }

  private static void goOn(Process process) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write("\n".getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  private static Client javaClient(String domain, String url, String key) throws Exception {
    OfrepProvider provider =
        OfrepProvider.constructProvider(
            OfrepProviderOptions.builder()
                .baseUrl(url)
                .headers(ImmutableMap.of("Authorization", ImmutableList.of("Bearer " + key)))
                .build());
    OpenFeatureAPI.getInstance().setProviderAndWait(domain, provider);
    return OpenFeatureAPI.getInstance().getClient(domain);
  }

  private static Json firstRefusal(Client client, MutableContext context) {
    for (int i = 0; i < 200; i++) {
      var answer = client.getStringDetails("client-string", "mine", context);
      if (answer.getErrorCode() != null) {
        return ((Json.Obj) outcome(answer)).with("afterCalls", Json.of(i));
      }
    }
    return Json.Obj.of("never", Json.of(true));
  }

  private static Json until(Callable<Json> ask, String wanted) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    Json answer = ask.call();
    while (!CanonicalJson.text(answer).contains(wanted) && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(20);
      answer = ask.call();
    }
    return answer;
  }

  private static Json outcome(FlagEvaluationDetails<?> details) {
    Json.Obj.Builder out = Json.Obj.builder();
    Object value = details.getValue();
    switch (value) {
      case Boolean b -> out.put("value", b.booleanValue());
      case Integer i -> out.put("value", i.longValue());
      case Double d -> out.put("value", d.doubleValue());
      case Value v when v.isStructure() ->
          out.put("value", dev.guidon.server.clients.OpenFeatureValues.json(v));
      case null, default -> out.put("value", String.valueOf(value));
    }
    if (details.getVariant() != null) {
      out.put("variant", details.getVariant());
    }
    if (details.getReason() != null) {
      out.put("reason", details.getReason());
    }
    if (details.getErrorCode() != null) {
      out.put("errorCode", details.getErrorCode().name());
    }
    return out.build();
  }

  private static Json json(String text) {
    return JsonReader.read(text, JsonLimits.DEFAULT);
  }

  private static String text(Map<String, Json> seen, String name, String member) {
    assertThat(seen).containsKey(name);
    Json value = seen.get(name) instanceof Json.Obj object ? object.get(member) : null;
    return value == null ? "" : value instanceof Json.Str s ? s.value() : CanonicalJson.text(value);
  }

  // The table.

  private static void claim(String id, String client, Map<String, Json> seen) {
    System.out.println("CLAIM " + id + ": " + client + ", " + seen.size() + " cases as expected");
  }

  private String printed() throws IOException {
    StringBuilder out = new StringBuilder("\nOFREP clients, unmodified\n");
    Path lock = CLIENTS.resolve("package-lock.json");
    Json.Obj packages =
        (Json.Obj)
            ((Json.Obj) JsonReader.read(Files.readAllBytes(lock), JsonLimits.DEFAULT))
                .get("packages");
    packages
        .members()
        .forEach((path, about) -> {
          if (path.contains("ofrep") && about instanceof Json.Obj one) {
            out.append(path.substring(path.lastIndexOf("node_modules/") + 13));
            for (String member : List.of("version", "integrity")) {
              out.append(' ').append(one.get(member) instanceof Json.Str s ? s.value() : "?");
            }
            out.append('\n');
          }
        });
    out.append(JAVA)
        .append(
            ":0.0.2 (the version is pinned in build/bom; Maven checks the repository's checksum)\n");
    table.forEach((client, seen) -> {
      out.append(client).append('\n');
      seen.forEach((name, outcome) ->
          out.append("  ")
              .append(name)
              .append(": ")
              .append(CanonicalJson.text(outcome))
              .append('\n'));
    });
    CANNOT.forEach(line -> out.append("cannot be expressed: ").append(line).append('\n'));
    return out.toString();
  }
}
