package dev.guidon.server;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.LoggerFactory;

/** Waits where the main thread meets event loops. */
final class Waiting {
  private static final long SECONDS_MAX = 10;

  private Waiting() {}

  static void forClose(Vertx vertx) {
    Future<?> closing = vertx.close();
    try {
      var _ = closing.toCompletionStage().toCompletableFuture().get(SECONDS_MAX, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LoggerFactory.getLogger(Waiting.class).warn("event loops did not end in order", e);
    }
  }
}
