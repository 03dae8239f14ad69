package dev.guidon.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import org.junit.jupiter.api.Test;

class FlagFormatTest {
  private static final String FULL =
      """
      {"envelope":{"key":"checkout","type":"boolean","on":true,"variants":{"off":false,"on":true},"offVariant":"off"},
       "prerequisites":[{"flag":"shop-open","variants":["on"]}],
       "targets":[{"variant":"on","kind":"user","keys":["u1","u2"]}],
       "rules":[
         {"id":"beta","name":"Beta","from":"2026-12-01T00:00:00Z","until":"2027-01-01T00:00:00Z",
          "if":{"all":[{"attribute":"country","op":"in","values":["DE","FR"]},
                       {"not":{"segment":"staff"}},
                       {"any":[{"attribute":"/app/version","op":"semverGte","values":["2.1"]},
                               {"attribute":"plan","kind":"organization","op":"startsWith","values":["pro"],"ignoreCase":true,"negate":true}]}]},
          "serve":{"split":{"shares":[{"variant":"on","weight":25000},{"variant":null,"weight":75000}],"unit":"targetingKey","salt":"s1"}}},
         {"id":"learned","serve":{"policy":{"key":"ranker","fallback":"off"}}}],
       "default":{"variant":"off"},
       "salt":"checkout","clientVisible":true,"layer":"pricing",
       "staleness":{"seconds":3600,"variant":"off"},"metadata":{"team":"cart","tier":1}}
      """;

  @Test
  void whatIsWrittenReadsBackTheSame() {
    var problems = new Problems();
    Flag flag = FlagFormat.read(json(FULL), problems, /* strict= */ true);

    Json.Obj written = FlagFormat.write(flag);

    assertThat(problems.list()).isEmpty();
    assertThat(FlagFormat.read(written, problems, /* strict= */ true)).isEqualTo(flag);
    assertThat(CanonicalJson.text(written)).isEqualTo(CanonicalJson.text(json(FULL)));
  }

  @Test
  void allProblemsAreReportedAtOnceEachWithItsPlace() {
    var problems = new Problems();
    Json flag =
        json(
            """
            {"envelope":{"key":" x","type":"bool","on":"yes","variants":{}},
             "rules":[{"id":"a","if":{"attribute":"n","op":"lt","values":["1"]},"serve":{"variant":"blue"}},
                      {"id":"a","from":"2026-01-02T00:00:00Z","until":"2026-01-01T00:00:00Z",
                       "serve":{"split":{"shares":[{"variant":null,"weight":99999}]}}}],
             "default":{"variant":null},"colour":"red"}
            """);

    FlagFormat.read(flag, problems, /* strict= */ true);

    assertThat(problems.list())
        .extracting(Problem::pointer)
        .contains(
            "/envelope/key",
            "/envelope/type",
            "/envelope/on",
            "/envelope/variants",
            "/rules/0/if/values/0",
            "/rules/0/serve/variant",
            "/rules/1/id",
            "/rules/1/until",
            "/rules/1/serve/split/shares",
            "/colour");
    assertThat(problems.list()).allSatisfy(p -> assertThat(p.message()).contains("expected"));
  }

  @Test
  void aVariantMustBeOfTheFlagsType() {
    var problems = new Problems();

    FlagFormat.read(
        json(
            "{\"envelope\":{\"key\":\"n\",\"type\":\"number\",\"on\":true,\"variants\":{\"a\":1,\"b\":\"2\"}},\"default\":{\"variant\":\"a\"}}"),
        problems,
        /* strict= */ true);

    assertThat(problems.list())
        .extracting(Problem::pointer)
        .containsExactly("/envelope/variants/b");
  }

  @Test
  void followersIgnoreUnknownFieldsButNotUnknownOperators() {
    var problems = new Problems();
    Json flag =
        json(
            """
            {"envelope":{"key":"f","type":"boolean","on":true,"variants":{"on":true},"later":1},"new":true,
             "rules":[{"id":"r","if":{"attribute":"a","op":"soundsLike","values":["x"]},"serve":{"variant":"on"}}],
             "default":{"variant":"on"}}
            """);

    FlagFormat.read(flag, problems, /* strict= */ false);

    assertThat(problems.list()).extracting(Problem::code).containsExactly(Problem.Code.UNSUPPORTED);
    assertThat(problems.list()).extracting(Problem::pointer).containsExactly("/rules/0/if/op");
  }

  @Test
  void theEnvelopeReadsFromADocumentWhoseRestIsOfAnyForm() {
    var problems = new Problems();
    Json flag =
        json(
            "{\"envelope\":{\"key\":\"f\",\"type\":\"string\",\"on\":false,\"variants\":{\"a\":\"x\"},\"offVariant\":\"a\"},\"rules\":7}");

    Envelope envelope = FlagFormat.readEnvelope(flag, problems);

    assertThat(problems.isEmpty()).isTrue();
    assertThat(envelope.on()).isFalse();
    assertThat(envelope.offVariant()).isEqualTo("a");
  }

  @Test
  void deepConditionsAreRefusedNotOverflowed() {
    var problems = new Problems();
    String deep = "{\"not\":".repeat(40) + "{\"segment\":\"s\"}" + "}".repeat(40);
    Json condition = JsonReader.read(deep, JsonLimits.DEFAULT);

    ConditionFormat.read(condition, "/if", problems, /* strict= */ true);

    assertThat(problems.list()).extracting(Problem::code).containsExactly(Problem.Code.TOO_LARGE);
  }

  @Test
  void segmentsAndLayersReadBackTheSame() {
    var problems = new Problems();
    Json segment =
        json(
            "{\"key\":\"beta\",\"kind\":\"user\",\"if\":{\"attribute\":\"email\",\"op\":\"endsWith\",\"values\":[\"@x.test\"]},\"included\":[\"u1\"],\"excluded\":{\"count\":1,\"chunks\":[\""
                + Hash.of("x").hex()
                + "\"]}}");
    Json layer =
        json(
            "{\"key\":\"pricing\",\"salt\":\"s\",\"unit\":\"targetingKey\",\"ranges\":[{\"flag\":\"a\",\"rule\":\"r\",\"from\":0,\"to\":50000},{\"flag\":\"b\",\"rule\":\"r\",\"from\":50000,\"to\":100000}]}");

    Json segmentAgain =
        SegmentFormat.write(SegmentFormat.read(segment, problems, /* strict= */ true));
    Json layerAgain = LayerFormat.write(LayerFormat.read(layer, problems, /* strict= */ true));

    assertThat(problems.list()).isEmpty();
    assertThat(CanonicalJson.text(segmentAgain)).isEqualTo(CanonicalJson.text(segment));
    assertThat(CanonicalJson.text(layerAgain)).isEqualTo(CanonicalJson.text(layer));
  }

  @Test
  void rangesOfALayerMustNotOverlap() {
    var problems = new Problems();
    Json layer =
        json(
            "{\"key\":\"l\",\"ranges\":[{\"flag\":\"a\",\"rule\":\"r\",\"from\":0,\"to\":50001},{\"flag\":\"b\",\"rule\":\"r\",\"from\":50000,\"to\":100000}]}");

    LayerFormat.read(layer, problems, /* strict= */ true);

    assertThat(problems.list()).extracting(Problem::pointer).containsExactly("/ranges/1");
  }

  static Json json(String text) {
    return JsonReader.read(text, JsonLimits.DEFAULT);
  }
}
