package dev.guidon.benchmarks.rivals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.benchmarks.eval.Answers;
import dev.guidon.benchmarks.eval.Call;
import dev.guidon.benchmarks.eval.Scenario;
import dev.guidon.benchmarks.eval.Subject;
import org.junit.jupiter.api.Test;

/** Rivals are asked what we are asked. The others are checked before every run. */
class RivalsTest {

  @Test
  void launchDarklyAnswersAsExpected() throws Exception {
    try (Subject rival = new LaunchDarkly()) {
      assertAnswers(rival);
    }
  }

  @Test
  void configCatAnswersAsExpected() throws Exception {
    try (Subject rival = new ConfigCat()) {
      assertAnswers(rival);
    }
  }

  private static void assertAnswers(Subject rival) throws Exception {
    for (Scenario scenario : Docs.FLAGS) {
      Call call = rival.call(scenario);

      assertThat(call).as(scenario.name()).isNotNull();
      assertThat(Answers.check(scenario, call)).as(scenario.name()).isNotEmpty();
    }
  }
}
