package dev.guidon.log;

import dev.guidon.model.CommittedEntry;
import org.jspecify.annotations.Nullable;

/**
 * Brings one append to an outcome, through answers that were lost. Does no I/O and knows no clock:
 * whoever drives it carries out the {@link Step} it asks for, and reports what came of it with the
 * present time.
 *
 * <pre>
 *   append ──committed──▶ Committed
 *     │  ├──conflict────▶ Conflict          (nothing was in doubt before)
 *     │  └──key taken───▶ KeyTaken, or Committed when it is this very entry
 *     │ no answer
 *     ▼
 *   read slot expected+1 ──this very entry──▶ Committed
 *     │                  ├──another─────────▶ Conflict: it never will be in the log
 *     │                  └──empty───────────▶ append the identical entry at the identical head
 *     │ no answer: read again
 *     ▼
 *   out of attempts or time ──▶ Unknown when an append is in doubt, else Unavailable
 * </pre>
 *
 * <p>Sending again is safe because the entry and its expected head are the same: the slot takes one
 * entry only, so a late first copy and the second cannot both get in. One thread.
 */
public final class AppendCore {
  private final Head expected;
  private final CommittedEntry entry;
  private final int attemptsMax;
  private final long deadlineMicros;

  private int attempts;
  private boolean inDoubt;
  private @Nullable Step step;

  /** What is to be done next. */
  public sealed interface Step {
    /** Call {@link Log#append}, then report to one of the {@code append…} methods. */
    record DoAppend(Head expected, CommittedEntry entry) implements Step {}

    /** Read the entry of this revision, then report to {@link #slotRead} or {@link #readFailed}. */
    record DoRead(long revision) implements Step {}

    /** Nothing more to do. */
    record Done(Outcome outcome) implements Step {}
  }

  /** How it ended. */
  public sealed interface Outcome {
    /**
     * @param head right after the entry
     */
    record Committed(Head head) implements Outcome {}

    /**
     * The entry is not in the log and never will be.
     *
     * @param actual a head that is not the expected one
     */
    record Conflict(Head actual) implements Outcome {}

    /**
     * The idempotency key belongs to another entry; this one is not in the log and never will be.
     */
    record KeyTaken(CommittedEntry existing) implements Outcome {}

    /** The log could not be reached; the entry is not in it and never will be. */
    record Unavailable(String detail) implements Outcome {}

    /**
     * Time or attempts ran out while the entry may be in the log or may still get there. Ask by key
     * later.
     */
    record Unknown(String detail) implements Outcome {}
  }

  /**
   * @param attemptsMax how many appends and reads together, at least 1
   * @param deadlineMicros no step begins from this instant on, of the clock whose time is reported
   */
  public AppendCore(Head expected, CommittedEntry entry, int attemptsMax, long deadlineMicros) {
    if (attemptsMax < 1) {
      throw new IllegalArgumentException("attempts: " + attemptsMax + " (expected: at least 1)");
    }
    this.expected = expected;
    this.entry = entry;
    this.attemptsMax = attemptsMax;
    this.deadlineMicros = deadlineMicros;
  }

  /** The first step. */
  public Step start(long nowMicros) {
    if (step != null) {
      throw new IllegalStateException("start (expected: once)");
    }
    return go(new Step.DoAppend(expected, entry), nowMicros, "not tried in time");
  }

  /** The log answered. */
  public Step appended(AppendResult result, long nowMicros) {
    requireAppending();
    return switch (result) {
      case AppendResult.Committed committed -> done(new Outcome.Committed(committed.head()));
      case AppendResult.KeyTaken taken -> keyTaken(taken.existing());
      case AppendResult.Conflict conflict -> conflict(conflict.actual(), nowMicros);
    };
  }

  /** No answer: the append is in doubt from here on. */
  public Step appendIndeterminate(String detail, long nowMicros) {
    requireAppending();
    inDoubt = true;
    return go(slot(), nowMicros, detail);
  }

  /** This attempt certainly did not happen; an earlier one may have. */
  public Step appendUnavailable(String detail, long nowMicros) {
    requireAppending();
    return inDoubt ? go(slot(), nowMicros, detail) : done(new Outcome.Unavailable(detail));
  }

  /** The slot was read; {@code null}: it is empty. */
  public Step slotRead(@Nullable CommittedEntry inSlot, long nowMicros) {
    requireReading();
    if (inSlot == null) {
      return go(
          new Step.DoAppend(expected, entry), nowMicros, "the slot of the entry was still empty");
    }
    return inSlot.hash().equals(entry.hash())
        ? done(committed())
        : done(new Outcome.Conflict(Head.after(expected.scope(), inSlot)));
  }

  /** The slot could not be read. */
  public Step readFailed(String detail, long nowMicros) {
    requireReading();
    return go(slot(), nowMicros, detail);
  }

  private Step keyTaken(CommittedEntry existing) {
    return existing.hash().equals(entry.hash())
        ? done(committed())
        : done(new Outcome.KeyTaken(existing));
  }

  /** A conflict met by a second copy may be with the first. */
  private Step conflict(Head actual, long nowMicros) {
    if (actual.chain().equals(entry.hash())) {
      return done(committed());
    }
    return inDoubt
        ? go(slot(), nowMicros, "conflict with " + actual)
        : done(new Outcome.Conflict(actual));
  }

  private Outcome committed() {
    return new Outcome.Committed(Head.after(expected.scope(), entry));
  }

  private Step.DoRead slot() {
    return new Step.DoRead(expected.revision() + 1);
  }

  private Step go(Step next, long nowMicros, String detail) {
    if (attempts < attemptsMax && nowMicros < deadlineMicros) {
      attempts++;
      step = next;
      return next;
    }
    String ended = detail + "; gave up after " + attempts + " attempts";
    return done(inDoubt ? new Outcome.Unknown(ended) : new Outcome.Unavailable(ended));
  }

  private Step done(Outcome outcome) {
    step = new Step.Done(outcome);
    return step;
  }

  private void requireAppending() {
    if (!(step instanceof Step.DoAppend)) {
      throw new IllegalStateException("answer to an append (expected: an answer to " + step + ")");
    }
  }

  private void requireReading() {
    if (!(step instanceof Step.DoRead)) {
      throw new IllegalStateException("answer to a read (expected: an answer to " + step + ")");
    }
  }
}
