package dev.guidon.stream;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Learns how far the local monotonic clock is from log time.
 *
 * <h2>How</h2>
 *
 * A ping left at local time s and its reply, which says upstream's time u ± b, came back at r.
 * Upstream read its clock somewhere in between, so the offset lies in [u - b - r, u + b - s]. The
 * intervals of the last pings are intersected as in Marzullo's algorithm: the range that most of
 * them agree on wins, so that one wrong reply moves nothing. Old intervals are widened by what the
 * local clock may have drifted since, and so is the result: cut off, the clock goes on and its
 * bound grows.
 *
 * <p>One thread; {@link #estimate} is immutable and may be published to others.
 */
public final class ClockSync {
  /** What a cheap quartz may be off; the bound grows by so many microseconds per second. */
  private static final long DRIFT_PPM = 200;

  private static final int PINGS_KEPT = 8;

  /** A reply that took longer narrows nothing and may come from a suspended machine. */
  private static final long ROUND_TRIP_MICROS_MAX = 10_000_000;

  /**
   * Corrections back by at most this much are spread, so that time does not go back; larger ones
   * are a step.
   */
  private static final long SPREAD_MICROS_MAX = 1_000_000;

  private static final int SPREAD_DIVISOR = 10;

  private record Interval(long earliest, long latest, long atMicros) {
    Interval widenedTo(long nowMicros) {
      long drift = drift(nowMicros - atMicros);
      return new Interval(earliest - drift, latest + drift, nowMicros);
    }
  }

  private final Deque<Interval> pings = new ArrayDeque<>();
  private Estimate estimate;

  /**
   * Starts from the wall clock, of which nothing is known.
   *
   * @param nowMicros of the monotonic clock that all other calls use too
   */
  public ClockSync(long nowMicros, long wallMicros) {
    this.estimate = new Estimate(wallMicros - nowMicros, Long.MAX_VALUE, nowMicros, 0);
  }

  /**
   * What is known of log time.
   *
   * @param offsetMicros log time minus local time
   * @param errorMicros at {@code atMicros}; {@link Long#MAX_VALUE} before the first ping
   * @param excessMicros what is still to be given back, little by little, of an earlier estimate
   *     that was ahead
   */
  public record Estimate(long offsetMicros, long errorMicros, long atMicros, long excessMicros) {
    /** Log time. Never goes back while corrections are small. */
    public long nowMicros(long localMicros) {
      return localMicros + offsetMicros + excessAt(localMicros);
    }

    /** How far {@link #nowMicros} may be off; grows until the next ping. */
    public long boundMicros(long localMicros) {
      return isSynced()
          ? errorMicros + drift(localMicros - atMicros) + excessAt(localMicros)
          : Long.MAX_VALUE;
    }

    public boolean isSynced() {
      return errorMicros != Long.MAX_VALUE;
    }

    private long excessAt(long localMicros) {
      return Math.max(0, excessMicros - Math.max(0, localMicros - atMicros) / SPREAD_DIVISOR);
    }
  }

  public Estimate estimate() {
    return estimate;
  }

  /**
   * Takes in a reply.
   *
   * @param sentMicros local time
   * @param receivedMicros local time
   * @param upstreamMicros log time as upstream knows it
   * @param upstreamBoundMicros how far upstream may be off; 0 for a control
   */
  public Estimate ping(
      long sentMicros, long receivedMicros, long upstreamMicros, long upstreamBoundMicros) {
    long roundTrip = receivedMicros - sentMicros;
    boolean useless =
        roundTrip < 0
            || roundTrip > ROUND_TRIP_MICROS_MAX
            || upstreamMicros < 0
            || upstreamBoundMicros < 0
            || upstreamBoundMicros > Integer.MAX_VALUE * 1000L;
    if (useless) {
      return estimate;
    }
    pings.addLast(
        new Interval(
            upstreamMicros - upstreamBoundMicros - receivedMicros,
            upstreamMicros + upstreamBoundMicros - sentMicros,
            receivedMicros));
    if (pings.size() > PINGS_KEPT) {
      pings.removeFirst();
    }
    estimate = after(intersection(receivedMicros), receivedMicros);
    return estimate;
  }

  private Estimate after(Interval agreed, long nowMicros) {
    long offset = Math.floorDiv(agreed.earliest() + agreed.latest(), 2);
    long error = (agreed.latest() - agreed.earliest() + 1) / 2;
    long back = estimate.nowMicros(nowMicros) - (nowMicros + offset);
    boolean spread = back > 0 && back <= SPREAD_MICROS_MAX;
    return new Estimate(offset, error, nowMicros, spread ? back : 0);
  }

  /**
   * The smallest range that as many intervals as possible share; among equals, the one the newest
   * ping agrees with.
   */
  private Interval intersection(long nowMicros) {
    List<Interval> all = new ArrayList<>();
    for (Interval ping : pings) {
      all.add(ping.widenedTo(nowMicros));
    }
    Interval newest = all.get(all.size() - 1);
    Interval best = newest;
    int bestCount = 0;
    for (int i = all.size() - 1; i >= 0; i--) {
      // The best range begins where some interval begins, so every beginning is tried.
      Interval shared = sharedFrom(all.get(i).earliest(), all, nowMicros);
      int count = count(shared.earliest(), all);
      if (count > bestCount
          || count == bestCount && covers(newest, shared) && !covers(newest, best)) {
        best = shared;
        bestCount = count;
      }
    }
    return best;
  }

  private static int count(long point, List<Interval> all) {
    int count = 0;
    for (Interval one : all) {
      count += one.earliest() <= point && point <= one.latest() ? 1 : 0;
    }
    return count;
  }

  private static Interval sharedFrom(long point, List<Interval> all, long nowMicros) {
    long latest = Long.MAX_VALUE;
    for (Interval one : all) {
      if (one.earliest() <= point && point <= one.latest()) {
        latest = Math.min(latest, one.latest());
      }
    }
    return new Interval(point, latest, nowMicros);
  }

  private static boolean covers(Interval outer, Interval inner) {
    return outer.earliest() <= inner.earliest() && inner.latest() <= outer.latest();
  }

  private static long drift(long elapsedMicros) {
    // Rounded up to be safe, and split so that years do not overflow.
    long elapsed = Math.max(0, elapsedMicros);
    return elapsed / 1_000_000 * DRIFT_PPM
        + (elapsed % 1_000_000 * DRIFT_PPM + 999_999) / 1_000_000;
  }
}
