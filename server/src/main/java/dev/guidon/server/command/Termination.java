package dev.guidon.server.command;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns SIGTERM and SIGINT into a request that the main thread carries out, and into its exit code:
 * a JVM that is told to end would otherwise say 143, which supervisors take for a failure.
 */
final class Termination {
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch done = new CountDownLatch(1);
  private final Duration patience;
  private volatile int exitCode = ExitCode.FAILED;

  /**
   * @param patience how long the signal's answer may take before the process ends regardless
   */
  Termination(Duration patience) {
    this.patience = patience;
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("termination").unstarted(this::atShutdown));
  }

  /** Ends the process as a signal would. */
  void ask() {
    asked.countDown();
  }

  void awaitAsked() throws InterruptedException {
    asked.await();
  }

  void done(int code) {
    exitCode = code;
    done.countDown();
  }

  private void atShutdown() {
    if (done.getCount() == 0) {
      return;
    }
    ask();
    try {
      boolean ended = done.await(patience.toMillis(), TimeUnit.MILLISECONDS);
      System.out.flush();
      Runtime.getRuntime().halt(ended ? exitCode : ExitCode.FAILED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
