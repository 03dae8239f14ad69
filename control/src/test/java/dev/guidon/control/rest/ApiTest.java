package dev.guidon.control.rest;

import static dev.guidon.control.rest.Api.PROD;
import static dev.guidon.control.rest.Api.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.control.rest.Api.Answer;
import dev.guidon.model.ScopeId;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiTest {
  private static final String ON = "{\"envelope\":{\"on\":true}}";
  private static final String OFF = "{\"envelope\":{\"on\":false}}";
  private static final String FLAG = PROD + "/flags/checkout";

  @TempDir Path folder;
  private Api api;

  @BeforeEach
  void start() {
    api = Api.start(folder).withShop().withFlag("checkout");
  }

  @AfterEach
  void stop() throws Exception {
    api.close(); // Closing again does nothing.
  }

  @Test
  void aNewFlagIsOffInEveryEnvironmentAlsoInThoseThatComeLater() {
    api.post(SHOP + "/environments", "{\"key\":\"staging\"}").is(201);

    assertThat(api.get(FLAG).is(200).text("envelope/on")).isEqualTo("false");
    assertThat(api.get(SHOP + "/environments/staging/flags/checkout").is(200).text("envelope/on"))
        .isEqualTo("false");
  }

  @Test
  void aWriteAnswersATokenThatReadsAcceptAndEmergenciesAreNamed() {
    api.patch(FLAG, ON).is(200);

    Answer off = api.patch(FLAG + "?reason=incident%2012", OFF).is(200);
    Answer read = api.get(FLAG, "Guidon-Min-Token", off.header("Guidon-Token")).is(200);

    assertThat(off.text("priority")).isEqualTo("emergency");
    assertThat(read.text("envelope/on")).isEqualTo("false");
    assertThat(api.get(PROD + "/commits?limit=1").text("items/0/reason")).isEqualTo("incident 12");
  }

  @Test
  void aTokenOfTheFutureIsStale() {
    api.get(FLAG, "Guidon-Min-Token", "shop/prod@1.999").code(Code.STALE).header("Retry-After");
  }

  @Test
  void anEntityTagSavesTheReadAndGuardsTheWrite() {
    String etag = api.get(FLAG).header("ETag");
    api.get(FLAG, "If-None-Match", etag).is(304);
    api.patch(FLAG, ON, "If-Match", etag).is(200);

    Answer conflict = api.patch(FLAG, "{\"salt\":\"x\"}", "If-Match", etag).code(Code.CONFLICT);

    assertThat(conflict.text("conflict/actor")).isEqualTo("first-admin");
    assertThat(conflict.text("conflict/version")).isEqualTo("2");
    assertThat(conflict.text("conflict/theirs/envelope/on")).isEqualTo("true");
    assertThat(conflict.text("conflict/yours/salt")).isEqualTo("x");
    assertThat(api.meters.counter("guidon.control.conflicts").count()).isEqualTo(1);
  }

  @Test
  void theSameCommandUnderTheSameKeyHappensOnce() {
    Answer first = api.patch(FLAG, ON, "Idempotency-Key", "k1").is(200);

    Answer again = api.patch(FLAG, ON, "Idempotency-Key", "k1").is(200);

    assertThat(again.text("revision")).isEqualTo(first.text("revision"));
    assertThat(again.text("replayed")).isEqualTo("true");
    api.patch(FLAG, "{\"salt\":\"other\"}", "Idempotency-Key", "k1").code(Code.KEY_REUSED);
  }

  @Test
  void creatingAFlagAgainUnderTheSameKeyAnswersTheSame() {
    String body = "{\"key\":\"banner\",\"type\":\"string\",\"variants\":{\"a\":\"x\"}}";
    Answer first = api.post(SHOP + "/flags", body, "Idempotency-Key", "k1").is(201);

    Answer again = api.post(SHOP + "/flags", body, "Idempotency-Key", "k1").is(201);

    assertThat(again.text("receipts/0/revision")).isEqualTo(first.text("receipts/0/revision"));
    api.post(SHOP + "/flags", body).code(Code.CONFLICT);
  }

  @Test
  void aDryRunShowsTheDifferenceAndWritesNothing() {
    Answer dry = api.patch(FLAG + "?dryRun=true", ON).is(200);

    assertThat(dry.text("diff/0/summary/0")).isEqualTo("turned on");
    assertThat(dry.text("diff/0/paths/0/path")).isEqualTo("/envelope/on");
    assertThat(api.get(FLAG).text("envelope/on")).isEqualTo("false");
  }

  @Test
  void problemsComeAllAtOnceWithTheirPlaces() {
    String body =
        """
        {"changes":[{"kind":"flag","key":"checkout","patch":{"rules":[{"id":"r","if":{"segment":"none"},"serve":{"variant":"on"}}],
          "prerequisites":[{"flag":"gone","variants":["on"]}]}},
         {"kind":"layer","key":"l","doc":{"key":"l","ranges":[{"flag":"checkout","rule":"no","from":0,"to":10}]}}]}\
        """;

    Answer refused = api.post(PROD + "/commits", body).code(Code.INVALID);

    assertThat(refused.text("errors/0/pointer")).isEqualTo("/changes/0/patch/prerequisites/0/flag");
    assertThat(refused.text("errors/1/pointer")).isEqualTo("/changes/0/patch/rules/0/if/segment");
    assertThat(refused.text("errors/2/pointer")).isEqualTo("/changes/1/doc/ranges/0/rule");
  }

  @Test
  void yamlIsAcceptedAndItsTricksAreNot() {
    String yaml =
        "key: beta\nincluded: [u1, 'u2']\nif:\n  attribute: age\n  op: gte\n  values: [18]\n";

    api.put(PROD + "/segments/beta", yaml, "Content-Type", "application/yaml").is(201);

    assertThat(api.get(PROD + "/segments/beta").text("if/values/0")).isEqualTo("18");
    api.put(PROD + "/segments/b2", "key: &a b2\nkind: *a\n", "Content-Type", "application/yaml")
        .code(Code.INVALID);
    api.put(PROD + "/segments/b2", "key: !!java/x b2\n", "Content-Type", "application/yaml")
        .code(Code.INVALID);
    api.put(PROD + "/segments/b2", "[".repeat(10_000), "Content-Type", "application/yaml")
        .code(Code.INVALID);
    api.put(PROD + "/segments/b2", "key: b2", "Content-Type", "text/plain")
        .code(Code.UNSUPPORTED_MEDIA_TYPE);
  }

  @Test
  void bytesThatAreNoCommandGetAClearAnswer() {
    for (String body :
        new String[] {
          "",
          "{",
          "[]",
          "null",
          "7",
          "\"x\"",
          "[".repeat(50_000),
          "{\"envelope\":null}",
          "{\"envelope\":[]}",
          "\u0000"
        }) {
      api.put(FLAG, body).code(Code.INVALID);
      api.post(PROD + "/commits", body).code(Code.INVALID);
      api.post(PROD + "/revert", body).code(Code.INVALID);
      api.post(PROD + "/promote", body).code(Code.INVALID);
      api.post(PROD + "/keys", body).code(Code.INVALID);
      api.post("/api/v1/projects", body).code(Code.INVALID);
      api.post("/api/v1/credentials", body).code(Code.INVALID);
    }
    api.put(FLAG, "\"" + "x".repeat(2 << 20) + "\"").code(Code.BODY_TOO_LARGE);
    api.get(PROD + "/commits?limit=0").code(Code.BAD_REQUEST);
    api.get(PROD + "/commits?cursor=%21").code(Code.BAD_REQUEST);
    api.get(PROD + "/flags/%ff").code(Code.NOT_FOUND);
    api.get("/api/v1/projects/Shop").code(Code.NOT_FOUND);
    api.get("/api/v1//projects").code(Code.NOT_FOUND);
    api.send("TRACE", FLAG, null).code(Code.METHOD_NOT_ALLOWED);
  }

  @Test
  void thePastIsReadByRevisionAndInstantAndReturnedTo() {
    api.patch(FLAG, ON).is(200);
    Answer on = api.get(PROD + "/commits?limit=1").is(200);
    api.patch(FLAG, "{\"salt\":\"x\"}").is(200);

    String revision = on.text("items/0/revision");
    assertThat(api.get(PROD + "/state?at=" + revision).text("items/0/doc/salt"))
        .isEqualTo("checkout");
    assertThat(api.get(PROD + "/state?at=" + on.text("items/0/time")).text("token"))
        .isEqualTo("shop/prod@1." + revision);
    assertThat(api.get(PROD + "/diff?from=" + revision).text("entities/0/summary/0"))
        .isEqualTo("\"salt\" changed");
    api.post(PROD + "/revert", "{\"to\":" + revision + "}").is(200);
    assertThat(api.get(FLAG).text("salt")).isEqualTo("checkout");
    api.post(PROD + "/revert", "{\"commit\":" + revision + "}").code(Code.CONFLICT);
  }

  @Test
  void historyComesInPagesNewestFirst() {
    for (int i = 0; i < 5; i++) {
      api.patch(FLAG, i % 2 == 0 ? ON : OFF).is(200);
    }
    api.put(PROD + "/segments/beta", "{\"key\":\"beta\"}").is(201);

    Answer first = api.get(PROD + "/commits?limit=2&entity=flag%3Acheckout").is(200);
    String link = first.header("Link");
    Answer second = api.get(link.substring(1, link.indexOf('>'))).is(200);

    assertThat(first.text("items/0/revision")).isEqualTo("6");
    assertThat(second.text("items/0/revision")).isEqualTo("4");
  }

  @Test
  void promotionBringsWhatIsNamedAlongAndKeepsOff() {
    String staging = SHOP + "/environments/staging";
    api.post(SHOP + "/environments", "{\"key\":\"staging\"}").is(201);
    api.put(staging + "/segments/beta", "{\"key\":\"beta\",\"included\":[\"u1\"]}").is(201);
    api.patch(
            staging + "/flags/checkout",
            "{\"envelope\":{\"on\":true},\"rules\":[{\"id\":\"r\",\"if\":{\"segment\":\"beta\"},\"serve\":{\"variant\":\"on\"}}]}")
        .is(200);

    api.post(
            PROD + "/promote",
            "{\"from\":\"staging\",\"entities\":[\"flag:checkout\"],\"on\":\"keep\"}")
        .is(200);

    assertThat(api.get(FLAG).text("envelope/on")).isEqualTo("false");
    assertThat(api.get(FLAG).text("rules/0/id")).isEqualTo("r");
    api.patch(FLAG, ON).is(200);
    Answer why =
        api.post(PROD + "/explain", "{\"flag\":\"checkout\",\"context\":{\"targetingKey\":\"u1\"}}")
            .is(200);
    assertThat(why.response().body()).contains("TARGETING_MATCH");
  }

  @Test
  void aFlagThatIsStillEvaluatedIsArchivedOnlyByForce() {
    api.evaluations.set(7);

    api.post(SHOP + "/flags/checkout/archive", null).code(Code.STILL_EVALUATED);
    api.post(SHOP + "/flags/checkout/archive?force=true", null).is(200);

    assertThat(api.get(SHOP + "/flags/checkout").text("lifecycle")).isEqualTo("archived");
  }

  @Test
  void secretsAreShownOnceAndWorkWhileTheyRotate() {
    Answer made =
        api.post(
                "/api/v1/credentials",
                "{\"name\":\"ci\",\"kind\":\"service\",\"roles\":[{\"project\":\"shop\",\"role\":\"editor\"}]}")
            .is(201);
    String first = made.text("secret");
    String second =
        api.post("/api/v1/credentials/ci/rotate", "{\"overlapSeconds\":60}").is(200).text("secret");

    api.sendAs(first, "PATCH", FLAG, ON).is(200);
    api.sendAs(second, "PATCH", FLAG, OFF).is(200);
    api.clock.addAndGet(61_000_000);
    api.sendAs(first, "GET", FLAG, null).code(Code.UNAUTHENTICATED);
    api.sendAs(second, "GET", FLAG, null).is(200);
    assertThat(api.get("/api/v1/credentials/ci").response().body()).doesNotContain("hash");
    assertThat(api.get("/api/v1/commits").response().body()).doesNotContain(second);
    api.delete("/api/v1/credentials/ci").is(200);
    api.sendAs(second, "GET", FLAG, null).code(Code.UNAUTHENTICATED);
  }

  @Test
  void theStateSurvivesARestartAndNoSecondAdministratorIsMade() throws Exception {
    api.patch(FLAG, ON).is(200);
    var before = api.api.scopes().current(ScopeId.of("shop", "prod")).entities().root();
    stop();
    var log = dev.guidon.log.SqliteLog.open(folder.resolve("log.db"));
    var vertx = io.vertx.core.Vertx.vertx();

    ControlApi again =
        ControlApi.start(
            vertx,
            ControlOptions.of("127.0.0.1", 0),
            log,
            dev.guidon.control.EvaluationCounts.NONE,
            dev.guidon.control.Consumers.NONE,
            api.meters,
            () -> 1_900_000_000_000_000L);

    assertThat(again.firstSecret()).isNull();
    assertThat(again.scopes().current(ScopeId.of("shop", "prod")).entities().root())
        .isEqualTo(before);
    again.close();
    log.close();
    vertx.close().await();
  }
}
