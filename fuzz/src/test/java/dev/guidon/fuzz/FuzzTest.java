package dev.guidon.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What {@code ./guidon fuzz all} does for long, for a few seconds a target. Another seed by {@code
 * -Dguidon.fuzz.seed=}.
 */
class FuzzTest {
  private static final long EXECUTIONS = Long.getLong("guidon.fuzz.executions", 20_000);
  private static final long SEED = Long.getLong("guidon.fuzz.seed", 20_261_122);

  @ParameterizedTest
  @EnumSource(Kind.class)
  void nothingIsThrownAndNothingIsFound(Kind kind) {
    Loop loop = new Loop(kind, SEED, EXECUTIONS, /* bug= */ null);

    Summary summary = loop.run();

    System.out.print(summary.text());
    assertThat(summary.finding()).as(summary.text()).isNull();
    assertThat(summary.executions()).isGreaterThanOrEqualTo(EXECUTIONS);
    assertThat(summary.outcomes().size()).as("kinds of outcome").isGreaterThan(5);
    assertThat(summary.coverage().all().lines()).as("lines run").isGreaterThan(200);
  }
}
