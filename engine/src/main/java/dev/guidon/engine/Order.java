package dev.guidon.engine;

import dev.guidon.model.Operator;

/** Which results of a comparison pass, as a set of three bits. */
final class Order {
  private static final int LESS = 1;
  private static final int EQUAL = 2;
  private static final int GREATER = 4;

  private Order() {}

  /** The results that pass an operator that orders. */
  static int admitted(Operator operator) {
    return switch (operator) {
      case LESS, SEMVER_LESS, BEFORE -> LESS;
      case LESS_OR_EQUAL, SEMVER_LESS_OR_EQUAL -> LESS | EQUAL;
      case GREATER, SEMVER_GREATER -> GREATER;
      case GREATER_OR_EQUAL, SEMVER_GREATER_OR_EQUAL, AFTER -> GREATER | EQUAL;
      case SEMVER_EQUAL -> EQUAL;
      case IN, CONTAINS, STARTS_WITH, ENDS_WITH, MATCHES, IN_CIDR, PRESENT ->
          throw new IllegalArgumentException(
              "operator: " + operator.text() + " (expected: one that orders)");
    };
  }

  /**
   * Whether a comparison passes.
   *
   * @param compared -1, 0 or 1; 2 is no result, and passes nothing
   */
  static boolean admits(int admitted, int compared) {
    return (admitted & 1 << (compared + 1)) != 0;
  }
}
