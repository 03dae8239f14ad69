package dev.guidon.control;

import dev.guidon.model.ScopeId;
import org.jspecify.annotations.Nullable;

/** What edges report of evaluations; filled by whoever takes their reports in. */
@FunctionalInterface
public interface EvaluationCounts {
  /** Nothing is reported anywhere. */
  EvaluationCounts NONE = (scope, flag, sinceMicros) -> 0;

  /** How often a flag was evaluated since an instant, as far as it was reported. */
  long since(ScopeId scope, String flag, long sinceMicros);

  /**
   * Since when evaluations of a scope have been reported here; {@code null} when none were, so that
   * a count of zero says nothing.
   */
  default @Nullable Long countedSince(ScopeId scope) {
    return null;
  }
}
