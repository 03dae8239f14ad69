package dev.guidon.log;

import dev.guidon.log.AppendCore.Outcome;
import dev.guidon.log.AppendCore.Step;
import dev.guidon.model.CommittedEntry;
import java.util.List;
import java.util.function.LongSupplier;

/** Runs an {@link AppendCore} against a log on the calling thread. */
public final class AppendDriver {
  private final Log log;
  private final LongSupplier nowMicros;
  private final Runnable pause;

  /**
   * @param nowMicros the clock of the deadline
   * @param pause between attempts after one that failed, so that a log in trouble is not hammered
   */
  public AppendDriver(Log log, LongSupplier nowMicros, Runnable pause) {
    this.log = log;
    this.nowMicros = nowMicros;
    this.pause = pause;
  }

  /** Appends and finds out what became of it. */
  public Outcome run(Head expected, CommittedEntry entry, int attemptsMax, long deadlineMicros) {
    AppendCore core = new AppendCore(expected, entry, attemptsMax, deadlineMicros);
    Step step = core.start(nowMicros.getAsLong());
    while (true) {
      switch (step) {
        case Step.Done done -> {
          return done.outcome();
        }
        case Step.DoAppend append -> step = append(core, append);
        case Step.DoRead read -> step = read(core, expected, read);
      }
    }
  }

  private Step append(AppendCore core, Step.DoAppend append) {
    try {
      AppendResult result =
          log.append(append.expected().scope(), append.expected(), append.entry());
      return core.appended(result, nowMicros.getAsLong());
    } catch (IndeterminateAppendException e) {
      return core.appendIndeterminate(detail(e), nowMicros.getAsLong());
    } catch (LogUnavailableException e) {
      pause.run();
      return core.appendUnavailable(detail(e), nowMicros.getAsLong());
    }
  }

  private Step read(AppendCore core, Head expected, Step.DoRead read) {
    try {
      List<CommittedEntry> slot = log.read(expected.scope(), read.revision() - 1, 1);
      return core.slotRead(slot.isEmpty() ? null : slot.getFirst(), nowMicros.getAsLong());
    } catch (LogException e) {
      pause.run();
      return core.readFailed(detail(e), nowMicros.getAsLong());
    }
  }

  private static String detail(LogException e) {
    return String.valueOf(e.getMessage());
  }
}
