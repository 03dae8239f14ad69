package dev.guidon.server;

import java.time.Instant;

/** This machine's clock, where time enters the program. */
public final class Clock {
  private Clock() {}

  public static long nowMicros() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
  }
}
