package dev.guidon.edge;

import dev.guidon.edge.core.RegionView;
import dev.guidon.stream.Goodbye;
import dev.guidon.stream.SseWriter;
import dev.guidon.stream.ViewFrames;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open event streams of one event loop.
 *
 * <h2>A wheel instead of timers</h2>
 *
 * Every stream stands in one of a few slots, and one timer of the loop visits a slot at a time, so
 * that each stream is looked at once per second and no visit is long. What is new is written slot
 * by slot too, with other work of the loop in between: ten thousand streams do not make a request
 * wait for all of them.
 */
final class Streams {
  private static final Logger LOG = LoggerFactory.getLogger(Streams.class);

  static final String OFREP = "ofrep";

  /** Streams look alive and are checked once in this time. */
  private static final long TURN_MILLIS = 1_000;

  private static final int SLOTS = 20;

  private final Loop loop;
  private final List<Set<EventStream>> slots = new ArrayList<>();
  private int visited;
  private int filled;
  private byte @Nullable [] lastBytes;
  private Buffer lastBuffer = Buffer.buffer();

  Streams(Loop loop) {
    this.loop = loop;
    for (int i = 0; i < SLOTS; i++) {
      slots.add(new LinkedHashSet<>());
    }
    loop.vertx.setPeriodic(TURN_MILLIS / SLOTS, _ -> visit());
  }

  /**
   * A frame as it is written: the same bytes, one after another to many streams, become one buffer.
   */
  @SuppressWarnings("ReferenceEquality") // The feed hands every stream the same array.
  Buffer shared(byte[] bytes) {
    if (lastBytes != bytes) {
      lastBuffer = Buffer.buffer(bytes);
      lastBytes = bytes;
    }
    return lastBuffer;
  }

  /**
   * Makes the answer a stream.
   *
   * @param region whose view it reads, or {@code null}
   * @param admittedAt whether the key that opens the stream is good at an instant
   */
  void open(
      Exchange exchange,
      String kind,
      ScopeDriver scope,
      @Nullable RegionView region,
      Supplier<EventStream.Source> open,
      LongPredicate admittedAt) {
    EdgeRuntime runtime = loop.runtime;
    if (exchange.isAnswered()) {
      return; // The reader has left while its stream was being made ready.
    }
    int wait = runtime.isDraining() ? 1 : runtime.waitForStream();
    if (wait > 0) {
      exchange.fail(503, "too many streams opened at once", jittered(wait));
      return;
    }
    if (region != null && !region.open()) {
      exchange.fail(503, "the region has just given way to others", jittered(1));
      return;
    }
    runtime.inFlight.decrementAndGet(); // Streams are ended by goodbye and not waited for.
    Set<EventStream> slot = slots.get(filled);
    filled = (filled + 1) % SLOTS;
    var stream = new EventStream(this, kind, scope, region, slot, exchange, open.get(), admittedAt);
    slot.add(stream);
    runtime.metrics.streams(kind, 1);
    stream.pump();
    if (stream.hasSaidNothing()) {
      stream.write(SseWriter.heartbeat()); // So that the headers leave at once.
    }
  }

  static int jittered(int seconds) {
    return seconds + ThreadLocalRandom.current().nextInt(seconds + 4);
  }

  EdgeRuntime runtime() {
    return loop.runtime;
  }

  /** Called by a stream when it has ended for whatever reason. */
  void ended(EventStream stream, Set<EventStream> slot) {
    slot.remove(stream);
    loop.runtime.metrics.streams(stream.kind(), -1);
  }

  /** Writes what is new of a scope. */
  void changed(ScopeDriver scope) {
    for (Set<EventStream> slot : slots) {
      if (!slot.isEmpty()) {
        loop.run(() -> pump(slot, scope));
      }
    }
  }

  private static void pump(Set<EventStream> slot, ScopeDriver scope) {
    for (EventStream stream : List.copyOf(slot)) {
      if (stream.scope() == scope) {
        alone(stream, stream::pump);
      }
    }
  }

  private void visit() {
    Set<EventStream> slot = slots.get(visited);
    visited = (visited + 1) % SLOTS;
    if (!slot.isEmpty()) {
      for (EventStream stream : List.copyOf(slot)) {
        alone(stream, stream::tick);
      }
    }
  }

  /** What goes wrong in one stream ends that one only. */
  private static void alone(EventStream stream, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).addKeyValue("kind", stream.kind()).log("stream failed");
      stream.abort("a fault of this edge");
    }
  }

  /** Ends some with a goodbye, each with another pause within a time. */
  void goodbye(Predicate<EventStream> which, long spreadMillis) {
    List<EventStream> leaving = new ArrayList<>();
    for (Set<EventStream> slot : slots) {
      slot.stream().filter(which).forEach(leaving::add);
    }
    for (EventStream stream : leaving) {
      long pause = ThreadLocalRandom.current().nextLong(Math.max(1, spreadMillis));
      stream.goodbye(
          List.of(stream.kind().equals(OFREP) ? retry(1_000 + pause) : goodbyeFrame(pause)));
    }
  }

  static byte[] retry(long millis) {
    return ("retry: " + millis + "\n\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] goodbyeFrame(long pauseMillis) {
    return ViewFrames.encode(new Goodbye(pauseMillis, "the edge stops"));
  }
}
