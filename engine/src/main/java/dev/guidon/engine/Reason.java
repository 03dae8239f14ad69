package dev.guidon.engine;

/** Why an outcome is what it is, in the words of OpenFeature. */
public enum Reason {
  /** The flag has nothing to ask: every context gets this. */
  STATIC,
  /** Neither a target nor a rule matched. */
  DEFAULT,
  /** A target or a rule matched. */
  TARGETING_MATCH,
  /** A split chose. */
  SPLIT,
  /** The flag is off, or a prerequisite failed. */
  DISABLED,
  /** The newest version could not be compiled here, and the last one that could be answers. */
  STALE,
  /** There is no answer; the caller's default stands in. See {@link ErrorCode}. */
  ERROR
}
