package dev.guidon.edge;

import static dev.guidon.edge.EdgeFixture.CLIENT;
import static dev.guidon.edge.EdgeFixture.SERVER;
import static dev.guidon.edge.EdgeFixture.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.json.Json;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OFREP 0.3.0, and what released clients trip over. */
class OfrepTest {
  private static final String FLAGS = "/ofrep/v1/evaluate/flags";

  @TempDir Path disk;
  private final FakeLog log = EdgeFixture.shop();
  private EdgeFixture fixture;

  @BeforeEach
  void start() {
    fixture = new EdgeFixture(log, disk, options -> options);
    fixture.awaitPosition();
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void aRuleThatMatchesIsATargetingMatch() throws Exception {
    HttpResponse<String> answer =
        fixture.post(
            FLAGS + "/checkout", SERVER, "{'context':{'targetingKey':'u1','country':'DE'}}");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    Json.Obj body = object(answer);
    assertThat(body.get("key")).isEqualTo(Json.of("checkout"));
    assertThat(body.get("value")).isEqualTo(Json.of(true));
    assertThat(body.get("variant")).isEqualTo(Json.of("on"));
    assertThat(body.get("reason")).isEqualTo(Json.of("TARGETING_MATCH"));
    assertThat(body.get("metadata"))
        .isEqualTo(FakeLog.json("{'team':'cart','flagVersion':1,'ruleId':'rule-germans'}"));
  }

  @Test
  void anOffFlagServesItsOffVariantAndACodeDefaultHasNoValue() throws Exception {
    log.flag(
        "{'envelope':{'key':'off1','type':'string','on':false,'variants':{'a':'A'},'offVariant':'a'},'default':{'variant':'a'}}");
    log.flag(
        "{'envelope':{'key':'off2','type':'string','on':false,'variants':{'a':'A'},'offVariant':null},'default':{'variant':'a'}}");
    fixture.awaitPosition();

    Json.Obj withVariant = object(fixture.post(FLAGS + "/off1", SERVER, "{}"));
    HttpResponse<String> codeDefault = fixture.post(FLAGS + "/off2", SERVER, "{}");

    assertThat(withVariant.get("value")).isEqualTo(Json.of("A"));
    assertThat(withVariant.get("reason")).isEqualTo(Json.of("DISABLED"));
    assertThat(codeDefault.statusCode()).isEqualTo(200);
    assertThat(object(codeDefault).members()).containsOnlyKeys("key", "reason", "metadata");
    assertThat(object(codeDefault).get("reason")).isEqualTo(Json.of("DISABLED"));
  }

  @Test
  void numbersAreIntegersOnlyWhereEveryVariantFitsAnInt() throws Exception {
    log.flag(
        "{'envelope':{'key':'ints','type':'number','on':true,'variants':{'a':10,'b':20},'offVariant':'a'},'default':{'variant':'a'}}");
    log.flag(
        "{'envelope':{'key':'mixed','type':'number','on':true,'variants':{'a':10,'b':0.5},'offVariant':'a'},'default':{'variant':'a'}}");
    log.flag(
        "{'envelope':{'key':'large','type':'number','on':true,'variants':{'a':3000000000},'offVariant':'a'},'default':{'variant':'a'}}");
    fixture.awaitPosition();

    assertThat(fixture.post(FLAGS + "/ints", SERVER, "{}").body()).contains("\"value\":10,");
    assertThat(fixture.post(FLAGS + "/mixed", SERVER, "{}").body()).contains("\"value\":10.0,");
    assertThat(fixture.post(FLAGS + "/large", SERVER, "{}").body())
        .contains("\"value\":3000000000.0,");
  }

  @Test
  void everyErrorHasAJsonBodyWithMetadata() throws Exception {
    List<HttpResponse<String>> errors =
        List.of(
            fixture.post(FLAGS + "/checkout", "", "{}"),
            fixture.post(FLAGS + "/checkout", "gdn_srv_unknown", "{}"),
            fixture.post(FLAGS + "/checkout", "nonsense", "{}"),
            fixture.post(FLAGS + "/no such flag".replace(" ", "%20"), SERVER, "{}"),
            fixture.post(FLAGS + "/checkout", SERVER, "{'context':"),
            fixture.post(FLAGS + "/checkout", SERVER, "{'context':[]}"),
            fixture.post(FLAGS + "/checkout", SERVER, "{'context':{'targetingKey':7}}"),
            fixture.post(FLAGS, SERVER, "[]"),
            fixture.get(FLAGS, SERVER),
            fixture.get("/ofrep/v1/configuration", SERVER),
            fixture.get("/ofrep/v1/events?ticket=abc", ""),
            fixture.post(FLAGS, SERVER, "'" + "x".repeat(1 << 20) + "'"));

    assertThat(errors)
        .extracting(HttpResponse::statusCode)
        .containsExactly(401, 401, 401, 404, 400, 400, 400, 400, 405, 404, 401, 413);
    assertThat(errors)
        .allSatisfy(error -> {
          assertThat(error.headers().firstValue("Content-Type")).contains("application/json");
          assertThat(object(error).get("metadata")).isEqualTo(Json.Obj.of());
          assertThat(object(error).get("errorCode")).isInstanceOf(Json.Str.class);
        });
    assertThat(object(errors.get(3)).get("errorCode")).isEqualTo(Json.of("FLAG_NOT_FOUND"));
    assertThat(object(errors.get(4)).get("errorCode")).isEqualTo(Json.of("PARSE_ERROR"));
    assertThat(object(errors.get(5)).get("errorCode")).isEqualTo(Json.of("INVALID_CONTEXT"));
  }

  @Test
  void aBodyOfAnotherTypeIsRefused() throws Exception {
    var request =
        fixture
            .request(FLAGS, SERVER)
            .header("Content-Type", "text/plain")
            .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{}"))
            .build();

    HttpResponse<String> answer = fixture.send(request);

    assertThat(answer.statusCode()).isEqualTo(415);
    assertThat(object(answer).get("metadata")).isEqualTo(Json.Obj.of());
  }

  @Test
  void anEmptyBodyAndATrailingSlashAreFine() throws Exception {
    assertThat(fixture.post(FLAGS + "/", SERVER, "").statusCode()).isEqualTo(200);
    assertThat(fixture.post(FLAGS + "/checkout/", SERVER, "").statusCode()).isEqualTo(200);
  }

  @Test
  void keysMayHoldAnythingAndBeEncodedOrNot() throws Exception {
    log.flag(
        "{'envelope':{'key':'team/größe 100%','type':'boolean','on':true,'variants':{'a':true},'offVariant':'a'},'default':{'variant':'a'}}");
    fixture.awaitPosition();

    HttpResponse<String> encoded =
        fixture.post(FLAGS + "/team%2Fgr%C3%B6%C3%9Fe%20100%25", SERVER, "{}");
    String plain =
        fixture.raw(
            "POST "
                + FLAGS
                + "/team/gr\u00c3\u00b6\u00c3\u009fe%20100% HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + SERVER
                + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");

    assertThat(object(encoded).get("key")).isEqualTo(Json.of("team/größe 100%"));
    assertThat(plain).contains("200 OK").contains("team/größe 100%");
  }

  @Test
  void bulkAnswersAllFlagsAtOneRevision() throws Exception {
    Json.Obj body = object(fixture.post(FLAGS, SERVER, "{'context':{'targetingKey':'u1'}}"));

    assertThat(((Json.Arr) body.get("flags")).items()).hasSize(2);
    assertThat(((Json.Obj) body.get("metadata")).get("version")).isEqualTo(Json.of("1.4"));
    var stream = (Json.Obj) ((Json.Arr) body.get("eventStreams")).items().getFirst();
    assertThat(stream.get("type")).isEqualTo(Json.of("sse"));
    assertThat(stream.get("inactivityDelaySec")).isEqualTo(Json.of(120));
  }

  @Test
  void theEtagDependsOnContextConfigAndAudience() throws Exception {
    String body = "{'context':{'targetingKey':'u1','a':1}}";
    String etag = etag(fixture.post(FLAGS, SERVER, body));

    assertThat(etag).startsWith("\"").endsWith("\"");
    assertThat(etag(fixture.post(FLAGS, SERVER, "{'context':{'a':1,'targetingKey':'u1'}}")))
        .isEqualTo(etag);
    assertThat(etag(fixture.post(FLAGS, SERVER, "{'context':{'targetingKey':'u2','a':1}}")))
        .isNotEqualTo(etag);
    assertThat(etag(fixture.post(FLAGS, CLIENT, body))).isNotEqualTo(etag);
    HttpResponse<String> same =
        fixture.post(FLAGS, SERVER, body, "If-None-Match", "\"other\", W/" + etag);
    assertThat(same.statusCode()).isEqualTo(304);
    assertThat(same.body()).isEmpty();
    assertThat(etag(same)).isEqualTo(etag);
    assertThat(fixture.post(FLAGS, SERVER, body, "If-None-Match", "*").statusCode()).isEqualTo(304);

    log.flag(
        "{'envelope':{'key':'new','type':'boolean','on':true,'variants':{'a':true},'offVariant':'a'},'default':{'variant':'a'}}");
    fixture.awaitPosition();

    assertThat(fixture.post(FLAGS, SERVER, body, "If-None-Match", etag).statusCode())
        .isEqualTo(200);
  }

  private static String etag(HttpResponse<String> response) {
    return response.headers().firstValue("ETag").orElseThrow();
  }

  @Test
  void aClientThatKnowsOfANewerStateIsNotAnsweredFromThePast() throws Exception {
    var next = fixture.edge.state(FakeLog.PROD).position().next();
    var request =
        fixture
            .request(
                FLAGS
                    + "?flagConfigEtag="
                    + java.net.URLEncoder.encode(
                        "\"" + next.text() + ":0\"", java.nio.charset.StandardCharsets.UTF_8),
                SERVER)
            .POST(java.net.http.HttpRequest.BodyPublishers.noBody())
            .build();

    var waiting = fixture.http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    log.flag(
        "{'envelope':{'key':'new','type':'boolean','on':true,'variants':{'a':true},'offVariant':'a'},'default':{'variant':'a'}}");

    assertThat(waiting.get().body()).contains("\"key\":\"new\"");
  }

  @Test
  void waitingForANewerStateIsBounded() throws Exception {
    var far =
        new dev.guidon.model.Position(
            fixture.edge.state(FakeLog.PROD).position().logId(), 1, 999_999);
    long start = System.nanoTime();

    HttpResponse<String> answer =
        fixture.post(
            FLAGS
                + "?flagConfigEtag="
                + java.net.URLEncoder.encode(
                    far.text() + ":0", java.nio.charset.StandardCharsets.UTF_8),
            SERVER,
            "");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(Duration.ofMillis(1_500), Duration.ofSeconds(6));
  }

  @Test
  void aClientKeySeesOnlyWhatIsVisibleAndNeverWhy() throws Exception {
    log.put(
        dev.guidon.model.EntityId.segment("sekret-segment"),
        "{'key':'sekret-segment','if':{'attribute':'sekretAttr','op':'in','values':['sekretValue']}}");
    log.flag(
        "{'envelope':{'key':'visible','type':'string','on':true,'variants':{'a':'A','b':'B'},'offVariant':'a'},"
            + "'targets':[{'variant':'b','kind':'sekretKind','keys':['sekretPerson']}],"
            + "'prerequisites':[{'flag':'secret flag','variants':['a']}],"
            + "'rules':[{'id':'sekret-rule','name':'sekret name','if':{'all':[{'attribute':'sekretAttr','op':'in','values':['x']},{'segment':'sekret-segment'}]},'serve':{'variant':'b'}},"
            + "{'id':'sekret-split','if':{'attribute':'plan','op':'in','values':['pro']},'serve':{'split':{'shares':[{'variant':'a','weight':50000},{'variant':'b','weight':50000}],'unit':'sekretUnit','salt':'sekretSalt'}}}],"
            + "'default':{'variant':'a'},'salt':'sekretSalt','clientVisible':true}");
    fixture.awaitPosition();
    List<String> contexts =
        List.of(
            "{}",
            "{'context':{'targetingKey':'u','plan':'pro'}}",
            "{'context':{'plan':'pro'}}",
            "{'context':{'targetingKey':'u','country':'DE'}}",
            "{'context':{'targetingKey':'sekretPerson'}}".replace("sekretPerson", "somebody"));

    for (String context : contexts) {
      HttpResponse<String> bulk = fixture.post(FLAGS, CLIENT, context);
      HttpResponse<String> single = fixture.post(FLAGS + "/visible", CLIENT, context);

      assertThat(bulk.statusCode()).isEqualTo(200);
      assertThat(bulk.body())
          .contains("\"visible\"")
          .doesNotContain("secret flag")
          .doesNotContainIgnoringCase("sekret")
          .doesNotContain("rule-germans");
      assertThat(single.body()).doesNotContainIgnoringCase("sekret").doesNotContain("secret flag");
    }
    HttpResponse<String> hidden = fixture.post(FLAGS + "/secret%20flag", CLIENT, "{}");
    assertThat(hidden.statusCode()).isEqualTo(404);
    assertThat(hidden.body().replace("secret flag", "?"))
        .isEqualTo(
            fixture.post(FLAGS + "/never%20was", CLIENT, "{}").body().replace("never was", "?"));
  }

  @Test
  void theEventStreamTellsOfChangesAndTakesATicketOnly() throws Exception {
    Json.Obj bulk = object(fixture.post(FLAGS, CLIENT, "{}"));
    String url =
        ((Json.Str)
                ((Json.Obj) ((Json.Arr) bulk.get("eventStreams")).items().getFirst()).get("url"))
            .value();
    assertThat(url)
        .startsWith("http://127.0.0.1:" + fixture.edge.port() + "/ofrep/v1/events?ticket=")
        .doesNotContain("gdn_");
    String path = url.substring(url.indexOf("/ofrep"));

    try (var events = fixture.events(path, "", "Origin", "https://shop.example")) {
      assertThat(events.response.headers().firstValue("Content-Type"))
          .contains("text/event-stream");
      assertThat(events.response.headers().firstValue("X-Accel-Buffering")).contains("no");
      assertThat(events.response.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
      events.await(e -> e.of("message").size() == 1);
      log.flag(
          "{'envelope':{'key':'new','type':'boolean','on':true,'variants':{'a':true},'offVariant':'a'},'default':{'variant':'a'},'clientVisible':true}");
      events.await(e -> e.of("message").size() == 2);

      var event = events.of("message").get(1);
      assertThat(event.id()).isEqualTo(log.state().position().text() + ":0");
      var data =
          (Json.Obj)
              dev.guidon.model.json.JsonReader.read(
                  event.text(), dev.guidon.model.json.JsonLimits.DEFAULT);
      assertThat(data.get("type")).isEqualTo(Json.of("refetchEvaluation"));
      assertThat(data.get("etag"))
          .isEqualTo(Json.of("\"" + log.state().position().text() + ":0\""));
      try (var resumed = fixture.events(path, "", "Last-Event-ID", event.id())) {
        log.flag(
            "{'envelope':{'key':'newer','type':'boolean','on':true,'variants':{'a':true},'offVariant':'a'},'default':{'variant':'a'}}");
        resumed.await(e -> e.of("message").size() == 1);
        assertThat(resumed.of("message").getFirst().id())
            .isEqualTo(log.state().position().text() + ":0");
      }
    }
    assertThat(fixture.get(path.replace("ticket=", "ticket=x"), "").statusCode()).isEqualTo(401);
  }

  @Test
  void browsersMayCallAndSeeTheHeadersTheyNeed() throws Exception {
    var preflight =
        fixture.send(
            fixture
                .request(FLAGS, "")
                .method("OPTIONS", java.net.http.HttpRequest.BodyPublishers.noBody())
                .header("Origin", "https://shop.example")
                .header("Access-Control-Request-Method", "POST")
                .build());
    HttpResponse<String> answer =
        fixture.post(FLAGS, CLIENT, "{}", "Origin", "https://shop.example");

    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers").orElseThrow())
        .contains("Content-Type", "Authorization", "X-API-Key", "If-None-Match");
    assertThat(preflight.headers().firstValue("Access-Control-Max-Age")).isPresent();
    assertThat(answer.headers().firstValue("Access-Control-Expose-Headers").orElseThrow())
        .contains("ETag", "Retry-After");
  }

  @Test
  void aFlagThatNeedsAUnitSaysSo() throws Exception {
    log.flag(
        "{'envelope':{'key':'half','type':'boolean','on':true,'variants':{'a':true,'b':false},'offVariant':'b'},"
            + "'default':{'split':{'shares':[{'variant':'a','weight':50000},{'variant':'b','weight':50000}]}}}");
    fixture.awaitPosition();

    HttpResponse<String> answer = fixture.post(FLAGS + "/half", SERVER, "{}");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(object(answer).get("errorCode")).isEqualTo(Json.of("TARGETING_KEY_MISSING"));
    assertThat(object(answer).get("metadata")).isEqualTo(Json.Obj.of());
  }
}
