package dev.guidon.benchmarks.rivals;

import static dev.guidon.benchmarks.rivals.Docs.arr;
import static dev.guidon.benchmarks.rivals.Docs.each;
import static dev.guidon.benchmarks.rivals.Docs.obj;

import dev.guidon.benchmarks.eval.Call;
import dev.guidon.benchmarks.eval.Scenario;
import dev.guidon.benchmarks.eval.Subject;
import dev.guidon.benchmarks.eval.User;
import dev.guidon.benchmarks.eval.Workload;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import io.getunleash.DefaultUnleash;
import io.getunleash.UnleashContext;
import io.getunleash.util.UnleashConfig;
import io.getunleash.variant.Variant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Bootstrapped, polling and metrics off; its native engine counts calls all the same. */
public final class UnleashBootstrap implements Subject {
  private final DefaultUnleash unleash;

  public UnleashBootstrap() {
    Json document =
        obj(
            "version", 2,
            "features", Docs.list(UnleashBootstrap::flag),
            "segments",
                arr(
                    obj(
                        "id",
                        1,
                        "name",
                        Workload.SEGMENT,
                        "constraints",
                        arr(constraint("userId", Workload.segmentKeys())))));
    this.unleash =
        new DefaultUnleash(
            UnleashConfig.builder()
                .appName("bench")
                .instanceId("bench")
                .unleashAPI("http://127.0.0.1:1/api")
                .apiKey("*:bench.none")
                .toggleBootstrapProvider(() -> Optional.of(CanonicalJson.text(document)))
                .disablePolling()
                .disableMetrics()
                .build());
  }

  @Override
  public String setup() {
    return "12.2.3, bootstrap provider, polling and metrics disabled (native engine)";
  }

  private static Json flag(Scenario scenario) {
    return switch (scenario) {
      case S1 -> feature(scenario, List.of(strategy()));
      case S2, S2C, S6 ->
          feature(scenario, List.of(strategy(constraint("country", List.of(Workload.HOME)))));
      case S3 ->
          feature(
              scenario,
              List.of(
                  obj(
                      "name", "flexibleRollout",
                      "parameters",
                          obj("rollout", "50", "stickiness", "userId", "groupId", scenario.flag()),
                      "constraints", arr())));
      case S4 ->
          feature(
              scenario,
              each(
                  Workload.RULES,
                  i ->
                      strategy(
                          constraint("country", Workload.countries(i)),
                          obj(
                              "contextName",
                              "build",
                              "operator",
                              "NUM_GTE",
                              "value",
                              String.valueOf(Workload.bound(i)),
                              "values",
                              arr()))));
      case S4V ->
          feature(
              scenario,
              each(
                  Workload.RULES,
                  i ->
                      strategy(
                          constraint("country", Workload.countries(i)),
                          obj(
                              "contextName",
                              "version",
                              "operator",
                              "SEMVER_LT",
                              "inverted",
                              true,
                              "value",
                              Workload.versionBound(i),
                              "values",
                              arr()))));
      case S5 -> layout(scenario);
    };
  }

  private static Json layout(Scenario scenario) {
    List<Json> variants =
        each(
            Workload.VARIANTS.size(),
            i ->
                obj(
                    "name",
                    Workload.VARIANTS.get(i),
                    "weight",
                    Workload.WEIGHTS.get(i) * 10,
                    "weightType",
                    "variable",
                    "stickiness",
                    "userId"));
    return feature(
        scenario,
        List.of(
            obj(
                "name", "flexibleRollout",
                "parameters",
                    obj("rollout", "100", "stickiness", "userId", "groupId", scenario.flag()),
                "constraints", arr(),
                "segments", arr(1),
                "variants", variants)));
  }

  private static Json feature(Scenario scenario, List<Json> strategies) {
    return obj(
        "name",
        scenario.flag(),
        "type",
        "release",
        "enabled",
        true,
        "strategies",
        strategies,
        "variants",
        arr());
  }

  private static Json strategy(Object... constraints) {
    return obj("name", "default", "parameters", obj(), "constraints", arr(constraints));
  }

  private static Json constraint(String name, List<String> values) {
    return obj("contextName", name, "operator", "IN", "values", values);
  }

  private static UnleashContext context(User user) {
    return UnleashContext.builder()
        .userId(user.key())
        .addProperty("country", user.country())
        .addProperty("build", String.valueOf(user.build()))
        .addProperty("version", user.version())
        .build();
  }

  @Override
  public @Nullable Call call(Scenario scenario) {
    if (scenario == Scenario.S6) {
      return null;
    }
    User[] users = Docs.users(scenario);
    UnleashContext[] contexts =
        Docs.contexts(scenario, UnleashBootstrap::context, UnleashContext[]::new);
    String flag = scenario.flag();
    boolean perCall = scenario == Scenario.S2C;
    return new Call() {
      @Override
      public boolean bool(int user) {
        UnleashContext context = perCall ? context(users[user]) : contexts[user];
        return unleash.isEnabled(flag, context);
      }

      @Override
      public String text(int user) {
        Variant variant = unleash.getVariant(flag, contexts[user]);
        return variant.isEnabled() ? variant.getName() : Workload.OUTSIDE;
      }
    };
  }

  @Override
  public void close() {
    unleash.shutdown();
  }
}
