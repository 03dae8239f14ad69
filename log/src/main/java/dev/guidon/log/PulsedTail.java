package dev.guidon.log;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.ScopeId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * A tail that reads whenever the scope's pulse beats, and now and then without, for writers of
 * other processes.
 */
final class PulsedTail implements Tail {
  private static final int BATCH = 256;

  private final Log log;
  private final ScopeId scope;
  private final Pulse pulse;
  private final Duration lookEvery;
  private final Consumer<PulsedTail> onEnd;
  private final AtomicReference<Event> last = new AtomicReference<>(new Event.Quiet());
  private volatile long lastRevision;

  /**
   * @param lookEvery how long an entry without a beat may go unseen
   */
  PulsedTail(
      Log log,
      ScopeId scope,
      long afterRevision,
      Pulse pulse,
      Duration lookEvery,
      Consumer<PulsedTail> onEnd) {
    this.lookEvery = lookEvery;
    this.onEnd = onEnd;
    this.log = log;
    this.scope = scope;
    this.lastRevision = afterRevision;
    this.pulse = pulse;
  }

  @Override
  public Event next(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      long seen = pulse.beats();
      Event event = look();
      Duration left = Duration.ofNanos(deadline - System.nanoTime());
      if (!(event instanceof Event.Quiet) || !left.isPositive()) {
        return event;
      }
      pulse.await(seen, left.compareTo(lookEvery) < 0 ? left : lookEvery);
    }
  }

  private Event look() {
    if (last.get() instanceof Event.Closed closed) {
      return closed;
    }
    try {
      List<CommittedEntry> entries = log.read(scope, lastRevision, BATCH);
      if (entries.isEmpty()) {
        return new Event.Quiet();
      }
      lastRevision = entries.getLast().position().revision();
      return new Event.Entries(entries);
    } catch (LogException e) {
      return end(reasonOf(e), String.valueOf(e.getMessage()));
    }
  }

  private static Reason reasonOf(LogException e) {
    return switch (e) {
      case TruncatedException _ -> Reason.TRUNCATED;
      case CorruptLogException _ -> Reason.CORRUPT;
      case LogUnavailableException _, IndeterminateAppendException _, UnknownScopeException _ ->
          Reason.UNAVAILABLE;
    };
  }

  /** The first reason stays. */
  Event end(Reason reason, String detail) {
    Event ended =
        last.updateAndGet(
            before -> before instanceof Event.Closed ? before : new Event.Closed(reason, detail));
    onEnd.accept(this);
    pulse.beat();
    return ended;
  }

  @Override
  public long lastRevision() {
    return lastRevision;
  }

  @Override
  public void close() {
    end(Reason.TAIL_CLOSED, "the tail was closed by its reader");
  }
}
