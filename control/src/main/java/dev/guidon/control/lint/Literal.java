package dev.guidon.control.lint;

import dev.guidon.model.Condition;

/**
 * A test that is to hold, or not to hold.
 *
 * @param wanted of the plain test, whatever its own {@code negate} says
 */
record Literal(Condition.Test test, boolean wanted) {
  static Literal of(Condition.Test test, boolean wanted) {
    return new Literal(test, wanted != test.negate());
  }
}
