package dev.guidon.benchmarks.rivals;

import static dev.guidon.benchmarks.rivals.Docs.arr;
import static dev.guidon.benchmarks.rivals.Docs.obj;

import dev.guidon.benchmarks.eval.Call;
import dev.guidon.benchmarks.eval.Guidon;
import dev.guidon.benchmarks.eval.Scenario;
import dev.guidon.benchmarks.eval.Subject;
import dev.guidon.benchmarks.eval.User;
import dev.guidon.benchmarks.eval.Workload;
import dev.guidon.model.json.Json;
import dev.openfeature.contrib.providers.flagd.Config;
import dev.openfeature.contrib.providers.flagd.FlagdOptions;
import dev.openfeature.contrib.providers.flagd.FlagdProvider;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.OpenFeatureAPI;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Flags from a file, evaluated in the process. The provider is asked directly, but in S6. */
public final class Flagd implements Subject {
  private final FlagdProvider provider;

  public Flagd() throws IOException {
    String file = Docs.file(obj("flags", Docs.byKey(Flagd::flag)), "flags.json").toString();
    this.provider =
        new FlagdProvider(
            FlagdOptions.builder()
                .resolverType(Config.Resolver.FILE)
                .offlineFlagSourcePath(file)
                .deadline(20_000)
                .build());
    OpenFeatureAPI.getInstance().setProviderAndWait("flagd", provider);
  }

  @Override
  public String setup() {
    return "contrib provider 0.11.15, in process, file resolver";
  }

  private static Json flag(Scenario scenario) {
    return switch (scenario) {
      case S1 -> bool("on", obj());
      case S2, S2C, S6 ->
          bool(
              "off",
              obj("if", arr(obj("in", arr(var("country"), arr(Workload.HOME))), "on", "off")));
      case S3 -> bool("off", obj("fractional", arr(arr("on", 50), arr("off", 50))));
      case S4 -> bool("off", twenty(/* versions= */ false));
      case S4V -> bool("off", twenty(/* versions= */ true));
      case S5 -> layout();
    };
  }

  private static Json twenty(boolean versions) {
    List<Json> arms = new ArrayList<>();
    for (int i = 0; i < Workload.RULES; i++) {
      Json country = obj("in", arr(var("country"), Workload.countries(i)));
      Json bound =
          versions
              ? obj("sem_ver", arr(var("version"), ">=", Workload.versionBound(i)))
              : obj(">=", arr(var("build"), Workload.bound(i)));
      arms.add(obj("and", arr(country, bound)));
      arms.add(Json.of("on"));
    }
    arms.add(Json.of("off"));
    return obj("if", arms);
  }

  private static Json layout() {
    List<Json> shares = new ArrayList<>();
    Json.Obj.Builder variants = Json.Obj.builder().put(Workload.OUTSIDE, Workload.OUTSIDE);
    for (int i = 0; i < Workload.VARIANTS.size(); i++) {
      String variant = Workload.VARIANTS.get(i);
      variants.put(variant, variant);
      shares.add(arr(variant, Workload.WEIGHTS.get(i)));
    }
    return obj(
        "state",
        "ENABLED",
        "variants",
        variants.build(),
        "defaultVariant",
        Workload.OUTSIDE,
        "targeting",
        obj(
            "if",
            arr(
                obj("in", arr(var("targetingKey"), Workload.segmentKeys())),
                obj("fractional", shares),
                Workload.OUTSIDE)));
  }

  private static Json bool(String variant, Json targeting) {
    return obj(
        "state",
        "ENABLED",
        "variants",
        obj("on", true, "off", false),
        "defaultVariant",
        variant,
        "targeting",
        targeting);
  }

  private static Json var(String name) {
    return obj("var", name);
  }

  @Override
  public Call call(Scenario scenario) {
    if (scenario == Scenario.S6) {
      return new Guidon.OpenFeatureCall(OpenFeatureAPI.getInstance().getClient("flagd"), scenario);
    }
    User[] users = Docs.users(scenario);
    EvaluationContext[] contexts = Guidon.openFeatureContexts(scenario);
    String flag = scenario.flag();
    boolean perCall = scenario == Scenario.S2C;
    return new Call() {
      @Override
      public boolean bool(int user) {
        EvaluationContext context =
            perCall ? Guidon.openFeatureContext(users[user]) : contexts[user];
        return provider.getBooleanEvaluation(flag, /* defaultValue= */ false, context).getValue();
      }

      @Override
      public String text(int user) {
        return provider.getStringEvaluation(flag, "", contexts[user]).getValue();
      }
    };
  }

  @Override
  public void close() {
    provider.shutdown();
  }
}
