package dev.guidon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class YamlTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1,\"b\":[true,false,null],\"c\":{\"d\":\"x\"}}",
        "{\"number\":[0,-1,0.1,1.5e300,1e-7,9007199254740991]}",
        "[\"yes\",\"no\",\"1\",\"0x10\",\"null\",\"~\",\"\",\" \",\"a: b\",\"# no\",\"- x\",\"2026-01-01\",\"1e3\",\".inf\"]",
        "{\"lines\":\"a\\nb\\n\",\"tab\":\"\\t\",\"quote\":\"\\\"'\",\"snow\":\"☃ 😀\",\"\":{}}",
        "[]",
        "{}"
      })
  void whatJsonSaysComesBackFromYaml(String text) {
    Json json = JsonReader.read(text, JsonLimits.DEFAULT);

    assertThat(Yaml.readAll(Yaml.text(json), "test")).containsExactly(json);
    assertThat(Yaml.readAll(text, "test")).containsExactly(json);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: 1\na: 2\n",
        "1: x\n",
        "a: .nan\n",
        "a: 9007199254740993\n",
        "a: 123456789012345678901234567890\n",
        "a: [1\n",
        "a: !!java.lang.String x\n",
        "&a [*a]\n"
      })
  void whatJsonCannotSayIsRefusedWithItsPlace(String text) {
    assertThatThrownBy(() -> Yaml.readAll(text, "file.yaml"))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("file.yaml");
  }

  @Test
  void aliasesOfAliasesDoNotGrowWithoutBound() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 40; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }

    assertThatThrownBy(() -> Yaml.readAll(bomb.toString(), "bomb"))
        .isInstanceOf(CliException.class);
  }

  @Test
  void fewAliasesOfLargeListsDoNotGrowWithoutBoundEither() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 24; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }

    assertThatThrownBy(() -> Yaml.readAll(bomb.toString(), "bomb"))
        .isInstanceOf(CliException.class);
    assertThatThrownBy(() -> Yaml.readAll("[".repeat(100_000), "deep"))
        .isInstanceOf(CliException.class);
  }

  @Test
  void everyDocumentOfAFileIsRead() {
    assertThat(Yaml.readAll("a: 1\n---\n---\nb: 2\n", "test")).hasSize(2);
  }
}
