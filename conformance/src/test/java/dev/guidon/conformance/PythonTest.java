package dev.guidon.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The evaluator in conformance/python, which shares no code with ours, against the vectors. */
class PythonTest {
  private static final Path RUN = Path.of("python", "run.py");
  private static final Path VECTORS = Path.of("vectors");

  @Test
  void pythonAnswersAsTheVectorsSay() throws Exception {
    String python = python();
    assumeTrue(python != null, "python3 of 3.9 or newer is not on PATH: the Python evaluator");
    int cases = 0;
    for (Suite suite : Suite.readAll(VECTORS)) {
      cases += suite.cases().size();
    }

    Ended ended = run(python, RUN.toString(), VECTORS.toString());

    assertThat(ended.code()).as(ended.text()).isZero();
    String last = ended.lines().get(ended.lines().size() - 1);
    assertThat(last).endsWith(cases + " of " + cases + " vectors pass");
    System.out.printf("CLAIM python-evaluator: %s%n", last);
  }

  @Test
  void aDifferenceEndsTheRunWithAnError(@TempDir Path folder) throws Exception {
    String python = python();
    assumeTrue(python != null, "python3 of 3.9 or newer is not on PATH: the Python evaluator");
    String suite = Files.readString(VECTORS.resolve("splits.json"));
    assertThat(suite).contains("49835");
    Files.writeString(folder.resolve("splits.json"), suite.replace("49835", "49836"));

    Ended ended = run(python, RUN.toString(), folder.toString());

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.text()).contains("'bucket': 49836.0", "78 of 79 vectors pass");
    assertThat(run(python, RUN.toString(), folder.resolve("none").toString()).code()).isEqualTo(2);
  }

  /** What a process said and how it ended. */
  record Ended(int code, String text) {
    List<String> lines() {
      return text.lines().toList();
    }
  }

  static Ended run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IllegalStateException(List.of(command) + " goes on (expected: an end): " + text);
    }
    return new Ended(process.exitValue(), text);
  }

  /** A Python that is new enough, {@code null} without one. */
  static @Nullable String python() throws IOException, InterruptedException {
    List<String> folders = new ArrayList<>();
    String path = System.getenv("PATH");
    Stream.of((path == null ? "" : path).split(File.pathSeparator, -1)).forEach(folders::add);
    for (String folder : folders) {
      Path python = Path.of(folder, "python3");
      if (!folder.isEmpty() && Files.isExecutable(python)) {
        String test = "import sys; sys.exit(sys.version_info < (3, 9))";
        if (run(python.toString(), "-c", test).code() == 0) {
          return python.toString();
        }
      }
    }
    return null;
  }
}
