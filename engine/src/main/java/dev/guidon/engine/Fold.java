package dev.guidon.engine;

/**
 * Text without case: upper, then lower, character by character, in no language, without making new
 * text. The mappings are those of Unicode 13.0, which is what Java 17 knows: a Java of today knows
 * more letters, and two nodes must not differ by the Java they run on.
 */
final class Fold {
  private Fold() {}

  static char fold(char c) {
    if (c < 0x80) {
      return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
    }
    return isYounger(c) ? c : Character.toLowerCase(Character.toUpperCase(c));
  }

  /** Upper-case letters that came after Unicode 13.0, and the free places behind the last ones. */
  private static boolean isYounger(char c) {
    return c >= 0xA7CB ? c <= 0xA7F4 : c == 0x1C89 || c == 0x2C2F || c == 0xA7C0;
  }

  static String fold(String text) {
    char[] folded = text.toCharArray();
    for (int i = 0; i < folded.length; i++) {
      folded[i] = fold(folded[i]);
    }
    return new String(folded);
  }

  /** The hash code of the folded text. */
  static int hash(String text) {
    int hash = 0;
    for (int i = 0; i < text.length(); i++) {
      hash = 31 * hash + fold(text.charAt(i));
    }
    return hash;
  }

  /** Whether the folded text has this folded part at a place that is within it. */
  static boolean hasAt(String text, int at, String folded) {
    if (at < 0 || at + folded.length() > text.length()) {
      return false;
    }
    for (int i = 0; i < folded.length(); i++) {
      if (fold(text.charAt(at + i)) != folded.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  static boolean contains(String text, String folded) {
    for (int at = 0; at + folded.length() <= text.length(); at++) {
      if (hasAt(text, at, folded)) {
        return true;
      }
    }
    return false;
  }
}
