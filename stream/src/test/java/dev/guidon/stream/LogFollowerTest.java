package dev.guidon.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Entry;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.Priority;
import dev.guidon.model.ScopeSnapshot;
import dev.guidon.model.ScopeState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LogFollowerTest {
  private final History history = new History();
  private final Set<Hash> blobs = new HashSet<>();
  private final List<Output<ScopeState>> all = new ArrayList<>();
  private long connection;

  private LogFollower follower(ScopeState start) {
    return follower(start, FollowerSettings.DEFAULT);
  }

  private LogFollower follower(ScopeState start, FollowerSettings settings) {
    LogFollower follower =
        new LogFollower(History.SCOPE, start, settings, blobs::contains, new Random(1));
    take(follower.start(0));
    take(follower.connected(connection, 1));
    return follower;
  }

  private List<Output<ScopeState>> take(List<Output<ScopeState>> outputs) {
    all.addAll(outputs);
    for (Output<ScopeState> output : outputs) {
      if (output instanceof Output.Connect<ScopeState> connect) {
        connection = connect.connection();
      }
    }
    return outputs;
  }

  private List<Output<ScopeState>> send(LogFollower follower, LogFrame frame) {
    return take(follower.received(connection, LogFrames.encode(frame), 2));
  }

  private List<Output<ScopeState>> send(LogFollower follower, CommittedEntry entry) {
    return send(follower, new LogFrame.EntryFrame(entry));
  }

  private static <T> List<T> only(List<? extends Output<?>> outputs, Class<T> type) {
    return outputs.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private static Output.Code report(List<? extends Output<?>> outputs) {
    return only(outputs, Output.Report.class).get(0).code();
  }

  @Test
  void anEntryIsAppliedThenPersistedAndAcknowledgedOnlyWhenItIsOnDisk() {
    LogFollower follower = follower(null);

    List<Output<ScopeState>> outputs = send(follower, history.commit());

    assertThat(outputs.get(0)).isInstanceOf(Output.Applied.class);
    assertThat(outputs.get(1)).isInstanceOf(Output.Persist.class);
    assertThat(outputs).hasSize(2);
    assertThat(follower.acknowledged()).isNull();
    assertThat(follower.persisted(history.position()))
        .containsExactly(new Output.Acknowledge<>(history.position()));
    assertThat(follower.persisted(history.position())).isEmpty();
  }

  @Test
  void isAtHeadOnlyWhenTheNewestKnownHeadIsReachedOnAStandingConnection() {
    LogFollower follower = follower(null);
    CommittedEntry first = history.commit();
    CommittedEntry second = history.commit();
    HeadFrame head = new HeadFrame(second.position(), second.hash(), 100, null, null);

    send(follower, first);
    boolean beforeAnyHead = follower.isAtHead();
    send(follower, head);
    boolean behind = follower.isAtHead();
    send(follower, second);
    boolean reached = follower.isAtHead();
    take(follower.disconnected(connection, "cut", 3));

    assertThat(beforeAnyHead).isFalse();
    assertThat(behind).isFalse();
    assertThat(reached).isTrue();
    assertThat(follower.isAtHead()).isFalse();
  }

  @Test
  void itResumesFromItsOwnPosition() {
    history.commits(3);

    follower(history.state());

    assertThat(only(all, Output.Connect.class).get(0).resume()).isEqualTo(history.position());
  }

  @Test
  void whatIsKnownAlreadyIsIgnored() {
    history.commits(3);
    LogFollower follower = follower(history.state());

    assertThat(send(follower, history.entries.get(1))).isEmpty();
  }

  @Test
  void aGapReconnectsFromTheOwnPosition() {
    history.commits(2);
    LogFollower follower = follower(history.states.get(2));
    history.commits(2);

    List<Output<ScopeState>> outputs = send(follower, history.entries.get(3));

    assertThat(report(outputs)).isEqualTo(Output.Code.GAP);
    assertThat(only(outputs, Output.Connect.class).get(0).resume())
        .isEqualTo(history.states.get(2).position());
    assertThat(follower.position().revision()).isEqualTo(2);
  }

  @Test
  void anotherChainIsRefusedAndAWholeStateAskedFor() {
    history.commits(2);
    LogFollower follower = follower(history.state());
    Entry forged =
        new Entry(
            history.position().next(),
            9,
            "eve",
            null,
            "k",
            Priority.NORMAL,
            null,
            Hash.of("other"),
            null,
            List.of());

    List<Output<ScopeState>> outputs = send(follower, forged.commit());

    assertThat(report(outputs)).isEqualTo(Output.Code.CHAIN_BROKEN);
    assertThat(only(outputs, Output.Connect.class).get(0).resume()).isNull();
    assertThat(follower.state()).isSameAs(history.state());
  }

  @Test
  void aHeadWithAnotherChainAtOurPositionIsNoticed() {
    history.commits(2);
    LogFollower follower = follower(history.state());

    List<Output<ScopeState>> outputs =
        send(follower, new HeadFrame(history.position(), Hash.of("other"), 5, null, null));

    assertThat(report(outputs)).isEqualTo(Output.Code.CHAIN_BROKEN);
  }

  @Test
  void anotherLogIsRefusedUnlessTheFollowerIsEmpty() {
    history.commits(2);
    ScopeState other = ScopeState.empty(History.SCOPE, "another");
    CommittedEntry first =
        new Entry(
                new Position("another", 1, 1),
                9,
                "a",
                null,
                "k",
                Priority.NORMAL,
                null,
                Hash.ZERO,
                null,
                List.of())
            .commit();

    assertThat(report(send(follower(history.state()), first))).isEqualTo(Output.Code.OTHER_LOG);
    LogFollower empty = follower(ScopeState.empty(History.SCOPE, "third"));
    send(empty, first);
    assertThat(empty.state().chain()).isEqualTo(other.apply(first).chain());
  }

  @Test
  void theEraMoveDropsTheSuffixAndSaysHowMuch() {
    history.commits(1000);
    LogFollower follower = follower(history.state());
    history.recoverAfter(900);
    assertThat(history.position()).isEqualTo(new Position(History.LOG_ID, 2, 901));
    history.commits(4);
    byte[] snapshot = ScopeSnapshot.encode(history.state());

    send(follower, history.head(77));
    send(
        follower, new SnapshotRef(history.position(), "/v1/x", Hash.of(snapshot), snapshot.length));
    List<Output<ScopeState>> outputs = take(follower.snapshotFetched(connection, snapshot, 3));

    assertThat(only(outputs, Output.EraMoved.class))
        .containsExactly(
            new Output.EraMoved<>(
                new Position(History.LOG_ID, 1, 1000), history.position(), /* dropped= */ 100));
    assertThat(only(outputs, Output.PersistSnapshot.class)).hasSize(1);
    assertThat(follower.position()).isEqualTo(history.position());
  }

  @Test
  void anEraThatBeganWithoutLossIsAnOrdinaryEntry() {
    history.commits(900);
    LogFollower follower = follower(history.state());
    history.recoverAfter(900);

    List<Output<ScopeState>> outputs = send(follower, history.entries.get(900));

    assertThat(only(outputs, Output.EraMoved.class).get(0).dropped()).isZero();
    assertThat(follower.position()).isEqualTo(new Position(History.LOG_ID, 2, 901));
  }

  @Test
  void entriesOfAnOldEraDoNotLeadBack() {
    history.commits(5);
    CommittedEntry old = history.entries.get(4);
    history.recoverAfter(3);
    LogFollower follower = follower(history.state());

    assertThat(send(follower, old)).isEmpty();
    assertThat(follower.position().era()).isEqualTo(2);
  }

  @Test
  void anEntryWaitsForItsBlobsAndWhatComesLaterWaitsBehindIt() {
    Hash chunk = Hash.of("chunk");
    LogFollower follower = follower(null);

    List<Output<ScopeState>> first =
        send(follower, history.commit(Priority.NORMAL, history.segment("beta", List.of(chunk))));
    List<Output<ScopeState>> second = send(follower, history.commit());

    assertThat(only(first, Output.FetchBlob.class).get(0).hash()).isEqualTo(chunk);
    assertThat(only(second, Output.Applied.class)).isEmpty();

    blobs.add(chunk);
    List<Output<ScopeState>> after = take(follower.blobFetched(chunk, 3));

    assertThat(only(after, Output.Applied.class)).hasSize(2);
    assertThat(follower.position()).isEqualTo(history.position());
  }

  @Test
  void aBlobThatIsGoneForEverDoesNotBlockWhatComesBehindIt() {
    Hash chunk = Hash.of("erased");
    LogFollower follower = follower(null);
    send(follower, history.commit(Priority.NORMAL, history.segment("beta", List.of(chunk))));
    send(follower, history.commit(Priority.NORMAL, history.flag("checkout", "off")));

    List<Output<ScopeState>> outputs = take(follower.blobMissing(chunk, 3));

    assertThat(report(outputs)).isEqualTo(Output.Code.BLOB_MISSING);
    assertThat(only(outputs, Output.Applied.class)).hasSize(2);
    blobs.add(chunk);
    assertThat(take(follower.blobFetched(chunk, 4)))
        .containsExactly(new Output.BlobArrived<>(chunk));
  }

  @Test
  void aBlobThatFailsTooOftenDoesNotBlockEither() {
    Hash chunk = Hash.of("slow");
    LogFollower follower = follower(null);
    send(follower, history.commit(Priority.NORMAL, history.segment("beta", List.of(chunk))));

    int attempts = 0;
    while (follower.position() == null && attempts < 100) {
      take(follower.blobFailed(chunk, 3 + attempts++));
    }

    assertThat(attempts).isEqualTo(FollowerSettings.DEFAULT.blobAttemptsMax());
    assertThat(follower.position()).isEqualTo(history.position());
  }

  @Test
  void anEmergencyIsObeyedAtOnceAlthoughABlobOfSomethingBeforeItNeverComes() {
    Hash chunk = Hash.of("never");
    LogFollower follower = follower(null);
    send(follower, history.commit(Priority.NORMAL, history.segment("beta", List.of(chunk))));
    send(follower, history.commit());
    assertThat(follower.isWaiting()).isTrue();

    List<Output<ScopeState>> outputs =
        send(follower, history.commit(Priority.EMERGENCY, history.flag("checkout", "off")));

    assertThat(only(outputs, Output.Applied.class)).hasSize(3);
    assertThat(report(outputs)).isEqualTo(Output.Code.BLOB_MISSING);
    assertThat(follower.position()).isEqualTo(history.position());
    assertThat(follower.isWaiting()).isFalse();
    // The blob is still on its way, and what was compiled without it hears of its arrival.
    blobs.add(chunk);
    assertThat(take(follower.blobFetched(chunk, 4)))
        .containsExactly(new Output.BlobArrived<>(chunk));
  }

  @Test
  void anEmergencyDoesNotWaitForItsOwnBlobsEither() {
    Hash chunk = Hash.of("never");
    LogFollower follower = follower(null);

    List<Output<ScopeState>> outputs =
        send(follower, history.commit(Priority.EMERGENCY, history.segment("b", List.of(chunk))));

    assertThat(only(outputs, Output.FetchBlob.class)).hasSize(1);
    assertThat(follower.position()).isEqualTo(history.position());
  }

  @Test
  void aLateBlobIsTriedAsOftenAsOneThatIsWaitedFor() {
    Hash chunk = Hash.of("slow");
    LogFollower follower = follower(null);
    send(follower, history.commit(Priority.EMERGENCY, history.segment("b", List.of(chunk))));

    int attempts = 1;
    while (!only(take(follower.blobFailed(chunk, 3)), Output.FetchBlob.class).isEmpty()) {
      attempts++;
    }

    assertThat(attempts).isEqualTo(FollowerSettings.DEFAULT.blobAttemptsMax());
    assertThat(only(take(follower.tick(20_000_000)), Output.FetchBlob.class)).hasSize(1);
  }

  @Test
  void aLateBlobIsFetchedAlsoWhenTheConnectionEndsBeforeItsTurn() {
    List<Hash> chunks = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      chunks.add(Hash.of("chunk-" + i));
    }
    LogFollower follower = follower(null);
    send(follower, history.commit(Priority.EMERGENCY, history.segment("b", chunks)));
    take(follower.disconnected(connection, "reset", 3));

    Set<Hash> asked = new HashSet<>();
    for (int i = 0; i < 40; i++) {
      only(all, Output.FetchBlob.class).forEach(fetch -> asked.add(fetch.hash()));
      asked.forEach(hash -> take(follower.blobFetched(hash, 4)));
    }

    assertThat(asked).containsExactlyInAnyOrderElementsOf(chunks);
    assertThat(only(all, Output.BlobArrived.class)).hasSize(40);
  }

  @Test
  void afterTheEmergencyFramesWaitForTheirBlobsAgain() {
    LogFollower follower = follower(null);
    send(follower, history.commit(Priority.EMERGENCY, history.flag("checkout", "off")));

    send(
        follower,
        history.commit(Priority.NORMAL, history.segment("beta", List.of(Hash.of("chunk")))));

    assertThat(follower.isWaiting()).isTrue();
  }

  @Test
  void nothingWaitsForBlobsLongerThanTheSettingsSay() {
    LogFollower follower = follower(null);
    send(
        follower,
        history.commit(Priority.NORMAL, history.segment("beta", List.of(Hash.of("never")))));

    assertThat(only(take(follower.tick(9_000_000)), Output.Applied.class)).isEmpty();
    assertThat(only(take(follower.tick(11_000_000)), Output.Applied.class)).hasSize(1);
  }

  @Test
  void theDriverNeverStopsReadingBecauseOfBlobsSinceAnEmergencyMayStandBehindThem() {
    FollowerSettings small =
        FollowerSettings.DEFAULT.withLimits(new StreamLimits(1 << 20, 1 << 20, 1_000, 2_000));
    LogFollower follower = follower(null, small);
    Hash chunk = Hash.of("chunk");
    send(follower, history.commit(Priority.NORMAL, history.segment("beta", List.of(chunk))));
    while (follower.isWaiting()) {
      assertThat(follower.wantsMore()).isTrue();
      send(follower, history.commit());
    }

    assertThat(history.position().revision()).isBetween(3L, 10L);
    assertThat(follower.position()).isEqualTo(history.position());
  }

  @Test
  void theDriverStopsReadingWhileTooMuchWaitsForASnapshot() {
    FollowerSettings small =
        FollowerSettings.DEFAULT.withLimits(new StreamLimits(1 << 20, 1 << 20, 1_000, 2_000));
    history.commits(3);
    byte[] snapshot = ScopeSnapshot.encode(history.state());
    LogFollower follower = follower(null, small);
    send(
        follower, new SnapshotRef(history.position(), "/v1/x", Hash.of(snapshot), snapshot.length));
    while (follower.wantsMore()) {
      send(follower, history.commit());
    }
    assertThat(history.position().revision()).isLessThan(12);

    take(follower.snapshotFetched(connection, snapshot, 3));

    assertThat(follower.wantsMore()).isTrue();
    assertThat(follower.position()).isEqualTo(history.position());
  }

  @Test
  void blobsThatAStateFromDiskLacksAreFetchedWhileNothingWaitsForThem() {
    Hash chunk = Hash.of("not yet here when it stopped");
    history.commit(Priority.NORMAL, history.segment("beta", List.of(chunk)));

    LogFollower follower = follower(history.state());

    assertThat(only(all, Output.FetchBlob.class).get(0).hash()).isEqualTo(chunk);
    assertThat(only(send(follower, history.commit()), Output.Applied.class)).hasSize(1);
    blobs.add(chunk);
    assertThat(take(follower.blobFetched(chunk, 4)))
        .containsExactly(new Output.BlobArrived<>(chunk));
  }

  @Test
  void blobsThatTheDiskHasLostMeanwhileAreFetchedToo() {
    Hash chunk = Hash.of("lost");
    blobs.add(chunk);
    history.commit(Priority.NORMAL, history.segment("beta", List.of(chunk)));
    LogFollower follower = follower(history.state());
    assertThat(only(all, Output.FetchBlob.class)).isEmpty();
    blobs.remove(chunk);

    List<Output<ScopeState>> outputs = take(follower.blobsLost(Set.of(chunk)));

    assertThat(only(outputs, Output.FetchBlob.class).get(0).hash()).isEqualTo(chunk);
    assertThat(take(follower.blobsLost(Set.of(chunk)))).isEmpty();
  }

  @Test
  void stalenessCountsFromTheLastLinearizableReadWeHaveReached() {
    history.commits(2);
    LogFollower follower = follower(history.state());
    long commitTime = history.state().timeMicros();

    assertThat(follower.stalenessMicros(commitTime + 500)).isEqualTo(500);

    send(follower, history.head(commitTime + 400));
    assertThat(follower.stalenessMicros(commitTime + 500)).isEqualTo(100);

    CommittedEntry unseen = history.commit();
    send(follower, history.head(commitTime + 2_000));
    assertThat(follower.stalenessMicros(commitTime + 2_500)).isEqualTo(2_100);

    send(follower, unseen);
    assertThat(follower.stalenessMicros(commitTime + 2_500)).isEqualTo(500);
  }

  @Test
  void aSnapshotWithOtherBytesIsNotInstalled() {
    history.commits(3);
    LogFollower follower = follower(null);
    byte[] snapshot = ScopeSnapshot.encode(history.state());
    send(follower, new SnapshotRef(history.position(), "/v1/x", Hash.of("other"), snapshot.length));

    List<Output<ScopeState>> outputs = take(follower.snapshotFetched(connection, snapshot, 3));

    assertThat(report(outputs)).isEqualTo(Output.Code.CORRUPT);
    assertThat(follower.state()).isNull();
  }

  @Test
  void aGoodbyeIsObeyedAlsoWhileEntriesWaitForBlobs() {
    LogFollower follower = follower(null);
    send(
        follower,
        history.commit(Priority.NORMAL, history.segment("beta", List.of(Hash.of("chunk")))));

    List<Output<ScopeState>> outputs = send(follower, new Goodbye(4_000, "drain"));

    assertThat(only(outputs, Output.Connect.class).get(0).afterMillis()).isEqualTo(4_000);
  }

  @Test
  void silenceIsNoFailureWhileWeHaveStoppedReading() {
    FollowerSettings small =
        FollowerSettings.DEFAULT.withLimits(new StreamLimits(1 << 20, 1 << 20, 1_000, 200));
    history.commits(3);
    LogFollower follower = follower(null, small);
    send(follower, new SnapshotRef(history.position(), "/v1/x", Hash.of("x"), 100));
    send(follower, history.commit());
    assertThat(follower.wantsMore()).isFalse();
    follower.snapshotProgress(connection, 99_000_000);

    assertThat(only(take(follower.tick(100_000_000)), Output.Connect.class)).isEmpty();
  }

  @Test
  void pollingGivesLinesOrAWholeState() {
    history.commits(3);
    LogFollower follower =
        follower(null, FollowerSettings.DEFAULT.withPolling(1, 1_000, 1_000_000));
    take(follower.disconnected(connection, "proxy", 1));
    long poll = connection(all);

    take(follower.polled(poll, ScopeSnapshot.encode(history.states.get(2)), null, 2));
    take(
        follower.polled(
            connection(all), LogFrames.line(history.entries.get(2)), history.head(9), 3));

    assertThat(follower.state().chain()).isEqualTo(history.state().chain());
  }

  private static long connection(List<? extends Output<?>> outputs) {
    Output.Poll<?> last =
        only(outputs, Output.Poll.class).stream().reduce((one, other) -> other).orElseThrow();
    return last.connection();
  }
}
