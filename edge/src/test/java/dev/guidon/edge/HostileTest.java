package dev.guidon.edge;

import static dev.guidon.edge.EdgeFixture.CLIENT;
import static dev.guidon.edge.EdgeFixture.EDGE;
import static dev.guidon.edge.EdgeFixture.SERVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.guidon.edge.core.EdgeKeys;
import dev.guidon.edge.core.ReaderKey;
import dev.guidon.edge.core.Report;
import dev.guidon.edge.core.ReportDesk;
import dev.guidon.model.Hash;
import dev.guidon.model.KeyChunks;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.stream.HeadFrame;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers that mean harm, or leave at the worst moment. */
class HostileTest {
  private static final String BULK = "/ofrep/v1/evaluate/flags";

  @TempDir Path disk;
  private final FakeLog log = EdgeFixture.shop();

  private static EdgeOptions quick(EdgeOptions options) {
    return options.withTiming(
        new EdgeOptions.Timing(
            Duration.ofSeconds(15),
            Duration.ofSeconds(30),
            Duration.ofSeconds(15),
            Duration.ofMillis(300),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(45)));
  }

  private EdgeFixture start(UnaryOperator<EdgeOptions> options) {
    var key =
        new ReaderKey(
            ReaderKey.Kind.EDGE,
            "edge-2",
            List.of(new ReaderKey.Secret(Hash.of(EDGE), null)),
            null,
            null);
    EdgeKeys keys =
        secret ->
            secret.equals(Hash.of(EDGE)) ? new EdgeKeys.EdgeKey(key, Set.of("shop/prod")) : null;
    var fixture = new EdgeFixture(log, disk, o -> options.apply(o.withEdgeKeys(keys)));
    fixture.awaitPosition();
    return fixture;
  }

  private static String report(String id, String more) {
    return "{'v':1,'client':{'id':'"
        + id
        + "','kind':'sdk','name':'java','version':'1','engine':1,'capabilities':[]},'scope':'shop/prod','region':'eu'"
        + more
        + "}";
  }

  // Reports.

  @Test
  void countsBeyondWhatJsonCanCarryDoNotEndTheReports() throws Exception {
    try (EdgeFixture fixture = start(HostileTest::quick)) {
      String most =
          report("a", ",'counts':[{'flag':'checkout','revision':1,'n':9007199254740991}]");
      fixture.post("/v1/upstream", SERVER, most);
      fixture.post("/v1/upstream", SERVER, most);
      fixture.post("/v1/upstream", SERVER, most);
      await()
          .atMost(Duration.ofSeconds(5))
          .until(() -> log.reports.stream().anyMatch(r -> !r.counts().isEmpty()));

      int before = log.reports.size();

      await().atMost(Duration.ofSeconds(5)).until(() -> log.reports.size() > before + 2);
      assertThat(fixture.edge.presence().getFirst().evaluations()).isPositive();
    }
  }

  @Test
  void moreCountsThanFitGoUpInSeveralReports() throws Exception {
    try (EdgeFixture fixture = start(HostileTest::quick)) {
      int sent = 0;
      for (int part = 0; part < 3; part++) {
        var counts = new StringBuilder();
        for (int i = 0; i < 3_000; i++) {
          counts
              .append(counts.isEmpty() ? "" : ",")
              .append("{'flag':'f")
              .append(part * 3_000 + i)
              .append("','variant':'")
              .append("v".repeat(200))
              .append("','revision':1,'n':1}");
          sent++;
        }
        assertThat(
                fixture
                    .post("/v1/upstream", SERVER, report("a", ",'counts':[" + counts + "]"))
                    .statusCode())
            .isEqualTo(200);
      }
      int all = sent;

      await()
          .atMost(Duration.ofSeconds(15))
          .until(() ->
              log.reports.stream().flatMap(r -> r.counts().stream()).mapToLong(c -> c.n()).sum()
                  == all);
      assertThat(log.reports)
          .allSatisfy(r -> assertThat(CanonicalJson.bytes(r.json()).length).isLessThan(1 << 20));
    }
  }

