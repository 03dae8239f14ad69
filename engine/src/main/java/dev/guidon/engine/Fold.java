package dev.guidon.engine;

/**
 * Text without case: upper, then lower, character by character, in no language, without making new
 * text.
 */
final class Fold {
  private Fold() {}

  static char fold(char c) {
    if (c < 0x80) {
      return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
    }
    return Character.toLowerCase(Character.toUpperCase(c));
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
