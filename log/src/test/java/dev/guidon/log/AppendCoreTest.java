package dev.guidon.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.guidon.log.AppendCore.Outcome;
import dev.guidon.log.AppendCore.Step;
import dev.guidon.model.CommittedEntry;
import org.junit.jupiter.api.Test;

class AppendCoreTest {
  private static final Head HEAD = Head.empty(Scribe.SHOP, Scribe.logId("core"));
  private static final CommittedEntry OURS = Scribe.next(HEAD, "ours", Scribe.flag("a", 1, true));
  private static final CommittedEntry THEIRS =
      Scribe.next(HEAD, "theirs", Scribe.flag("a", 1, false));
  private static final CommittedEntry SAME_KEY =
      Scribe.next(HEAD, "ours", Scribe.flag("b", 1, false));
  private static final Head AFTER_OURS = Head.after(Scribe.SHOP, OURS);
  private static final Head AFTER_THEIRS = Head.after(Scribe.SHOP, THEIRS);

  private final AppendCore core =
      new AppendCore(HEAD, OURS, /* attemptsMax= */ 6, /* deadlineMicros= */ 1000);

  @Test
  void anAnswerIsTheOutcome() {
    assertThat(core.start(0)).isEqualTo(new Step.DoAppend(HEAD, OURS));

    Step done = core.appended(new AppendResult.Committed(AFTER_OURS), 1);

    assertThat(done).isEqualTo(new Step.Done(new Outcome.Committed(AFTER_OURS)));
  }

  @Test
  void aConflictWithoutDoubtIsFinal() {
    core.start(0);

    Step done = core.appended(new AppendResult.Conflict(AFTER_THEIRS), 1);

    assertThat(done).isEqualTo(new Step.Done(new Outcome.Conflict(AFTER_THEIRS)));
  }

  @Test
  void afterNoAnswerTheSlotIsRead() {
    core.start(0);

    assertThat(core.appendIndeterminate("timeout", 1)).isEqualTo(new Step.DoRead(1));
  }

  @Test
  void ourEntryInTheSlotIsCommitted() {
    core.start(0);
    core.appendIndeterminate("timeout", 1);

    assertThat(core.slotRead(OURS, 2)).isEqualTo(new Step.Done(new Outcome.Committed(AFTER_OURS)));
  }

  @Test
  void anotherEntryInTheSlotMeansNever() {
    core.start(0);
    core.appendIndeterminate("timeout", 1);

    assertThat(core.slotRead(THEIRS, 2))
        .isEqualTo(new Step.Done(new Outcome.Conflict(AFTER_THEIRS)));
  }

  @Test
  void anotherEntryWithOurKeyIsNotOurs() {
    core.start(0);
    core.appendIndeterminate("timeout", 1);

    assertThat(core.slotRead(SAME_KEY, 2))
        .isEqualTo(new Step.Done(new Outcome.Conflict(Head.after(Scribe.SHOP, SAME_KEY))));
  }

  @Test
  void anEmptySlotGetsTheIdenticalEntryAtTheIdenticalHead() {
    core.start(0);
    core.appendIndeterminate("timeout", 1);

    assertThat(core.slotRead(null, 2)).isEqualTo(new Step.DoAppend(HEAD, OURS));
  }

  @Test
  void aSecondCopyThatMeetsTheFirstIsCommitted() {
    core.start(0);
    core.appendIndeterminate("timeout", 1);
    core.slotRead(null, 2);

    assertThat(core.appended(new AppendResult.KeyTaken(OURS), 3))
        .isEqualTo(new Step.Done(new Outcome.Committed(AFTER_OURS)));
  }

  @Test
  void aSecondCopyInConflictWithTheFirstIsCommitted() {
    core.start(0);
    core.appendIndeterminate("timeout", 1);
    core.slotRead(null, 2);

    assertThat(core.appended(new AppendResult.Conflict(AFTER_OURS), 3))
        .isEqualTo(new Step.Done(new Outcome.Committed(AFTER_OURS)));
  }

  @Test
  void aSecondCopyInConflictWithALaterHeadLooksAtTheSlotAgain() {
    core.start(0);
    core.appendIndeterminate("timeout", 1);
    core.slotRead(null, 2);
    Head later = Head.after(Scribe.SHOP, Scribe.next(AFTER_OURS, "later"));

    assertThat(core.appended(new AppendResult.Conflict(later), 3)).isEqualTo(new Step.DoRead(1));
    assertThat(core.slotRead(OURS, 4)).isEqualTo(new Step.Done(new Outcome.Committed(AFTER_OURS)));
  }

  @Test
  void aTakenKeyIsTakenByTheOther() {
    core.start(0);

    assertThat(core.appended(new AppendResult.KeyTaken(SAME_KEY), 1))
        .isEqualTo(new Step.Done(new Outcome.KeyTaken(SAME_KEY)));
  }

  @Test
  void anUnreachableLogBeforeAnyDoubtIsUnavailable() {
    core.start(0);

    assertThat(outcome(core.appendUnavailable("down", 1))).isInstanceOf(Outcome.Unavailable.class);
  }

  @Test
  void attemptsRunOutIntoUnknownWhileInDoubt() {
    core.start(0);
    Step step = core.appendIndeterminate("timeout", 1);
    int reads = 0;
    while (step instanceof Step.DoRead) {
      step = core.readFailed("down", 2);
      reads++;
    }

    assertThat(reads).isEqualTo(5);
    assertThat(outcome(step)).isInstanceOf(Outcome.Unknown.class);
  }

  @Test
  void anEmptySlotAtTheEndOfTimeStaysUnknownSinceTheFirstCopyMayStillArrive() {
    core.start(0);
    core.appendIndeterminate("timeout", 1);

    assertThat(outcome(core.slotRead(null, 1000))).isInstanceOf(Outcome.Unknown.class);
  }

  @Test
  void nothingIsTriedAfterTheDeadline() {
    assertThat(outcome(core.start(1000))).isInstanceOf(Outcome.Unavailable.class);
  }

  @Test
  void anAnswerToNothingIsRefused() {
    core.start(0);

    assertThatThrownBy(() -> core.slotRead(OURS, 1)).isInstanceOf(IllegalStateException.class);
  }

  private static Outcome outcome(Step step) {
    return ((Step.Done) step).outcome();
  }
}
