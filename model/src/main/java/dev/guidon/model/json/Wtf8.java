package dev.guidon.model.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * UTF-8, and its extension to lone surrogates, which Java strings may hold and UTF-8 may not.
 * Encoding strings this way lets one parser find a lone surrogate in text and say where it is.
 */
final class Wtf8 {

  private Wtf8() {}

  static byte[] encode(String text) {
    return firstLoneSurrogate(text) < 0 ? text.getBytes(StandardCharsets.UTF_8) : encodeUnits(text);
  }

  /** The index of the first surrogate without its other half, or -1. */
  static int firstLoneSurrogate(CharSequence text) {
    int i = 0;
    while (i < text.length()) {
      int codePoint = Character.codePointAt(text, i);
      if (isSurrogate(codePoint)) {
        return i;
      }
      i += Character.charCount(codePoint);
    }
    return -1;
  }

  /**
   * A surrogate that was decoded as a code point of its own, which only one without its other half
   * is.
   */
  static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  private static byte[] encodeUnits(String text) {
    var bytes = new byte[Math.multiplyExact(3, text.length())];
    int size = 0;
    int next;
    for (int i = 0; i < text.length(); i = next) {
      int codePoint = text.codePointAt(i);
      next = i + Character.charCount(codePoint);
      if (!isSurrogate(codePoint)) {
        var encoded = text.substring(i, next).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(encoded, 0, bytes, size, encoded.length);
        size += encoded.length;
      } else {
        bytes[size++] = (byte) (0xE0 | (codePoint >> 12));
        bytes[size++] = (byte) (0x80 | ((codePoint >> 6) & 0x3F));
        bytes[size++] = (byte) (0x80 | (codePoint & 0x3F));
      }
    }
    return Arrays.copyOf(bytes, size);
  }

  /**
   * How many bytes the well-formed sequence at {@code at} has (Unicode 16, table 3-7), or 0 if
   * there is none before {@code end}.
   */
  static int length(byte[] bytes, int at, int end, boolean surrogates) {
    int lead = bytes[at] & 0xFF;
    int length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    if (length == 0 || at + length > end) {
      return 0;
    }
    for (int i = 1; i < length; i++) {
      if ((bytes[at + i] & 0xC0) != 0x80) {
        return 0;
      }
    }
    int second = bytes[at + 1] & 0xFF;
    boolean wellFormed =
        switch (lead) {
          case 0xE0 -> second >= 0xA0;
          case 0xED -> surrogates || second < 0xA0;
          case 0xF0 -> second >= 0x90;
          case 0xF4 -> second < 0x90;
          default -> true;
        };
    return wellFormed ? length : 0;
  }

  /** The code point of a sequence whose {@link #length} was not 0, or of one ASCII byte. */
  static int decode(byte[] bytes, int at, int length) {
    int codePoint = length == 1 ? bytes[at] : bytes[at] & 0x7F >> length;
    for (int i = 1; i < length; i++) {
      codePoint = (codePoint << 6) | (bytes[at + i] & 0x3F);
    }
    return codePoint;
  }
}
