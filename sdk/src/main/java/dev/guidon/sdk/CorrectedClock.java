package dev.guidon.sdk;

import dev.guidon.stream.ClockSync;

/**
 * Log time as this machine knows it: its monotonic clock, corrected by what the server says. Where
 * the wall clock has moved on without the monotonic one (after a sleep of the machine, or when
 * somebody set it), it starts over from the wall clock.
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

  /** Looks whether the two clocks of this machine have parted. Due about once a second. */
  synchronized void check() {
    long ahead = time.wallMicros() - time.monotonicMicros();
    if (Math.abs(ahead - wallAheadMicros) > PARTED_MICROS_MAX) {
      wallAheadMicros = ahead;
      sync = new ClockSync(time.monotonicMicros(), time.wallMicros());
      estimate = sync.estimate();
    }
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
