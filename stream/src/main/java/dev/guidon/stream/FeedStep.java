package dev.guidon.stream;

import dev.guidon.model.Priority;
import java.util.List;

/**
 * What to write to a connection next.
 *
 * @param bytes to be written in order; the arrays are shared between connections, callers must not
 *     change them
 * @param cursor to come back with when all of it is written
 * @param priority of the most urgent commit in it; an emergency is flushed at once and never
 *     batched
 * @param close whether the connection ends after this
 */
public record FeedStep<C>(List<byte[]> bytes, C cursor, Priority priority, boolean close) {
  public FeedStep {
    bytes = List.copyOf(bytes);
  }

  public boolean isEmpty() {
    return bytes.isEmpty();
  }
}
