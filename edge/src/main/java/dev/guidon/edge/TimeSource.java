package dev.guidon.edge;

/** Where an edge reads time from. */
public interface TimeSource {
  /** Microseconds since 1970; may jump when the clock is set. */
  long nowMicros();

  /** For measuring spans; never jumps, starts anywhere. */
  long monotonicNanos();

  static TimeSource system() {
    return new TimeSource() {
      @Override
      public long nowMicros() {
        var now = java.time.Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
      }

      @Override
      public long monotonicNanos() {
        return System.nanoTime();
      }
    };
  }
}
