package dev.guidon.benchmarks.eval;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is timed answers rightly; the same code as in a run, a few calls each. */
class SubjectsTest {

  @ParameterizedTest
  @EnumSource(Scenario.class)
  void ownSubjectsAnswerEveryScenarioThatTheyAreAsked(Scenario scenario) throws Exception {
    for (Contender contender : Contender.ours()) {
      if (contender.isAsked(scenario)) {
        try (Subject subject = Contender.make(contender.type())) {
          Call call = subject.call(scenario);

          assertThat(call).as(contender.name()).isNotNull();
          assertThat(Answers.check(scenario, call)).as(contender.name()).isNotEmpty();
        }
      }
    }
  }
}
