package dev.guidon.model.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the bytes, the outcome is a value or a JsonException. */
class JsonReaderRobustnessTest {

  private static final long SEED = 8259;

  private static final byte[] DOCUMENT =
      "{\"name\":\"ch\u00e9ckout \ud83d\ude00\",\"on\":true,\"shares\":[0.5,-1.25e-3,null,{\"a~/\":\"\\u00e9\\n\"}],\"n\":{}}"
          .getBytes(StandardCharsets.UTF_8);

  private static final List<String> TOKENS =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"",
          "\\",
          "\\u",
          "\\ud800",
          "d83d",
          "true",
          "nul",
          "0",
          "1",
          "-",
          ".",
          "e",
          "E+",
          "9007199254740993",
          "\"a\"",
          "\"\":",
          "\ud800",
          "\u00e9",
          "\n",
          " ");

  @Test
  void everyTruncationIsRefused() {
    assertThat(JsonReader.read(DOCUMENT, JsonLimits.DEFAULT).typeName()).isEqualTo("object");
    for (int length = 0; length < DOCUMENT.length; length++) {
      var truncated = Arrays.copyOf(DOCUMENT, length);

      assertThatThrownBy(() -> JsonReader.read(truncated, JsonLimits.DEFAULT))
          .as("first %s bytes", length)
          .isInstanceOf(JsonException.class);
    }
  }

  @Test
  void randomBytesGiveAValueOrAJsonException() {
    var random = new Random(SEED);
    for (int i = 0; i < 100_000; i++) {
      var bytes = new byte[random.nextInt(32)];
      random.nextBytes(bytes);

      requireValueOrJsonException(bytes);
    }
  }

  @Test
  void randomTokensGiveAValueOrAJsonException() {
    var random = new Random(SEED);
    int values = 0;
    for (int i = 0; i < 100_000; i++) {
      var text = new StringBuilder();
      for (int n = random.nextInt(10); n >= 0; n--) {
        text.append(TOKENS.get(random.nextInt(TOKENS.size())));
      }
      values += requireValueOrJsonException(text.toString()) ? 1 : 0;
    }
    assertThat(values).as("texts that are JSON, seed %s", SEED).isGreaterThan(1_000);
  }

  @Test
  void mutatedDocumentsGiveAValueThatReadsBackOrAJsonException() {
    var random = new Random(SEED);
    int values = 0;
    for (int i = 0; i < 100_000; i++) {
      var bytes = DOCUMENT.clone();
      for (int n = random.nextInt(3); n >= 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      values += requireValueOrJsonException(bytes) ? 1 : 0;
    }
    assertThat(values).as("mutations that are JSON, seed %s", SEED).isGreaterThan(1_000);
  }

  private static boolean requireValueOrJsonException(byte[] bytes) {
    try {
      requireReadsBack(JsonReader.read(bytes, JsonLimits.DEFAULT));
      return true;
    } catch (JsonException expected) {
      requireHarmless(expected, bytes.length);
      return false;
    } catch (RuntimeException | StackOverflowError e) {
      return fail("seed " + SEED + ", bytes " + HexFormat.of().formatHex(bytes), e);
    }
  }

  private static boolean requireValueOrJsonException(String text) {
    try {
      requireReadsBack(JsonReader.read(text, JsonLimits.DEFAULT));
      return true;
    } catch (JsonException expected) {
      requireHarmless(expected, 3 * text.length());
      return false;
    } catch (RuntimeException | StackOverflowError e) {
      return fail("seed " + SEED + ", text " + text, e);
    }
  }

  /** What was read can be written, and what was written reads as the same. */
  private static void requireReadsBack(Json json) {
    assertThat(JsonReader.read(CanonicalJson.bytes(json), JsonLimits.DEFAULT)).isEqualTo(json);
  }

  private static void requireHarmless(JsonException exception, int lengthMax) {
    assertThat(exception.getMessage().chars().noneMatch(Character::isISOControl)).isTrue();
    assertThat(exception.getMessage().length()).isLessThan(500);
    assertThat(exception.offset()).isBetween(0, lengthMax);
  }
}
