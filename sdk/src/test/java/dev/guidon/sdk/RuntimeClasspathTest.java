package dev.guidon.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What comes along when an application takes the SDK. The build writes the list that it has
 * resolved.
 */
class RuntimeClasspathTest {
  private static final List<String> OURS =
      List.of("dev.guidon:guidon-engine", "dev.guidon:guidon-model", "dev.guidon:guidon-stream");

  /** The engine's patterns, OpenFeature and logging. */
  private static final List<String> OTHERS =
      List.of("com.google.re2j:re2j", "dev.openfeature:sdk", "org.slf4j:slf4j-api");

  @Test
  void nothingElseComesAlong() throws IOException {
    Path list = Path.of("target", "runtime-classpath.txt");

    List<String> resolved =
        Files.readAllLines(list).stream()
            .map(String::strip)
            .filter(line -> line.contains(":jar:"))
            .toList();

    assertThat(
            resolved.stream()
                .filter(line -> !line.contains("(optional)"))
                .map(RuntimeClasspathTest::nameOf))
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(OURS.stream(), OTHERS.stream()).toList());
    assertThat(
            resolved.stream()
                .filter(line -> line.contains("(optional)"))
                .map(RuntimeClasspathTest::nameOf))
        .isNotEmpty()
        .allMatch(name -> name.startsWith("io.opentelemetry:"));
  }

  private static String nameOf(String line) {
    List<String> parts = List.of(line.split(":"));
    return parts.get(0) + ":" + parts.get(1);
  }
}
