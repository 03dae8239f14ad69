package dev.guidon.stream;

import dev.guidon.model.Position;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When to connect, to which upstream, by streaming or polling. Knows nothing of what is carried.
 *
 * <h2>Failures</h2>
 *
 * Every end of a connection plans the next attempt with full jitter: a random part of a window that
 * doubles from failure to failure up to a cap, and the cap itself grows after ten failures. A
 * connection that lived for a while clears the count. A goodbye is no failure and names its own
 * pause. A refused key is tried at every other upstream as after any failure, and once all have
 * refused it, slowly.
 *
 * <h2>Polling</h2>
 *
 * After some failures of streaming in a row, polls are tried instead. The first poll that succeeds
 * after one that failed means that the server is back, so streaming is tried at once; while polls
 * succeed and streams do not (a proxy that holds answers back), streaming is tried now and then.
 */
final class Link<S> {
  private static final int FAILURES_BEFORE_CAP_GROWS = 10;
  private static final int DOUBLINGS_MAX = 30;

  /** So that a server's wish for a pause is not obeyed by all its clients in the same instant. */
  private static final double PAUSE_SPREAD = 0.25;

  private enum Phase {
    IDLE,
    WAITING,
    OPEN
  }

  private final FollowerSettings settings;
  private final RandomGenerator random;
  private final Supplier<@Nullable Position> resume;

  private Phase phase = Phase.IDLE;
  private boolean polling;
  private boolean pollFailed;
  private long connection;
  private int upstream;
  private int failures;
  private int streamFailures;

  /** Refusals of the key in a row: one server may be wrong about a key, all of them are not. */
  private int refusals;

  private long dueMicros;
  private long openedMicros;
  private long lastByteMicros;
  private long lastStreamTryMicros;
  private long lostMicros;
  private boolean toldStale;

  Link(FollowerSettings settings, RandomGenerator random, Supplier<@Nullable Position> resume) {
    this.settings = settings;
    this.random = random;
    this.resume = resume;
  }

  boolean isCurrent(long id) {
    return id == connection && phase != Phase.IDLE;
  }

  /** Whether a head has been reached since the connection was last lost. */
  boolean isFresh() {
    return lostMicros == Long.MAX_VALUE;
  }

  boolean isOpen() {
    return phase == Phase.OPEN;
  }

  boolean isPolling() {
    return polling;
  }

  long connection() {
    return connection;
  }

  int upstream() {
    return upstream;
  }

  void start(long nowMicros, List<Output<S>> out) {
    if (phase == Phase.IDLE) {
      lostMicros = nowMicros;
      plan(0, nowMicros, out);
    }
  }

  void stop(List<Output<S>> out) {
    if (phase != Phase.IDLE) {
      phase = Phase.IDLE;
      out.add(new Output.Disconnect<>(connection, "stopped"));
    }
  }

  void opened(long nowMicros) {
    refusals = 0;
    phase = Phase.OPEN;
    openedMicros = nowMicros;
    lastByteMicros = nowMicros;
  }

  void byteSeen(long nowMicros) {
    if (phase == Phase.WAITING) {
      opened(nowMicros);
    }
    lastByteMicros = nowMicros;
  }

  /**
   * The upstream is proven to be of use: whoever was told that we are stale can be told otherwise.
   */
  void fresh(List<Output<S>> out) {
    if (toldStale || lostMicros != Long.MAX_VALUE) {
      toldStale = false;
      lostMicros = Long.MAX_VALUE;
      out.add(new Output.Fresh<>());
    }
  }

  /** A poll was answered, with news or without. */
  void polled(long nowMicros, List<Output<S>> out) {
    boolean back = pollFailed;
    pollFailed = false;
    failures = 0;
    if (back || isStreamDue(nowMicros)) {
      planStream(jittered(settings.backoffMillis()), nowMicros, out);
    } else {
      planPoll(spread(settings.pollMillis()), nowMicros, out);
    }
  }

  void goodbye(long afterMillis, long nowMicros, List<Output<S>> out) {
    countFailure(nowMicros);
    close("goodbye", nowMicros, out);
    // The server's pause is jittered by the server; ours only matters when goodbyes come one after
    // the other.
    long pause = failures <= 1 ? 0 : jittered(window());
    plan(Math.max(Math.min(afterMillis, settings.backoffMillisCapLater()), pause), nowMicros, out);
  }

