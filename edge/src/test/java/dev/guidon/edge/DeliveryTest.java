package dev.guidon.edge;

import static dev.guidon.edge.EdgeFixture.CLIENT;
import static dev.guidon.edge.EdgeFixture.EDGE;
import static dev.guidon.edge.EdgeFixture.SERVER;
import static dev.guidon.edge.EdgeFixture.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.guidon.edge.core.EdgeKeys;
import dev.guidon.edge.core.ReaderKey;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Hash;
import dev.guidon.model.KeyChunks;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeSnapshot;
import dev.guidon.model.View;
import dev.guidon.model.json.Json;
import dev.guidon.stream.HeadFrame;
import dev.guidon.stream.LogFrame;
import dev.guidon.stream.LogFrames;
import dev.guidon.stream.StreamLimits;
import dev.guidon.stream.ViewFrame;
import dev.guidon.stream.ViewFrames;
import dev.guidon.stream.ViewSnapshot;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams, their polling twins, keys and limits, at a real socket. */
class DeliveryTest {
  private static final String FLAG =
      "{'envelope':{'key':'%s','type':'boolean','on':true,'variants':{'a':true},'offVariant':'a'},'default':{'variant':'a'}}";

  @TempDir Path disk;
  private final FakeLog log = EdgeFixture.shop();

  private static EdgeKeys edgeKeys() {
    var key =
        new ReaderKey(
            ReaderKey.Kind.EDGE,
            "edge-2",
            List.of(new ReaderKey.Secret(Hash.of(EDGE), null)),
            null,
            null);
    return secret ->
        secret.equals(Hash.of(EDGE)) ? new EdgeKeys.EdgeKey(key, Set.of("shop/prod")) : null;
  }

  private EdgeFixture start() {
    var fixture =
        new EdgeFixture(log, disk.resolve("one"), options -> options.withEdgeKeys(edgeKeys()));
    fixture.awaitPosition();
    return fixture;
  }

  private static ViewFrame frame(dev.guidon.stream.SseEvent event) {
    return ViewFrames.decode(event, StreamLimits.DEFAULT);
  }

  @Test
  void aViewStreamGivesAWholeViewAndThenEachCommit() throws Exception {
    try (EdgeFixture fixture = start();
        var events = fixture.events("/v1/view?region=eu", SERVER)) {
      events.await(e -> e.of("snapshot").size() == 1);
      View first = ((ViewFrame.Snapshot) frame(events.of("snapshot").getFirst())).view();
      assertThat(first.hash()).isEqualTo(View.of(log.state(), "eu").hash());
      assertThat(first.region()).isEqualTo("eu");
      assertThat(first.entities().get(new EntityId(EntityKind.SDK_KEY, "backend"))).isNull();

      log.flag(FLAG.formatted("new"));

      events.await(e -> e.of("delta").size() == 1);
      var delta = (ViewFrame.Delta) frame(events.of("delta").getFirst());
      assertThat(delta.from()).isEqualTo(first.position());
      assertThat(delta.to()).isEqualTo(log.state().position());
      assertThat(delta.view()).isEqualTo(View.of(log.state(), "eu").hash());
      assertThat(events.of("delta").getFirst().id()).isEqualTo(log.state().position().text());
      events.await(e -> !e.of("head").isEmpty());
    }
  }

  @Test
  void aResumedStreamGivesTheDifferenceOnly() throws Exception {
    try (EdgeFixture fixture = start()) {
      Position before = log.state().position();
      log.flag(FLAG.formatted("one")).flag(FLAG.formatted("two"));
      fixture.awaitPosition();

      try (var events = fixture.events("/v1/view", SERVER, "Last-Event-ID", before.text())) {
        events.await(e ->
            e.of("delta").stream().anyMatch(d -> d.id().equals(log.state().position().text())));

        assertThat(events.of("snapshot")).isEmpty();
        assertThat(((ViewFrame.Delta) frame(events.of("delta").getFirst())).from())
            .isEqualTo(before);
      }
    }
  }

