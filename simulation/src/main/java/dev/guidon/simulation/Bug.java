package dev.guidon.simulation;

/**
 * Mistakes that can be planted, each in a wrapper around real code. Every invariant has to catch at
 * least one.
 */
public enum Bug {
  /** The system as it is. */
  NONE,
  /** The log's machine answers before its disk has the entry, and loses it in a crash. */
  LOG_ACKNOWLEDGES_TOO_EARLY,
  /** The log takes the same idempotency key twice. */
  LOG_FORGETS_KEYS,
  /** A control serves an entry with other content under the same revision, correctly chained. */
  CONTROL_FORKS_HISTORY,
  /** An edge's disk says that it has synced and has not. */
  EDGE_DISK_LIES,
  /** An SDK takes over a delta's position without one of its changes. */
  SDK_SKIPS_A_CHANGE,
  /** An SDK takes up an older view after a reconnect. */
  SDK_GOES_BACK,
  /** An evaluator that throws where an attribute is absent. */
  EVALUATION_THROWS,
  /** An evaluator that compares without regard to case where it should not. */
  EVALUATION_DIFFERS,
  /** An SDK that does not notice the end of a connection. */
  SDK_STAYS_AWAY
}
