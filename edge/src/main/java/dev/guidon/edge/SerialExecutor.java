package dev.guidon.edge;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one after the other on a virtual thread, which lives only while there is something to
 * do.
 */
final class SerialExecutor implements Executor {
  private static final Logger LOG = LoggerFactory.getLogger(SerialExecutor.class);

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final String name;
  private boolean running;

  SerialExecutor(String name) {
    this.name = name;
  }

  @Override
  public void execute(Runnable task) {
    synchronized (tasks) {
      tasks.add(task);
      if (running) {
        return;
      }
      running = true;
    }
    Thread.ofVirtual().name(name).start(this::drain);
  }

  private void drain() {
    for (Runnable next = next(); next != null; next = next()) {
      try {
        next.run();
      } catch (RuntimeException | Error e) {
        // One bad input must not end the scope, and neither must a stack or heap that is full for a
        // moment: what is served stays, and the follower's ticks go on.
        LOG.error("task of {} failed", name, e);
      }
    }
  }

  private @org.jspecify.annotations.Nullable Runnable next() {
    synchronized (tasks) {
      Runnable next = tasks.poll();
      running = next != null;
      return next;
    }
  }
}
