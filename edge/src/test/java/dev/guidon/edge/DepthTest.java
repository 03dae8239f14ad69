package dev.guidon.edge;

import static dev.guidon.edge.EdgeFixture.SERVER;
import static dev.guidon.edge.EdgeFixture.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.guidon.edge.core.KeyIndex;
import dev.guidon.edge.core.ReaderKey;
import dev.guidon.edge.core.ReportDesk;
import dev.guidon.edge.ofrep.Tickets;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Hash;
import dev.guidon.model.ScopeId;
import dev.guidon.model.json.Json;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What evaluation remembers and puts aside in order to be quick changes no answer. */
class DepthTest {
  private static final String FLAGS = "/ofrep/v1/evaluate/flags";
  private static final String SINGLE = FLAGS + "/checkout";
  private static final EntityId BACKEND = new EntityId(EntityKind.SDK_KEY, "backend");

  @TempDir Path disk;
  private final FakeLog log = EdgeFixture.shop();

  private EdgeFixture start() {
    var fixture = new EdgeFixture(log, disk, options -> options.withEventLoops(1));
    fixture.awaitPosition();
    return fixture;
  }

  // Remembered keys

  @Test
  void aDeletedKeyIsRefusedAtOnceAlthoughItWasRemembered() throws Exception {
    try (EdgeFixture fixture = start()) {
      assertThat(fixture.post(SINGLE, SERVER, "{}").statusCode()).isEqualTo(200);
      assertThat(fixture.post(SINGLE, SERVER, "{}").statusCode()).isEqualTo(200);

      log.delete(BACKEND);
      fixture.awaitPosition();

      assertThat(fixture.post(SINGLE, SERVER, "{}").statusCode()).isIn(401, 503);
    }
  }

