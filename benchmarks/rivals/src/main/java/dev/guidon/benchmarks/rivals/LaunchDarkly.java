package dev.guidon.benchmarks.rivals;

import static dev.guidon.benchmarks.rivals.Docs.arr;
import static dev.guidon.benchmarks.rivals.Docs.each;
import static dev.guidon.benchmarks.rivals.Docs.obj;

import com.launchdarkly.sdk.LDContext;
import com.launchdarkly.sdk.server.Components;
import com.launchdarkly.sdk.server.LDClient;
import com.launchdarkly.sdk.server.LDConfig;
import com.launchdarkly.sdk.server.integrations.FileData;
import dev.guidon.benchmarks.eval.Call;
import dev.guidon.benchmarks.eval.Scenario;
import dev.guidon.benchmarks.eval.Subject;
import dev.guidon.benchmarks.eval.User;
import dev.guidon.benchmarks.eval.Workload;
import dev.guidon.model.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Flags from a file, no events. */
public final class LaunchDarkly implements Subject {
  private final LDClient client;

  public LaunchDarkly() throws IOException {
    this(
        Docs.file(
            obj(
                "flags",
                Docs.byKey(LaunchDarkly::flag),
                "segments",
                obj(
                    Workload.SEGMENT,
                    obj(
                        "key",
                        Workload.SEGMENT,
                        "version",
                        1,
                        "salt",
                        "s",
                        "included",
                        Workload.segmentKeys()))),
            "flags.json"));
  }

  /** Any flags, in the format of its file data source. */
  LaunchDarkly(Path file) {
    this.client =
        new LDClient(
            "sdk-key",
            new LDConfig.Builder()
                .dataSource(FileData.dataSource().filePaths(file))
                .events(Components.noEvents())
                .diagnosticOptOut(true)
                .logging(Components.noLogging())
                .build());
    if (!client.isInitialized()) {
      throw new IllegalStateException("the client did not read " + file);
    }
  }

  LDClient client() {
    return client;
  }

  @Override
  public String setup() {
    return "7.13.0, FileData source, Components.noEvents()";
  }

  private static Json flag(Scenario scenario) {
    return switch (scenario) {
      case S1 -> bool(scenario, List.of(), obj("variation", 0));
      case S2, S2C, S6 ->
          bool(
              scenario,
              List.of(rule("home", clause("country", "in", List.of(Workload.HOME), false))),
              obj("variation", 1));
      case S3 -> bool(scenario, List.of(), rollout(List.of(50, 50)));
      case S4 ->
          bool(
              scenario,
              each(
                  Workload.RULES,
                  i ->
                      rule(
                          "r" + i,
                          countries(i),
                          clause(
                              "build", "greaterThanOrEqual", List.of(Workload.bound(i)), false))),
              obj("variation", 1));
      case S4V ->
          bool(
              scenario,
              each(
                  Workload.RULES,
                  i ->
                      rule(
                          "r" + i,
                          countries(i),
                          clause(
                              "version",
                              "semVerLessThan",
                              List.of(Workload.versionBound(i)),
                              true))),
              obj("variation", 1));
      case S5 ->
          obj(
              "key", scenario.flag(),
              "version", 1,
              "on", true,
              "salt", scenario.flag(),
              "variations", arr("grid", "list", "cards", "map", Workload.OUTSIDE),
              "offVariation", 4,
              "fallthrough", obj("variation", 4),
              "rules",
                  arr(
                      obj(
                          "id", "insiders",
                          "clauses",
                              arr(clause("", "segmentMatch", List.of(Workload.SEGMENT), false)),
                          "rollout", weights(Workload.WEIGHTS))));
    };
  }

  private static Json countries(int rule) {
    return clause("country", "in", Workload.countries(rule), /* negate= */ false);
  }

  static Json bool(Scenario scenario, List<Json> rules, Json fallthrough) {
    return obj(
        "key",
        scenario.flag(),
        "version",
        1,
        "on",
        true,
        "salt",
        scenario.flag(),
        "variations",
        arr(true, false),
        "offVariation",
        1,
        "fallthrough",
        fallthrough,
        "rules",
        rules);
  }

  private static Json rollout(List<Integer> percent) {
    return obj("rollout", weights(percent));
  }

  private static Json weights(List<Integer> percent) {
    return obj(
        "variations",
        each(percent.size(), i -> obj("variation", i, "weight", percent.get(i) * 1_000)));
  }

  private static Json rule(String id, Object... clauses) {
    return obj("id", id, "variation", 0, "clauses", arr(clauses));
  }

  private static Json clause(String attribute, String op, List<?> values, boolean negate) {
    return obj("attribute", attribute, "op", op, "values", values, "negate", negate);
  }

  private static LDContext context(User user) {
    return LDContext.builder(user.key())
        .set("country", user.country())
        .set("build", user.build())
        .set("version", user.version())
        .build();
  }

  @Override
  public @Nullable Call call(Scenario scenario) {
    if (scenario == Scenario.S6) {
      return null;
    }
    User[] users = Docs.users(scenario);
    LDContext[] contexts = Docs.contexts(scenario, LaunchDarkly::context, LDContext[]::new);
    String flag = scenario.flag();
    boolean perCall = scenario == Scenario.S2C;
    return new Call() {
      @Override
      public boolean bool(int user) {
        LDContext context = perCall ? context(users[user]) : contexts[user];
        return client.boolVariation(flag, context, /* defaultValue= */ false);
      }

      @Override
      public String text(int user) {
        return client.stringVariation(flag, contexts[user], "");
      }
    };
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
