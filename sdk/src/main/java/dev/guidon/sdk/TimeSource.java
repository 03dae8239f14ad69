package dev.guidon.sdk;

/**
 * Where a client gets its time. Tests bring their own; methods are called on every evaluation and
 * must not block.
 */
public interface TimeSource {
  /** The clock of this machine, which may be wrong and may jump. */
  TimeSource SYSTEM =
      new TimeSource() {
        @Override
        public long wallMicros() {
          return System.currentTimeMillis() * 1000;
        }

        @Override
        public long monotonicMicros() {
          return System.nanoTime() / 1000;
        }
      };

  /** Microseconds since 1970 as this machine believes. */
  long wallMicros();

  /** Microseconds since some moment; never goes back. */
  long monotonicMicros();
}
