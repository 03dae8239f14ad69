package dev.guidon.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.simulation.Violation.Invariant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A judge that never convicts proves nothing: each invariant catches a mistake planted for it. */
class PlantedBugTest {
  private static final long SEEDS_MAX = 40;

  @ParameterizedTest
  @CsvSource({
    "LOG_ACKNOWLEDGES_TOO_EARLY, ACKNOWLEDGED_IS_KEPT, simulation-acknowledged-is-kept",
    "LOG_FORGETS_KEYS, KEY_HAPPENS_ONCE, simulation-key-happens-once",
    "CONTROL_FORKS_HISTORY, PREFIX, simulation-prefix",
    "EDGE_DISK_LIES, DURABLE_BEFORE_ACKNOWLEDGED, simulation-durable-before-acknowledged",
    "SDK_SKIPS_A_CHANGE, VIEW_HASH, simulation-view-hash",
    "SDK_GOES_BACK, NEVER_BACK, simulation-never-back",
    "EVALUATION_THROWS, TOTAL_EVALUATION, simulation-total-evaluation",
    "EVALUATION_DIFFERS, SAME_ANSWER, simulation-same-answer",
    "SDK_STAYS_AWAY, CONVERGENCE, simulation-convergence"
  })
  void theInvariantCatchesTheBug(Bug bug, Invariant expected, String claim) {
    Violation caught = null;
    long seed = 0;
    while (caught == null && seed < SEEDS_MAX) {
      caught = violation(++seed, bug);
    }

    assertThat(caught).as("%s in %d seeds", bug, SEEDS_MAX).isNotNull();
    assertThat(caught.invariant()).as("%s", caught.getMessage()).isEqualTo(expected);
    assertThat(violation(seed, bug))
        .as("the same seed shows it again")
        .hasMessage(caught.getMessage());
    System.out.println("CLAIM " + claim + ": catches " + bug + " with seed " + seed);
  }

  @Test
  void everyInvariantHasABug() {
    List<Invariant> tested = new ArrayList<>();
    for (var annotation : PlantedBugTest.class.getDeclaredMethods()) {
      CsvSource rows = annotation.getAnnotation(CsvSource.class);
      if (rows != null) {
        for (String row : rows.value()) {
          tested.add(Invariant.valueOf(row.split(", ", -1)[1]));
        }
      }
    }

    Set<Invariant> all = EnumSet.allOf(Invariant.class);

    assertThat(tested).containsExactlyInAnyOrderElementsOf(all);
  }

  private static Violation violation(long seed, Bug bug) {
    try {
      Simulation.run(seed, bug);
      return null;
    } catch (Violation v) {
      return v;
    }
  }
}
