package dev.guidon.log;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Tells waiting threads that something has changed since they last looked. */
final class Pulse {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition beaten = lock.newCondition();
  private long beats;

  /** To be asked before looking, so that no change between looking and waiting is missed. */
  long beats() {
    lock.lock();
    try {
      return beats;
    } finally {
      lock.unlock();
    }
  }

  void beat() {
    lock.lock();
    try {
      beats++;
      beaten.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there was a beat after {@code seen}; at most so long. */
  void await(long seen, Duration timeout) throws InterruptedException {
    long nanos = timeout.toNanos();
    lock.lock();
    try {
      while (beats == seen && nanos > 0) {
        nanos = beaten.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }
}
