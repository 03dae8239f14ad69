package dev.guidon.benchmarks.eval;

import dev.guidon.model.EntityId;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The scenarios' flags as documents of Guidon's API. */
public final class Flags {
  private static final Json ON = Json.Obj.of("variant", Json.of("on"));
  private static final Json OFF = Json.Obj.of("variant", Json.of("off"));

  private Flags() {}

  /** All of them, with the segment of S5. */
  public static Map<EntityId, Json.Obj> all() {
    Map<EntityId, Json.Obj> documents = new LinkedHashMap<>();
    for (Scenario scenario : Scenario.values()) {
      documents.put(EntityId.flag(scenario.flag()), of(scenario));
    }
    documents.put(
        EntityId.segment(Workload.SEGMENT),
        Json.Obj.of("key", Json.of(Workload.SEGMENT), "included", texts(Workload.segmentKeys())));
    return documents;
  }

  private static Json.Obj of(Scenario scenario) {
    String key = scenario.flag();
    return switch (scenario) {
      case S1 -> bool(key, List.of(), ON);
      case S2, S2C, S6 -> bool(key, List.of(rule("home", country(List.of(Workload.HOME)))), OFF);
      case S3 ->
          bool(
              key,
              List.of(),
              Json.Obj.of(
                  "split",
                  Json.Obj.of("shares", Json.arr(share("on", 50_000), share("off", 50_000)))));
      case S4 -> twenty(key, "build", "gte", /* versions= */ false);
      case S4V -> twenty(key, "version", "semverGte", /* versions= */ true);
      case S5 -> layout(key);
    };
  }

  private static Json.Obj twenty(String key, String attribute, String operator, boolean versions) {
    List<Json> rules = new ArrayList<>();
    for (int i = 0; i < Workload.RULES; i++) {
      Json bound = versions ? Json.of(Workload.versionBound(i)) : Json.of((long) Workload.bound(i));
      rules.add(
          rule(
              "rule-" + i,
              Json.Obj.of(
                  "all",
                  Json.arr(
                      country(Workload.countries(i)),
                      test(attribute, operator, Json.arr(bound))))));
    }
    return bool(key, rules, OFF);
  }

  private static Json.Obj layout(String key) {
    Json.Obj.Builder variants = Json.Obj.builder().put(Workload.OUTSIDE, Workload.OUTSIDE);
    List<Json> shares = new ArrayList<>();
    for (int i = 0; i < Workload.VARIANTS.size(); i++) {
      variants.put(Workload.VARIANTS.get(i), Workload.VARIANTS.get(i));
      shares.add(share(Workload.VARIANTS.get(i), Workload.WEIGHTS.get(i) * 1_000L));
    }
    Json split = Json.Obj.of("split", Json.Obj.of("shares", new Json.Arr(shares)));
    Json rule =
        Json.Obj.of(
            "id",
            Json.of("insiders"),
            "if",
            Json.Obj.of("segment", Json.of(Workload.SEGMENT)),
            "serve",
            split);
    return document(
        key,
        "string",
        variants.build(),
        Workload.OUTSIDE,
        List.of(rule),
        Json.Obj.of("variant", Json.of(Workload.OUTSIDE)));
  }

  /** A boolean flag that is on, with the variants {@code on} and {@code off}. */
  public static Json.Obj bool(String key, List<Json> rules, Json serve) {
    Json.Obj variants = Json.Obj.of("on", Json.of(true), "off", Json.of(false));
    return document(key, "boolean", variants, "off", rules, serve);
  }

  public static Json.Obj document(
      String key, String type, Json.Obj variants, String off, List<Json> rules, Json serve) {
    Json.Obj envelope =
        Json.Obj.builder()
            .put("key", key)
            .put("type", type)
            .put("on", true)
            .put("variants", variants)
            .put("offVariant", off)
            .build();
    return Json.Obj.builder()
        .put("envelope", envelope)
        .put("rules", new Json.Arr(rules))
        .put("default", serve)
        .put("salt", key)
        .build();
  }

  private static Json rule(String id, Json condition) {
    return Json.Obj.of("id", Json.of(id), "if", condition, "serve", ON);
  }

  private static Json country(List<String> countries) {
    return test("country", "in", texts(countries));
  }

  public static Json test(String attribute, String operator, Json values) {
    return Json.Obj.of("attribute", Json.of(attribute), "op", Json.of(operator), "values", values);
  }

  private static Json share(String variant, long weight) {
    return Json.Obj.of("variant", Json.of(variant), "weight", Json.of(weight));
  }

  public static Json texts(List<String> texts) {
    List<Json> items = new ArrayList<>();
    texts.forEach(text -> items.add(Json.of(text)));
    return new Json.Arr(items);
  }
}
