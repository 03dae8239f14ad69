package dev.guidon.model;

import dev.guidon.model.json.Json;
import java.util.List;

/**
 * A question about a context, as a tree. Answering is total: it has two values and no errors.
 *
 * <p>The list of node kinds grows with what importers bring; a follower that lacks one refuses the
 * entity that uses it (see {@code UNSUPPORTED} in {@link Problem.Code}), and never guesses.
 */
public sealed interface Condition
    permits Condition.All, Condition.Any, Condition.Not, Condition.Test, Condition.InSegment {

  /** True when every part is; true without parts. */
  record All(List<Condition> parts) implements Condition {
    public All {
      parts = List.copyOf(parts);
    }
  }

  /** True when at least one part is; false without parts. */
  record Any(List<Condition> parts) implements Condition {
    public Any {
      parts = List.copyOf(parts);
    }
  }

  record Not(Condition part) implements Condition {}

  /**
   * One attribute held against values.
   *
   * @param values as the operator's operand says
   * @param ignoreCase compares by Unicode simple case folding (upper, then lower, character by
   *     character)
   * @param negate the exact opposite of the plain test, also when the attribute is absent
   */
  record Test(
      AttributeRef attribute,
      Operator operator,
      List<Json> values,
      boolean ignoreCase,
      boolean negate)
      implements Condition {
    public Test {
      values = List.copyOf(values);
    }
  }

  /** Whether the context is a member of a segment of the same environment. */
  record InSegment(SegmentKey segment, boolean negate) implements Condition {}
}
