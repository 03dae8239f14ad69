package dev.guidon.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A follower, its servers and a network between them that cuts, corrupts, duplicates and delays,
 * all under one seed. Checks after every step applied that the state is one that the source had at
 * that position, and that nothing went back.
 */
final class Convergence<S> {
  /** One side of a server's connection. */
  interface Server {
    /**
     * The bytes that come next on a connection that resumed there; fewer than before when it has no
     * more.
     */
    Session open(@Nullable Position resume);

    byte @Nullable [] snapshot(Hash hash);

    byte @Nullable [] poll(@Nullable Position from);
  }

  interface Session {
    List<byte[]> next();
  }

  final Follower<S> follower;
  private final List<? extends Server> servers;
  private final Random random;
  private final Function<S, Position> positionOf;
  private final Function<S, Hash> hashOf;
  private final Map<Position, Hash> truth;
  private final Deque<byte[]> wire = new ArrayDeque<>();
  private final List<byte[]> delivered = new ArrayList<>();
  final List<Output<S>> all = new ArrayList<>();
  final List<Hash> blobsAsked = new ArrayList<>();

  private long nowMicros = 1;
  private long connection = -1;
  private long dueMicros;
  private int upstream;
  private @Nullable Position resume;
  private boolean polling;
  private @Nullable Session session;
  private @Nullable SnapshotRef fetching;
  private @Nullable Position last;
  private @Nullable S lastState;

  Convergence(
      Follower<S> follower,
      List<? extends Server> servers,
      Random random,
      Function<S, Position> positionOf,
      Function<S, Hash> hashOf,
      Map<Position, Hash> truth) {
    this.follower = follower;
    this.servers = servers;
    this.random = random;
    this.positionOf = positionOf;
    this.hashOf = hashOf;
    this.truth = truth;
    this.lastState = follower.state();
    this.last = lastState == null ? null : positionOf.apply(lastState);
    take(follower.start(nowMicros));
  }

  private void take(List<Output<S>> outputs) {
    for (Output<S> output : outputs) {
      all.add(output);
      if (output instanceof Output.Connect<S> connect) {
        plan(
            connect.connection(),
            connect.upstream(),
            connect.resume(),
            connect.afterMillis(),
            false);
      } else if (output instanceof Output.Poll<S> poll) {
        plan(poll.connection(), poll.upstream(), poll.from(), poll.afterMillis(), true);
      } else if (output instanceof Output.FetchSnapshot<S> fetch) {
        fetching = fetch.ref();
      } else if (output instanceof Output.FetchBlob<S> fetch) {
        blobsAsked.add(fetch.hash());
      } else if (output instanceof Output.Applied<S> applied) {
        check(applied.state());
      } else if (output instanceof Output.Persist<S> persist) {
        take(follower.persisted(positionOf.apply(persist.state())));
      }
    }
  }

  private void plan(long id, int server, @Nullable Position from, long afterMillis, boolean poll) {
    connection = id;
    upstream = server;
    resume = from;
    polling = poll;
    dueMicros = nowMicros + afterMillis * 1000;
    session = null;
    fetching = null;
    wire.clear();
  }

  private void check(S state) {
    Position at = positionOf.apply(state);
    assertThat(hashOf.apply(state)).as("state at %s", at).isEqualTo(truth.get(at));
    if (last != null) {
      assertThat(at.isBefore(last)).as("%s after %s", at, last).isFalse();
    }
    last = at;
    lastState = state;
  }

  /** One step of trouble. */
  void disturb() {
    switch (random.nextInt(12)) {
      case 0 -> {
        if (session != null) {
          take(follower.disconnected(connection, "reset", nowMicros));
        }
      }
      case 1 -> {
        // Bytes of a connection that is long gone.
        if (!delivered.isEmpty()) {
          take(follower.received(connection - 1 - random.nextInt(3), oneDelivered(), nowMicros));
        }
      }
      case 2 -> {
        // What has come already comes again, as from a server that resumed too early.
        if (session != null && wire.isEmpty() && !delivered.isEmpty()) {
          wire.addAll(delivered.subList(random.nextInt(delivered.size()), delivered.size()));
        }
      }
      case 3 -> {
        byte[] bytes = wire.pollFirst();
        if (bytes != null && bytes.length > 0) {
          byte[] corrupt = bytes.clone();
          corrupt[random.nextInt(corrupt.length)] ^= (byte) (1 << random.nextInt(8));
          wire.addFirst(corrupt);
        }
      }
      case 4 -> {
        if (!wire.isEmpty()) {
          wire.removeFirst();
        }
      }
      case 5 -> {
        if (fetching != null) {
          fetching = null;
          take(follower.snapshotFailed(connection, random.nextBoolean() ? 503 : 0, -1, nowMicros));
        }
      }
      case 6 -> {
        if (session == null) {
          take(follower.rejected(connection, 503, random.nextBoolean() ? 100 : -1, nowMicros));
        }
      }
      default -> work();
    }
  }

  private byte[] oneDelivered() {
    return delivered.get(random.nextInt(delivered.size()));
  }

  /** One step without trouble. */
  void work() {
    nowMicros += random.nextInt(2_000_000);
    take(follower.tick(nowMicros));
    for (Hash hash : List.copyOf(blobsAsked)) {
      blobsAsked.remove(hash);
      take(follower.blobMissing(hash, nowMicros));
    }
    if (fetching != null) {
      fetch(fetching);
    } else if (session != null) {
      carry(session);
    } else if (nowMicros >= dueMicros) {
      connect();
    }
  }

  private void fetch(SnapshotRef ref) {
    fetching = null;
    byte[] bytes = servers.get(upstream).snapshot(ref.hash());
    if (bytes == null) {
      take(follower.snapshotFailed(connection, 404, -1, nowMicros));
    } else {
      take(follower.snapshotFetched(connection, bytes, nowMicros));
    }
  }

  private void connect() {
    Server server = servers.get(upstream);
    if (polling) {
      take(follower.polled(connection, server.poll(resume), null, nowMicros));
      return;
    }
    delivered.clear();
    session = server.open(resume);
    take(follower.connected(connection, nowMicros));
  }

  private void carry(Session open) {
    if (wire.isEmpty()) {
      wire.addAll(open.next());
    }
    byte[] bytes = wire.pollFirst();
    if (bytes == null) {
      bytes = SseWriter.heartbeat();
    }
    long id = connection;
    for (int at = 0; at < bytes.length && connection == id; ) {
      int length =
          Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 5 : 2_000));
      byte[] chunk = Arrays.copyOfRange(bytes, at, at + length);
      take(follower.received(connection, chunk, nowMicros));
      at += length;
    }
    if (connection == id) {
      delivered.add(bytes);
    }
  }

  /** Works without trouble until the follower is where the source is. */
  void settle(Position goal) {
    for (int i = 0; i < 5_000; i++) {
      if (last != null && last.equals(goal)) {
        return;
      }
      work();
    }
    assertThat(last).as("after 5000 quiet steps, last outputs %s", tail()).isEqualTo(goal);
  }

  private List<String> tail() {
    return all.subList(Math.max(0, all.size() - 12), all.size()).stream()
        .map(Convergence::brief)
        .toList();
  }

  private static String brief(Object output) {
    String text = output.toString();
    return text.substring(0, Math.min(300, text.length()));
  }

  boolean reported(Output.Code code) {
    return all.stream()
        .anyMatch(output -> output instanceof Output.Report<S> report && report.code() == code);
  }
}
