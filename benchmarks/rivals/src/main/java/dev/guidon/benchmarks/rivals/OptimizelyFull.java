package dev.guidon.benchmarks.rivals;

import static dev.guidon.benchmarks.rivals.Docs.arr;
import static dev.guidon.benchmarks.rivals.Docs.obj;

import com.optimizely.ab.Optimizely;
import com.optimizely.ab.OptimizelyUserContext;
import com.optimizely.ab.optimizelydecision.OptimizelyDecideOption;
import dev.guidon.benchmarks.eval.Call;
import dev.guidon.benchmarks.eval.Scenario;
import dev.guidon.benchmarks.eval.Subject;
import dev.guidon.benchmarks.eval.User;
import dev.guidon.benchmarks.eval.Workload;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A datafile, no events. It has no lists of keys: a segment is an audience that compares an
 * attribute with each of them.
 */
public final class OptimizelyFull implements Subject {
  private final Optimizely optimizely;

  public OptimizelyFull() {
    Datafile datafile = new Datafile();
    this.optimizely =
        Optimizely.builder()
            .withDatafile(CanonicalJson.text(datafile.document()))
            .withEventProcessor(event -> {})
            .withDefaultDecideOptions(List.of(OptimizelyDecideOption.DISABLE_DECISION_EVENT))
            .build();
    if (!optimizely.isValid()) {
      throw new IllegalStateException("the datafile was refused");
    }
  }

  @Override
  public String setup() {
    return "core-api 4.2.2, datafile, DISABLE_DECISION_EVENT, event processor that does nothing";
  }

  /** Each flag is a rollout whose rules have an audience each. */
  private static final class Datafile {
    private final List<Json> audiences = new ArrayList<>();
    private final List<Json> rollouts = new ArrayList<>();
    private final List<Json> flags = new ArrayList<>();
    private int ids = 1_000;

    Datafile() {
      bool(Scenario.S1, List.of(rule(List.of(), 10_000)));
      bool(Scenario.S2, List.of(rule(audience(country(List.of(Workload.HOME))), 10_000)));
      bool(Scenario.S3, List.of(rule(List.of(), 5_000)));
      List<Json> numbers = new ArrayList<>();
      List<Json> versions = new ArrayList<>();
      for (int i = 0; i < Workload.RULES; i++) {
        Json country = country(Workload.countries(i));
        numbers.add(rule(audience(country, test("ge", "build", Workload.bound(i))), 10_000));
        versions.add(
            rule(
                audience(country, test("semver_ge", "version", Workload.versionBound(i))), 10_000));
      }
      // The last rule is for everybody else and is asked when no other matches.
      numbers.add(nobody());
      versions.add(nobody());
      bool(Scenario.S4, numbers);
      bool(Scenario.S4V, versions);
      layout();
    }

    private Json nobody() {
      return rule(List.of(), 0);
    }

    private void layout() {
      List<Object> keys = new ArrayList<>();
      keys.add("or");
      Workload.segmentKeys().forEach(key -> keys.add(test("exact", "key", key)));
      List<Json> variations = new ArrayList<>();
      List<Json> traffic = new ArrayList<>();
      int below = 0;
      for (int i = 0; i < Workload.VARIANTS.size(); i++) {
        String id = id();
        below += Workload.WEIGHTS.get(i) * 100;
        variations.add(variation(id, Workload.VARIANTS.get(i)));
        traffic.add(obj("entityId", id, "endOfRange", below));
      }
      String outside = id();
      Json inside = experiment(audience(Docs.json(keys)), variations, traffic);
      Json others =
          experiment(
              List.of(),
              List.of(variation(outside, Workload.OUTSIDE)),
              List.of(obj("entityId", outside, "endOfRange", 10_000)));
      flag(Scenario.S5, List.of(inside, others));
    }

    private void bool(Scenario scenario, List<Json> rules) {
      flag(scenario, rules);
    }

    private void flag(Scenario scenario, List<Json> experiments) {
      String rollout = id();
      rollouts.add(obj("id", rollout, "experiments", experiments));
      flags.add(
          obj(
              "id", id(),
              "key", scenario.flag(),
              "rolloutId", rollout,
              "experimentIds", arr(),
              "variables", arr()));
    }

    private Json rule(List<String> audienceIds, int endOfRange) {
      String id = id();
      return experiment(
          audienceIds,
          List.of(variation(id, "on" + id)),
          List.of(obj("entityId", id, "endOfRange", endOfRange)));
    }

    private static Json variation(String id, String key) {
      return obj("id", id, "key", key, "featureEnabled", true, "variables", arr());
    }

    private Json experiment(List<String> audienceIds, List<Json> variations, List<Json> traffic) {
      String id = id();
      return obj(
          "id",
          id,
          "key",
          "rule" + id,
          "status",
          "Running",
          "layerId",
          "layer" + id,
          "audienceIds",
          audienceIds,
          "variations",
          variations,
          "forcedVariations",
          obj(),
          "trafficAllocation",
          traffic);
    }

    private List<String> audience(Object... conditions) {
      String id = id();
      List<Object> all = new ArrayList<>();
      all.add("and");
      all.addAll(List.of(conditions));
      audiences.add(obj("id", id, "name", "audience" + id, "conditions", all));
      return List.of(id);
    }

    private static Json country(List<String> countries) {
      List<Object> any = new ArrayList<>();
      any.add("or");
      countries.forEach(country -> any.add(test("exact", "country", country)));
      return Docs.json(any);
    }

    private static Json test(String match, String attribute, Object value) {
      return obj("match", match, "name", attribute, "type", "custom_attribute", "value", value);
    }

    private String id() {
      return String.valueOf(ids++);
    }

    Json document() {
      List<Json> attributes = new ArrayList<>();
      for (String name : List.of("country", "build", "version", "key")) {
        attributes.add(obj("id", id(), "key", name));
      }
      return obj(
          "version",
          "4",
          "accountId",
          "1",
          "projectId",
          "1",
          "revision",
          "1",
          "sdkKey",
          "bench",
          "environmentKey",
          "bench",
          "anonymizeIP",
          true,
          "botFiltering",
          false,
          "audiences",
          arr(),
          "typedAudiences",
          audiences,
          "rollouts",
          rollouts,
          "featureFlags",
          flags,
          "experiments",
          arr(),
          "groups",
          arr(),
          "attributes",
          attributes,
          "variables",
          arr(),
          "events",
          arr());
    }
  }

  private OptimizelyUserContext context(User user) {
    OptimizelyUserContext context =
        optimizely.createUserContext(
            user.key(),
            Map.of(
                "country", user.country(),
                "build", user.build(),
                "version", user.version(),
                "key", user.key()));
    if (context == null) {
      throw new IllegalStateException("no context for " + user);
    }
    return context;
  }

  @Override
  public @Nullable Call call(Scenario scenario) {
    if (scenario == Scenario.S6) {
      return null;
    }
    User[] users = Docs.users(scenario);
    OptimizelyUserContext[] contexts =
        Docs.contexts(scenario, this::context, OptimizelyUserContext[]::new);
    String flag = scenario.flag();
    boolean perCall = scenario == Scenario.S2C;
    return new Call() {
      @Override
      public boolean bool(int user) {
        OptimizelyUserContext context = perCall ? context(users[user]) : contexts[user];
        return context.decide(flag).getEnabled();
      }

      @Override
      public String text(int user) {
        return String.valueOf(contexts[user].decide(flag).getVariationKey());
      }
    };
  }

  @Override
  public void close() {
    optimizely.close();
  }
}
