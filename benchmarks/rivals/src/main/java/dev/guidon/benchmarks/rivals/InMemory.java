package dev.guidon.benchmarks.rivals;

import dev.guidon.benchmarks.eval.Call;
import dev.guidon.benchmarks.eval.Guidon;
import dev.guidon.benchmarks.eval.Scenario;
import dev.guidon.benchmarks.eval.Subject;
import dev.guidon.benchmarks.eval.User;
import dev.guidon.benchmarks.eval.Workload;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.OpenFeatureAPI;
import dev.openfeature.sdk.providers.memory.Flag;
import dev.openfeature.sdk.providers.memory.InMemoryProvider;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The OpenFeature SDK's own provider. Rules are lambdas that the application writes, so that only
 * S1 and S2 are an engine's work. Asked directly, but in S6.
 */
public final class InMemory implements Subject {
  private final InMemoryProvider provider;

  public InMemory() {
    Flag<?> on =
        Flag.<Boolean>builder()
            .variant("on", true)
            .variant("off", false)
            .defaultVariant("on")
            .build();
    Flag<?> home =
        Flag.<Boolean>builder()
            .variant("on", true)
            .variant("off", false)
            .defaultVariant("off")
            .contextEvaluator(
                (flag, context) -> Workload.HOME.equals(context.getValue("country").asString()))
            .build();
    this.provider = new InMemoryProvider(Map.of(Scenario.S1.flag(), on, Scenario.S2.flag(), home));
    OpenFeatureAPI.getInstance().setProviderAndWait("memory", provider);
  }

  @Override
  public String setup() {
    return "InMemoryProvider of dev.openfeature:sdk 1.22.0";
  }

  @Override
  public @Nullable Call call(Scenario scenario) {
    return switch (scenario) {
      case S6 ->
          new Guidon.OpenFeatureCall(OpenFeatureAPI.getInstance().getClient("memory"), scenario);
      case S1, S2, S2C -> direct(scenario);
      case S3, S4, S4V, S5 -> null;
    };
  }

  private Call direct(Scenario scenario) {
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
    };
  }
}