  @Test
  void whatIsKeptOfAConsumerIsSmallAndOneKeyCannotPushOthersOut() {
    var desk = new ReportDesk(new Random(1));
    String refusals =
        ",{'entity':'flag:x','version':1,'code':'C','detail':'d','sdk':'" + "s".repeat(400) + "'}";
    String many =
        report(
                "%s",
                ",'refusals':["
                    + refusals.repeat(900).substring(1)
                    + "],'counts':[{'flag':'f','variant':'"
                    + "v".repeat(5_000)
                    + "','revision':1,'n':1}]")
            .replace('\'', '"');
    Report quiet =
        Report.read(report("other", "").replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    desk.accept(quiet, "edge-2", 1);

    Report loud = Report.read(many.getBytes(StandardCharsets.UTF_8));
    for (int i = 0; i < 10_100; i++) {
      var client = new Report.Client("c" + i, "sdk", "java", "1", 1, List.of());
      desk.accept(
          new Report(
              client,
              loud.scope(),
              "eu",
              null,
              loud.refusals(),
              loud.counts(),
              0,
              0,
              List.of(),
              0,
              0),
          "backend",
          2);
    }

    assertThat(desk.presence(3).stream().map(p -> p.key()).distinct()).contains("edge-2");
    assertThat(desk.presence(3).getLast().refusals().size()).isLessThanOrEqualTo(100);
    assertThat(loud.counts().getFirst().variant()).hasSizeLessThanOrEqualTo(256);
    assertThat(loud.refusals().getFirst().sdk()).hasSizeLessThanOrEqualTo(256);
  }

  // Leaving at the worst moment.

  @Test
  void readersThatLeaveWhileTheirStreamOpensLeaveNothingBehind() throws Exception {
    // An edge that has just started makes a whole state for the first who asks, which takes a
    // while.
    String long4k = "x".repeat(4_000);
    for (int i = 0; i < 700; i++) {
      log.flag(
          "{'envelope':{'key':'f"
              + i
              + "','type':'string','on':true,'variants':{'a':'"
              + long4k
              + "'},'offVariant':'a'},'default':{'variant':'a'}}");
    }
    start(o -> o).close();
    try (EdgeFixture fixture = start(o -> o)) {
      String request =
          "GET /v1/replication?scope=shop/prod HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer "
              + EDGE
              + "\r\n\r\n";
      for (int i = 0; i < 20; i++) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), fixture.edge.port())) {
          socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
          java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
          socket.setSoLinger(true, 0);
        }
      }

      await()
          .atMost(Duration.ofSeconds(5))
          .pollDelay(Duration.ofSeconds(1))
          .untilAsserted(() ->
              assertThat(fixture.get("/metrics", "").body().lines())
                  .filteredOn(line -> line.startsWith("guidon_streams{kind=\"replication\"}"))
                  .allMatch(line -> line.endsWith(" 0.0")));
    }
  }

  // Places.

  @Test
  void aClientKeyThatNamesManyRegionsTakesNoPlaceFromOthers() throws Exception {
    try (EdgeFixture fixture = start(o -> o)) {
      var answers = new TreeSet<Integer>();
      for (int i = 0; i < 80; i++) {
        answers.add(fixture.post(BULK + "?region=made-up-" + i, CLIENT, "{}").statusCode());
      }

      assertThat(answers).isSubsetOf(200, 429);
      assertThat(fixture.post(BULK, CLIENT, "{}").statusCode()).isEqualTo(200);
      assertThat(fixture.get("/v1/view?region=tokyo", SERVER).statusCode()).isEqualTo(200);
    }
  }

  // Keys.

  @Test
  void aKeyOfAKindFromTheFutureOpensNothing() throws Exception {
    log.key("phone", "mobile", "gdn_srv_of-the-future", "");
    try (EdgeFixture fixture = start(o -> o)) {
      assertThat(fixture.get("/v1/view", "gdn_srv_of-the-future").statusCode()).isIn(401, 503);
      assertThat(fixture.post(BULK, "gdn_srv_of-the-future", "{}").statusCode()).isIn(401, 503);
    }
  }

  // Answers.

  @Test
  void aBlobThatComesLateChangesTheTagAndIsSignalled() throws Exception {
    Hash chunk = log.blob(KeyChunks.bytes(new TreeSet<>(Set.of("u1"))));
    log.knowsBlobs(false);
    log.flag(
        "{'envelope':{'key':'beta','type':'boolean','on':true,'variants':{'off':false,'on':true},'offVariant':'off'},"
            + "'targets':[{'variant':'on','keys':{'count':1,'chunks':['"
            + chunk.hex()
            + "']}}],'default':{'variant':'off'},'clientVisible':true}");
    try (EdgeFixture fixture = start(o -> o)) {
      String body = "{'context':{'targetingKey':'u1'}}";
      HttpResponse<String> first = fixture.post(BULK, CLIENT, body);
      String etag = first.headers().firstValue("ETag").orElseThrow();
      String url = first.body().replaceAll(".*\"url\":\"http://[^/]*([^\"]*)\".*", "$1");
      assertThat(first.body()).doesNotContain("TARGETING_MATCH");
      try (EdgeFixture.Events events = fixture.events(url, "")) {
        events.await(e -> e.of("message").size() == 1);
        log.knowsBlobs(true);

        await()
            .atMost(Duration.ofSeconds(30))
            .until(() ->
                fixture.post(BULK + "/beta", CLIENT, body).body().contains("TARGETING_MATCH"));
        assertThat(fixture.post(BULK, CLIENT, body, "If-None-Match", etag).statusCode())
            .isEqualTo(200);
        events.await(e -> e.of("message").size() == 2);
      }
    }
  }

  @Test
  void aRefusedContextIsNotSentBack() throws Exception {
    try (EdgeFixture fixture = start(o -> o)) {
      HttpResponse<String> refused =
          fixture.post(
              BULK + "/checkout",
              CLIENT,
              "{'context':{'$kinds':{'" + "secret".repeat(2_000) + "':5}}}");

      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(refused.body()).hasSizeLessThan(1_000);
    }
  }

  @Test
  void theEraOfTheHeadIsPassedDownTheTree() throws Exception {
    log.recoverWithout(
        1,
        dev.guidon.model.EntityId.flag("again"),
        "{'envelope':{'key':'again','type':'boolean','on':true,'variants':{'a':true},'offVariant':'a'},'default':{'variant':'a'}}");
    try (EdgeFixture fixture = start(o -> o)) {
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> {
            HttpResponse<String> polled =
                fixture.get(
                    "/v1/replication?scope=shop/prod&after="
                        + log.entries().getFirst().position().text(),
                    EDGE);
            HeadFrame head =
                HeadFrame.parse(polled.headers().firstValue(HeadFrame.HEADER).orElseThrow());
            assertThat(head.eraFrom()).isEqualTo(log.state().position().revision());
          });
    }
  }

  // Parts.

  @Test
  void aQueryThatCannotBeDecodedIsTheCallersMistake() throws Exception {
    try (EdgeFixture fixture = new EdgeFixture(EdgeFixture.shop(), disk, o -> o)) {
      fixture.awaitPosition();

      String answer =
          raw(
              fixture.edge.port(),
              "GET /v1/view?region=%0x HTTP/1.1\r\nHost: a\r\nX-API-Key: "
                  + EdgeFixture.SERVER
                  + "\r\nConnection: close\r\n\r\n");

      assertThat(answer).startsWith("HTTP/1.1 400").contains("percent-encoding");
    }
  }

  private static String raw(int port, String request) throws java.io.IOException {
    try (var socket = new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(request.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(
          socket.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  @Test
  void aTaskThatEndsInAnErrorDoesNotEndItsScope() throws Exception {
    var serial = new SerialExecutor("test");
    var next = new CountDownLatch(1);

    serial.execute(() -> {
      throw new StackOverflowError("of a test");
    });
    serial.execute(next::countDown);

    assertThat(next.await(5, TimeUnit.SECONDS)).isTrue();
  }
}
