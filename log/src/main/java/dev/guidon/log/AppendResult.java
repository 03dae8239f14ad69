package dev.guidon.log;

import dev.guidon.model.CommittedEntry;

/**
 * What became of an append that got an answer. Every case is final: it will not turn into another
 * later.
 */
public sealed interface AppendResult {

  /**
   * The entry is on disk and will be read by everyone.
   *
   * @param head right after this entry; others may have followed meanwhile
   */
  record Committed(Head head) implements AppendResult {}

  /** The head was not the expected one. Nothing was written. */
  record Conflict(Head actual) implements AppendResult {}

  /**
   * An entry with this idempotency key is in the log already. Nothing was written. Wins over {@link
   * Conflict}, so that a repeated command finds its first success although the head has moved.
   * Whether it is the same command is for the caller to compare.
   */
  record KeyTaken(CommittedEntry existing) implements AppendResult {}
}
