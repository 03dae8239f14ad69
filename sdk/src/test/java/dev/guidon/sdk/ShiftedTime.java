package dev.guidon.sdk;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Real time, moved on by leaps. */
final class ShiftedTime implements TimeSource {
  private final AtomicLong shiftMicros = new AtomicLong();

  void leap(Duration by) {
    shiftMicros.addAndGet(by.toMillis() * 1000);
  }

  @Override
  public long wallMicros() {
    return TimeSource.SYSTEM.wallMicros() + shiftMicros.get();
  }

  @Override
  public long monotonicMicros() {
    return TimeSource.SYSTEM.monotonicMicros() + shiftMicros.get();
  }
}
