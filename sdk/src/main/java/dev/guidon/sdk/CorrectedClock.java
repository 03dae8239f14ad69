package dev.guidon.sdk;

import dev.guidon.stream.ClockSync;

/**
 * Log time as this machine knows it: its monotonic clock, corrected by what the server says. The
 * wall clock is believed only until the server was heard once. When it parts from the monotonic
 * clock later, the machine has slept or somebody has set it, and which of the two cannot be known
 * here: the time goes on as it was, and the server's next word counts alone.
 */
final class CorrectedClock {
  private static final long PARTED_MICROS_MAX = 2_000_000;

  private final TimeSource time;
  private ClockSync sync;
  private long wallAheadMicros;
  private volatile ClockSync.Estimate estimate;

  CorrectedClock(TimeSource time) {
    this.time = time;
    this.sync = new ClockSync(time.monotonicMicros(), time.wallMicros());
    this.wallAheadMicros = time.wallMicros() - time.monotonicMicros();
    this.estimate = sync.estimate();
  }

  /** Corrected microseconds since 1970. Allocates nothing and waits for nothing. */
  long nowMicros() {
    return estimate.nowMicros(time.monotonicMicros());
  }

  /**
   * Looks whether the two clocks of this machine have parted. Due about once a second.
   *
   * @return whether the server should be asked for the time soon
   */
  synchronized boolean check() {
    long ahead = time.wallMicros() - time.monotonicMicros();
    if (Math.abs(ahead - wallAheadMicros) <= PARTED_MICROS_MAX) {
      return false;
    }
    wallAheadMicros = ahead;
    long monotonic = time.monotonicMicros();
    // Either way what earlier pings said is outdated, and would outvote the next ones.
    sync =
        new ClockSync(
            monotonic, estimate.isSynced() ? estimate.nowMicros(monotonic) : time.wallMicros());
    if (!estimate.isSynced()) {
      estimate = sync.estimate();
    }
    return true;
  }

  /**
   * Takes in a reply that carried the time.
   *
   * @param sentMicros monotonic
   * @param receivedMicros monotonic
   */
  synchronized void ping(
      long sentMicros, long receivedMicros, long serverMicros, long serverBoundMicros) {
    estimate = sync.ping(sentMicros, receivedMicros, serverMicros, serverBoundMicros);
    wallAheadMicros = time.wallMicros() - time.monotonicMicros();
  }
}
