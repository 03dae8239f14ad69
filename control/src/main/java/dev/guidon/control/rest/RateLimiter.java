package dev.guidon.control.rest;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A token bucket per key. Remembers a bounded number of keys; those longest unused are forgotten
 * first.
 */
final class RateLimiter {
  private static final int KEYS_MAX = 10_000;

  private final double perSecond;
  private final double burst;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true);

  private static final class Bucket {
    private double tokens;
    private long atMicros;

    private Bucket(double tokens, long atMicros) {
      this.tokens = tokens;
      this.atMicros = atMicros;
    }
  }

  RateLimiter(double perSecond, double burst) {
    this.perSecond = perSecond;
    this.burst = burst;
  }

  /** Takes a token: 0, or the seconds after which there will be one. */
  synchronized long take(String key, long nowMicros) {
    Bucket bucket = refilled(key, nowMicros);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return 0;
    }
    return (long) Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond));
  }

  private Bucket refilled(String key, long nowMicros) {
    Bucket bucket = buckets.computeIfAbsent(key, k -> new Bucket(burst, nowMicros));
    double more = Math.max(0, nowMicros - bucket.atMicros) / 1e6 * perSecond;
    bucket.tokens = Math.min(burst, bucket.tokens + more);
    bucket.atMicros = Math.max(bucket.atMicros, nowMicros);
    if (buckets.size() > KEYS_MAX) {
      Iterator<String> oldest = buckets.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
    return bucket;
  }
}