  @Test
  void aRememberedKeyIsRefusedFromTheInstantAtWhichItExpires() throws Exception {
    try (EdgeFixture fixture = start()) {
      String expiry = java.time.Instant.now().plusMillis(1_500).toString();
      log.key("short", "server", "gdn_srv_short-lived", ",'expires':'" + expiry + "'");
      fixture.awaitPosition();

      assertThat(fixture.post(SINGLE, "gdn_srv_short-lived", "{}").statusCode()).isEqualTo(200);

      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> fixture.post(SINGLE, "gdn_srv_short-lived", "{}").statusCode() == 401);
      assertThat(java.time.Instant.now()).isAfterOrEqualTo(java.time.Instant.parse(expiry));
    }
  }

  @Test
  void onlyTheVeryTextThatWasRememberedIsFoundUntilItExpires() {
    try (EdgeFixture fixture = start()) {
      var secret = Hash.of(SERVER);
      var key =
          new ReaderKey(
              ReaderKey.Kind.SERVER,
              "backend",
              List.of(new ReaderKey.Secret(secret, 1_000L)),
              null,
              2_000L);
      ScopeDriver scope = scope(fixture);
      Map<ScopeId, ScopeDriver> scopes = Map.of(scope.id(), scope);
      var cache = new KeyCache(_ -> 7); // Every text finds the same place.
      var application = new KeyCheck.Application(scope, scope.keys(), key, secret);
      cache.remember("Bearer " + SERVER, application);

      assertThat(cache.find("Bearer " + SERVER + "x", scopes, 999)).isNull();
      assertThat(cache.find("Bearer " + SERVER.replace('t', 'T'), scopes, 999)).isNull();
      assertThat(cache.find("Bearer " + SERVER, scopes, 999)).isSameAs(application);
      assertThat(cache.find("Bearer " + SERVER, scopes, 1_000)).isNull();

      cache.remember("Bearer " + SERVER, application);
      assertThat(cache.find("Bearer " + SERVER, Map.of(), 999)).isNull();

      var ofOtherKeys = new KeyCheck.Application(scope, KeyIndex.of(log.state()), key, secret);
      cache.remember("Bearer " + SERVER, ofOtherKeys);
      assertThat(cache.find("Bearer " + SERVER, scopes, 999)).isNull();
    }
  }

  private ScopeDriver scope(EdgeFixture fixture) {
    var runtime =
        new EdgeRuntime(
            EdgeFixture.defaults(),
            TimeSource.system(),
            new EdgeMetrics(new SimpleMeterRegistry(), "test", /* flagLabels= */ false),
            new ReportDesk(new Random(1)),
            new Tickets(new byte[32]),
            /* hashSeed= */ 1);
    return new ScopeDriver(
        fixture.vertx,
        runtime,
        log.upstream(),
        FakeLog.PROD,
        new FileDisk(disk.resolve("other")),
        new Random(1));
  }

  // All flags

  @Test
  void allFlagsAreAnsweredFromOneStateWhateverIsCommittedMeanwhile() throws Exception {
    manyFlags(400);
    pair();
    try (EdgeFixture fixture = start()) {
      CompletableFuture<Void> flips =
          CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 200; i++) {
              flipBoth(i % 2 == 0 ? "u1" : "u2");
            }
          });
      int mixed = 0;
      int asked = 0;
      Set<Json> seen = new HashSet<>();
      while (!flips.isDone() || asked < 20) {
        var values =
            ((Json.Arr)
                    object(fixture.post(FLAGS, SERVER, "{'context':{'targetingKey':'u1'}}"))
                        .get("flags"))
                .items().stream()
                    .map(item -> (Json.Obj) item)
                    .filter(flag -> text(flag).startsWith("pair-"))
                    .map(flag -> flag.get("value"))
                    .collect(Collectors.toSet());
        assertThat(values).isNotEmpty();
        seen.addAll(values);
        mixed += values.size() > 1 ? 1 : 0;
        asked++;
      }
      flips.join();

      assertThat(seen).containsExactlyInAnyOrder(Json.of(true), Json.of(false));
      assertThat(mixed).isZero();
    }
  }

  private static String text(Json.Obj flag) {
    return ((Json.Str) flag.get("key")).value();
  }

  /** One commit that changes what two flags answer. */
  private void flipBoth(String member) {
    log.put(
        new EntityId(EntityKind.SEGMENT, "chosen"),
        "{'key':'chosen','if':{'attribute':'targetingKey','op':'in','values':['" + member + "']}}");
  }

  private void pair() {
    flipBoth("u1");
    for (String key : List.of("pair-a", "pair-z")) {
      log.flag(
          "{'envelope':{'key':'"
              + key
              + "','type':'boolean','on':true,'variants':{'off':false,'on':true},'offVariant':'off'},"
              + "'rules':[{'id':'rule-1','if':{'segment':'chosen'},'serve':{'variant':'on'}}],"
              + "'default':{'variant':'off'}}");
    }
  }

  private void manyFlags(int count) {
    for (int i = 0; i < count; i++) {
      log.flag(
          "{'envelope':{'key':'many-"
              + i
              + "','type':'boolean','on':true,'variants':{'on':true},'offVariant':'on'},'default':{'variant':'on'}}");
    }
  }

  @Test
  void aLargeRequestHoldsUpNobodyElse() throws Exception {
    manyFlags(500);
    try (EdgeFixture fixture = start()) {
      String large = "{'context':{'text':'" + "x".repeat(900_000) + "'}}";
      assertThat(fixture.post(FLAGS, SERVER, large).statusCode()).isEqualTo(200);
      List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        all.add(
            fixture.http.sendAsync(
                fixture
                    .request(FLAGS, SERVER)
                    .header("Content-Type", "application/json")
                    .POST(
                        java.net.http.HttpRequest.BodyPublishers.ofString(large.replace('\'', '"')))
                    .build(),
                HttpResponse.BodyHandlers.ofString()));
      }
      long start = System.nanoTime();
      assertThat(fixture.post(SINGLE, SERVER, "{}").statusCode()).isEqualTo(200);
      long millis = (System.nanoTime() - start) / 1_000_000;
      all.forEach(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));

      assertThat(millis).isLessThan(2_000);
    }
  }
}
