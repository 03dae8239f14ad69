package dev.guidon.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeSnapshot;
import dev.guidon.model.ScopeState;
import dev.guidon.model.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Whatever the network does, a follower serves only states that the source had, never goes back,
 * and arrives.
 */
class ConvergenceTest {
  /** {@code -Dguidon.stream.seeds=2000} for a longer search. */
  private static final int SEEDS = Integer.getInteger("guidon.stream.seeds", 60);

  /** A control, or an edge that lags, with a limit on what it keeps. */
  private static final class LogServer implements Convergence.Server, LogSource {
    private final History history;
    private final Map<Hash, byte[]> snapshots = new HashMap<>();
    private final int kept;
    private final LogFeed feed = new LogFeed(this, 5, 4_000, 30);

    LogServer(History history, int kept) {
      this.history = history;
      this.kept = kept;
    }

    @Override
    public HeadFrame head() {
      return history.head(history.state().timeMicros());
    }

    @Override
    public List<CommittedEntry> read(long after, int max) {
      int size = history.entries.size();
      if (after < Math.max(0, size - kept) || after >= size) {
        return List.of();
      }
      return history.entries.subList((int) after, Math.min(size, (int) after + max));
    }

    @Override
    public SnapshotRef snapshot() {
      byte[] bytes = ScopeSnapshot.encode(history.state());
      snapshots.put(Hash.of(bytes), bytes);
      return new SnapshotRef(
          history.position(), "/v1/replication/snapshot/x", Hash.of(bytes), bytes.length);
    }

    @Override
    public Convergence.Session open(@Nullable Position resume) {
      LogCursor[] cursor = {LogCursor.at(resume)};
      return () -> {
        FeedStep<LogCursor> step = feed.next(cursor[0]);
        cursor[0] = step.cursor();
        return step.bytes();
      };
    }

    @Override
    public byte[] snapshot(Hash hash) {
      return snapshots.get(hash);
    }

    @Override
    public byte[] poll(@Nullable Position from) {
      byte[] lines = feed.poll(from);
      return lines == null ? ScopeSnapshot.encode(history.state()) : lines;
    }
  }

  /** An edge that feeds SDKs; it may lag behind the source. */
  private static final class ViewServer implements Convergence.Server {
    private final History history;
    private final ViewFeed feed;
    private ScopeState at;

    ViewServer(History history, ViewFeedSettings settings) {
      this.history = history;
      this.at = history.state();
      this.feed = new ViewFeed(history.view(), settings);
    }

    /** Goes on by some commits, or jumps as after a snapshot. */
    void catchUp(Random random) {
      boolean sameHistory =
          at.position().revision() <= history.position().revision()
              && history.states.get((int) at.position().revision()).chain().equals(at.chain());
      if (!sameHistory || random.nextInt(10) == 0) {
        at = history.state();
        feed.replace(history.view());
      } else {
        for (int i = (int) at.position().revision();
            i < history.entries.size() && random.nextInt(6) > 0;
            i++) {
          CommittedEntry committed = history.entries.get(i);
          at = history.states.get(i + 1);
          feed.apply(at, History.changed(committed), committed.entry().priority());
        }
      }
      int revision = (int) at.position().revision();
      feed.head(
          new HeadFrame(
              at.position(), history.states.get(revision).chain(), at.timeMicros(), null, null));
    }

    @Override
    public Convergence.Session open(@Nullable Position resume) {
      ViewCursor[] cursor = {ViewCursor.at(resume)};
      return () -> {
        FeedStep<ViewCursor> step = feed.next(cursor[0]);
        cursor[0] = step.cursor();
        return step.bytes();
      };
    }

    @Override
    public byte[] snapshot(Hash hash) {
      return feed.snapshot(hash);
    }

    @Override
    public byte[] poll(@Nullable Position from) {
      return feed.poll(from);
    }
  }

  private static final FollowerSettings SETTINGS =
      FollowerSettings.DEFAULT.withUpstreams(2).withPolling(4, 1_000, 5_000);

  @Test
  void edgesConvergeWhateverTheNetworkDoes() {
    int moves = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      History history = new History();
      List<LogServer> servers = List.of(new LogServer(history, 25), new LogServer(history, 1_000));
      Convergence<ScopeState> net =
          new Convergence<>(
              new LogFollower(History.SCOPE, null, SETTINGS, hash -> false, random),
              servers,
              random,
              ScopeState::position,
              ScopeState::chain,
              history.chains);
      try {
        for (int i = 0; i < 400; i++) {
          change(history, random);
          net.disturb();
        }
        history.commit();
        net.settle(history.position());
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
      moves +=
          (int) net.all.stream().filter(output -> output instanceof Output.EraMoved<?>).count();
    }
    System.out.println("edges: seeds 0.." + (SEEDS - 1) + ", era moves " + moves);

    assertThat(moves).isGreaterThan(SEEDS / 4);
  }

  @Test
  void sdksConvergeWhateverTheNetworkDoes() {
    int moves = 0;
    int references = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      History history = new History();
      history.commit();
      List<ViewServer> servers = new ArrayList<>();
      servers.add(new ViewServer(history, new ViewFeedSettings(16, 20_000, 3, 3_000, 800)));
      servers.add(new ViewServer(history, ViewFeedSettings.DEFAULT));
      Convergence<View> net =
          new Convergence<>(
              new ViewFollower(
                  History.SCOPE, History.REGION, null, SETTINGS, hash -> false, random),
              servers,
              random,
              View::position,
              View::hash,
              history.views);
      try {
        for (int i = 0; i < 400; i++) {
          change(history, random);
          if (random.nextInt(3) == 0) {
            servers.get(random.nextInt(2)).catchUp(random);
          }
          net.disturb();
        }
        history.commit();
        while (!servers.stream()
            .allMatch(server -> server.at.position().equals(history.position()))) {
          servers.forEach(server -> server.catchUp(random));
        }
        net.settle(history.position());
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
      moves +=
          (int) net.all.stream().filter(output -> output instanceof Output.EraMoved<?>).count();
      references +=
          (int)
              net.all.stream().filter(output -> output instanceof Output.FetchSnapshot<?>).count();
    }
    System.out.println(
        "sdks: seeds 0.."
            + (SEEDS - 1)
            + ", era moves "
            + moves
            + ", snapshots fetched "
            + references);

    assertThat(moves).isGreaterThan(SEEDS / 4);
    assertThat(references).isGreaterThan(SEEDS / 4);
  }

  private static void change(History history, Random random) {
    if (random.nextInt(3) == 0) {
      history.commitRandom(random);
    } else if (random.nextInt(200) == 0 && history.entries.size() > 5) {
      history.recoverAfter(1 + random.nextInt(history.entries.size() - 1));
    } else if (random.nextInt(60) == 0) {
      for (int i = 0; i < 40; i++) {
        history.commitRandom(random);
      }
    }
  }
}
