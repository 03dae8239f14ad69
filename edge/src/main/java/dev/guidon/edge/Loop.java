package dev.guidon.edge;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop of an edge, for those who serve on it. What is confined to it needs no lock;
 * nothing on it may block or compute for long.
 */
final class Loop {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

  final Vertx vertx;
  final EdgeRuntime runtime;
  private final Context context;

  Loop(Vertx vertx, Context context, EdgeRuntime runtime) {
    this.vertx = vertx;
    this.context = context;
    this.runtime = runtime;
  }

  /** Runs something later on the loop, after what already waits there. Any thread. */
  void run(Runnable action) {
    context.runOnContext(_ -> action.run());
  }

  /**
   * The last resort: whatever goes wrong here, the caller gets an answer, and no word of what it
   * sent.
   */
  void guarded(Exchange exchange, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | StackOverflowError e) {
      LOG.atError()
          .setCause(e)
          .addKeyValue("route", exchange.route().label())
          .log("request failed");
      exchange.fail(500, "this edge failed to answer; it has logged why");
    }
  }

  /** Back on the loop with what was made elsewhere. Any thread. */
  void onLoop(Exchange exchange, Runnable action) {
    run(() -> guarded(exchange, action));
  }

  /** What takes its time happens elsewhere; what goes wrong there is answered too. */
  void offLoop(Exchange exchange, Runnable action) {
    Thread.startVirtualThread(() -> {
      try {
        action.run();
      } catch (RuntimeException | Error e) {
        onLoop(
            exchange,
            () -> {
              throw new IllegalStateException("off the loop", e);
            });
      }
    });
  }
}
