package dev.guidon.sdk;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * Keeps tracked events for the transport that will carry them. When it is full the newest is
 * dropped and counted.
 */
final class Tracking {
  static final int MAX = 1000;

  private final ArrayBlockingQueue<TrackedEvent> queue = new ArrayBlockingQueue<>(MAX);
  private final LongAdder dropped = new LongAdder();

  void add(TrackedEvent event) {
    if (!queue.offer(event)) {
      dropped.increment();
    }
  }

  List<TrackedEvent> drain() {
    List<TrackedEvent> events = new ArrayList<>();
    queue.drainTo(events);
    return events;
  }

  int waiting() {
    return queue.size();
  }

  long dropped() {
    return dropped.sum();
  }
}
