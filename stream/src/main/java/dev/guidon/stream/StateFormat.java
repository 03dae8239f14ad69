package dev.guidon.stream;

import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.View;
import org.jspecify.annotations.Nullable;

/**
 * How a kind of state is written and moved on by the records of a journal: a scope's state by
 * entries, a view by deltas. Readers throw nothing but {@link StreamException}.
 */
public interface StateFormat<S> {
  byte[] snapshot(S state);

  /**
   * @param bytes must not change from now on
   * @param from where the snapshot begins
   */
  S readSnapshot(byte[] bytes, int from);

  default S readSnapshot(byte[] bytes) {
    return readSnapshot(bytes, 0);
  }

  Position position(S state);

  /**
   * The state after a record: the very same object when the record lies in its past. Throws when it
   * does not follow.
   */
  S replay(@Nullable S state, byte[] record);

  /** Scope states of one scope. Records are the bytes of entries. */
  static StateFormat<ScopeState> ofScope(ScopeId scope, StreamLimits limits) {
    return new ScopeFormat(scope, limits);
  }

  /** Views of one scope and region. Records are deltas. */
  static StateFormat<View> ofView(ScopeId scope, String region, StreamLimits limits) {
    return new ViewFormat(scope, region, limits);
  }

  /** Whether a position of the same log is not after another. */
  static boolean isPast(Position at, Position own) {
    return at.equals(own) || at.isBefore(own);
  }

  static void requireScope(ScopeId found, ScopeId expected) {
    if (!found.equals(expected)) {
      throw new StreamException("scope: " + found + " (expected: " + expected + ")");
    }
  }
}