  @Test
  void pollingGivesTheSameAsTheStream() throws Exception {
    try (EdgeFixture fixture = start()) {
      HttpResponse<String> whole = fixture.get("/v1/view?region=eu", SERVER);
      View view =
          ViewSnapshot.decode(whole.body().getBytes(StandardCharsets.UTF_8), StreamLimits.DEFAULT);
      String etag = whole.headers().firstValue("ETag").orElseThrow();

      assertThat(view.hash()).isEqualTo(View.of(log.state(), "eu").hash());
      assertThat(
              HeadFrame.parse(whole.headers().firstValue(HeadFrame.HEADER).orElseThrow())
                  .position())
          .isEqualTo(view.position());
      assertThat(fixture.get("/v1/view?region=eu", SERVER, "If-None-Match", etag).statusCode())
          .isEqualTo(304);
      assertThat(fixture.get("/v1/view?region=us", SERVER, "If-None-Match", etag).statusCode())
          .isEqualTo(200);

      log.flag(FLAG.formatted("new"));
      fixture.awaitPosition();
      HttpResponse<String> delta =
          fixture.get(
              "/v1/view?region=eu&from=" + encoded(view.position()), SERVER, "If-None-Match", etag);

      assertThat(delta.headers().firstValue("Content-Type")).contains("application/json");
      assertThat(
              ViewFrames.readDelta(
                      delta.body().getBytes(StandardCharsets.UTF_8), StreamLimits.DEFAULT)
                  .view())
          .isEqualTo(View.of(log.state(), "eu").hash());
      assertThat(
              fixture
                  .get("/v1/view?region=eu&from=" + encoded(log.state().position()), SERVER)
                  .statusCode())
          .isEqualTo(304);
    }
  }

  private static String encoded(Position position) {
    return URLEncoder.encode(position.text(), StandardCharsets.UTF_8);
  }

  @Test
  void largeViewsAreReferredToAndCompressedOnDemand() throws Exception {
    String many = "x".repeat(2_000);
    for (int i = 0; i < 60; i++) {
      log.flag(
          "{'envelope':{'key':'f%d','type':'string','on':true,'variants':{'a':'%s'},'offVariant':'a'},'default':{'variant':'a'}}"
              .formatted(i, many));
    }
    try (EdgeFixture fixture = start();
        var events = fixture.events("/v1/view", SERVER)) {
      events.await(e -> e.of("snapshot-ref").size() == 1);
      var ref = (dev.guidon.stream.SnapshotRef) frame(events.of("snapshot-ref").getFirst());

      var request =
          fixture.request(ref.url(), SERVER).header("Accept-Encoding", "gzip").GET().build();
      HttpResponse<byte[]> zipped =
          fixture.http.send(request, HttpResponse.BodyHandlers.ofByteArray());

      assertThat(zipped.headers().firstValue("Content-Encoding")).contains("gzip");
      assertThat(zipped.headers().firstValue("Cache-Control").orElseThrow()).contains("immutable");
      byte[] bytes = new GZIPInputStream(new ByteArrayInputStream(zipped.body())).readAllBytes();
      assertThat(Hash.of(bytes)).isEqualTo(ref.hash());
      assertThat(zipped.body().length).isLessThan(bytes.length / 4);
      assertThat(fixture.get("/v1/view/snapshot/" + "0".repeat(64), SERVER).statusCode())
          .isEqualTo(404);
    }
  }

