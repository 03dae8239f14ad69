package dev.guidon.stream;

import dev.guidon.model.Position;
import org.jspecify.annotations.Nullable;

/**
 * All that an edge remembers of a connection: what was sent.
 *
 * @param position {@code null}: nothing yet
 * @param sequence the feed's count of frames up to there; negative while only the position is known
 * @param heads the feed's count of heads up to the last one sent
 */
public record ViewCursor(@Nullable Position position, long sequence, long heads) {
  private static final long UNKNOWN = -1;

  /** Of a new connection that resumes from what it has. */
  public static ViewCursor at(@Nullable Position resume) {
    return new ViewCursor(resume, UNKNOWN, 0);
  }

  boolean isPlaced() {
    return sequence >= 0;
  }
}
