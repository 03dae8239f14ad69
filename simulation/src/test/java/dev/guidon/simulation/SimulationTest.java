package dev.guidon.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Every invariant, after every event, over many seeds. {@code -Dguidon.seeds=10000} runs more of
 * them; a failure names its seed, and {@code -Dguidon.seeds=1 -Dguidon.firstSeed=N} shows it again.
 */
class SimulationTest {
  @Test
  void noSeedBreaksAnInvariant() {
    long seeds = Long.getLong("guidon.seeds", 300);
    long first = Long.getLong("guidon.firstSeed", 1);
    long began = System.nanoTime();
    long events = 0;
    long commits = 0;
    long evaluations = 0;
    long virtual = 0;
    long faults = 0;
    long eras = 0;

    for (long seed = first; seed < first + seeds; seed++) {
      Simulation.Result result = Simulation.run(seed, Bug.NONE);
      events += result.events();
      commits += result.committed();
      evaluations += result.evaluations();
      virtual += result.virtualMicros();
      faults += result.faults();
      eras += result.eras() - 1;
    }

    assertThat(commits).as("a simulation without commits proves nothing").isGreaterThan(seeds * 10);
    assertThat(faults).as("nor one without faults").isGreaterThan(seeds * 5);
    assertThat(evaluations).isGreaterThan(seeds * 100);
    double seconds = (System.nanoTime() - began) / 1e9;
    System.out.printf(
        "CLAIM simulation-seeds: %d seeds from %d, %d events, %d faults, %d acknowledged commits, %d restores into a new era, %d evaluations compared, 0 violations; %.0f times real time%n",
        seeds, first, events, faults, commits, eras, evaluations, virtual / 1e6 / seconds);
  }
}
