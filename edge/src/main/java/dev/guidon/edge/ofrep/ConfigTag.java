package dev.guidon.edge.ofrep;

import dev.guidon.model.Position;
import org.jspecify.annotations.Nullable;

/**
 * The tag that a refetch signal carries and the refetch brings back as {@code flagConfigEtag}: the
 * position and time epoch that the client was told of. A replica that is behind it waits instead of
 * answering from the past.
 */
public record ConfigTag(Position position, long epoch) {

  /** Quoted, as entity tags are. */
  public String text() {
    return "\"" + position.text() + ":" + epoch + "\"";
  }

  /**
   * Reads {@link #text}, with or without quotes; {@code null} for anything else, which binds
   * nobody.
   */
  public static @Nullable ConfigTag parse(String text) {
    String bare = text.strip();
    if (bare.length() >= 2 && bare.startsWith("\"") && bare.endsWith("\"")) {
      bare = bare.substring(1, bare.length() - 1);
    }
    int colon = bare.lastIndexOf(':');
    try {
      return colon < 0
          ? null
          : new ConfigTag(
              Position.parse(bare.substring(0, colon)), Long.parseLong(bare.substring(colon + 1)));
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  /**
   * Whether a state at this position has what the tag promises. Another log never will, so waiting
   * is pointless.
   */
  public boolean isReachedBy(Position at) {
    return !at.isBefore(position);
  }
}
