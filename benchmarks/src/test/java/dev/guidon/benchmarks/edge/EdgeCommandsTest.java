package dev.guidon.benchmarks.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.benchmarks.Results;
import dev.guidon.model.json.Json;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The measurements beside bare servers work, in some seconds; their numbers mean nothing here. */
class EdgeCommandsTest {
  @TempDir Path folder;

  @Test
  void bothServersAnswerAlikeAndEveryRoundIsWrittenDown() throws Exception {
    Path file = folder.resolve("ofrep.jsonl");

    int status = new OfrepCommand().run(List.of("--short", "--into", file.toString()));

    assertThat(status).isZero();
    List<Json.Obj> lines = Results.open(file).lines();
    assertThat(lines).extracting(line -> Results.text(line, "server")).contains("bare", "edge");
    assertThat(lines)
        .hasSize(4)
        .allSatisfy(line -> {
          assertThat(Results.number(line, "requests")).isPositive();
          assertThat(Results.number(line, "refused")).isZero();
        });
  }

  @Test
  void everyStreamHearsOfEveryChange() throws Exception {
    Path file = folder.resolve("streams.jsonl");

    int status = new StreamsCommand().run(List.of("--short", "--into", file.toString()));

    assertThat(status).isZero();
    assertThat(Results.open(file).lines())
        .hasSize(2)
        .allSatisfy(
            line -> assertThat(Results.number(line, "millisUntilAllHadAChange")).isPositive());
  }
}