  @Test
  void everyRouteIsClosedToTheKeysItIsNotFor() throws Exception {
    try (EdgeFixture fixture = start()) {
      String zero = "0".repeat(64);
      assertThat(fixture.get("/v1/view", "").statusCode()).isEqualTo(401);
      assertThat(fixture.get("/v1/view", CLIENT).statusCode()).isEqualTo(403);
      assertThat(fixture.get("/v1/blobs/" + zero, CLIENT).statusCode()).isEqualTo(403);
      assertThat(fixture.post("/v1/upstream", CLIENT, "{}").statusCode()).isEqualTo(403);
      assertThat(fixture.get("/v1/replication?scope=shop/prod", SERVER).statusCode())
          .isEqualTo(403);
      assertThat(fixture.get("/v1/replication/snapshot/" + zero, CLIENT).statusCode())
          .isEqualTo(403);
      assertThat(fixture.get("/v1/view", EDGE).statusCode()).isEqualTo(403);
      assertThat(fixture.post("/ofrep/v1/evaluate/flags", EDGE, "{}").statusCode()).isEqualTo(403);
      assertThat(fixture.get("/v1/replication?scope=shop/dev", EDGE).statusCode()).isEqualTo(404);
      assertThat(fixture.get("/v1/replication", EDGE).statusCode()).isEqualTo(400);
      assertThat(fixture.get("/v1/%76iew", SERVER).statusCode()).isEqualTo(404);
      assertThat(fixture.get("//v1/view", SERVER).statusCode()).isEqualTo(404);
      assertThat(fixture.get("/V1/view", SERVER).statusCode()).isEqualTo(404);
      assertThat(fixture.get("/v1/view", SERVER.replace("server", "serves")).statusCode())
          .isEqualTo(401);
      assertThat(
              fixture
                  .send(fixture.request("/v1/view", "").header("X-API-Key", SERVER).GET().build())
                  .statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void aRevokedKeyLosesItsStreamsWithinFiveSeconds() throws Exception {
    try (EdgeFixture fixture = start();
        var events = fixture.events("/v1/view", SERVER)) {
      events.await(e -> !e.of("snapshot").isEmpty());

      log.delete(new EntityId(EntityKind.SDK_KEY, "backend"));

      await().atMost(Duration.ofSeconds(5)).until(() -> events.ended);
      assertThat(fixture.get("/v1/view", SERVER).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void aKeyMayRefuseNewConnectionsOnlyAndOthersExpire() throws Exception {
    log.key("old", "server", "gdn_srv_old", ",'newConnectionsUntil':'2020-01-01T00:00:00Z'");
    log.key("gone", "server", "gdn_srv_gone", ",'expires':'2020-01-01T00:00:00Z'");
    try (EdgeFixture fixture = start()) {
      assertThat(fixture.get("/v1/view", "gdn_srv_old").statusCode()).isEqualTo(401);
      assertThat(fixture.get("/v1/view", "gdn_srv_gone").statusCode()).isEqualTo(401);

      try (var events = fixture.events("/v1/view", SERVER)) {
        log.key("backend", "server", SERVER, ",'newConnectionsUntil':'2020-01-01T00:00:00Z'");
        fixture.awaitPosition();
        assertThat(fixture.get("/v1/view", SERVER).statusCode()).isEqualTo(401);
        log.flag(FLAG.formatted("still"));
        events.await(e -> e.of("delta").stream().anyMatch(d -> d.text().contains("still")));
        assertThat(events.ended).isFalse();
      }
    }
  }

  @Test
  void anEdgeWithoutItsUpstreamServesFromDiskAndSaysLaterToUnknownKeys() throws Exception {
    start().close();
    log.dead(true);

    try (EdgeFixture fixture = start()) {
      assertThat(fixture.get("/readyz", "").statusCode()).isEqualTo(200);
      assertThat(
              fixture
                  .post("/ofrep/v1/evaluate/flags/checkout", SERVER, "{'context':{'country':'DE'}}")
                  .body())
          .contains("\"value\":true");
      HttpResponse<String> unknown = fixture.get("/v1/view", "gdn_srv_newer");
      assertThat(unknown.statusCode()).isEqualTo(503);
      assertThat(Integer.parseInt(unknown.headers().firstValue("Retry-After").orElseThrow()))
          .isPositive();

      log.dead(false);
      log.key("newer", "server", "gdn_srv_newer", "");
      fixture.awaitPosition();
      assertThat(fixture.get("/v1/view", "gdn_srv_newer").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void anEdgeWithoutAnyStateIsNotReady() throws Exception {
    log.dead(true);
    try (var fixture = new EdgeFixture(log, disk, options -> options)) {
      assertThat(fixture.get("/healthz", "").statusCode()).isEqualTo(200);
      HttpResponse<String> ready = fixture.get("/readyz", "");
      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(object(ready).get("ready")).isEqualTo(Json.of(false));
      assertThat(fixture.get("/v1/view", SERVER).statusCode()).isEqualTo(503);
    }
  }

  @Test
  void anEdgeFollowsAnotherEdgeWithTheSameChain() throws Exception {
    var members = KeyChunks.bytes(new java.util.TreeSet<>(Set.of("u1", "u2")));
    Hash blob = log.blob(members);
    log.put(
        EntityId.segment("vip"),
        "{'key':'vip','kind':'user','included':{'count':2,'chunks':['"
            + blob.hex()
            + "']},'excluded':[]}");
    log.flag(
        "{'envelope':{'key':'perk','type':'boolean','on':true,'variants':{'off':false,'on':true},'offVariant':'off'},"
            + "'rules':[{'id':'r','if':{'segment':'vip'},'serve':{'variant':'on'}}],'default':{'variant':'off'}}");
    try (EdgeFixture one = start()) {
      var upstream =
          HttpUpstream.of(
              one.vertx, List.of(URI.create("http://127.0.0.1:" + one.edge.port())), EDGE, null);
      try (var two = new EdgeFixture(log, upstream, disk.resolve("two"), options -> options)) {
        two.awaitPosition();
        log.flag(FLAG.formatted("after"));
        two.awaitPosition();

        assertThat(two.edge.state(FakeLog.PROD).chain()).isEqualTo(log.state().chain());
        assertThat(
                two.post(
                        "/ofrep/v1/evaluate/flags/perk",
                        SERVER,
                        "{'context':{'targetingKey':'u2'}}")
                    .body())
            .contains("\"value\":true");
        HttpResponse<String> fetched = two.get("/v1/blobs/" + blob.hex(), SERVER);
        assertThat(fetched.body()).isEqualTo(new String(members, StandardCharsets.UTF_8));
        assertThat(two.get("/v1/blobs/" + Hash.of("other").hex(), SERVER).statusCode())
            .isEqualTo(404);
        await()
            .atMost(Duration.ofSeconds(10))
            .until(() ->
                one.edge.presence().stream()
                    .anyMatch(p ->
                        p.client().kind().equals("edge")
                            && p.applied() != null
                            && p.applied().position().equals(log.state().position())));
      }
    }
  }

  @Test
  void replicationCarriesEntriesVerbatimAndItsPollingTwinToo() throws Exception {
    try (EdgeFixture fixture = start()) {
      Position before = log.state().position();
      log.flag(FLAG.formatted("one")).flag(FLAG.formatted("two"));
      fixture.awaitPosition();
      var last = log.entries().getLast();

      try (var events =
          fixture.events("/v1/replication?scope=shop/prod", EDGE, "Last-Event-ID", before.text())) {
        events.await(e -> e.of("entry").size() == 2 && !e.of("head").isEmpty());
        var frame = (LogFrame.EntryFrame) LogFrames.decode(events.of("entry").get(1));
        assertThat(frame.committed().bytes()).isEqualTo(last.bytes());
      }
      HttpResponse<String> polled =
          fixture.get("/v1/replication?scope=shop/prod&after=" + encoded(before), EDGE);
      assertThat(LogFrames.readLines(polled.body().getBytes(StandardCharsets.UTF_8)))
          .hasSize(2)
          .last()
          .isEqualTo(last);
      assertThat(polled.headers().firstValue(HeadFrame.HEADER)).isPresent();

      try (var far =
          fixture.events(
              "/v1/replication?scope=shop/prod", EDGE, "Last-Event-ID", before.logId() + "/0.0")) {
        far.await(e -> !e.of("entry").isEmpty() || !e.of("snapshot-ref").isEmpty());
      }
    }
  }

  @Test
  void anEdgeThatRestartedBesideItsLogStillSendsEveryEntry() throws Exception {
    log.flag(FLAG.formatted("one")).flag(FLAG.formatted("two"));
    start().close();

    try (EdgeFixture fixture = start();
        var events = fixture.events("/v1/replication?scope=shop/prod", EDGE)) {
      events.await(e -> !e.of("head").isEmpty());

      assertThat(events.of("snapshot-ref")).isEmpty();
      assertThat(events.of("entry")).hasSize((int) log.state().position().revision());
    }
  }

  @Test
  void anEdgeThatRestartedGivesWholeStatesInsteadOfEntriesItNoLongerHas() throws Exception {
    start().close();
    log.hidePast();
    try (EdgeFixture fixture = start();
        var events = fixture.events("/v1/replication?scope=shop/prod", EDGE)) {
      events.await(e -> e.of("snapshot-ref").size() == 1);
      var ref =
          (dev.guidon.stream.SnapshotRef) LogFrames.decode(events.of("snapshot-ref").getFirst());

      HttpResponse<String> whole = fixture.get(ref.url(), EDGE);

      assertThat(Hash.of(whole.body())).isEqualTo(ref.hash());
      assertThat(ScopeSnapshot.decode(whole.body().getBytes(StandardCharsets.UTF_8)).chain())
          .isEqualTo(log.state().chain());
    }
  }

  @Test
  void anEdgeAheadOfARestoredLogMovesIntoItsEraAndSaysWhatWasDropped() throws Exception {
    log.flag(FLAG.formatted("lost1")).flag(FLAG.formatted("lost2")).flag(FLAG.formatted("lost3"));
    try (EdgeFixture fixture = start();
        var events = fixture.events("/v1/view", SERVER)) {
      events.await(e -> !e.of("snapshot").isEmpty());
      log.recoverWithout(3, EntityId.flag("checkout"), FLAG.formatted("checkout"));

      await()
          .atMost(Duration.ofSeconds(15))
          .until(() -> fixture.edge.state(FakeLog.PROD).position().era() == 2);

      assertThat(fixture.edge.state(FakeLog.PROD).chain()).isEqualTo(log.state().chain());
      assertThat(fixture.edge.refusals(FakeLog.PROD)).anyMatch(r -> r.code().equals("ERA_MOVED"));
      events.await(e ->
          e.of("delta").stream().anyMatch(d -> Position.parse(d.id()).era() == 2)
              || e.of("snapshot").stream().anyMatch(d -> Position.parse(d.id()).era() == 2));
    }
  }

  @Test
  void aFlagThatCannotBeCompiledIsReportedAndTheRestGoesOn() throws Exception {
    try (EdgeFixture fixture = start()) {
      log.flag(
          "{'envelope':{'key':'checkout','type':'boolean','on':true,'variants':{'off':false,'on':true},'offVariant':'off'},"
              + "'rules':[{'id':'r','if':{'attribute':'a','op':'fromTheFuture','values':[1]},'serve':{'variant':'on'}}],"
              + "'default':{'variant':'on'},'clientVisible':true}");
      fixture.awaitPosition();

      assertThat(
              fixture
                  .post("/ofrep/v1/evaluate/flags/checkout", SERVER, "{'context':{'country':'DE'}}")
                  .body())
          .contains("\"value\":true")
          .contains("STALE");
      await()
          .atMost(Duration.ofSeconds(15))
          .until(() ->
              log.reports.stream()
                  .anyMatch(r ->
                      r.refusals().stream()
                          .anyMatch(x ->
                              x.entity().equals("flag:checkout")
                                  && x.code().equals("UNSUPPORTED"))));
      log.flag(
          "{'envelope':{'key':'checkout','type':'boolean','on':false,'variants':{'off':false,'on':true},'offVariant':'off'},'anything':{'new':1},"
              + "'rules':[{'id':'r','if':{'attribute':'a','op':'fromTheFuture','values':[1]},'serve':{'variant':'on'}}],"
              + "'default':{'variant':'on'}}");
      fixture.awaitPosition();
      assertThat(
              fixture
                  .post("/ofrep/v1/evaluate/flags/checkout", SERVER, "{'context':{'country':'DE'}}")
                  .body())
          .contains("\"value\":false")
          .contains("DISABLED");
    }
  }

  @Test
  void reportsAreAggregatedAndPassedOn() throws Exception {
    try (EdgeFixture fixture =
        new EdgeFixture(
            log,
            disk,
            o ->
                o.withTiming(
                    new EdgeOptions.Timing(
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(15),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(45))))) {
      fixture.awaitPosition();
      String report =
          "{'v':1,'client':{'id':'%s','kind':'sdk','name':'java','version':'1','engine':1,'capabilities':[]},'scope':'shop/prod','region':'eu',"
              + "'applied':{'position':'"
              + log.state().position().text()
              + "','view':'"
              + "a".repeat(64)
              + "','atMicros':5},"
              + "'refusals':[{'entity':'flag:checkout','version':3,'code':'UNSUPPORTED','detail':'x'}],"
              + "'counts':[{'flag':'checkout','variant':'on','revision':4,'n':7}],'countsFrom':1,'countsTo':2,'samples':[{'targetingKey':'redacted'}],'dropped':0,'sentAt':9}";

      HttpResponse<String> one = fixture.post("/v1/upstream", SERVER, report.formatted("a"));
      fixture.post("/v1/upstream", SERVER, report.formatted("b"));
      fixture.post("/ofrep/v1/evaluate/flags/checkout", SERVER, "{}");

      assertThat(one.statusCode()).isEqualTo(200);
      assertThat(object(one).members()).containsOnlyKeys("v", "now", "bound", "nextAfterMillis");
      assertThat(fixture.edge.presence())
          .extracting(p -> p.client().id())
          .containsExactlyInAnyOrder("a", "b");
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() ->
              log.reports.stream()
                      .flatMap(r -> r.counts().stream())
                      .filter(c -> c.flag().equals("checkout"))
                      .mapToLong(c -> c.n())
                      .sum()
                  == 15);
      assertThat(log.reports.stream().flatMap(r -> r.refusals().stream()))
          .anyMatch(r -> r.clients() == 2 && "java/1".equals(r.sdk()));
      assertThat(log.reports.getLast().applied().position()).isEqualTo(log.state().position());
      assertThat(
              fixture
                  .post(
                      "/v1/upstream",
                      SERVER,
                      report.formatted("a").replace("shop/prod", "shop/dev"))
                  .statusCode())
          .isEqualTo(403);
      assertThat(fixture.post("/v1/upstream", SERVER, "{}").statusCode()).isEqualTo(400);
    }
  }

  @Test
  void tooManyRequestsWithOneKeyAreToldWhenToComeBack() throws Exception {
    try (var fixture =
        new EdgeFixture(
            log,
            disk,
            o -> o.withLimits(new EdgeOptions.Limits(1 << 20, 16 << 10, 100, 1, 1, 1, 4)))) {
      fixture.awaitPosition();
      HttpResponse<String> answer = fixture.post("/ofrep/v1/evaluate/flags", SERVER, "{}");
      for (int i = 0; i < 4 && answer.statusCode() == 200; i++) {
        answer = fixture.post("/ofrep/v1/evaluate/flags", SERVER, "{}");
      }

      assertThat(answer.statusCode()).isEqualTo(429);
      assertThat(answer.headers().firstValue("Retry-After").orElseThrow()).matches("[1-9][0-9]*");
      assertThat(object(answer).get("metadata")).isEqualTo(Json.Obj.of());
      assertThat(fixture.post("/ofrep/v1/evaluate/flags", CLIENT, "{}").statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void anyBytesGetAClearAnswer() throws Exception {
    try (EdgeFixture fixture = start()) {
      assertThat(fixture.raw("GARBAGE\r\n\r\n")).contains("400");
      assertThat(fixture.raw("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"))
          .contains("414");
      assertThat(fixture.raw("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"))
          .contains("431");
      assertThat(
              fixture.raw(
                  "POST /v1/upstream HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
                      + SERVER
                      + "\r\nContent-Length: 999999999\r\n\r\n"))
          .contains("413");
      assertThat(
              fixture.raw(
                  "POST /ofrep/v1/evaluate/flags HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer "
                      + SERVER
                      + "\r\nContent-Length: 20000\r\n\r\n"
                      + "[".repeat(20_000)))
          .contains("400")
          .contains("PARSE_ERROR");
      assertThat(fixture.raw("DELETE /v1/view HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
          .contains("405")
          .containsIgnoringCase("allow: GET");
      assertThat(fixture.get("/healthz", "").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void metricsTellWhatHappensWithoutUnboundedLabels() throws Exception {
    try (EdgeFixture fixture = start();
        var events = fixture.events("/v1/view", SERVER)) {
      events.await(e -> !e.of("snapshot").isEmpty());
      fixture.post(
          "/ofrep/v1/evaluate/flags/checkout", SERVER, "{'context':{'targetingKey':'person-1'}}");
      log.flag(FLAG.formatted("new"));
      fixture.awaitPosition();
      events.await(e -> !e.of("delta").isEmpty());

      String metrics = fixture.get("/metrics", "").body();

      assertThat(metrics)
          .contains(
              "guidon_evaluations_total{error=\"none\",reason=\"DEFAULT\",scope=\"shop/prod\"} 1.0")
          .contains("guidon_streams{kind=\"view\"} 1.0")
          .contains("guidon_state_revision{scope=\"shop/prod\"} 5.0")
          .contains("guidon_staleness_seconds{scope=\"shop/prod\"}")
          .contains("guidon_propagation_seconds_count{scope=\"shop/prod\"}")
          .contains("guidon_refusals{scope=\"shop/prod\"} 0.0")
          .contains("guidon_build_info{")
          .doesNotContain("person-1");
    }
  }

  @Test
  void closingSaysGoodbyeToStreams() throws Exception {
    EdgeFixture fixture = start();
    var events = fixture.events("/v1/view", SERVER);
    events.await(e -> !e.of("snapshot").isEmpty());

    fixture.edge.close(Duration.ofSeconds(1));

    events.await(e -> e.ended);
    assertThat(events.of("goodbye")).hasSize(1);
    var goodbye = (dev.guidon.stream.Goodbye) frame(events.of("goodbye").getFirst());
    assertThat(goodbye.reconnectAfterMillis()).isBetween(0L, 1_000L);
    fixture.close();
  }

  @Test
  void aReaderThatTakesNothingIsDroppedAndTheOthersAreServed() throws Exception {
    var timing =
        new EdgeOptions.Timing(
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(15),
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(45));
    try (var fixture = new EdgeFixture(log, disk, o -> o.withTiming(timing));
        var slow = new java.net.Socket()) {
      fixture.awaitPosition();
      slow.setReceiveBufferSize(1_024);
      slow.connect(
          new java.net.InetSocketAddress(
              java.net.InetAddress.getLoopbackAddress(), fixture.edge.port()));
      slow.getOutputStream()
          .write(
              ("GET /v1/view HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\nAuthorization:"
                      + " Bearer "
                      + SERVER
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() ->
              fixture.get("/metrics", "").body().contains("guidon_streams{kind=\"view\"} 1.0"));

      try (var quick = fixture.events("/v1/view", SERVER)) {
        String large = "x".repeat(150_000);
        for (int i = 0; i < 60; i++) {
          log.flag(
              "{'envelope':{'key':'f%d','type':'string','on':true,'variants':{'a':'%s'},'offVariant':'a'},'default':{'variant':'a'}}"
                  .formatted(i, large));
          fixture.awaitPosition();
        }

        await()
            .atMost(Duration.ofSeconds(20))
            .until(() ->
                fixture.get("/metrics", "").body().contains("guidon_streams{kind=\"view\"} 1.0"));
        quick.await(
            e -> e.all.stream().anyMatch(x -> log.state().position().text().equals(x.id())));
        assertThat(quick.ended).isFalse();
      }
    }
  }

  @Test
  void oneConnectionTooManyIsClosed() throws Exception {
    try (var fixture =
            new EdgeFixture(
                log,
                disk,
                o -> o.withLimits(new EdgeOptions.Limits(1 << 20, 16 << 10, 1, 100, 10, 10, 4)));
        var first =
            new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), fixture.edge.port())) {
      first
          .getOutputStream()
          .write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(first.getInputStream().read()).isEqualTo('H');

      assertThat(fixture.raw("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")).isEmpty();
    }
  }
}
