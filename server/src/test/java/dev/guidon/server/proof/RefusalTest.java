package dev.guidon.server.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.guidon.edge.Edge;
import dev.guidon.edge.EdgeOptions;
import dev.guidon.edge.TimeSource;
import dev.guidon.edge.core.Presence;
import dev.guidon.edge.core.Report;
import dev.guidon.engine.Context;
import dev.guidon.engine.Decision;
import dev.guidon.engine.Reason;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Hash;
import dev.guidon.model.ScopeId;
import dev.guidon.model.Token;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import dev.guidon.sdk.GuidonClient;
import dev.guidon.server.demo.RestClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A change that an edge and an SDK cannot read costs them that one change, and never the kill
 * switch after it.
 */
@Timeout(120)
class RefusalTest {
  private static final ScopeId SCOPE = ScopeId.of("shop", "prod");
  private static final EntityId CHECKOUT = EntityId.flag("checkout");
  private static final EntityId SEARCH = EntityId.flag("search");
  private static final String SECRET = "gdn_srv_application";
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration REPORTS = Duration.ofMillis(200);
  private static final Context GERMAN =
      Context.builder().targetingKey("u1").put("country", "DE").build();
  private static final Context FRENCH =
      Context.builder().targetingKey("u1").put("country", "FR").build();

