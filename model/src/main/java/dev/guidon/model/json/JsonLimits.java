package dev.guidon.model.json;

/**
 * What a reader accepts before it refuses a document.
 *
 * @param maxBytes size of the document in UTF-8
 * @param maxDepth how deep arrays and objects may nest; {@code []} has depth 1
 * @param maxStringLength length of a string or member name in UTF-16 units
 * @param maxChildren members of one object, items of one array
 * @param replaceLoneSurrogates whether half of a surrogate pair becomes U+FFFD instead of an error
 * @param largeWholeNumbers whether whole numbers from 2^53 on are read, rounded to a double. For
 *     documents Guidon wrote itself (sums of squares grow that large); people's numbers would
 *     silently change
 */
public record JsonLimits(
    int maxBytes,
    int maxDepth,
    int maxStringLength,
    int maxChildren,
    boolean replaceLoneSurrogates,
    boolean largeWholeNumbers) {

  /**
   * Depth 64, 1 MiB, 100,000 children; lone surrogates and numbers that would lose digits are
   * errors.
   */
  public static final JsonLimits DEFAULT =
      new JsonLimits(
          1 << 20,
          64,
          1 << 20,
          100_000,
          /* replaceLoneSurrogates= */ false,
          /* largeWholeNumbers= */ false);

  /** The reader recurses, so this much depth must fit on any thread's stack. */
  private static final int DEPTH_CEILING = 512;

  public JsonLimits {
    requireWithin("maxBytes", maxBytes, Integer.MAX_VALUE);
    requireWithin("maxDepth", maxDepth, DEPTH_CEILING);
    requireWithin("maxStringLength", maxStringLength, Integer.MAX_VALUE);
    requireWithin("maxChildren", maxChildren, Integer.MAX_VALUE);
  }

  private static void requireWithin(String name, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 1 to " + max + ")");
    }
  }

  public JsonLimits withMaxBytes(int bytes) {
    return new JsonLimits(
        bytes, maxDepth, maxStringLength, maxChildren, replaceLoneSurrogates, largeWholeNumbers);
  }

  public JsonLimits withMaxDepth(int depth) {
    return new JsonLimits(
        maxBytes, depth, maxStringLength, maxChildren, replaceLoneSurrogates, largeWholeNumbers);
  }

  public JsonLimits withMaxStringLength(int length) {
    return new JsonLimits(
        maxBytes, maxDepth, length, maxChildren, replaceLoneSurrogates, largeWholeNumbers);
  }

  public JsonLimits withMaxChildren(int children) {
    return new JsonLimits(
        maxBytes, maxDepth, maxStringLength, children, replaceLoneSurrogates, largeWholeNumbers);
  }

  public JsonLimits withReplaceLoneSurrogates(boolean replace) {
    return new JsonLimits(
        maxBytes, maxDepth, maxStringLength, maxChildren, replace, largeWholeNumbers);
  }

  public JsonLimits withLargeWholeNumbers(boolean accept) {
    return new JsonLimits(
        maxBytes, maxDepth, maxStringLength, maxChildren, replaceLoneSurrogates, accept);
  }
}
