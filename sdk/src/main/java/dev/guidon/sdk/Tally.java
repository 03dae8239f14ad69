package dev.guidon.sdk;

import dev.guidon.engine.Outcome;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjLongConsumer;

/**
 * Counts how often each outcome of one ruleset was given. Outcomes are made when a ruleset is
 * compiled and are equal only to themselves, so that counting allocates nothing once an outcome was
 * met, and threads do not contend.
 */
final class Tally {
  private final ConcurrentHashMap<Outcome, LongAdder> counts = new ConcurrentHashMap<>();

  void count(Outcome outcome) {
    LongAdder adder = counts.get(outcome);
    if (adder == null) {
      adder = counts.computeIfAbsent(outcome, unused -> new LongAdder());
    }
    adder.increment();
  }

  /** Takes the counts out. Nothing counted meanwhile is lost: it is taken the next time. */
  void drain(ObjLongConsumer<Outcome> to) {
    counts.forEach((outcome, adder) -> {
      long n = adder.sumThenReset();
      if (n > 0) {
        to.accept(outcome, n);
      }
    });
  }
}