  /**
   * Starts over at the same upstream because of something on our side; costs no failure unless it
   * repeats soon.
   */
  void failed(String reason, long nowMicros, List<Output<S>> out) {
    countFailure(nowMicros);
    close(reason, nowMicros, out);
    plan(jittered(window()), nowMicros, out);
  }

  /** An HTTP status instead of a stream. */
  void rejected(int status, long retryAfterMillis, long nowMicros, List<Output<S>> out) {
    countFailure(nowMicros);
    close("status " + status, nowMicros, out);
    long pause = jittered(window());
    boolean refused = status == 401 || status == 403;
    refusals = refused ? refusals + 1 : 0;
    if (refused && refusals >= settings.upstreams()) {
      long slow = settings.unauthorizedMillis();
      pause = slow / 2 + jittered(slow / 2);
    }
    if (retryAfterMillis >= 0) {
      pause = Math.max(pause, spread(retryAfterMillis));
    }
    plan(pause, nowMicros, out);
  }

  void tick(long nowMicros, List<Output<S>> out) {
    if (phase == Phase.OPEN && nowMicros - lastByteMicros > millis(settings.silenceMillisMax())) {
      out.add(
          new Output.Report<>(
              Output.Code.CONNECTION_LOST, "silent for " + settings.silenceMillisMax() + " ms"));
      failed("silence", nowMicros, out);
    } else if (phase == Phase.WAITING
        && nowMicros > dueMicros + millis(settings.connectMillisMax())) {
      failed("no answer", nowMicros, out);
    }
    if (!toldStale
        && lostMicros != Long.MAX_VALUE
        && nowMicros - lostMicros > millis(settings.staleAfterMillis())) {
      toldStale = true;
      out.add(new Output.Stale<>("no connection for " + settings.staleAfterMillis() + " ms"));
    }
  }

  private void countFailure(long nowMicros) {
    boolean wasStable =
        phase == Phase.OPEN && nowMicros - openedMicros >= millis(settings.stableMillis());
    if (wasStable) {
      failures = 0;
      streamFailures = 0;
    }
    failures++;
    upstream = (upstream + 1) % settings.upstreams();
    if (polling) {
      pollFailed = true;
    } else {
      streamFailures++;
    }
  }

  private void close(String reason, long nowMicros, List<Output<S>> out) {
    if (lostMicros == Long.MAX_VALUE) {
      lostMicros = nowMicros;
    }
    out.add(new Output.Disconnect<>(connection, reason));
  }

  private void plan(long afterMillis, long nowMicros, List<Output<S>> out) {
    int limit = settings.pollAfterFailures();
    boolean poll = limit > 0 && streamFailures >= limit;
    if (!poll || polling && isStreamDue(nowMicros)) {
      planStream(afterMillis, nowMicros, out);
      return;
    }
    if (streamFailures == limit && !polling) {
      out.add(new Output.Report<>(Output.Code.POLLING, limit + " failures of streaming in a row"));
    }
    planPoll(afterMillis, nowMicros, out);
  }

  private boolean isStreamDue(long nowMicros) {
    return nowMicros - lastStreamTryMicros >= millis(settings.streamAgainMillis());
  }

  private void planStream(long afterMillis, long nowMicros, List<Output<S>> out) {
    polling = false;
    lastStreamTryMicros = nowMicros;
    await(afterMillis, nowMicros);
    out.add(new Output.Connect<>(connection, upstream, resume.get(), afterMillis));
  }

  private void planPoll(long afterMillis, long nowMicros, List<Output<S>> out) {
    polling = true;
    await(afterMillis, nowMicros);
    out.add(new Output.Poll<>(connection, upstream, resume.get(), afterMillis));
  }

  private void await(long afterMillis, long nowMicros) {
    connection++;
    phase = Phase.WAITING;
    dueMicros = nowMicros + millis(afterMillis);
  }

  private long window() {
    int doublings = Math.min(failures - 1, DOUBLINGS_MAX);
    long cap = settings.backoffMillisCap();
    for (int i = FAILURES_BEFORE_CAP_GROWS;
        i < failures && cap < settings.backoffMillisCapLater();
        i++) {
      cap = Math.min(cap * 2, settings.backoffMillisCapLater());
    }
    return Math.min(settings.backoffMillis() << Math.max(0, doublings), cap);
  }

  private long jittered(long windowMillis) {
    return windowMillis <= 0 ? 0 : random.nextLong(windowMillis + 1);
  }

  private long spread(long pauseMillis) {
    return pauseMillis + jittered((long) (pauseMillis * PAUSE_SPREAD));
  }

  private static long millis(long count) {
    return count * 1000;
  }
}
