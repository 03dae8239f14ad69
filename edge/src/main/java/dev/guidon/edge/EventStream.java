package dev.guidon.edge;

import dev.guidon.edge.core.RegionView;
import dev.guidon.stream.SseWriter;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open event stream. It has no queue: it holds a source that knows the position sent, and asks
 * it for the difference to the present whenever the socket takes more. Confined to its event loop.
 */
final class EventStream {
  private static final Logger LOG = LoggerFactory.getLogger("dev.guidon.edge.streams");

  /** Knows the position sent. */
  @FunctionalInterface
  interface Source {
    /** What to send next; empty when everything has been sent. */
    Step next();
  }

  /**
   * @param close whether the stream ends after these bytes
   */
  record Step(List<byte[]> bytes, boolean close) {
    static final Step NOTHING = new Step(List.of(), /* close= */ false);
  }

  private final Streams streams;
  private final String kind;
  private final ScopeDriver scope;
  private final @Nullable RegionView region;
  private final Set<EventStream> slot;
  private final HttpServerResponse response;
  private final Source source;
  private final LongPredicate admittedAt;
  private long wroteNanos;
  private long fullSinceNanos;
  private boolean full;
  private boolean ended;
  private boolean saidNothing = true;

  /**
   * @param region counted as read until the stream ends, or {@code null}
   * @param slot of the wheel, in which the stream stands until it ends
   * @param source the next bytes to send
   * @param admittedAt whether the key that opened the stream is still good at an instant (epoch
   *     microseconds)
   */
  EventStream(
      Streams streams,
      String kind,
      ScopeDriver scope,
      @Nullable RegionView region,
      Set<EventStream> slot,
      Exchange exchange,
      Source source,
      LongPredicate admittedAt) {
    this.streams = streams;
    this.kind = kind;
    this.scope = scope;
    this.region = region;
    this.slot = slot;
    this.response = exchange.openStream();
    this.source = source;
    this.admittedAt = admittedAt;
    this.wroteNanos = streams.runtime().time.monotonicNanos();
    exchange.whenOver(() -> ended("the reader left"));
    response.exceptionHandler(_ -> ended("the connection broke"));
  }

  String kind() {
    return kind;
  }

  boolean hasSaidNothing() {
    return saidNothing && !ended;
  }

  ScopeDriver scope() {
    return scope;
  }

  /** Writes what is new for as long as the socket takes it. */
  void pump() {
    while (!ended && !full) {
      Step next = source.next();
      if (next.close()) {
        goodbye(next.bytes());
        return;
      }
      if (next.bytes().isEmpty()) {
        return;
      }
      next.bytes().forEach(this::write);
    }
  }

  void write(byte[] bytes) {
    if (ended) {
      return;
    }
    saidNothing = false;
    wroteNanos = streams.runtime().time.monotonicNanos();
    var _ = response.write(streams.shared(bytes));
    if (response.writeQueueFull() && !full) {
      full = true;
      fullSinceNanos = wroteNanos;
      response.drainHandler(_ -> {
        full = false;
        pump();
      });
    }
  }

  /**
   * Once a second: a sign of life where nothing else was said, an end to what stalls or may read no
   * more.
   */
  void tick() {
    EdgeRuntime runtime = streams.runtime();
    EdgeOptions.Timing timing = runtime.options.timing();
    long now = runtime.time.monotonicNanos();
    if (!admittedAt.test(runtime.nowMicros())) {
      abort("its key is worth nothing any more");
    } else if (full && now - fullSinceNanos > timing.stall().toNanos()) {
      abort("the reader takes nothing");
    } else if (!full && now - wroteNanos >= timing.heartbeat().toNanos()) {
      write(SseWriter.heartbeat());
    }
  }

  /** Says goodbye where the socket still listens, and ends in order. */
  void goodbye(List<byte[]> frames) {
    if (ended) {
      return;
    }
    if (full) {
      abort("the edge stops");
      return;
    }
    var _ = response.end(joined(frames));
    ended("the edge stops");
  }

  private static Buffer joined(List<byte[]> frames) {
    Buffer all = Buffer.buffer();
    frames.forEach(all::appendBytes);
    return all;
  }

  /** Ends without a word. */
  void abort(String reason) {
    if (ended) {
      return;
    }
    ended(reason);
    response.reset();
  }

  private void ended(String reason) {
    if (!ended) {
      ended = true;
      LOG.atInfo()
          .addKeyValue("kind", kind)
          .addKeyValue("scope", scope.id().text())
          .addKeyValue("reason", reason)
          .log("stream closed");
      streams.ended(this, slot);
      if (region != null) {
        region.close();
      }
    }
  }
}
