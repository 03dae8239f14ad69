package dev.guidon.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.Priority;
import dev.guidon.model.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ViewFollowerTest {
  private static final long SECOND = 1_000_000;

  private final History history = new History().commits(3);
  private final List<Output<View>> all = new ArrayList<>();
  private long connection;

  private ViewFollower follower(@Nullable View start, FollowerSettings settings) {
    ViewFollower follower =
        new ViewFollower(
            History.SCOPE, History.REGION, start, settings, hash -> true, new Random(1));
    take(follower.start(0));
    return follower;
  }

  private ViewFollower connected(@Nullable View start) {
    ViewFollower follower = follower(start, FollowerSettings.DEFAULT);
    take(follower.connected(connection, 1));
    return follower;
  }

  private List<Output<View>> take(List<Output<View>> outputs) {
    all.addAll(outputs);
    for (Output<View> output : outputs) {
      if (output instanceof Output.Connect<View> connect) {
        connection = connect.connection();
      } else if (output instanceof Output.Poll<View> poll) {
        connection = poll.connection();
      }
    }
    return outputs;
  }

  private List<Output<View>> send(ViewFollower follower, ViewFrame frame) {
    return take(follower.received(connection, ViewFrames.encode(frame), 2));
  }

  private ViewFrame.Delta delta(Position from) {
    View before = View.of(history.states.get((int) from.revision()), History.REGION);
    ViewFeed feed = new ViewFeed(before, ViewFeedSettings.DEFAULT);
    feed.replace(history.view());
    return ViewFrames.readDelta(feed.poll(from), StreamLimits.DEFAULT);
  }

  private static <T> List<T> only(List<? extends Output<?>> outputs, Class<T> type) {
    return outputs.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Test
  void aDeltaFromOurPositionIsAppliedAndNamesWhatChanged() {
    ViewFollower follower = connected(history.view());
    Position from = history.position();
    CommittedEntry committed = history.commit();

    List<Output<View>> outputs = send(follower, delta(from));

    Output.Applied<?> applied = only(outputs, Output.Applied.class).get(0);
    assertThat(applied.changed()).isEqualTo(History.changed(committed));
    assertThat(follower.state().hash()).isEqualTo(history.view().hash());
  }

  @Test
  void aViewThatHashesOtherwiseIsNotServedAndEverythingIsAskedFor() {
    View before = history.view();
    ViewFollower follower = connected(before);
    Position from = history.position();
    history.commit();
    ViewFrame.Delta good = delta(from);
    ViewFrame.Delta bad =
        new ViewFrame.Delta(
            good.from(), good.to(), good.region(), 0, 1, Priority.NORMAL, List.of(), good.view());

    List<Output<View>> outputs = send(follower, bad);

    assertThat(only(outputs, Output.Report.class).get(0).code())
        .isEqualTo(Output.Code.VIEW_MISMATCH);
    assertThat(only(outputs, Output.Connect.class).get(0).resume()).isNull();
    assertThat(follower.state()).isSameAs(before);
  }

  @Test
  void aHeadThatContradictsOurViewMakesUsAskForEverythingAndTakeItAtTheSamePosition() {
    ViewFollower follower = connected(history.view());

    List<Output<View>> outputs =
        send(follower, new HeadFrame(history.position(), Hash.ZERO, 5, Hash.of("other"), null));
    assertThat(only(outputs, Output.Connect.class).get(0).resume()).isNull();

    take(follower.connected(connection, 3));
    assertThat(only(send(follower, new ViewFrame.Snapshot(history.view())), Output.Applied.class))
        .hasSize(1);
  }

  @Test
  void aServerThatIsBehindLeadsNobodyBack() {
    View older = View.of(history.states.get(1), History.REGION);
    ViewFollower follower = connected(history.view());

    assertThat(send(follower, new ViewFrame.Snapshot(older))).isEmpty();
    assertThat(follower.position()).isEqualTo(history.position());
  }

  @Test
  void anotherRegionsViewIsRefused() {
    ViewFollower follower = connected(null);

    List<Output<View>> outputs =
        send(follower, new ViewFrame.Snapshot(View.of(history.state(), "us")));

    assertThat(only(outputs, Output.Report.class)).hasSize(1);
    assertThat(follower.state()).isNull();
  }

  @Test
  void anEpochMovesTheViewWithoutMovingThePosition() {
    View before = history.view();
    ViewFollower follower = connected(before);
    ViewFrame.Delta epoch =
        new ViewFrame.Delta(
            before.position(),
            before.position(),
            History.REGION,
            4,
            9,
            Priority.NORMAL,
            List.of(),
            before.hash());

    assertThat(only(send(follower, epoch), Output.Applied.class)).hasSize(1);
    assertThat(follower.state().epoch()).isEqualTo(4);
    assertThat(send(follower, epoch)).isEmpty();
  }

  @Test
  void theEraMoveFrom1000Leads901Forward() {
    history.commits(997);
    ViewFollower follower = connected(history.view());
    assertThat(follower.position()).isEqualTo(new Position(History.LOG_ID, 1, 1000));
    ViewFeed feed = new ViewFeed(history.view(), ViewFeedSettings.DEFAULT);
    history.recoverAfter(900);
    feed.replace(history.view());
    feed.head(history.head(5));

    FeedStep<ViewCursor> step = feed.next(ViewCursor.at(follower.position()));
    step.bytes().forEach(bytes -> take(follower.received(connection, bytes, 3)));

    assertThat(only(all, Output.EraMoved.class).get(0).dropped()).isEqualTo(100);
    assertThat(follower.position()).isEqualTo(new Position(History.LOG_ID, 2, 901));
    assertThat(follower.state().hash()).isEqualTo(history.view().hash());
  }

  @Test
  void silenceForFortyFiveSecondsIsADeadConnection() {
    ViewFollower follower = connected(history.view());
    take(follower.received(connection, SseWriter.heartbeat(), 10 * SECOND));

    assertThat(only(take(follower.tick(54 * SECOND)), Output.Connect.class)).isEmpty();
    assertThat(only(take(follower.tick(56 * SECOND)), Output.Connect.class)).hasSize(1);
  }

  @Test
  void aGoodbyeIsObeyed() {
    ViewFollower follower = connected(history.view());

    Output.Connect<?> connect =
        only(send(follower, new Goodbye(7_000, "drain")), Output.Connect.class).get(0);

    assertThat(connect.afterMillis()).isEqualTo(7_000);
    assertThat(connect.resume()).isEqualTo(history.position());
  }

  @Test
  void theBackoffIsJitteredAndItsCapGrowsFromThirtySecondsToFiveMinutes() {
    FollowerSettings noPolling = FollowerSettings.DEFAULT.withPolling(0, 1, 1);
    long[] longest = new long[40];
    long[] shortest = new long[40];
    java.util.Arrays.fill(shortest, Long.MAX_VALUE);
    for (long seed = 0; seed < 300; seed++) {
      ViewFollower follower =
          new ViewFollower(
              History.SCOPE, History.REGION, null, noPolling, hash -> true, new Random(seed));
      take(follower.start(0));
      for (int i = 0; i < 40; i++) {
        List<Output<View>> outputs = take(follower.disconnected(connection, "refused", i));
        long after = only(outputs, Output.Connect.class).get(0).afterMillis();
        longest[i] = Math.max(longest[i], after);
        shortest[i] = Math.min(shortest[i], after);
      }
    }

    assertThat(longest[0]).isBetween(200L, 250L);
    assertThat(longest[9]).isBetween(28_000L, 30_000L);
    assertThat(longest[39]).isBetween(290_000L, 300_000L);
    assertThat(shortest[39]).isLessThan(10_000L);
  }

  @Test
  void aConnectionThatLivedForAWhileClearsTheCountOfFailures() {
    ViewFollower follower = follower(history.view(), FollowerSettings.DEFAULT.withPolling(0, 1, 1));
    for (int i = 0; i < 20; i++) {
      take(follower.disconnected(connection, "refused", i));
    }
    take(follower.connected(connection, 100 * SECOND));

    List<Output<View>> outputs = take(follower.disconnected(connection, "reset", 120 * SECOND));

    assertThat(only(outputs, Output.Connect.class).get(0).afterMillis()).isLessThanOrEqualTo(250);
  }

  @Test
  void aRefusedKeyIsReportedAndRetriedSlowlyWhileTheViewStaysInService() {
    ViewFollower follower = follower(history.view(), FollowerSettings.DEFAULT);

    List<Output<View>> outputs = take(follower.rejected(connection, 401, -1, 1));

    assertThat(only(outputs, Output.Report.class).get(0).code())
        .isEqualTo(Output.Code.UNAUTHORIZED);
    assertThat(only(outputs, Output.Connect.class).get(0).afterMillis())
        .isGreaterThanOrEqualTo(150_000);
    assertThat(follower.state()).isNotNull();
  }

  @Test
  void aRefusedKeyIsTriedAtTheOtherServersBeforeItIsTriedSlowly() {
    ViewFollower follower =
        follower(history.view(), FollowerSettings.DEFAULT.withUpstreams(3).withPolling(0, 1, 1));

    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      pauses.add(
          only(take(follower.rejected(connection, 401, -1, i)), Output.Connect.class)
              .get(0)
              .afterMillis());
    }

    assertThat(pauses.subList(0, 2)).allMatch(pause -> pause <= 500);
    assertThat(pauses.subList(2, 4)).allMatch(pause -> pause >= 150_000);
  }

  @Test
  void anEmergencyIsObeyedAtOnceAlthoughABlobOfSomethingBeforeItNeverComes() {
    View before = history.view();
    Position from = history.position();
    history.commit(Priority.NORMAL, history.segment("beta", List.of(Hash.of("never"))));
    ViewFrame.Delta bad = delta(from);
    Position after = history.position();
    history.commit(Priority.EMERGENCY, history.flag("checkout", "off"));
    ViewFrame.Delta off = emergency(delta(after));
    ViewFollower follower =
        new ViewFollower(
            History.SCOPE,
            History.REGION,
            before,
            FollowerSettings.DEFAULT,
            hash -> false,
            new Random(1));
    take(follower.start(0));
    take(follower.connected(connection, 1));
    assertThat(only(send(follower, bad), Output.Applied.class)).isEmpty();

    List<Output<View>> outputs = send(follower, off);

    assertThat(only(outputs, Output.Applied.class)).hasSize(2);
    assertThat(follower.state().hash()).isEqualTo(history.view().hash());
  }

  @Test
  void anEmergencyThatWaitsBehindASnapshotLetsTheSnapshotWaitForNoBlob() {
    history.commit(Priority.NORMAL, history.segment("beta", List.of(Hash.of("never"))));
    byte[] snapshot = ViewSnapshot.encode(history.view());
    Position at = history.position();
    history.commit(Priority.EMERGENCY, history.flag("checkout", "off"));
    ViewFollower follower =
        new ViewFollower(
            History.SCOPE,
            History.REGION,
            null,
            FollowerSettings.DEFAULT,
            hash -> false,
            new Random(1));
    take(follower.start(0));
    take(follower.connected(connection, 1));
    send(follower, new SnapshotRef(at, "/v1/x", Hash.of(snapshot), snapshot.length));
    send(follower, emergency(delta(at)));

    List<Output<View>> outputs = take(follower.snapshotFetched(connection, snapshot, 3));

    assertThat(only(outputs, Output.Applied.class)).hasSize(2);
    assertThat(follower.position()).isEqualTo(history.position());
  }

  /** The helper above replaces whole views, which loses what kind of commit it was. */
  private static ViewFrame.Delta emergency(ViewFrame.Delta of) {
    return new ViewFrame.Delta(
        of.from(),
        of.to(),
        of.region(),
        of.epoch(),
        of.timeMicros(),
        Priority.EMERGENCY,
        of.changes(),
        of.view());
  }

  @Test
  void retryAfterIsHonoured() {
    ViewFollower follower = follower(null, FollowerSettings.DEFAULT);

    List<Output<View>> outputs = take(follower.rejected(connection, 503, 20_000, 1));

    assertThat(only(outputs, Output.Connect.class).get(0).afterMillis())
        .isBetween(20_000L, 25_000L);
  }

  @Test
  void afterFiveFailuresOfStreamingPollsTakeItsPlaceAndStreamingIsTriedAgain() {
    ViewFollower follower = follower(history.view(), FollowerSettings.DEFAULT);
    for (int i = 0; i < 5; i++) {
      take(follower.disconnected(connection, "proxy", i));
    }
    assertThat(follower.isPolling()).isTrue();
    assertThat(only(all, Output.Poll.class).get(0).from()).isEqualTo(history.position());
    Position from = history.position();
    history.commit();

    List<Output<View>> outputs =
        take(
            follower.polled(
                connection, ViewFrames.deltaBytes(delta(from)), history.head(9), SECOND));

    assertThat(follower.position()).isEqualTo(history.position());
    assertThat(only(outputs, Output.Poll.class).get(0).afterMillis()).isBetween(30_000L, 37_500L);

    assertThat(
            only(take(follower.polled(connection, null, null, 400 * SECOND)), Output.Connect.class))
        .hasSize(1);
    assertThat(
            only(take(follower.disconnected(connection, "proxy", 401 * SECOND)), Output.Poll.class))
        .hasSize(1);
  }

  @Test
  void whenThePollingServerComesBackStreamingIsTriedAtOnce() {
    ViewFollower follower = follower(history.view(), FollowerSettings.DEFAULT);
    for (int i = 0; i < 8; i++) {
      take(follower.disconnected(connection, "down", i));
    }
    assertThat(follower.isPolling()).isTrue();

    assertThat(only(take(follower.polled(connection, null, null, SECOND)), Output.Connect.class))
        .hasSize(1);
  }

  @Test
  void staleIsToldAfterAWhileWithoutConnectionAndFreshWhenAHeadIsReached() {
    ViewFollower follower = connected(history.view());
    assertThat(only(send(follower, history.head(5)), Output.Fresh.class)).hasSize(1);
    take(follower.disconnected(connection, "reset", 20 * SECOND));

    assertThat(only(take(follower.tick(25 * SECOND)), Output.Stale.class)).isEmpty();
    assertThat(only(take(follower.tick(31 * SECOND)), Output.Stale.class)).hasSize(1);
    assertThat(only(take(follower.tick(32 * SECOND)), Output.Stale.class)).isEmpty();

    take(follower.connected(connection, 40 * SECOND));
    assertThat(only(send(follower, history.head(6)), Output.Fresh.class)).hasSize(1);
  }

  @Test
  void wordsOfAnOldConnectionAreIgnored() {
    ViewFollower follower = connected(history.view());
    long old = connection;
    take(follower.disconnected(old, "reset", 5));

    assertThat(follower.received(old, ViewFrames.encode(new Goodbye(1, "x")), 6)).isEmpty();
    assertThat(follower.disconnected(old, "again", 7)).isEmpty();
    assertThat(follower.snapshotFetched(old, new byte[0], 8)).isEmpty();
  }

  @Test
  void hostileBytesEndInAReconnectAndNothingElse() {
    for (long seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      ViewFollower follower = connected(history.view());
      byte[] bytes = ViewFrames.encode(new ViewFrame.Snapshot(history.view()));
      for (int i = 0; i < 5; i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }

      take(follower.received(connection, bytes, 2));

      assertThat(follower.state().hash()).as("seed %d", seed).isEqualTo(history.view().hash());
    }
  }
}
