package dev.guidon.edge;

import dev.guidon.edge.core.RegionView;
import dev.guidon.edge.core.Snapshot;
import dev.guidon.edge.ofrep.Etags;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.stream.FeedStep;
import dev.guidon.stream.HeadFrame;
import dev.guidon.stream.ViewCursor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What SDKs read: views as streams and by polling, whole snapshots, blobs. */
final class ViewRoutes {
  /** A newcomer asks so often before it has its snapshot made here, whatever is committed. */
  private static final int SNAPSHOT_WAITS_MAX = 50;

  private final Loop loop;
  private final EdgeRuntime runtime;
  private final Regions regions;
  private final Streams streams;

  ViewRoutes(Loop loop, Regions regions, Streams streams) {
    this.loop = loop;
    this.runtime = loop.runtime;
    this.regions = regions;
    this.streams = streams;
  }

  void view(Exchange exchange, KeyCheck.Application application) {
    regions.with(
        exchange,
        application.scope(),
        /* forClient= */ false,
        region -> {
          if (wantsStream(exchange)) {
            stream(exchange, application, region);
          } else {
            pollView(exchange, region);
          }
        });
  }

  private void stream(Exchange exchange, KeyCheck.Application application, RegionView region) {
    ScopeDriver scope = application.scope();
    Position resume = position(exchange.request().getHeader("Last-Event-ID"));
    streams.open(
        exchange,
        "view",
        scope,
        region,
        () -> source(scope, region, resume),
        new Admission(scope, application.secret()));
  }

  private static EventStream.Source source(
      ScopeDriver scope, RegionView region, @Nullable Position resume) {
    return new EventStream.Source() {
      private ViewCursor cursor = ViewCursor.at(resume);
      private int waited;

      @Override
      public EventStream.Step next() {
        if (waited < SNAPSHOT_WAITS_MAX && scope.awaitsSnapshot(region, cursor)) {
          waited++;
          return EventStream.Step.NOTHING; // Made elsewhere; this stream hears of it.
        }
        waited = 0;
        FeedStep<ViewCursor> step = region.next(cursor);
        cursor = step.cursor();
        return new EventStream.Step(step.bytes(), step.close());
      }
    };
  }

  private void pollView(Exchange exchange, RegionView region) {
    HttpServerRequest request = exchange.request();
    HeadFrame head = region.head();
    if (head != null) {
      request.response().putHeader(HeadFrame.HEADER, head.text());
    }
    String etag = region.etag();
    request.response().putHeader("ETag", etag).putHeader("Cache-Control", "no-cache");
    Position from = position(exchange.param("from"));
    if (Etags.matches(request.getHeader("If-None-Match"), etag)
        || region.view().position().equals(from)) {
      exchange.send(304, null, Buffer.buffer());
    } else if (from == null) {
      sendSnapshotWithinRate(exchange, region::snapshot, /* immutable= */ false);
    } else {
      pollDelta(exchange, region, from);
    }
  }

  private void pollDelta(Exchange exchange, RegionView region, Position from) {
    loop.offLoop(
        exchange,
        () -> {
          byte[] body = region.poll(from);
          loop.onLoop(
              exchange,
              () -> {
                if (body.length == 0) {
                  exchange.send(304, null, Buffer.buffer());
                } else if (isDelta(body)) {
                  exchange.send(200, "application/json", Buffer.buffer(body));
                } else {
                  sendSnapshotWithinRate(exchange, region::snapshot, /* immutable= */ false);
                }
              });
        });
  }

  /**
   * Deltas are canonical JSON, whose members are in order; only they have changes. Snapshots begin
   * with their count.
   */
  private static boolean isDelta(byte[] body) {
    return new String(body, 0, Math.min(body.length, 11), StandardCharsets.US_ASCII)
        .equals("{\"changes\":");
  }

  void snapshot(Exchange exchange, ScopeDriver scope, Hash hash) {
    Snapshot snapshot = scope.viewSnapshot(hash);
    if (snapshot == null) {
      exchange.fail(404, "no such snapshot (any more)");
    } else {
      sendSnapshotWithinRate(exchange, () -> snapshot, /* immutable= */ true);
    }
  }

  void sendSnapshotWithinRate(Exchange exchange, Supplier<Snapshot> source, boolean immutable) {
    int wait = runtime.waitForSnapshot();
    if (wait > 0) {
      exchange.fail(503, "too many snapshots at once", Streams.jittered(wait));
    } else {
      sendSnapshot(exchange, source, immutable);
    }
  }

  /** Compressing takes its time, once per snapshot, and never that of the event loop. */
  private void sendSnapshot(Exchange exchange, Supplier<Snapshot> source, boolean immutable) {
    boolean gzip = acceptsGzip(exchange.request());
    loop.offLoop(
        exchange,
        () -> {
          Snapshot snapshot = source.get();
          byte[] bytes = gzip ? snapshot.gzipped() : snapshot.bytes();
          loop.onLoop(
              exchange,
              () -> {
                if (gzip) {
                  exchange.request().response().putHeader("Content-Encoding", "gzip");
                }
                exchange.request().response().putHeader("Vary", "Accept-Encoding");
                if (immutable) {
                  exchange
                      .request()
                      .response()
                      .putHeader("Cache-Control", "private, max-age=31536000, immutable");
                }
                exchange.send(200, "application/x-ndjson", Buffer.buffer(bytes));
              });
        });
  }

  private static boolean acceptsGzip(HttpServerRequest request) {
    String accepted = request.getHeader("Accept-Encoding");
    return accepted != null && accepted.contains("gzip") && !accepted.contains("gzip;q=0");
  }

  void blob(Exchange exchange, List<ScopeDriver> scopes, Hash hash) {
    List<ScopeDriver> holders = scopes.stream().filter(scope -> scope.refersTo(hash)).toList();
    if (holders.isEmpty()) {
      exchange.fail(404, "no such blob for this key");
      return;
    }
    boolean asked =
        holders
            .getFirst()
            .blob(
                hash,
                bytes ->
                    loop.onLoop(
                        exchange,
                        () -> {
                          if (bytes == null) {
                            exchange.fail(404, "the blob is not here");
                          } else {
                            exchange
                                .request()
                                .response()
                                .putHeader("Cache-Control", "private, max-age=31536000, immutable");
                            exchange.send(200, "application/octet-stream", Buffer.buffer(bytes));
                          }
                        }));
    if (!asked) {
      exchange.fail(503, "too many blobs at once", Streams.jittered(1));
    }
  }

  static boolean wantsStream(Exchange exchange) {
    String accept = exchange.request().getHeader("Accept");
    return accept != null && accept.contains("text/event-stream");
  }

  static @Nullable Position position(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return null;
    }
    try {
      return Position.parse(text);
    } catch (IllegalArgumentException _) {
      return null; // A place that is none: the reader gets everything.
    }
  }
}