  @TempDir private Path folder;
  private Vertx vertx;
  private ServedLog log;
  private Edge edge;
  private GuidonClient sdk;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    log = new ServedLog(folder.resolve("guidon.db"), SCOPE);
    Token first =
        log.put(
            Map.of(
                new EntityId(EntityKind.SDK_KEY, "app"),
                sdkKey(),
                CHECKOUT,
                flag("checkout", true, "in", "off"),
                SEARCH,
                flag("search", true, "in", "off")));
    EdgeOptions options =
        EdgeOptions.of("edge")
            .withAddress("127.0.0.1", 0)
            .withEventLoops(1)
            .withScopes(Set.of(SCOPE))
            .withTiming(reportingOften());
    edge =
        Edge.start(
            vertx,
            options,
            log.upstream(),
            folder.resolve("edge"),
            TimeSource.system(),
            new SimpleMeterRegistry());
    sdk =
        GuidonClient.builder()
            .url(address().toString())
            .key(SECRET)
            .name("shop")
            .reportEvery(REPORTS)
            .build();
    assertThat(sdk.awaitRevision(first, SOON)).isTrue();
  }

  private static EdgeOptions.Timing reportingOften() {
    EdgeOptions.Timing usual = EdgeOptions.Timing.DEFAULT;
    return new EdgeOptions.Timing(
        usual.heartbeat(),
        usual.stall(),
        usual.request(),
        REPORTS,
        usual.catchUp(),
        usual.tlsCheck(),
        usual.behindAfter());
  }

  @AfterEach
  void end() {
    sdk.close();
    edge.close(Duration.ZERO);
    log.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private URI address() {
    return URI.create("http://127.0.0.1:" + edge.port());
  }

  @Test
  void versionThatCannotBeCompiledIsHeldBackAndReportedAndTheOffAfterItIsObeyed() throws Exception {
    Token future =
        log.put(
            Map.of(
                CHECKOUT, flag("checkout", true, "soundsLike", "on"),
                SEARCH, flag("search", true, "in", "on")));

    assertThat(sdk.awaitRevision(future, SOON)).isTrue();
    assertThat(answer(GERMAN)).isEqualTo("on STALE version 1");
    assertThat(answer(FRENCH))
        .as("the last version's answer, not the new default")
        .isEqualTo("off STALE version 1");
    assertThat(sdk.booleanValue("search", FRENCH, false))
        .as("a neighbour in the same commit")
        .isTrue();
    assertThat(ofrep(FRENCH)).containsExactly(Json.of(false), Json.of("STALE"));

    List<Report.Refused> bySdk = awaitRefusals(() -> presenceOfSdk().refusals());
    assertThat(bySdk).singleElement().satisfies(RefusalTest::isTheFutureVersion);
    assertThat(edge.refusals(SCOPE)).singleElement().satisfies(RefusalTest::isTheFutureVersion);
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(lastReported()).hasSize(2).allSatisfy(RefusalTest::isTheFutureVersion));

    long begun = System.nanoTime();
    Token off = log.put(Map.of(CHECKOUT, flag("checkout", false, "soundsLike", "on")));
    assertThat(sdk.awaitRevision(off, SOON)).isTrue();
    long offMillis = (System.nanoTime() - begun) / 1_000_000;
    assertThat(answer(GERMAN)).isEqualTo("off DISABLED version 3");
    assertThat(ofrep(GERMAN)).containsExactly(Json.of(false), Json.of("DISABLED"));

    Token readable = log.put(Map.of(CHECKOUT, flag("checkout", true, "in", "on")));
    assertThat(sdk.awaitRevision(readable, SOON)).isTrue();
    assertThat(answer(FRENCH)).isEqualTo("on DEFAULT version 4");
    await()
        .atMost(SOON)
        .untilAsserted(() -> {
          assertThat(presenceOfSdk().refusals()).isEmpty();
          assertThat(lastReported()).isEmpty();
        });

    System.out.printf(
        "CLAIM refusal: version 2 of a flag has an operator nobody knows: edge and SDK keep version 1 (STALE), report %s upstream,"
            + " take the rest of the commit, and obey the off in version 3 after %d ms%n",
        bySdk.getFirst().code(), offMillis);
  }

  /** What the edge told the log's side last. */
  private List<Report.Refused> lastReported() {
    List<Report> reports = log.reports();
    assertThat(reports).isNotEmpty();
    return reports.getLast().refusals();
  }

  private static void isTheFutureVersion(Report.Refused refused) {
    assertThat(refused.entity()).isEqualTo("flag:checkout");
    assertThat(refused.version()).isEqualTo(2);
    assertThat(refused.code()).isEqualTo("UNSUPPORTED");
    assertThat(refused.detail()).contains("soundsLike");
  }

  private static List<Report.Refused> awaitRefusals(
      java.util.concurrent.Callable<List<Report.Refused>> refusals) {
    return await().atMost(SOON).until(refusals, found -> !found.isEmpty());
  }

  private Presence presenceOfSdk() {
    return await()
        .atMost(SOON)
        .until(
            () ->
                edge.presence().stream().filter(one -> one.client().kind().equals("sdk")).toList(),
            found -> found.size() == 1)
        .getFirst();
  }

  private String answer(Context context) {
    Decision decision = sdk.decision("checkout", context);
    assertThat(decision).isNotNull();
    Reason reason = decision.outcome().reason();
    return decision.outcome().variant()
        + " "
        + reason
        + " version "
        + decision.outcome().flagVersion();
  }

  /** Value and reason as the edge itself decides. */
  private List<Json> ofrep(Context context) throws Exception {
    try (RestClient client = new RestClient(address(), SECRET)) {
      Json.Obj question =
          Json.Obj.of(
              "context",
              Json.Obj.of(
                  "targetingKey",
                  Json.of("u1"),
                  "country",
                  Json.of(context.equals(GERMAN) ? "DE" : "FR")));
      RestClient.Answer answer =
          client.send("POST", "/ofrep/v1/evaluate/flags/checkout", question, Map.of()).orThrow();
      return List.of(answer.at("value"), answer.at("reason"));
    }
  }

  private static Json.Obj sdkKey() {
    return json(
        "{'key':'app','kind':'server','hashes':[{'hash':'%s','created':'2026-01-01T00:00:00Z'}]}"
            .formatted(Hash.of(SECRET).hex()));
  }

  /** On for Germans, otherwise as the default says. */
  private static Json.Obj flag(String key, boolean on, String operator, String otherwise) {
    return json(
        """
        {'envelope':{'key':'%s','type':'boolean','on':%s,'variants':{'off':false,'on':true},'offVariant':'off'},
         'prerequisites':[],'targets':[],
         'rules':[{'id':'germany','if':{'attribute':'country','op':'%s','values':['DE']},'serve':{'variant':'on'}}],
         'default':{'variant':'%s'},'salt':'%s','clientVisible':false,'metadata':{}}
        """
            .formatted(key, on, operator, otherwise, key));
  }

  private static Json.Obj json(String text) {
    return (Json.Obj) JsonReader.read(text.replace('\'', '"'), JsonLimits.DEFAULT);
  }
}
