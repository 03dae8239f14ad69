package dev.guidon.sdk;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread for what is due now or later. */
final class Housekeeper implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Housekeeper.class);

  /**
   * Looks at the clock at least this often, since an injected one may move while this thread waits.
   */
  private static final long LOOK_MICROS_MAX = 1_000_000;

  private final TimeSource time;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final PriorityQueue<Due> queue =
      new PriorityQueue<>(Comparator.comparingLong(Due::atMicros).thenComparingLong(Due::number));
  private long numbered;
  private boolean stopped;

  Housekeeper(TimeSource time) {
    this.time = time;
  }

  /**
   * @param number tasks of one instant run in the order in which they came
   */
  private record Due(long atMicros, long number, Runnable task) {}

  /** Runs a task once, this many microseconds from now. Ignored after {@link #stop}. */
  void later(long micros, Runnable task) {
    lock.lock();
    try {
      if (!stopped) {
        queue.add(new Due(time.monotonicMicros() + Math.max(0, micros), numbered++, task));
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  void stop() {
    lock.lock();
    try {
      stopped = true;
      queue.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean isStopped() {
    lock.lock();
    try {
      return stopped;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void run() {
    try {
      for (List<Due> due = await(); !due.isEmpty(); due = await()) {
        for (Due one : due) {
          if (isStopped()) {
            return;
          }
          runOne(one);
        }
      }
    } catch (InterruptedException e) {
      // Only shutdown ends this thread; someone who interrupts it means the same.
      Thread.currentThread().interrupt();
    }
  }

  /** One failing task must not end the others, whatever it throws. */
  private static void runOne(Due due) {
    try {
      due.task().run();
    } catch (RuntimeException | Error e) {
      log.warn("A task of the flag client failed; the others go on.", e);
    }
  }

  /** The tasks that are due, at least one; empty when stopped. */
  private List<Due> await() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      List<Due> due = new ArrayList<>();
      while (!stopped) {
        long now = time.monotonicMicros();
        Due first = queue.peek();
        while (first != null && first.atMicros() <= now) {
          due.add(first);
          queue.remove();
          first = queue.peek();
        }
        if (!due.isEmpty()) {
          return due;
        }
        long wait =
            first == null ? LOOK_MICROS_MAX : Math.min(LOOK_MICROS_MAX, first.atMicros() - now);
        // Woken or not, the loop looks again.
        boolean unused = changed.await(wait, TimeUnit.MICROSECONDS);
      }
      return List.of();
    } finally {
      lock.unlock();
    }
  }
}
