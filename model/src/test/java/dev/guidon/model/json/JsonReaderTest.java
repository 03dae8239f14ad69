package dev.guidon.model.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The reader accepts RFC 8259 as far as it has one meaning, and says what is wrong with the rest,
 * and where.
 */
class JsonReaderTest {

  @Test
  void documentBecomesItsValue() {
    var json = read(" {\"a\": [1, -2.5e3, \"x\\u00e9\\n\", true, false, null], \"b\": {}} \r\n\t");

    assertThat(json)
        .isEqualTo(
            Json.Obj.of(
                "a",
                Json.arr(
                    Json.of(1),
                    Json.of(-2500.0),
                    Json.of("xé\n"),
                    Json.of(true),
                    Json.of(false),
                    Json.NULL),
                "b",
                Json.Obj.of()));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0, 0",
    "-0.0e-0, 0",
    "1E2, 100",
    "1.5e+2, 150",
    "0.1, 0.1",
    "123456789012345, 123456789012345",
    "9007199254740991, 9007199254740991",
    "-9007199254740991, -9007199254740991",
    "0.30000000000000004, 0.30000000000000004",
    "1e-400, 0",
    "1e21, 1e21",
    "1.7976931348623157e308, 1.7976931348623157e308",
    "4.9e-324, 4.9e-324",
  })
  void numbersAreReadAsTheNearestDouble(String text, double value) {
    assertThat(read(text)).isEqualTo(Json.of(value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9007199254740992",
        "-9007199254740993",
        "100000000000000000000000",
        "1e20",
        "9007199254740993.5"
      })
  void numbersThatWouldLoseDigitsAreRefused(String number) {
    assertThat(refused("{\"a\":" + number + "}").getMessage())
        .startsWith("number: " + number)
        .contains("±9007199254740991, which is 2^53-1")
        .endsWith("at /a, line 1, column 6");
  }

  @Test
  void ownDocumentsMayHoldLargeWholeNumbers() {
    var limits = JsonLimits.DEFAULT.withLargeWholeNumbers(true);
    var sum = Json.of(295147905179352830000.0);

    assertThat(JsonReader.read(CanonicalJson.bytes(sum), limits)).isEqualTo(sum);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e309", "-1e309", "1e99999999999999999999"})
  void numbersThatOverflowAreRefused(String number) {
    assertThat(refused("[" + number + "]"))
        .hasMessage(
            "number: "
                + number
                + " (expected: a magnitude up to 1.7976931348623157e+308) at /0, line 1, column 2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "nul",
        "nulll",
        "True",
        "NaN",
        "Infinity",
        "-",
        "+1",
        "01",
        "-01",
        ".5",
        "1.",
        "1.e2",
        "1e",
        "1e+",
        "0x10",
        "1 2",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[",
        "]",
        "{",
        "}",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "{\"a\" 1}",
        "{1:1}",
        "\"",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\u+123\"",
        "\"\t\"",
        "\"\u0000\"",
        "[1]]",
        "{}{}",
        "//x\n1",
        "/**/1",
        "\ufeff1",
        "\u00a01",
        "\f1",
        "'a'",
        "[\"a\":1]",
        "{\"a\",1}",
        "\"\\u\uff11\uff11\uff11\uff11\""
      })
  void whatIsNotRfc8259IsRefused(String text) {
    refused(text);
  }

  @Test
  void duplicateNamesAreRefusedEvenWhenEscapedDifferently() {
    var exception = refused("{\"x\":{\"a\":1,\n  \"\\u0061\":2}}");

    assertThat(exception)
        .hasMessage(
            "member: \"a\" (expected: each name once per object) at /x/a, line 2, column 3");
    assertThat(exception.pointer()).isEqualTo("/x/a");
    assertThat(exception.line()).isEqualTo(2);
    assertThat(exception.column()).isEqualTo(3);
    assertThat(exception.offset()).isEqualTo(15);
  }

  @Test
  void pointersAreEscapedAsInRfc6901() {
    assertThat(refused("{\"a/b~c\":[0,{\"\":x}]}").pointer()).isEqualTo("/a~1b~0c/1/");
  }

  @Test
  void columnsCountCodePoints() {
    var exception = refused("[\"é😀\", x]");

    assertThat(exception)
        .hasMessage("character: 'x' (expected: a JSON value) at /1, line 1, column 8");
    assertThat(exception.offset()).isEqualTo(11);
  }

  @Test
  void messagesNeverEchoControlCharactersOrLongValues() {
    assertThat(refused("{\"\\u001b[31m\\n\u202e\":1,\"\\u001b[31m\\n\u202e\":2}").getMessage())
        .contains("\"<U+001B>[31m<U+000A><U+202E>\"")
        .doesNotContain("\u001b", "\n", "\u202e");
    assertThat(refused("9".repeat(1_000)).getMessage())
        .contains("9".repeat(40) + "…")
        .hasSizeLessThan(200);
    assertThat(refused("\u0007").getMessage()).startsWith("character: U+0007");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "80",
        "bf",
        "c080",
        "c1bf",
        "c3",
        "c328",
        "e08080",
        "e09fbf",
        "e282",
        "eda080",
        "edbfbf",
        "f0808080",
        "f08fbfbf",
        "f4908080",
        "f5808080",
        "ff",
        "fe",
        "f09f98",
        "e228a1"
      })
  void bytesThatAreNotUtf8AreRefused(String hex) {
    var bytes = HexFormat.of().parseHex("22" + hex + "22");

    assertThatThrownBy(
            () -> JsonReader.read(bytes, JsonLimits.DEFAULT.withReplaceLoneSurrogates(true)))
        .isInstanceOf(JsonException.class)
        .hasMessageContaining("(expected: valid UTF-8) in the document, line 1, column 2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\\ud83d\"",
        "\"\\ude00\"",
        "\"\\ude00\\ud83d\"",
        "\"\ud83d\"",
        "\"\ude00x\"",
        "{\"\\ud800\":1}"
      })
  void loneSurrogatesAreRefusedInTextAndEscapes(String text) {
    assertThat(refused(text).getMessage())
        .contains("lone surrogate U+D")
        .contains("expected: surrogates in pairs");
  }

  @Test
  void loneSurrogatesAreReplacedWhenAskedFor() {
    var limits = JsonLimits.DEFAULT.withReplaceLoneSurrogates(true);

    assertThat(JsonReader.read("\"a\\ud83d b\ude00 \\ude00\\ud83d\"", limits))
        .isEqualTo(Json.of("a\ufffd b\ufffd \ufffd\ufffd"));
  }

  @Test
  void surrogatesInPairsAreOneCharacterHoweverTheyAreWritten() {
    assertThat(read("\"\\ud83d\\ude00\"")).isEqualTo(Json.of("😀"));
    assertThat(read("\"😀\"")).isEqualTo(Json.of("😀"));
    assertThat(read("\"\ud83d" + "\\ude00\"")).isEqualTo(Json.of("😀"));
  }

  @Test
  void depthIsLimited() {
    assertThat(read("[".repeat(64) + "]".repeat(64)).typeName()).isEqualTo("array");

    assertThat(refused("[".repeat(65) + "]".repeat(65)).getMessage())
        .startsWith("depth: 65 (expected: <= 64) at /0/0/")
        .endsWith("line 1, column 65");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":", "[{\"\":"})
  void hundredThousandOpenBracketsAreRefused(String open) {
    var limits = JsonLimits.DEFAULT.withMaxDepth(512);

    assertThatThrownBy(() -> JsonReader.read(open.repeat(100_000), limits))
        .isInstanceOf(JsonException.class)
        .hasMessageStartingWith("depth: 513 (expected: <= 512)");
  }

  @Test
  void sizeIsLimitedInBytes() {
    var limits = JsonLimits.DEFAULT.withMaxBytes(4);

    assertThat(JsonReader.read("\"é\"", limits)).isEqualTo(Json.of("é"));
    assertThatThrownBy(() -> JsonReader.read("\"€\"", limits))
        .isInstanceOf(JsonException.class)
        .hasMessage("size: 5 bytes (expected: <= 4) in the document, line 1, column 1");
    assertThatThrownBy(
            () -> JsonReader.read(" ".repeat(5).getBytes(StandardCharsets.UTF_8), limits))
        .isInstanceOf(JsonException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[\"1234\"]", "[\"12\\n4\"]", "[\"😀😀\"]", "{\"1234\":0}", "[\"12345\\n\"]"})
  void stringLengthIsLimited(String text) {
    var limits = JsonLimits.DEFAULT.withMaxStringLength(3);

    assertThat(JsonReader.read("[\"123\",\"1\\n3\",\"1😀\"]", limits).typeName())
        .isEqualTo("array");
    assertThatThrownBy(() -> JsonReader.read(text, limits))
        .isInstanceOf(JsonException.class)
        .hasMessageContaining("(expected: <= 3 UTF-16 units)");
  }

  @Test
  void childrenAreLimited() {
    var limits = JsonLimits.DEFAULT.withMaxChildren(2);

    assertThat(JsonReader.read("[[1,2],{\"a\":1,\"b\":2}]", limits).typeName()).isEqualTo("array");
    assertThatThrownBy(() -> JsonReader.read("[1,2,3]", limits))
        .isInstanceOf(JsonException.class)
        .hasMessageStartingWith("items: 3 or more (expected: <= 2)");
    assertThatThrownBy(() -> JsonReader.read("{\"a\":1,\"b\":2,\"c\":3}", limits))
        .isInstanceOf(JsonException.class)
        .hasMessageStartingWith("members: 3 or more (expected: <= 2)");
  }

  @Test
  void limitsThemselvesHaveLimits() {
    assertThatThrownBy(() -> JsonLimits.DEFAULT.withMaxDepth(513))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxDepth: 513 (expected: 1 to 512)");
  }

  private static Json read(String text) {
    return JsonReader.read(text, JsonLimits.DEFAULT);
  }

  private static JsonException refused(String text) {
    var exception = catchThrowableOfType(JsonException.class, () -> read(text));
    assertThat(exception).as(text).isNotNull();
    return exception;
  }
}
