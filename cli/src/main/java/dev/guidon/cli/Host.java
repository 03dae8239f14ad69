package dev.guidon.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What commands ask of the machine beyond streams: waiting, randomness and a silent question. */
public interface Host {
  /** Waits that long. */
  void pause(Duration duration) throws InterruptedException;

  /** A fresh idempotency key; no other call anywhere answers the same. */
  String newKey();

  /** Asks on the terminal without echo; {@code null} when there is no terminal to ask on. */
  @Nullable String readSecret(String prompt);
}
