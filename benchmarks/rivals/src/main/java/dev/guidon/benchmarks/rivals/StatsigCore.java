package dev.guidon.benchmarks.rivals;

import dev.guidon.benchmarks.eval.Call;
import dev.guidon.benchmarks.eval.Scenario;
import dev.guidon.benchmarks.eval.Subject;
import org.jspecify.annotations.Nullable;

/** Named in every result, so that nobody takes it for forgotten. */
public final class StatsigCore implements Subject {
  public StatsigCore() {
    throw new UnsupportedOperationException(
        "not set up: it needs a native jar of the platform, which this build does not fetch");
  }

  @Override
  public String setup() {
    return "javacore 0.10.2 (native)";
  }

  @Override
  public @Nullable Call call(Scenario scenario) {
    return null;
  }
}
