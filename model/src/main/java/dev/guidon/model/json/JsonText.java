package dev.guidon.model.json;

/** What the canonical and the pretty form share: scalars, as RFC 8785 writes them. */
final class JsonText {

  /**
   * Values built in code can nest without limit; beyond this a writer complains instead of
   * exhausting its stack.
   */
  private static final int DEPTH_MAX = 1_000;

  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private JsonText() {}

  static void requireDepth(int depth) {
    if (depth > DEPTH_MAX) {
      throw new IllegalArgumentException(
          "depth: " + depth + " (expected: <= " + DEPTH_MAX + ") in JSON to write");
    }
  }

  static void writeScalar(Json json, StringBuilder out) {
    if (json instanceof Json.Str str) {
      writeString(str.value(), out);
    } else if (json instanceof Json.Num num) {
      NumberWriter.write(num.value(), out);
    } else if (json instanceof Json.Bool bool) {
      out.append(bool.value());
    } else if (json instanceof Json.Null) {
      out.append("null");
    } else {
      throw new IllegalArgumentException("type: " + json.typeName() + " (expected: a scalar)");
    }
  }

  static void writeString(String text, StringBuilder out) {
    out.append('"');
    int written = 0;
    boolean surrogates = false;
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (unit < 0x20 || unit == '"' || unit == '\\') {
        out.append(text, written, i);
        writeEscape(unit, out);
        written = i + 1;
      }
      surrogates |= Character.isSurrogate(unit);
    }
    if (surrogates) {
      requirePairs(text);
    }
    out.append(text, written, text.length()).append('"');
  }

  private static void writeEscape(char unit, StringBuilder out) {
    switch (unit) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\b' -> out.append("\\b");
      case '\f' -> out.append("\\f");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> out.append("\\u00").append(HEX[unit >> 4]).append(HEX[unit & 0xF]);
    }
  }

  private static void requirePairs(String text) {
    int lone = Wtf8.firstLoneSurrogate(text);
    if (lone >= 0) {
      throw new IllegalArgumentException(
          "string: lone surrogate "
              + Shown.unit(text.charAt(lone))
              + " (expected: surrogates in pairs) at index "
              + lone
              + " of "
              + Shown.quoted(text));
    }
  }
}
