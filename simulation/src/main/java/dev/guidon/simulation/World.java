package dev.guidon.simulation;

import dev.guidon.model.Hash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/** Virtual time, the order of events, and the only source of randomness. One thread. */
final class World {
  static final long MILLIS = 1_000;
  static final long SECONDS = 1_000_000;

  private record Event(long atMicros, long order, String label, Runnable action)
      implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atMicros, other.atMicros);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final long seed;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final MessageDigest trace = Hash.digest();
  private final SplittableRandom random;
  private long nowMicros = 1_800_000_000L * SECONDS;
  private long order;
  private long ran;

  World(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
  }

  long seed() {
    return seed;
  }

  long nowMicros() {
    return nowMicros;
  }

  long eventsRun() {
    return ran;
  }

  SplittableRandom random() {
    return random;
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  long between(long fromMicros, long toMicros) {
    return fromMicros + random.nextLong(toMicros - fromMicros + 1);
  }

  void after(long delayMicros, String label, Runnable action) {
    events.add(new Event(nowMicros + delayMicros, order++, label, action));
  }

  /** Adds to the trace whatever two runs of one seed must agree on. */
  void note(String text) {
    trace.update(text.getBytes(StandardCharsets.UTF_8));
    trace.update((byte) '\n');
  }

  /**
   * Runs events up to an instant, each followed by a look at the invariants; ends early when told
   * so.
   */
  void runUntil(long untilMicros, Runnable afterEach, java.util.function.BooleanSupplier done) {
    while (!events.isEmpty() && events.peek().atMicros() <= untilMicros && !done.getAsBoolean()) {
      Event event = events.remove();
      nowMicros = event.atMicros();
      ran++;
      note(nowMicros + " " + event.label());
      event.action().run();
      afterEach.run();
    }
  }

  String traceHash() {
    try {
      return HexFormat.of().formatHex(((MessageDigest) trace.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("SHA-256 cannot be cloned", e);
    }
  }
}
