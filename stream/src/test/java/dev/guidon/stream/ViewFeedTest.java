package dev.guidon.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Position;
import dev.guidon.model.Priority;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.View;
import java.util.List;
import org.junit.jupiter.api.Test;

class ViewFeedTest {
  private final History history = new History().commits(3);
  private final ViewFeed feed =
      new ViewFeed(history.view(), new ViewFeedSettings(20, 1 << 20, 4, 1 << 20, 100));

  private void commit(Priority priority) {
    CommittedEntry committed =
        history.commit(
            priority,
            history.flag("flag-" + history.position().revision() % 3, "t" + history.position()));
    feed.apply(history.state(), History.changed(committed), priority);
  }

  private void commits(int count) {
    for (int i = 0; i < count; i++) {
      commit(Priority.NORMAL);
    }
  }

  private List<ViewFrame> frames(FeedStep<ViewCursor> step) {
    SseReader reader = new SseReader(1 << 20);
    return step.bytes().stream()
        .flatMap(bytes -> reader.feed(bytes).stream())
        .map(event -> ViewFrames.decode(event, StreamLimits.DEFAULT))
        .toList();
  }

  @Test
  void aFrameIsEncodedOnceAndSharedByAll() {
    Position from = history.position();
    commits(1);

    FeedStep<ViewCursor> one = feed.next(ViewCursor.at(from));
    FeedStep<ViewCursor> other = feed.next(ViewCursor.at(from));

    assertThat(one.bytes()).hasSize(1);
    assertThat(one.bytes().get(0)).isSameAs(other.bytes().get(0));
    assertThat(feed.next(one.cursor()).isEmpty()).isTrue();
  }

  @Test
  void fewFramesAreSentAsTheyAreAndManyAreMerged() {
    Position from = history.position();
    commits(4);
    assertThat(frames(feed.next(ViewCursor.at(from)))).hasSize(4);
    commits(6);

    List<ViewFrame> merged = frames(feed.next(ViewCursor.at(from)));

    assertThat(merged).hasSize(1);
    ViewFrame.Delta delta = (ViewFrame.Delta) merged.get(0);
    assertThat(delta.from()).isEqualTo(from);
    assertThat(delta.to()).isEqualTo(history.position());
    assertThat(delta.changes()).hasSize(3);
    assertThat(feed.next(ViewCursor.at(from)).bytes().get(0))
        .isSameAs(feed.next(ViewCursor.at(from)).bytes().get(0));
  }

  @Test
  void anEmergencyDoesNotWaitBehindOtherFrames() {
    Position from = history.position();
    commits(1);
    commit(Priority.EMERGENCY);
    commits(1);

    FeedStep<ViewCursor> step = feed.next(ViewCursor.at(from));

    assertThat(step.priority()).isEqualTo(Priority.EMERGENCY);
    assertThat(frames(step)).hasSize(1);
    assertThat(((ViewFrame.Delta) frames(step).get(0)).priority()).isEqualTo(Priority.EMERGENCY);
  }

  @Test
  void beyondTheFramesKeptThereIsASnapshotAndOneSnapshotServesAll() {
    Position from = history.position();
    commits(40);

    List<ViewFrame> frames = frames(feed.next(ViewCursor.at(from)));

    SnapshotRef ref = (SnapshotRef) frames.get(0);
    View view = ViewSnapshot.decode(feed.snapshot(ref.hash()), StreamLimits.DEFAULT);
    assertThat(view.hash()).isEqualTo(history.view().hash());
    commits(2);
    assertThat(frames(feed.next(ViewCursor.at(null))).get(0)).isEqualTo(ref);
    assertThat(frames(feed.next(ViewCursor.at(null)))).hasSize(3);
  }

  @Test
  void aReaderAheadOfThisEdgeWaitsUntilTheEdgeHasCaughtUp() {
    History elsewhere = new History().commits(5);

    FeedStep<ViewCursor> early = feed.next(ViewCursor.at(elsewhere.position()));
    assertThat(early.isEmpty()).isTrue();
    commits(3);

    ViewFrame.Delta delta = (ViewFrame.Delta) frames(feed.next(early.cursor())).get(0);
    assertThat(delta.from()).isEqualTo(elsewhere.position());
  }

  @Test
  void aReaderOfAnotherLogIsSentAwayWithTheReason() {
    FeedStep<ViewCursor> step = feed.next(ViewCursor.at(new Position("another", 1, 2)));

    assertThat(step.close()).isTrue();
    assertThat(((Goodbye) frames(step).get(0)).reason()).contains(History.LOG_ID);
  }

  @Test
  void aHeadIsSentOnceAndOnlyWhenTheViewHasReachedIt() {
    ViewCursor cursor = ViewCursor.at(history.position());
    HeadFrame ahead =
        new HeadFrame(history.position().next(), history.state().chain(), 50, null, null);
    feed.head(ahead);
    assertThat(feed.next(cursor).isEmpty()).isTrue();
    commits(1);

    FeedStep<ViewCursor> step = feed.next(cursor);

    assertThat(frames(step)).hasSize(2).last().isEqualTo(ahead.withView(history.view().hash()));
    assertThat(feed.next(step.cursor()).isEmpty()).isTrue();
  }

  @Test
  void kindsThatAreNotForSdksMoveThePositionAndShowNothing() {
    Position from = history.position();
    CommittedEntry committed =
        history.commit(Priority.NORMAL, history.sdkKey("backend", "secret hash"));
    feed.apply(history.state(), History.changed(committed), Priority.NORMAL);

    ViewFrame.Delta delta = (ViewFrame.Delta) frames(feed.next(ViewCursor.at(from))).get(0);

    assertThat(delta.changes()).isEmpty();
    assertThat(delta.to()).isEqualTo(history.position());
  }

  @Test
  void pollingAnswersTheSameDifference() {
    Position from = history.position();
    assertThat(feed.poll(from)).isEmpty();
    commits(3);

    assertThat(ViewFrames.readDelta(feed.poll(from), StreamLimits.DEFAULT).to())
        .isEqualTo(history.position());
    assertThat(ViewSnapshot.decode(feed.poll(null), StreamLimits.DEFAULT).position())
        .isEqualTo(history.position());
  }

  @Test
  void anotherLogStartsTheFeedAnew() {
    Position from = history.position();
    ScopeState other = ScopeState.empty(ScopeId.of("shop", "prod"), "another");

    feed.replace(View.of(other, History.REGION));

    assertThat(feed.next(ViewCursor.at(from)).close()).isTrue();
    assertThat(feed.view().position().logId()).isEqualTo("another");
  }
}
