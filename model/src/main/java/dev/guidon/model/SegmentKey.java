package dev.guidon.model;

/**
 * Names a segment within its project: 1 to 256 characters of any script, no control character, no
 * space at an end.
 */
public record SegmentKey(String value) implements Comparable<SegmentKey> {
  public static final int CHARS_MAX = 256;
  public static final String EXPECTED =
      "1 to 256 characters, no control character, no space at an end";

  public SegmentKey {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "segment key: " + Texts.shown(value) + " (expected: " + EXPECTED + ")");
    }
  }

  public static boolean isValid(String value) {
    return Texts.isKey(value, CHARS_MAX);
  }

  @Override
  public int compareTo(SegmentKey other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
