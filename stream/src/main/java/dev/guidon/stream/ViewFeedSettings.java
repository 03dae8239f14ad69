package dev.guidon.stream;

/**
 * Bounds of a {@link ViewFeed}.
 *
 * @param frames how many single-commit frames are kept
 * @param frameBytes how many bytes of them
 * @param concatenatedMax up to so many frames are sent as they are; more are merged into one
 * @param mergedBytesMax a larger difference is a whole snapshot
 * @param inlineBytesMax a smaller snapshot goes through the stream, a larger one is fetched
 */
public record ViewFeedSettings(
    int frames, long frameBytes, int concatenatedMax, int mergedBytesMax, int inlineBytesMax) {
  public static final ViewFeedSettings DEFAULT =
      new ViewFeedSettings(
          /* frames= */ 1024,
          /* frameBytes= */ 16 << 20,
          /* concatenatedMax= */ 8,
          /* mergedBytesMax= */ 1 << 20,
          /* inlineBytesMax= */ 64 << 10);

  public ViewFeedSettings {
    if (frames < 1 || concatenatedMax < 1) {
      throw new IllegalArgumentException(
          "frames, concatenatedMax: "
              + frames
              + ", "
              + concatenatedMax
              + " (expected: each at least 1)");
    }
  }
}
