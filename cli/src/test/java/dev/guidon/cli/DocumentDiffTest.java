package dev.guidon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import org.junit.jupiter.api.Test;

final class DocumentDiffTest {
  private static Json json(String text) {
    return JsonReader.read(text, JsonLimits.DEFAULT);
  }

  @Test
  void equalDocumentsHaveNoLines() {
    assertThat(DocumentDiff.changes(json("{\"a\":1,\"b\":2}"), json("{\"b\":2,\"a\":1}")))
        .isEmpty();
  }

  @Test
  void ruleInsertedAboveIsOneLine() {
    assertThat(
            DocumentDiff.changes(
                json("{\"rules\":[{\"id\":\"b\",\"serve\":{\"variant\":\"on\"}}]}"),
                json(
                    "{\"rules\":[{\"id\":\"a\",\"serve\":{\"variant\":\"on\"}},{\"id\":\"b\",\"serve\":{\"variant\":\"on\"}}]}")))
        .containsExactly("rules[a]: (absent) → {\"id\":\"a\",\"serve\":{\"variant\":\"on\"}}");
  }

  @Test
  void changedOrderIsSaid() {
    assertThat(
            DocumentDiff.changes(
                json("[{\"id\":\"a\"},{\"id\":\"b\"}]"), json("[{\"id\":\"b\"},{\"id\":\"a\"}]")))
        .containsExactly(": order [a, b] → [b, a]");
  }

  @Test
  void serveIsComparedInPercent() {
    assertThat(
            DocumentDiff.changes(
                json("{\"default\":{\"variant\":\"off\"}}"),
                json(
                    "{\"default\":{\"split\":{\"shares\":[{\"variant\":\"on\",\"weight\":12345},{\"variant\":null,\"weight\":87655}]}}}")))
        .containsExactly("default: off → on 12.345 %, (code default) 87.655 %");
  }
}
