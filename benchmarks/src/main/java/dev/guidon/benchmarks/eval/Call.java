package dev.guidon.benchmarks.eval;

/**
 * Asks one flag for a user, by number. A subject makes one of these per scenario, with everything
 * ready that its maker allows to be ready. Contexts are made before, but in {@link Scenario#S2C}.
 */
public abstract class Call {
  /** Scenarios with boolean answers. */
  public boolean bool(int user) {
    throw new UnsupportedOperationException("a text is asked for (expected: text)");
  }

  /** Scenarios with text answers. */
  public String text(int user) {
    throw new UnsupportedOperationException("a boolean is asked for (expected: bool)");
  }
}
