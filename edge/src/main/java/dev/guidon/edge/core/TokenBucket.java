package dev.guidon.edge.core;

/** Allows a rate and a burst. One thread, or a caller that locks. */
public final class TokenBucket {
  private final double perSecond;
  private final double burst;
  private double tokens;
  private long filledNanos;

  /** Full at first. */
  public TokenBucket(double perSecond, double burst, long nowNanos) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.tokens = burst;
    this.filledNanos = nowNanos;
  }

  /**
   * 0 when a token was there and is taken; else how many whole seconds (at least 1) until there
   * will be one.
   */
  public synchronized int take(long nowNanos) {
    tokens = Math.min(burst, tokens + (nowNanos - filledNanos) * perSecond / 1e9);
    filledNanos = nowNanos;
    if (tokens >= 1) {
      tokens--;
      return 0;
    }
    return (int) Math.max(1, Math.ceil(Math.min(3600, (1 - tokens) / perSecond)));
  }

  /** Whether it has been left alone long enough to be full, so that a new one would be the same. */
  public synchronized boolean isFull(long nowNanos) {
    return tokens + (nowNanos - filledNanos) * perSecond / 1e9 >= burst;
  }
}
