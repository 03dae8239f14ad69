package dev.guidon.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Each target finds the bug that is planted for it, by the very loop that finds none in the shipped
 * classes.
 */
class PlantedBugTest {
  private static final long EXECUTIONS_MAX = 200_000;
  private static final long SEED = 20_261_122;

  @Test
  void everyTargetFindsWhatIsPlantedForIt() {
    List<String> found = new ArrayList<>();
    for (Planted bug : Planted.ALL) {
      Summary summary = new Loop(bug.target(), SEED, EXECUTIONS_MAX, bug).run();

      Finding finding = summary.finding();
      assertThat(finding).as("%s: %s; %s", bug.name(), bug.what(), summary.text()).isNotNull();
      found.add(
          String.format(
              "%s finds that %s (%s) at execution %,d, and shows it with %d bytes",
              bug.target().text(),
              bug.what(),
              bug.name(),
              finding.execution() + 1,
              finding.input().length));
    }

    assertThat(Planted.ALL).extracting(Planted::target).containsExactlyInAnyOrder(Kind.values());
    System.out.println("CLAIM fuzz-planted: seed " + SEED + "; " + String.join("; ", found));
  }

  @Test
  void aBugWhoseMethodIsGoneIsToldNotSkipped() {
    Planted lost =
        new Planted(
            "lost",
            Kind.READERS,
            "nothing",
            "dev.guidon.model.Token",
            "nowhere",
            Planted.Mistake.CATCHES_NOTHING);

    assertThatThrownBy(() -> new Loop(Kind.READERS, SEED, 1, lost).run())
        .hasStackTraceContaining("has no place for CATCHES_NOTHING");
  }
}
