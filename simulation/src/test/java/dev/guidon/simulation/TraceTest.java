package dev.guidon.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceTest {
  private static final List<Long> SEEDS = List.of(1L, 7L, 23L, 4711L);

  @Test
  void theSameSeedGivesTheSameTraceInTwoJvms() throws Exception {
    List<String> here =
        SEEDS.stream().map(seed -> Simulation.run(seed, Bug.NONE).traceHash()).toList();

    List<String> there = otherJvm();

    assertThat(there).isEqualTo(here);
    System.out.println(
        "CLAIM simulation-trace: "
            + SEEDS.size()
            + " seeds, equal trace hashes in two JVMs, the first "
            + here.getFirst().substring(0, 16));
  }

  @Test
  void anotherSeedGivesAnotherTrace() {
    assertThat(Simulation.run(1, Bug.NONE).traceHash())
        .isNotEqualTo(Simulation.run(2, Bug.NONE).traceHash());
  }

  /** What the other JVM runs. */
  static final class Hashes {
    public static void main(String[] args) {
      for (String seed : args) {
        System.out.println(Simulation.run(Long.parseLong(seed), Bug.NONE).traceHash());
      }
    }
  }

  private static List<String> otherJvm() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Hashes.class.getName(),
                "1",
                "7",
                "23",
                "4711")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = process.inputReader()) {
      List<String> lines = out.lines().toList();
      assertThat(process.waitFor()).isZero();
      return lines;
    }
  }
}
