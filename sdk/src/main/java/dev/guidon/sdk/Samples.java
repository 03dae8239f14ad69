package dev.guidon.sdk;

import dev.guidon.engine.Context;
import dev.guidon.engine.Contexts;
import dev.guidon.model.json.Json;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A few contexts out of many, spread over time: after one is taken the next is due half a second
 * later, so that an evaluation that gives none pays one comparison. Redacted when taken; between
 * two reports at most {@value #MAX}.
 */
final class Samples {
  static final int MAX = 20;
  private static final long EVERY_MICROS = 500_000;
  private static final long NEVER = Long.MAX_VALUE;

  private final Redaction redaction;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Json> taken = new ArrayDeque<>();
  // Read without ordering on every evaluation: seeing an old value costs at most a futile tryLock.
  private long dueMicros;

  Samples(Redaction redaction, boolean wanted) {
    this.redaction = redaction;
    this.dueMicros = wanted ? Long.MIN_VALUE : NEVER;
  }

  void offer(Context context, long nowMicros) {
    // A context without anything in it would be no example of anything.
    if (nowMicros >= dueMicros && !context.attributes().isEmpty()) {
      take(context, nowMicros);
    }
  }

  private void take(Context context, long nowMicros) {
    if (!lock.tryLock()) {
      return;
    }
    try {
      if (nowMicros >= dueMicros) {
        dueMicros = nowMicros + EVERY_MICROS;
        if (taken.size() >= MAX) {
          taken.removeFirst();
        }
        taken.addLast(redaction.redact(Contexts.toJson(context)));
      }
    } finally {
      lock.unlock();
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
