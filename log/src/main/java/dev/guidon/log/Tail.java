package dev.guidon.log;

import dev.guidon.model.CommittedEntry;
import java.time.Duration;
import java.util.List;

/**
 * The entries of a scope in order, from a revision on and for ever: none missing, none twice. Used
 * by one thread at a time; {@link #close} may come from any thread.
 */
public interface Tail extends AutoCloseable {

  /** What a tail says next. */
  sealed interface Event {
    /**
     * @param entries at least one, dense, following what was given before
     */
    record Entries(List<CommittedEntry> entries) implements Event {
      public Entries {
        entries = List.copyOf(entries);
      }
    }

    /** Nothing was appended in time. */
    record Quiet() implements Event {}

    /** Nothing will come any more, and every later call says the same. */
    record Closed(Reason reason, String detail) implements Event {}
  }

  /** Why a tail ended. */
  enum Reason {
    /** {@link Tail#close} was called. */
    TAIL_CLOSED,
    /** The log was closed. */
    LOG_CLOSED,
    /** The next entry was truncated: start again from a snapshot. */
    TRUNCATED,
    /** The next entry is damaged; reading on would hide it. */
    CORRUPT,
    /** The log cannot be reached: tail again from {@link Tail#lastRevision} later. */
    UNAVAILABLE
  }

  /** Waits for entries, at most so long. An append of the same process wakes it at once. */
  Event next(Duration timeout) throws InterruptedException;

  /** The revision of the last entry given, from which another tail goes on. */
  long lastRevision();

  @Override
  void close();
}
