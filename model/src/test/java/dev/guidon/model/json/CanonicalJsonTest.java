package dev.guidon.model.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Equal values have one canonical text, that of RFC 8785. */
class CanonicalJsonTest {

  private static final long SEED = 20260101;

  @Test
  void exampleOfRfc8785Section322BecomesTheBytesOfSection324() {
    var input =
        JsonReader.read(
            """
            {
              "numbers": [333333333.33333329, 1E30, 4.50,
                          2e-3, 0.000000000000000000000000001],
              "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
              "literals": [null, true, false]
            }
            """,
            JsonLimits.DEFAULT);

    var bytes = CanonicalJson.bytes(input);

    assertThat(HexFormat.ofDelimiter(" ").formatHex(bytes))
        .isEqualTo(
            "7b 22 6c 69 74 65 72 61 6c 73 22 3a 5b 6e 75 6c 6c 2c 74 72 "
                + "75 65 2c 66 61 6c 73 65 5d 2c 22 6e 75 6d 62 65 72 73 22 3a "
                + "5b 33 33 33 33 33 33 33 33 33 2e 33 33 33 33 33 33 33 2c 31 "
                + "65 2b 33 30 2c 34 2e 35 2c 30 2e 30 30 32 2c 31 65 2d 32 37 "
                + "5d 2c 22 73 74 72 69 6e 67 22 3a 22 e2 82 ac 24 5c 75 30 30 "
                + "30 66 5c 6e 41 27 42 5c 22 5c 5c 5c 5c 5c 22 2f 22 7d");
  }

  @Test
  void membersAreSortedByUtf16UnitsAsInRfc8785Section323() {
    var input =
        Json.Obj.builder()
            .put("\u20ac", "Euro Sign")
            .put("\r", "Carriage Return")
            .put("\ufb33", "Hebrew Letter Dalet With Dagesh")
            .put("1", "One")
            .put("\ud83d\ude00", "Emoji: Grinning Face")
            .put("\u0080", "Control")
            .put("\u00f6", "Latin Small Letter O With Diaeresis")
            .build();

    var text = CanonicalJson.text(input);

    assertThat(text)
        .isEqualTo(
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
                + "\"\u00f6\":\"Latin Small Letter O With Diaeresis\",\"\u20ac\":\"Euro Sign\","
                + "\"\ud83d\ude00\":\"Emoji: Grinning Face\","
                + "\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}");
  }

  @Test
  void onlyWhatMustBeEscapedIs() {
    var text = CanonicalJson.text(Json.of("\u0000\u0007\b\t\n\u000b\f\r\u001f\"\\/<>\u007f\u2028"));

    assertThat(text)
        .isEqualTo("\"\\u0000\\u0007\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/<>\u007f\u2028\"");
  }

  @Test
  void emptyContainersHaveNoSpace() {
    assertThat(CanonicalJson.text(Json.arr(Json.Obj.of(), Json.arr()))).isEqualTo("[{},[]]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud800", "\udc00", "a\udc00\ud800b", "\ud83d\ude00\ud83d"})
  void loneSurrogatesHaveNoCanonicalForm(String text) {
    assertThatThrownBy(() -> CanonicalJson.text(Json.of(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: surrogates in pairs");
    assertThatThrownBy(() -> CanonicalJson.text(Json.Obj.of(text, Json.NULL)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void depthWithoutLimitIsRefusedBeforeTheStackEnds() {
    Json nested = Json.arr();
    for (int i = 0; i < 5_000; i++) {
      nested = Json.arr(nested);
    }
    var deep = nested;

    assertThatThrownBy(() -> CanonicalJson.text(deep))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: <= 1000");
  }

  @Test
  void streamsGetTheSameBytes() throws IOException {
    var json = Json.Obj.of("ключ", Json.of("значение"));
    var out = new ByteArrayOutputStream();

    CanonicalJson.write(json, out);

    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("{\"ключ\":\"значение\"}");
  }

  @Test
  void whatWasWrittenReadsBackEqual() {
    var random = new Random(SEED);
    var limits = JsonLimits.DEFAULT.withLargeWholeNumbers(true);
    for (int i = 0; i < 5_000; i++) {
      var json = RandomJson.tree(random, /* depth= */ 4);

      assertThat(JsonReader.read(CanonicalJson.bytes(json), limits))
          .as("seed %s", SEED)
          .isEqualTo(json);
      assertThat(JsonReader.read(PrettyJson.text(json), limits))
          .as("seed %s", SEED)
          .isEqualTo(json);
    }
  }

  @Test
  void canonicalTextDoesNotDependOnTheOrderOfMembers() {
    var oneWay = Json.Obj.of("a", Json.of(1), "b", Json.of(2));
    var otherWay = Json.Obj.of("b", Json.of(2), "a", Json.of(1));

    assertThat(oneWay).isEqualTo(otherWay).hasSameHashCodeAs(otherWay);
    assertThat(CanonicalJson.text(oneWay)).isEqualTo(CanonicalJson.text(otherWay));
  }
}
