package dev.guidon.sdk;

import dev.guidon.engine.Context;
import dev.guidon.engine.Contexts;
import dev.guidon.model.json.Json;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/**
 * A few contexts out of many, spread over time: after one is taken the next is due half a second
 * later. Evaluations do not ask for the time; each thread lets a random number of its evaluations
 * pass before it asks here again, which grows while nothing is due, so that a busy thread pays a
 * fraction of a nanosecond and a slow one misses little. Redacted when taken; between two reports
 * at most {@value #MAX}.
 */
final class Samples {
  static final int MAX = 20;
  private static final long EVERY_MICROS = 500_000;

  /** Evaluations that pass between two questions, on the average, at most. */
  private static final int PASS_MEAN_MAX = 256;

  private final Redaction redaction;
  private final boolean wanted;
  private final RandomGenerator randomness;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Json> taken = new ArrayDeque<>();
  private long dueMicros = Long.MIN_VALUE;
  private int passMean = 1;

  private Samples(Redaction redaction, boolean wanted, RandomGenerator randomness) {
    this.redaction = redaction;
    this.wanted = wanted;
    this.randomness = randomness;
  }

  /**
   * @param randomness used under a lock, but not for anything else meanwhile
   */
  static Samples of(Redaction redaction, RandomGenerator randomness) {
    return new Samples(redaction, /* wanted= */ true, randomness);
  }

  static Samples none() {
    return new Samples(
        new Redaction(List.of()), /* wanted= */ false, new SplittableRandom(/* seed= */ 0));
  }

  /**
   * Takes a context if one is due.
   *
   * @return how many evaluations are to pass before the next offer
   */
  int offer(Context context, long nowMicros) {
    if (!wanted) {
      return Integer.MAX_VALUE;
    }
    if (!lock.tryLock()) {
      return PASS_MEAN_MAX;
    }
    try {
      // A context without anything in it would be no example of anything.
      if (nowMicros >= dueMicros && take(context, nowMicros)) {
        passMean = Math.max(1, passMean / 2);
      } else {
        passMean = Math.min(PASS_MEAN_MAX, passMean * 2);
      }
      return randomness.nextInt(2 * passMean);
    } finally {
      lock.unlock();
    }
  }

  private boolean take(Context context, long nowMicros) {
    try {
      Json.Obj sample = Contexts.toJson(context);
      if (sample.members().isEmpty()) {
        return false;
      }
      dueMicros = nowMicros + EVERY_MICROS;
      if (taken.size() >= MAX) {
        taken.removeFirst();
      }
      taken.addLast(redaction.redact(sample));
      return true;
    } catch (Exception | Error e) {
      // The flag was answered; a context of the application's own making that cannot be read whole
      // must not take the answer back.
      OpenFeatureContexts.rethrowIfFatal(e);
      return false;
    }
  }

  /** Takes all out. */
  List<Json> drain() {
    lock.lock();
    try {
      List<Json> drained = new ArrayList<>(taken);
      taken.clear();
      return drained;
    } finally {
      lock.unlock();
    }
  }
}
