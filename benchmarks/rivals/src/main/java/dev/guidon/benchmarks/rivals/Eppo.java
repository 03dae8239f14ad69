package dev.guidon.benchmarks.rivals;

import static dev.guidon.benchmarks.rivals.Docs.arr;
import static dev.guidon.benchmarks.rivals.Docs.each;
import static dev.guidon.benchmarks.rivals.Docs.obj;

import cloud.eppo.FlagEvaluationResult;
import cloud.eppo.FlagEvaluator;
import cloud.eppo.api.Attributes;
import cloud.eppo.api.Configuration;
import cloud.eppo.ufc.dto.FlagConfig;
import cloud.eppo.ufc.dto.Variation;
import dev.guidon.benchmarks.eval.Call;
import dev.guidon.benchmarks.eval.Scenario;
import dev.guidon.benchmarks.eval.Subject;
import dev.guidon.benchmarks.eval.User;
import dev.guidon.benchmarks.eval.Workload;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The evaluator of the common library over a configuration, without the client around it. */
public final class Eppo implements Subject {
  private static final int SHARDS = 10_000;
  private final Configuration configuration;

  public Eppo() {
    Json document =
        obj(
            "createdAt", "2026-01-01T00:00:00.000Z",
            "format", "SERVER",
            "environment", obj("name", "bench"),
            "flags", Docs.byKey(Eppo::flag),
            "bandits", obj());
    this.configuration = Configuration.builder(CanonicalJson.bytes(document)).build();
  }

  @Override
  public String setup() {
    return "sdk-common-jvm 3.9.0, its evaluator over a configuration in memory";
  }

  private static Json flag(Scenario scenario) {
    return switch (scenario) {
      case S1 -> bool(scenario, List.of(), List.of(split("on", 0, SHARDS)));
      case S2, S2C, S6 ->
          bool(
              scenario,
              List.of(rule(oneOf("country", List.of(Workload.HOME)))),
              List.of(split("on", 0, SHARDS)));
      case S3 ->
          bool(
              scenario,
              List.of(),
              List.of(split("on", 0, SHARDS / 2), split("off", SHARDS / 2, SHARDS)));
      case S4 ->
          bool(
              scenario,
              each(
                  Workload.RULES,
                  i ->
                      rule(
                          oneOf("country", Workload.countries(i)),
                          atLeast("build", Workload.bound(i)))),
              List.of(split("on", 0, SHARDS)));
      case S4V ->
          bool(
              scenario,
              each(
                  Workload.RULES,
                  i ->
                      rule(
                          oneOf("country", Workload.countries(i)),
                          atLeast("version", Workload.versionBound(i)))),
              List.of(split("on", 0, SHARDS)));
      case S5 -> layout(scenario);
    };
  }

  private static Json bool(Scenario scenario, List<Json> rules, List<Json> splits) {
    return obj(
        "key",
        scenario.flag(),
        "enabled",
        true,
        "variationType",
        "BOOLEAN",
        "variations",
        obj("on", obj("key", "on", "value", true), "off", obj("key", "off", "value", false)),
        "totalShards",
        SHARDS,
        "allocations",
        arr(allocation(rules, splits)));
  }

  private static Json layout(Scenario scenario) {
    List<Json> splits = new ArrayList<>();
    Json.Obj.Builder variations = Json.Obj.builder();
    int from = 0;
    for (int i = 0; i < Workload.VARIANTS.size(); i++) {
      String variant = Workload.VARIANTS.get(i);
      int to = from + Workload.WEIGHTS.get(i) * SHARDS / 100;
      splits.add(split(variant, from, to));
      variations.put(variant, obj("key", variant, "value", variant));
      from = to;
    }
    return obj(
        "key",
        scenario.flag(),
        "enabled",
        true,
        "variationType",
        "STRING",
        "variations",
        variations.build(),
        "totalShards",
        SHARDS,
        "allocations",
        arr(allocation(List.of(rule(oneOf("id", Workload.segmentKeys()))), splits)));
  }

  private static Json allocation(List<Json> rules, List<Json> splits) {
    return obj("key", "allocation", "rules", rules, "splits", splits, "doLog", false);
  }

  private static Json split(String variation, int from, int to) {
    Json shards =
        from == 0 && to == SHARDS
            ? arr()
            : arr(obj("salt", "salt", "ranges", arr(obj("start", from, "end", to))));
    return obj("variationKey", variation, "shards", shards);
  }

  private static Json rule(Object... conditions) {
    return obj("conditions", arr(conditions));
  }

  private static Json oneOf(String attribute, List<String> values) {
    return obj("attribute", attribute, "operator", "ONE_OF", "value", values);
  }

  private static Json atLeast(String attribute, Object bound) {
    return obj("attribute", attribute, "operator", "GTE", "value", bound);
  }

  private static Attributes context(User user) {
    Attributes attributes = new Attributes();
    attributes.put("country", user.country());
    attributes.put("build", user.build());
    attributes.put("version", user.version());
    return attributes;
  }

  @Override
  public @Nullable Call call(Scenario scenario) {
    if (scenario == Scenario.S6) {
      return null;
    }
    User[] users = Docs.users(scenario);
    Attributes[] contexts = Docs.contexts(scenario, Eppo::context, Attributes[]::new);
    String flag = scenario.flag();
    boolean perCall = scenario == Scenario.S2C;
    return new Call() {
      @Override
      public boolean bool(int user) {
        Variation variation = evaluate(user, perCall ? context(users[user]) : contexts[user]);
        return variation != null && variation.getValue().booleanValue();
      }

      @Override
      public String text(int user) {
        Variation variation = evaluate(user, contexts[user]);
        return variation == null ? Workload.OUTSIDE : variation.getValue().stringValue();
      }

      private @Nullable Variation evaluate(int user, Attributes attributes) {
        FlagConfig config = configuration.getFlag(flag);
        FlagEvaluationResult result =
            FlagEvaluator.evaluateFlag(
                config, flag, users[user].key(), attributes, /* isConfigObfuscated= */ false);
        return result.getVariation();
      }
    };
  }
}
