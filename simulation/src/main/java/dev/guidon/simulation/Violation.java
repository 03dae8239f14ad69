package dev.guidon.simulation;

/** An invariant that does not hold, with the seed that shows it again. */
public final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Invariant invariant;

  /** What must hold after every event; {@link #CONVERGENCE} at the end. */
  public enum Invariant {
    ACKNOWLEDGED_IS_KEPT,
    KEY_HAPPENS_ONCE,
    PREFIX,
    DURABLE_BEFORE_ACKNOWLEDGED,
    VIEW_HASH,
    NEVER_BACK,
    TOTAL_EVALUATION,
    SAME_ANSWER,
    CONVERGENCE
  }

  Violation(Invariant invariant, long seed, long atMicros, String detail) {
    super(invariant + " under seed " + seed + " at " + atMicros + " µs: " + detail);
    this.invariant = invariant;
  }

  public Invariant invariant() {
    return invariant;
  }
}
