package dev.guidon.edge;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads bodies up to a limit of size and time. Those that have not come yet stand in a list, oldest
 * first: as all have the same time, one timer of the loop looks at its beginning.
 */
final class Bodies {
  private static final long LOOK_MILLIS_MAX = 1_000;

  private final Loop loop;
  private final int bytesMax;
  private final long limitNanos;
  private @Nullable Coming oldest;
  private @Nullable Coming newest;

  Bodies(Loop loop) {
    this.loop = loop;
    this.bytesMax = loop.runtime.options.limits().bodyBytesMax();
    this.limitNanos = loop.runtime.options.timing().request().toNanos();
    long look = Math.clamp(limitNanos / 4_000_000, 5, LOOK_MILLIS_MAX);
    loop.vertx.setPeriodic(look, _ -> refuseLate());
  }

  /** A body on its way. Most come whole with their head, as one chunk. */
  private final class Coming {
    final Exchange exchange;
    final Consumer<byte[]> then;
    final long sinceNanos = loop.runtime.time.monotonicNanos();
    private byte @Nullable [] first;
    private @Nullable Buffer all;
    private boolean isListed = true;
    @Nullable Coming older;
    @Nullable Coming newer;

    Coming(Exchange exchange, Consumer<byte[]> then) {
      this.exchange = exchange;
      this.then = then;
    }

    void add(Buffer chunk) {
      byte[] kept = first;
      Buffer joined = all;
      int before = joined != null ? joined.length() : kept != null ? kept.length : 0;
      if (before + chunk.length() > bytesMax) {
        refuseAndClose(exchange, 413, "body: more than " + bytesMax + " bytes");
      } else if (exchange.isAnswered()) {
        first = null;
        all = null;
      } else if (before == 0) {
        first = chunk.getBytes();
      } else {
        if (joined == null) {
          joined = Buffer.buffer(before + chunk.length()).appendBytes(kept);
          all = joined;
          first = null;
        }
        joined.appendBuffer(chunk);
      }
    }

    void end() {
      unlist(this);
      if (!exchange.isAnswered()) {
        byte[] kept = first;
        Buffer joined = all;
        byte[] body = joined != null ? joined.getBytes() : kept != null ? kept : new byte[0];
        loop.guarded(exchange, () -> then.accept(body));
      }
    }
  }

  /**
   * Reads a body; what is longer than the limit, or does not come in time, is refused without
   * having been kept.
   */
  void read(Exchange exchange, Consumer<byte[]> then) {
    HttpServerRequest request = exchange.request();
    if (declaredLength(request) > bytesMax) {
      refuseAndClose(exchange, 413, "body: more than " + bytesMax + " bytes");
      return;
    }
    if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
      var _ = request.response().writeContinue();
    }
    var coming = new Coming(exchange, then);
    list(coming);
    request.handler(coming::add);
    request.exceptionHandler(_ -> unlist(coming));
    request.endHandler(_ -> coming.end());
  }

  private void refuseLate() {
    long now = loop.runtime.time.monotonicNanos();
    Coming next = oldest;
    while (next != null && now - next.sinceNanos >= limitNanos) {
      Coming late = next;
      next = late.newer;
      unlist(late);
      refuseAndClose(late.exchange, 408, "the body did not come in time");
    }
  }

  private void list(Coming coming) {
    Coming before = newest;
    coming.older = before;
    if (before == null) {
      oldest = coming;
    } else {
      before.newer = coming;
    }
    newest = coming;
  }

  private void unlist(Coming coming) {
    if (!coming.isListed) {
      return;
    }
    coming.isListed = false;
    Coming before = coming.older;
    Coming after = coming.newer;
    if (before == null) {
      oldest = after;
    } else {
      before.newer = after;
    }
    if (after == null) {
      newest = before;
    } else {
      after.older = before;
    }
    coming.older = null;
    coming.newer = null;
  }

  private void refuseAndClose(Exchange exchange, int status, String detail) {
    if (!exchange.isAnswered()) {
      if (exchange.request().version() != HttpVersion.HTTP_2) {
        exchange.request().response().putHeader("Connection", "close");
      }
      exchange.fail(status, detail);
      // Half a second for the answer to be read: closing at once could throw it away with the bytes
      // still coming in.
      exchange.closeSoon(loop.vertx);
    }
  }

  /** What the head says; 0 where it says nothing. */
  static long declaredLength(HttpServerRequest request) {
    String text = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    try {
      return text == null ? 0 : Long.parseLong(text.strip());
    } catch (NumberFormatException _) {
      return Long.MAX_VALUE;
    }
  }
}
