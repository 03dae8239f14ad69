package dev.guidon.sdk;

/** How a client stands. It answers in all but the first and the last. */
public enum ClientStatus {
  /** No ruleset yet: every evaluation gives the caller's default. */
  NOT_READY,
  READY,
  /** Answering from the last ruleset while the server cannot be heard. */
  STALE,
  /** Stale for longer than the grace time. */
  ERROR,
  /** The server refused the key before there was any ruleset. The client has stopped trying. */
  FATAL,
  SHUT_DOWN
}
