package dev.guidon.edge;

import dev.guidon.edge.core.Report;
import dev.guidon.edge.core.ReportDesk;
import dev.guidon.edge.core.TokenBucket;
import dev.guidon.edge.ofrep.Tickets;
import dev.guidon.model.Hash;
import dev.guidon.model.ScopeId;
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
  final Map<ScopeId, ScopeDriver> scopes = new ConcurrentHashMap<>();
  final AtomicInteger connections = new AtomicInteger();
  final AtomicInteger inFlight = new AtomicInteger();
  private final Map<Hash, TokenBucket> buckets = new ConcurrentHashMap<>();
  private final TokenBucket streams;
  private final TokenBucket snapshots;
  private volatile boolean draining;

  EdgeRuntime(EdgeOptions options, TimeSource time, EdgeMetrics metrics, ReportDesk desk, Tickets tickets) {
    this.options = options;
    this.time = time;
    this.metrics = metrics;
    this.desk = desk;
    this.tickets = tickets;
    this.self =
        new Report.Client(options.name(), "edge", "guidon-edge", options.version(), /* engine= */ 1, List.of());
    long now = time.monotonicNanos();
    EdgeOptions.Limits limits = options.limits();
    this.streams = new TokenBucket(limits.streamsPerSecond(), 2.0 * limits.streamsPerSecond(), now);
    this.snapshots = new TokenBucket(limits.snapshotsPerSecond(), 2.0 * limits.snapshotsPerSecond(), now);
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
