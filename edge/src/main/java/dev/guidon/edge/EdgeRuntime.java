package dev.guidon.edge;

import dev.guidon.edge.core.Report;
import dev.guidon.edge.core.ReportDesk;
import dev.guidon.edge.core.TokenBucket;
import dev.guidon.edge.ofrep.Tickets;
import dev.guidon.model.Hash;
import dev.guidon.model.ScopeId;
import dev.guidon.stream.ClockSync;
import dev.guidon.stream.UpstreamReply;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What all event loops of an edge share. */
final class EdgeRuntime {
  private static final int BUCKETS_MAX = 20_000;

  final EdgeOptions options;
  final TimeSource time;
  final EdgeMetrics metrics;
  final ReportDesk desk;
  final Tickets tickets;
  final Report.Client self;

  /** For hashes of this process that nobody outside can foresee. */
  final long hashSeed;

  final Map<ScopeId, ScopeDriver> scopes = new ConcurrentHashMap<>();
  final AtomicInteger connections = new AtomicInteger();
  final AtomicInteger inFlight = new AtomicInteger();
  private final Map<Hash, TokenBucket> buckets = new ConcurrentHashMap<>();
  private final TokenBucket streams;
  private final TokenBucket snapshots;
  private final ClockSync clock;
  private volatile ClockSync.Estimate logTime;
  private volatile boolean draining;

  EdgeRuntime(
      EdgeOptions options,
      TimeSource time,
      EdgeMetrics metrics,
      ReportDesk desk,
      Tickets tickets,
      long hashSeed) {
    this.options = options;
    this.time = time;
    this.metrics = metrics;
    this.desk = desk;
    this.tickets = tickets;
    this.hashSeed = hashSeed;
    this.self =
        new Report.Client(
            options.name(), "edge", "guidon-edge", options.version(), /* engine= */ 1, List.of());
    long now = time.monotonicNanos();
    this.clock = new ClockSync(now / 1000, time.nowMicros());
    this.logTime = clock.estimate();
    EdgeOptions.Limits limits = options.limits();
    this.streams = new TokenBucket(limits.streamsPerSecond(), 2.0 * limits.streamsPerSecond(), now);
    this.snapshots =
        new TokenBucket(limits.snapshotsPerSecond(), 2.0 * limits.snapshotsPerSecond(), now);
  }

  /**
   * Log time as far as it is known here: corrected by the upstream's answers to reports, else this
   * machine's clock.
   */
  long nowMicros() {
    ClockSync.Estimate known = logTime;
    return known.isSynced() ? known.nowMicros(time.monotonicNanos() / 1000) : time.nowMicros();
  }

  /** How far {@link #nowMicros} may be off; -1 while nothing is known. */
  long boundMicros() {
    ClockSync.Estimate known = logTime;
    return known.isSynced() ? known.boundMicros(time.monotonicNanos() / 1000) : -1;
  }

  /** Takes the upstream's time in, with the local times at which it was asked and answered. */
  void ping(long sentNanos, long receivedNanos, UpstreamReply reply) {
    synchronized (clock) {
      logTime =
          clock.ping(
              sentNanos / 1000, receivedNanos / 1000, reply.nowMicros(), reply.boundMicros());
    }
  }

  boolean isDraining() {
    return draining;
  }

  void drain() {
    draining = true;
  }

  /** 0, or the seconds after which this key may ask again. */
  int waitOfKey(Hash secret) {
    long now = time.monotonicNanos();
    if (buckets.size() > BUCKETS_MAX) {
      buckets.values().removeIf(bucket -> bucket.isFull(now));
    }
    int rate = options.limits().requestsPerSecond();
    return buckets.computeIfAbsent(secret, _ -> new TokenBucket(rate, 2.0 * rate, now)).take(now);
  }

  /** 0, or the seconds after which a stream may be opened. */
  int waitForStream() {
    return streams.take(time.monotonicNanos());
  }

  /** 0, or the seconds after which a whole snapshot may be fetched. */
  int waitForSnapshot() {
    return snapshots.take(time.monotonicNanos());
  }
}
