package dev.guidon.engine;

import dev.guidon.model.SemanticVersion;
import org.jspecify.annotations.Nullable;

/**
 * A version to hold texts against. A text is read once into one number (see {@link
 * SemanticVersion#core}), and only where that does not decide is it read on.
 */
final class VersionBound {
  private final long core;

  /** {@code null} where {@link #core} says everything: a release with small numbers. */
  private final @Nullable SemanticVersion exact;

  private VersionBound(long core, @Nullable SemanticVersion exact) {
    this.core = core;
    this.exact = exact;
  }

  static VersionBound of(String text) {
    SemanticVersion version =
        java.util.Objects.requireNonNull(SemanticVersion.parse(text), "a version");
    long core = SemanticVersion.core(text);
    boolean isPlain = core >= 0 && version.prerelease().isEmpty();
    return new VersionBound(core, isPlain ? null : version);
  }

  /**
   * Where a version stands to this bound: -1, 0 or 1, or {@link NumberOrder#NONE} for what is none.
   *
   * @param textCore what {@link SemanticVersion#core} says of the text
   */
  int compare(String text, long textCore) {
    if (textCore == SemanticVersion.NONE) {
      return NumberOrder.NONE;
    }
    if (textCore >= 0 && core >= 0 && textCore != core) {
      return textCore < core ? -1 : 1;
    }
    if (exact != null) {
      return SemanticVersion.compare(text, exact);
    }
    return textCore < 0
        ? SemanticVersion.compare(text, core)
        : SemanticVersion.hasPrerelease(text) ? -1 : 0;
  }
}
