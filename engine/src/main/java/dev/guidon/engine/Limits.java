package dev.guidon.engine;

/**
 * What one decision may cost, held against every document when it is compiled, so that deciding
 * need not count.
 */
final class Limits {
  /**
   * Checks asked at most, prerequisites and segments unfolded. Twenty flags that each require the
   * two before them would otherwise cost a million evaluations. At some 10 ns a check the limit is
   * about a millisecond.
   */
  static final long COST_MAX = 100_000;

  /**
   * Flags one on the other, segments one in the other: with conditions of depth 32 some 4,000
   * frames of stack.
   */
  static final int DEPTH_MAX = 50;

  private Limits() {}

  static void check(long cost, int depth) throws RefusedException {
    if (cost > COST_MAX) {
      throw new RefusedException(
          Refusal.TOO_LARGE,
          "cost of one decision: "
              + cost
              + " checks, segments and prerequisites unfolded (expected: <= "
              + COST_MAX
              + ")");
    }
    if (depth > DEPTH_MAX) {
      throw new RefusedException(
          Refusal.TOO_LARGE,
          "depth: "
              + depth
              + " segments or prerequisites one behind the other (expected: <= "
              + DEPTH_MAX
              + ")");
    }
  }
}
