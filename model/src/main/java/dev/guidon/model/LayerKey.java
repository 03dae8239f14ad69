package dev.guidon.model;

/**
 * Names a layer within its project: 1 to 256 characters of any script, no control character, no
 * space at an end.
 */
public record LayerKey(String value) implements Comparable<LayerKey> {
  public static final int CHARS_MAX = 256;
  public static final String EXPECTED =
      "1 to 256 characters, no control character, no space at an end";

  public LayerKey {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "layer key: " + Texts.shown(value) + " (expected: " + EXPECTED + ")");
    }
  }

  public static boolean isValid(String value) {
    return Texts.isKey(value, CHARS_MAX);
  }

  @Override
  public int compareTo(LayerKey other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
