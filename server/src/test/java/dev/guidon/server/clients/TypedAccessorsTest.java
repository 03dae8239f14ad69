package dev.guidon.server.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import dev.guidon.sdk.GuidonClient;
import dev.guidon.sdk.GuidonProvider;
import dev.guidon.server.TestServer;
import dev.guidon.server.command.Commands;
import dev.guidon.server.demo.RestClient;
import dev.guidon.server.demo.ServerProcess;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.FlagEvaluationDetails;
import dev.openfeature.sdk.MutableContext;
import dev.openfeature.sdk.OpenFeatureAPI;
import dev.openfeature.sdk.Value;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Accessors generated from a running server compile and evaluate: Java through our provider,
 * TypeScript through the published OFREP provider in Node.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TypedAccessorsTest {
  private static final Path NODE = Path.of("..", "conformance", "accessors");
  private static final String MANIFEST = "/openfeature/v0/manifest";
  private static final String ENVIRONMENT = "/api/v1/projects/default/environments/dev";

  private ServerProcess server;
  private ServerProcess.Ready ready;
  private Path folder;
  private Path token;

  @BeforeAll
  void start(@TempDir Path made) throws Exception {
    folder = made;
    server = TestServer.start(folder.resolve("data"));
    ready = server.awaitReady(Duration.ofSeconds(60));
    token = Files.writeString(folder.resolve("token"), ready.adminToken());
    try (RestClient api = new RestClient(ready.api(), ready.adminToken())) {
      create(api, "new-checkout", "boolean", "false", "Shows the new checkout. */ {@code x}");
      create(api, "greeting", "string", "\"Hello\"", "A \\\"greeting\\\".");
      create(api, "max.retries", "integer", "3", "");
      create(api, "discount", "float", "0.15", "");
      create(api, "theme", "object", "{\"color\":\"blue\",\"sizes\":[1,2,null]}", "");
      create(api, "not-there", "string", "\"mine\"", "Is deleted before it is asked for.");
      serve(api, "new-checkout", "{\"on\":true,\"off\":false}", "on");
      serve(api, "greeting", "{\"default\":\"Hello\",\"de\":\"Hallo\"}", "de");
      serve(api, "max.retries", "{\"default\":3,\"more\":5}", "more");
      serve(api, "discount", "{\"default\":0.15,\"half\":0.5}", "half");
      serve(
          api,
          "theme",
          "{\"default\":{\"color\":\"blue\"},\"dark\":{\"color\":\"black\",\"sizes\":[7]}}",
          "dark");
    }
  }

  @AfterAll
  void stop() throws Exception {
    OpenFeatureAPI.getInstance().shutdown();
    if (server != null) {
      server.close();
    }
  }

  private static void create(
      RestClient api, String key, String type, String value, String description) throws Exception {
    Json flag =
        json(
            "{\"key\":\"%s\",\"type\":\"%s\",\"defaultValue\":%s,\"description\":\"%s\"}"
                .formatted(key, type, value, description));
    api.send("POST", MANIFEST + "/flags?project=default", flag, fresh()).orThrow();
  }

  private static void serve(RestClient api, String key, String variants, String variant)
      throws Exception {
    Json patch =
        json(
            "{\"clientVisible\":true,\"envelope\":{\"on\":true,\"variants\":%s},\"default\":{\"variant\":\"%s\"}}"
                .formatted(variants, variant));
    api.send("PATCH", ENVIRONMENT + "/flags/" + key, patch, fresh()).orThrow();
  }

  private static Map<String, String> fresh() {
    return Map.of("Idempotency-Key", UUID.randomUUID().toString());
  }

  private static Json json(String text) {
    return JsonReader.read(text, JsonLimits.DEFAULT);
  }

  private void generate(String... words) {
    List<String> all = new java.util.ArrayList<>(List.of("generate"));
    all.addAll(List.of(words));
    all.addAll(
        List.of(
            "--server",
            ready.api().toString(),
            "--token-file",
            token.toString(),
            "--project",
            "default",
            "--exclude",
            "hello"));
    assertThat(Commands.run(all.toArray(String[]::new))).as(String.join(" ", all)).isZero();
  }

  @Test
  void manifestOfTheServerHasEveryTypeThatTheSyncApiKnows() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(ready.api() + MANIFEST + "?project=default"))
                  .header("Authorization", "Bearer " + ready.adminToken())
                  .build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("X-Manifest-Capabilities"))
          .contains("read,write,delete");
      assertThat(answer.headers().firstValue("X-Manifest-Omitted")).contains("discount");
      assertThat(answer.body()).contains("new-checkout", "integer", "theme");
    }
  }

  @Test
  void javaCompilesAndEvaluatesThroughTheProvider() throws Exception {
    Path sources = folder.resolve("java");
    generate("java", "--package", "shop.flags", "--out", sources.toString());
    Path classes = compile(sources.resolve("shop/flags/Flags.java"));

    GuidonProvider provider =
        new GuidonProvider(
            GuidonClient.builder().url(ready.delivery().toString()).key(ready.sdkKey()));
    OpenFeatureAPI.getInstance().setProviderAndWait("accessors", provider);
    Client client = OpenFeatureAPI.getInstance().getClient("accessors");
    EvaluationContext context = new MutableContext("user-1");
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
      Class<?> type = loader.loadClass("shop.flags.Flags");
      Object flags = type.getConstructor(Client.class).newInstance(client);

      assertThat(call(flags, "newCheckout", context)).isEqualTo(true);
      assertThat(call(flags, "greeting", context)).isEqualTo("Hallo");
      assertThat(call(flags, "maxRetries", context)).isEqualTo(5);
      assertThat(call(flags, "discount", context)).isEqualTo(0.5);
      Value theme = (Value) call(flags, "theme", context);
      assertThat(theme.asStructure().getValue("color").asString()).isEqualTo("black");
      assertThat(((FlagEvaluationDetails<?>) call(flags, "greetingDetails", context)).getVariant())
          .isEqualTo("de");
      assertThat(type.getField("NEW_CHECKOUT").get(null)).isEqualTo("new-checkout");
      assertThat(call(flags, "notThere", context)).as("off: its default").isEqualTo("mine");
    }
    System.out.println(
        "CLAIM typed-accessors-java: 6 flags of 5 types generated from a running server, compiled by"
            + " javac and evaluated through GuidonProvider");
  }

  private static Object call(Object flags, String name, EvaluationContext context)
      throws ReflectiveOperationException {
    return flags.getClass().getMethod(name, EvaluationContext.class).invoke(flags, context);
  }

  private Path compile(Path source) throws IOException {
    Path classes = Files.createDirectories(folder.resolve("classes"));
    var compiler = ToolProvider.getSystemJavaCompiler();
    java.io.ByteArrayOutputStream said = new java.io.ByteArrayOutputStream();
    int code =
        compiler.run(
            null,
            said,
            said,
            "--release",
            "17",
            "-Xlint:all,-classfile,-processing,-options,-path",
            "-Werror",
            "-Xdoclint:all,-missing",
            "-proc:none",
            "-cp",
            TestServer.classPath(),
            "-d",
            classes.toString(),
            source.toString());
    assertThat(code).as(said.toString(StandardCharsets.UTF_8)).isZero();
    return classes;
  }

  @Test
  void typeScriptCompilesAndEvaluatesThroughOfrep() throws Exception {
    Assumptions.assumeTrue(
        runs("node", "--version"), "no node: generated TypeScript is not compiled");
    Path work = Files.createDirectories(folder.resolve("node"));
    for (String file : List.of("package.json", "package-lock.json", "tsconfig.json", "main.ts")) {
      Files.copy(NODE.resolve(file), work.resolve(file));
    }
    run(work, Map.of(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
    generate("typescript", "--out", work.toString());
    generate("typescript", "--target", "web", "--out", work.resolve("web").toString());
    run(work, Map.of(), "node", "node_modules/typescript/bin/tsc");

    String said =
        run(
            work,
            Map.of("OFREP_URL", ready.delivery().toString(), "OFREP_KEY", ready.sdkKey()),
            "node",
            "build/main.js");

    Json.Obj seen = (Json.Obj) json(said.strip().lines().reduce((a, b) -> b).orElse("{}"));
    assertThat(seen)
        .isEqualTo(
            json(
                """
                {"shown":true,"greeting":"Hallo","retries":5,"discount":0.5,
                 "theme":{"color":"black","sizes":[7]},"variant":"de","key":"new-checkout","default":"mine"}
                """));
    System.out.println(
        "CLAIM typed-accessors-typescript: 6 flags of 5 types generated from a running server,"
            + " compiled by tsc for Node and for browsers, evaluated in Node through OFREP");
  }

  private static boolean runs(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static String run(Path in, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(in.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s said\n%s", String.join(" ", command), said).isZero();
    return said;
  }
}
