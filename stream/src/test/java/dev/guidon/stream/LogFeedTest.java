package dev.guidon.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogFeedTest {
  private final History history = new History();
  private long oldestKept = 1;
  private long readAt = 1;

  private final LogFeed feed =
      new LogFeed(
          new LogSource() {
            @Override
            public HeadFrame head() {
              return history.head(readAt);
            }

            @Override
            public List<CommittedEntry> read(long after, int max) {
              int size = history.entries.size();
              return after + 1 < oldestKept || after >= size
                  ? List.of()
                  : history.entries.subList((int) after, Math.min(size, (int) after + max));
            }

            @Override
            public SnapshotRef snapshot() {
              return new SnapshotRef(history.position(), "/v1/x", Hash.ZERO, 1);
            }
          },
          /* entriesMax= */ 4,
          /* bytesMax= */ 1 << 20,
          /* snapshotBeyond= */ 50);

  private static List<LogFrame> frames(FeedStep<LogCursor> step) {
    SseReader reader = new SseReader(1 << 20);
    return step.bytes().stream()
        .flatMap(bytes -> reader.feed(bytes).stream())
        .map(LogFrames::decode)
        .toList();
  }

  private SnapshotRef wholeState() {
    return new SnapshotRef(history.position(), "/v1/x", Hash.ZERO, 1);
  }

  @Test
  void entriesComeInPortionsVerbatimAndTheHeadComesLastAndOnce() {
    history.commits(6);

    FeedStep<LogCursor> first = feed.next(LogCursor.at(null));
    FeedStep<LogCursor> second = feed.next(first.cursor());
    FeedStep<LogCursor> third = feed.next(second.cursor());

    assertThat(frames(first))
        .hasSize(4)
        .first()
        .isEqualTo(new LogFrame.EntryFrame(history.entries.get(0)));
    assertThat(frames(second)).hasSize(2);
    assertThat(frames(third)).containsExactly(history.head(1));
    assertThat(feed.next(third.cursor()).isEmpty()).isTrue();
    readAt = 2;
    assertThat(frames(feed.next(third.cursor()))).containsExactly(history.head(2));
  }

  @Test
  void aPositionThatARecoveryDroppedGetsTheHeadAndAStateOfTheNewEra() {
    history.commits(10);
    Position dropped = history.states.get(8).position();
    history.recoverAfter(6);
    history.commits(5);

    assertThat(frames(feed.next(LogCursor.at(dropped))))
        .containsExactly(history.head(1), wholeState());
    assertThat(feed.poll(dropped)).isNull();
  }

  @Test
  void aPositionOfAnOlderEraThatTheLogStillHasIsLedOnByEntries() {
    history.commits(10);
    Position kept = history.states.get(5).position();
    history.recoverAfter(6);

    assertThat(frames(feed.next(LogCursor.at(kept))))
        .containsExactly(
            new LogFrame.EntryFrame(history.entries.get(5)),
            new LogFrame.EntryFrame(history.entries.get(6)));
  }

  @Test
  void whereEntriesAreCutOffOrTooManyThereIsAWholeState() {
    history.commits(20);
    oldestKept = 15;
    assertThat(frames(feed.next(LogCursor.at(history.states.get(5).position()))))
        .contains(wholeState());

    oldestKept = 1;
    history.commits(60);
    assertThat(frames(feed.next(LogCursor.at(history.states.get(5).position()))))
        .contains(wholeState());
  }

  @Test
  void aFollowerThatKnowsMoreThanThisServerIsToldNothing() {
    history.commits(3);

    assertThat(feed.next(LogCursor.at(new Position(History.LOG_ID, 2, 3))).isEmpty()).isTrue();
  }

  @Test
  void aFollowerOfAnotherLogIsSentAwayWithTheReason() {
    history.commits(3);

    FeedStep<LogCursor> step = feed.next(LogCursor.at(new Position("another", 1, 2)));

    assertThat(step.close()).isTrue();
    assertThat(((Goodbye) frames(step).get(0)).reason()).contains(History.LOG_ID);
  }
}
