package dev.guidon.model.json;

import java.util.Locale;

/**
 * Input as it may appear in a message: short, and without characters that could forge or hide lines
 * of a log.
 */
final class Shown {

  private static final int VALUE_LENGTH_MAX = 40;
  private static final int PLACE_LENGTH_MAX = 200;

  private Shown() {}

  static String shortened(String text) {
    return shortened(text, VALUE_LENGTH_MAX);
  }

  static String quoted(String text) {
    return '"' + shortened(text) + '"';
  }

  static String place(String pointer) {
    return shortened(pointer, PLACE_LENGTH_MAX);
  }

  static String character(int codePoint) {
    return isPrintable(codePoint) ? "'" + Character.toString(codePoint) + "'" : unit(codePoint);
  }

  static String unit(int codePoint) {
    return String.format(Locale.ROOT, "U+%04X", codePoint);
  }

  static String hex(int b) {
    return String.format(Locale.ROOT, "0x%02X", b);
  }

  private static String shortened(String text, int lengthMax) {
    int end =
        text.offsetByCodePoints(0, Math.min(lengthMax, text.codePointCount(0, text.length())));
    var shown = new StringBuilder();
    text.substring(0, end)
        .codePoints()
        .forEach(c -> shown.append(isPrintable(c) ? Character.toString(c) : "<" + unit(c) + ">"));
    return end < text.length() ? shown.append('…').toString() : shown.toString();
  }

  /** Formats include the marks that reverse the direction of text; separators include U+2028. */
  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
