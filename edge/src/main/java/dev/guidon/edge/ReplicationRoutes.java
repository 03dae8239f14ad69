package dev.guidon.edge;

import dev.guidon.edge.core.Snapshot;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.stream.FeedStep;
import dev.guidon.stream.HeadFrame;
import dev.guidon.stream.LogCursor;
import dev.guidon.stream.LogFeed;
import io.vertx.core.buffer.Buffer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** What further edges read: the log as a stream and by polling, and whole states. */
final class ReplicationRoutes {
  private final Loop loop;
  private final EdgeRuntime runtime;
  private final Streams streams;
  private final ViewRoutes views;

  ReplicationRoutes(Loop loop, Streams streams, ViewRoutes views) {
    this.loop = loop;
    this.runtime = loop.runtime;
    this.streams = streams;
    this.views = views;
  }

  void log(Exchange exchange, KeyCheck.FurtherEdge edge) {
    ScopeDriver scope = replicated(exchange, edge);
    if (scope == null) {
      return;
    }
    if (scope.state() == null) {
      exchange.fail(503, "this edge has no state of the scope yet", KeyCheck.BEHIND_RETRY_SECONDS);
      return;
    }
    boolean isStream = ViewRoutes.wantsStream(exchange);
    Position from =
        ViewRoutes.position(
            isStream ? exchange.request().getHeader("Last-Event-ID") : exchange.param("after"));
    loop.offLoop(
        exchange,
        () -> {
          // A follower far behind needs a whole state, and making one is not for an event loop.
          FeedStep<LogCursor> first = new LogFeed(scope.logSource()).next(LogCursor.at(from));
          byte[] polled =
              isStream || from == null ? null : new LogFeed(scope.logSource()).poll(from);
          loop.onLoop(
              exchange,
              () -> {
                if (isStream) {
                  streams.open(
                      exchange,
                      "replication",
                      scope,
                      /* region= */ null,
                      () -> logSource(scope, first),
                      stillAdmits(edge));
                } else {
                  answerLogPoll(exchange, scope, first, polled);
                }
              });
        });
  }

  private static EventStream.Source logSource(ScopeDriver scope, FeedStep<LogCursor> first) {
    var feed = new LogFeed(scope.logSource());
    var cursor = new LogCursor[] {first.cursor()};
    var begun = new boolean[1];
    return () -> {
      boolean isNext = begun[0] || first.isEmpty();
      if (isNext && scope.awaitsWholeState(cursor[0].position())) {
        return EventStream.Step.NOTHING; // Made elsewhere; this stream hears of it.
      }
      FeedStep<LogCursor> step = isNext ? feed.next(cursor[0]) : first;
      begun[0] = true;
      cursor[0] = step.cursor();
      return new EventStream.Step(step.bytes(), step.close());
    };
  }

  /**
   * Entries as lines; or, where they do not lead on, the events that say which whole state to take.
   */
  private static void answerLogPoll(
      Exchange exchange, ScopeDriver scope, FeedStep<LogCursor> first, byte @Nullable [] polled) {
    HeadFrame head = scope.head();
    if (polled == null) {
      Buffer events = Buffer.buffer();
      first.bytes().forEach(events::appendBytes);
      exchange.send(200, "text/event-stream", events);
      return;
    }
    if (head != null) {
      exchange.request().response().putHeader(HeadFrame.HEADER, head.text());
    }
    exchange.send(200, "application/x-ndjson", Buffer.buffer(polled));
  }

  private @Nullable ScopeDriver replicated(Exchange exchange, KeyCheck.FurtherEdge edge) {
    String text = exchange.param("scope");
    ScopeDriver scope = text == null ? null : scopeOf(text);
    if (text == null) {
      exchange.fail(400, "scope: absent (expected: project/environment)");
      return null;
    }
    // The same answer whether the scope is unknown here or closed to this key.
    if (scope == null || !edge.key().admits(scope.id())) {
      exchange.fail(404, "no such scope for this key");
      return null;
    }
    return scope;
  }

  private @Nullable ScopeDriver scopeOf(String text) {
    try {
      return runtime.scopes.get(ScopeId.parse(text));
    } catch (IllegalArgumentException _) {
      return null; // Not the name of any scope.
    }
  }

  void snapshot(Exchange exchange, KeyCheck.FurtherEdge edge, Hash hash) {
    for (ScopeDriver scope : runtime.scopes.values()) {
      Snapshot snapshot = edge.key().admits(scope.id()) ? scope.wholeState(hash) : null;
      if (snapshot != null) {
        views.sendSnapshotWithinRate(exchange, () -> snapshot, /* immutable= */ true);
        return;
      }
    }
    exchange.fail(404, "no such snapshot (any more)");
  }

  private LongPredicate stillAdmits(KeyCheck.FurtherEdge edge) {
    return now -> {
      var key = runtime.options.edgeKeys().find(edge.secret());
      return key != null && key.key().admitsExisting(edge.secret(), now);
    };
  }
}
