package dev.guidon.stream;

import dev.guidon.model.Position;
import org.jspecify.annotations.Nullable;

/**
 * All that a server remembers of a replication connection: what was sent.
 *
 * @param position {@code null}: nothing yet
 * @param headReadAtMicros of the last head sent
 */
public record LogCursor(@Nullable Position position, long headReadAtMicros) {
  /** Of a new connection that resumes from what it has. */
  public static LogCursor at(@Nullable Position resume) {
    return new LogCursor(resume, Long.MIN_VALUE);
  }
}
