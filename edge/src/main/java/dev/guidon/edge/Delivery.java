package dev.guidon.edge;

import dev.guidon.edge.core.ReaderKey;
import dev.guidon.edge.core.RegionView;
import dev.guidon.edge.core.Report;
import dev.guidon.edge.core.Snapshot;
import dev.guidon.edge.ofrep.ConfigTag;
import dev.guidon.edge.ofrep.Etags;
import dev.guidon.edge.ofrep.FlagAnswers;
import dev.guidon.edge.ofrep.FlagKeys;
import dev.guidon.edge.ofrep.Ofrep;
import dev.guidon.edge.ofrep.OfrepAnswer;
import dev.guidon.edge.ofrep.OfrepRequest;
import dev.guidon.edge.ofrep.Tickets;
import dev.guidon.model.Hash;
import dev.guidon.model.InvalidDocumentException;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.json.Json;
import dev.guidon.stream.FeedStep;
import dev.guidon.stream.HeadFrame;
import dev.guidon.stream.LogCursor;
import dev.guidon.stream.LogFeed;
import dev.guidon.stream.SseWriter;
import dev.guidon.stream.UpstreamReply;
import dev.guidon.stream.ViewCursor;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The delivery listener on one event loop: routes, keys, limits, streams. Its instances share the
 * port and nothing else but {@link EdgeRuntime}. Nothing here blocks; what must wait for a disk
 * goes to the scope's own thread.
 */
final class Delivery extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
  private static final Pattern REGION = Pattern.compile("[A-Za-z0-9._-]{1,64}|\\*");
  private static final Pattern AUTHORITY = Pattern.compile("[A-Za-z0-9.:\\[\\]-]{1,255}");
  private static final int WAITERS_MAX = 1_000;

  /** A kept-alive connection may rest for so many times as long as a body may take. */
  private static final long QUIET_FACTOR = 4;

  private static final long TICK_MILLIS = 1_000;
  private static final String OFREP = "ofrep";

  private final EdgeRuntime runtime;
  private final HttpServerOptions serverOptions;
  private final Set<EventStream> streams = new HashSet<>();
  private final List<Waiter> waiters = new ArrayList<>();
  private final Map<HttpConnection, Peer> peers = new HashMap<>();
  private volatile @Nullable HttpServer server;

  Delivery(EdgeRuntime runtime, HttpServerOptions serverOptions) {
    this.runtime = runtime;
    this.serverOptions = serverOptions;
  }

  /** A request that waits for a state of which it has heard elsewhere. */
  private record Waiter(BooleanSupplier reached, Runnable then, long deadlineNanos) {}

  @Override
  public Future<?> start() {
    server =
        vertx
            .createHttpServer(serverOptions)
            .requestHandler(this::handle)
            .invalidRequestHandler(Delivery::refuseInvalid)
            .connectionHandler(this::connected)
            .exceptionHandler(failure -> LOG.debug("connection failed", failure));
    vertx.setPeriodic(TICK_MILLIS, _ -> tick());
    return server.listen();
  }

  HttpServer server() {
    return java.util.Objects.requireNonNull(server, "not started");
  }

  Context context() {
    return context;
  }

  /** Called on any thread when a scope has something new. */
  void changed(ScopeDriver scope) {
    if (server == null) {
      return; // Not started yet: nobody is here to be told.
    }
    context.runOnContext(_ -> {
      for (EventStream stream : List.copyOf(streams)) {
        if (stream.scope() == scope) {
          alone(stream, () -> stream.pump(runtime.time));
        }
      }
      wakeWaiters();
    });
  }

  /**
   * Ends every stream with a goodbye, each with another pause within the time that the edge drains
   * in. Any thread.
   */
  void sayGoodbye(long drainMillis) {
    context.runOnContext(_ -> goodbye(drainMillis, List.copyOf(streams)));
  }

  /** Ends the streams of a scope that is not followed any more. Any thread. */
  void goodbye(ScopeDriver scope) {
    context.runOnContext(
        _ -> goodbye(1_000, streams.stream().filter(stream -> stream.scope() == scope).toList()));
  }

  private static void goodbye(long spreadMillis, List<EventStream> leaving) {
    for (EventStream stream : leaving) {
      long pause = ThreadLocalRandom.current().nextLong(Math.max(1, spreadMillis));
      stream.goodbye(
          List.of(stream.kind().equals(OFREP) ? retry(1_000 + pause) : goodbyeFrame(pause)));
    }
  }

  private static byte[] retry(long millis) {
    return ("retry: " + millis + "\n\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] goodbyeFrame(long pauseMillis) {
    return dev.guidon.stream.ViewFrames.encode(
        new dev.guidon.stream.Goodbye(pauseMillis, "the edge stops"));
  }

  private void tick() {
    EdgeOptions.Timing timing = runtime.options.timing();
    for (EventStream stream : List.copyOf(streams)) {
      alone(stream, () -> stream.tick(runtime, timing.heartbeat(), timing.stall()));
    }
    wakeWaiters();
    closeQuietPeers();
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

  private void wakeWaiters() {
    long now = runtime.time.monotonicNanos();
    List<Waiter> awake = new ArrayList<>();
    waiters.removeIf(waiter -> {
      boolean done = waiter.reached().getAsBoolean() || now - waiter.deadlineNanos() >= 0;
      return done && awake.add(waiter);
    });
    awake.forEach(waiter -> waiter.then().run());
  }

  // Connections and requests in general

  /** What a connection is at. */
  private static final class Peer {
    private final HttpConnection connection;
    private int active;
    private long quietSinceNanos;

    Peer(HttpConnection connection, long nowNanos) {
      this.connection = connection;
      this.quietSinceNanos = nowNanos;
    }
  }

  /** Closes one connection too many. */
  private void connected(HttpConnection connection) {
    if (runtime.connections.incrementAndGet() > runtime.options.limits().connectionsMax()) {
      runtime.connections.decrementAndGet();
      connection.close();
      return;
    }
    peers.put(connection, new Peer(connection, runtime.time.monotonicNanos()));
    connection.closeHandler(_ -> {
      runtime.connections.decrementAndGet();
      peers.remove(connection);
    });
    connection.exceptionHandler(failure -> LOG.debug("connection failed", failure));
  }

  /**
   * Closes connections that ask nothing: neither silence nor a trickle of header bytes is a
   * request.
   */
  private void closeQuietPeers() {
    long limit = QUIET_FACTOR * runtime.options.timing().request().toNanos();
    long now = runtime.time.monotonicNanos();
    for (Peer peer : List.copyOf(peers.values())) {
      if (peer.active == 0 && now - peer.quietSinceNanos > limit) {
        peer.connection.close();
      }
    }
  }

  private static void refuseInvalid(HttpServerRequest request) {
    Throwable cause = request.decoderResult() == null ? null : request.decoderResult().cause();
    int status =
        cause instanceof TooLongHttpLineException
            ? 414
            : cause instanceof TooLongHttpHeaderException ? 431 : 400;
    OfrepAnswer answer =
        OfrepAnswer.error(status, "", "GENERAL", "not an HTTP request that can be read");
    var _ =
        request
            .response()
            .setStatusCode(status)
            .putHeader("Content-Type", "application/json")
            .putHeader("Connection", "close")
            .end(Buffer.buffer(answer.body()))
            .onComplete(_ -> request.connection().close());
  }

  private void handle(HttpServerRequest request) {
    String path = request.path();
    Route route = path == null ? new Route.Unknown(/* ofrep= */ false) : Route.of(path);
    var exchange = new Exchange(request, route, runtime.options.corsOrigins(), runtime.time);
    Peer peer = peers.get(request.connection());
    if (peer != null) {
      peer.active++;
    }
    runtime.inFlight.incrementAndGet();
    exchange.whenOver(() -> {
      runtime.metrics.answered(route, request.response().getStatusCode());
      if (!exchange.isStream()) {
        runtime.inFlight.decrementAndGet();
      }
      if (peer != null) {
        peer.active--;
        peer.quietSinceNanos = runtime.time.monotonicNanos();
      }
    });
    request.exceptionHandler(failure -> LOG.debug("request broke", failure));
    guarded(exchange, () -> dispatch(exchange));
  }

  /**
   * The last resort: whatever goes wrong here, the caller gets an answer, and no word of what it
   * sent.
   */
  private static void guarded(Exchange exchange, Runnable action) {
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

  /** Back on the loop with what was made elsewhere. */
  private void onLoop(Exchange exchange, Runnable action) {
    context.runOnContext(_ -> guarded(exchange, action));
  }

  /** What takes its time happens elsewhere; what goes wrong there is answered too. */
  private void offLoop(Exchange exchange, Runnable action) {
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

  private void dispatch(Exchange exchange) {
    Route route = exchange.route();
    HttpMethod method = exchange.request().method();
    if (method.equals(HttpMethod.OPTIONS)) {
      exchange.preflight();
    } else if (route instanceof Route.Unknown) {
      exchange.fail(404, "no such path");
    } else if (!List.of(route.methods().split(", ")).contains(method.name())) {
      exchange.request().response().putHeader("Allow", route.methods() + ", OPTIONS");
      exchange.fail(
          405,
          "method "
              + (method.name().length() > 10 ? "unknown" : method.name())
              + " (expected: "
              + route.methods()
              + ")");
    } else if (!hasReadableQuery(exchange)) {
      exchange.fail(
          400, "query: broken percent-encoding (expected: two hexadecimal digits after each '%')");
    } else {
      serve(exchange, route);
    }
  }

  /** The query is decoded when it is first asked for, and that throws on what is no encoding. */
  private static boolean hasReadableQuery(Exchange exchange) {
    try {
      return exchange.request().query() == null || exchange.request().params() != null;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private void serve(Exchange exchange, Route route) {
    switch (route) {
      case Route.Health _ -> exchange.json(200, Json.Obj.of("status", Json.of("ok")));
      case Route.Ready _ -> ready(exchange);
      case Route.Metrics _ -> metrics(exchange);
      case Route.OfrepEvents _ -> ofrepEvents(exchange);
      case Route.ViewRead _,
          Route.ViewSnapshotRead _,
          Route.ReplicationRead _,
          Route.ReplicationSnapshotRead _,
          Route.BlobRead _,
          Route.UpstreamReport _,
          Route.OfrepSingle _,
          Route.OfrepBulk _ ->
          serveWithKey(exchange, route);
      case Route.Unknown _ -> exchange.fail(404, "no such path");
    }
  }

  private void serveWithKey(Exchange exchange, Route route) {
    KeyCheck check =
        KeyCheck.of(
            exchange.request(),
            runtime.scopes.values(),
            runtime.options.edgeKeys(),
            runtime.nowMicros());
    switch (check) {
      case KeyCheck.Denied denied ->
          exchange.fail(denied.status(), denied.detail(), denied.retryAfterSeconds());
      case KeyCheck.Application application -> {
        exchange.keyName(application.key().name());
        if (isWithinRate(exchange, application.secret())) {
          serveApplication(exchange, route, application);
        }
      }
      case KeyCheck.FurtherEdge edge -> {
        exchange.keyName(edge.key().key().name());
        if (!showsNeededCertificate(exchange)) {
          exchange.fail(403, "further edges need a client certificate here");
        } else if (isWithinRate(exchange, edge.secret())) {
          serveEdge(exchange, route, edge);
        }
      }
    }
  }

  private boolean isWithinRate(Exchange exchange, Hash secret) {
    int wait = runtime.waitOfKey(secret);
    if (wait > 0) {
      exchange.fail(429, "too many requests with this key", wait);
    }
    return wait == 0;
  }

  private boolean showsNeededCertificate(Exchange exchange) {
    TlsFiles tls = runtime.options.tls();
    if (tls == null || tls.trust() == null) {
      return true;
    }
    try {
      return !exchange.request().connection().peerCertificates().isEmpty();
    } catch (javax.net.ssl.SSLPeerUnverifiedException _) {
      return false;
    }
  }

  private void serveApplication(Exchange exchange, Route route, KeyCheck.Application application) {
    boolean isClient = application.key().kind() == ReaderKey.Kind.CLIENT;
    switch (route) {
      case Route.OfrepSingle single -> ofrepSingle(exchange, application, single);
      case Route.OfrepBulk _ -> ofrepBulk(exchange, application);
      case Route.ViewRead _, Route.ViewSnapshotRead _, Route.BlobRead _, Route.UpstreamReport _
          when isClient ->
          exchange.fail(403, "client keys evaluate over OFREP and read nothing else");
      case Route.ViewRead _ -> view(exchange, application);
      case Route.ViewSnapshotRead snapshot ->
          viewSnapshot(exchange, application.scope(), snapshot.hash());
      case Route.BlobRead blob -> blob(exchange, List.of(application.scope()), blob.hash());
      case Route.UpstreamReport _ ->
          report(
              exchange, application.key().name(), scope -> scope.equals(application.scope().id()));
      case Route.ReplicationRead _, Route.ReplicationSnapshotRead _ ->
          exchange.fail(403, "replication needs the credential of an edge");
      case Route.Health _, Route.Ready _, Route.Metrics _, Route.OfrepEvents _, Route.Unknown _ ->
          exchange.fail(404, "no such path");
    }
  }

  private void serveEdge(Exchange exchange, Route route, KeyCheck.FurtherEdge edge) {
    switch (route) {
      case Route.ReplicationRead _ -> replication(exchange, edge);
      case Route.ReplicationSnapshotRead snapshot ->
          replicationSnapshot(exchange, edge, snapshot.hash());
      case Route.BlobRead blob ->
          blob(
              exchange,
              runtime.scopes.values().stream().filter(s -> edge.key().admits(s.id())).toList(),
              blob.hash());
      case Route.UpstreamReport _ -> report(exchange, edge.key().key().name(), edge.key()::admits);
      case Route.ViewRead _, Route.ViewSnapshotRead _, Route.OfrepSingle _, Route.OfrepBulk _ ->
          exchange.fail(403, "edges replicate; views and evaluation need an SDK key");
      case Route.Health _, Route.Ready _, Route.Metrics _, Route.OfrepEvents _, Route.Unknown _ ->
          exchange.fail(404, "no such path");
    }
  }

  /**
   * Reads a body up to the limit; what is longer, or does not come in time, is refused without
   * having been kept.
   */
  private void withBody(Exchange exchange, Consumer<byte[]> then) {
    HttpServerRequest request = exchange.request();
    int max = runtime.options.limits().bodyBytesMax();
    if (declaredLength(request) > max) {
      refuseAndClose(exchange, 413, "body: more than " + max + " bytes");
      return;
    }
    if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
      var _ = request.response().writeContinue();
    }
    Buffer body = Buffer.buffer();
    long timer =
        vertx.setTimer(
            runtime.options.timing().request().toMillis(),
            _ -> refuseAndClose(exchange, 408, "the body did not come in time"));
    exchange.whenOver(() -> vertx.cancelTimer(timer));
    request.handler(chunk -> {
      if (body.length() + chunk.length() > max) {
        refuseAndClose(exchange, 413, "body: more than " + max + " bytes");
      } else if (!exchange.isAnswered()) {
        body.appendBuffer(chunk);
      }
    });
    request.exceptionHandler(_ -> vertx.cancelTimer(timer));
    request.endHandler(_ -> {
      vertx.cancelTimer(timer);
      if (!exchange.isAnswered()) {
        guarded(exchange, () -> then.accept(body.getBytes()));
      }
    });
  }

  private void refuseAndClose(Exchange exchange, int status, String detail) {
    if (!exchange.isAnswered()) {
      if (exchange.request().version() != HttpVersion.HTTP_2) {
        exchange.request().response().putHeader("Connection", "close");
      }
      exchange.fail(status, detail);
      // Half a second for the answer to be read: closing at once could throw it away with the bytes
      // still coming in.
      exchange.closeSoon(vertx);
    }
  }

  private static long declaredLength(HttpServerRequest request) {
    String text = request.getHeader("Content-Length");
    try {
      return text == null ? 0 : Long.parseLong(text.strip());
    } catch (NumberFormatException _) {
      return Long.MAX_VALUE;
    }
  }

  // Health

  private void ready(Exchange exchange) {
    List<Json> scopes = new ArrayList<>();
    boolean loaded = true;
    for (ScopeDriver scope :
        runtime.scopes.values().stream()
            .sorted(Comparator.comparing(s -> s.id().text()))
            .toList()) {
      ScopeState state = scope.state();
      loaded &= state != null;
      double staleness = scope.stalenessSeconds();
      var out = Json.Obj.builder().put("scope", scope.id().text()).put("synced", scope.isSynced());
      if (state != null) {
        out.put("position", state.position().text());
      }
      if (Double.isFinite(staleness)) {
        out.put("stalenessSeconds", Math.rint(staleness * 1000) / 1000);
      }
      scopes.add(out.put("refusals", (long) scope.refusalCount()).build());
    }
    boolean ready = loaded && !runtime.isDraining();
    exchange.json(
        ready ? 200 : 503,
        Json.Obj.builder()
            .put("ready", ready)
            .put("draining", runtime.isDraining())
            .put("scopes", new Json.Arr(scopes))
            .build());
  }

  private void metrics(Exchange exchange) {
    offLoop(
        exchange,
        () -> {
          String text = runtime.metrics.scrape();
          onLoop(
              exchange,
              () -> {
                if (text == null) {
                  exchange.fail(404, "this process keeps its metrics elsewhere");
                } else {
                  exchange.send(
                      200, "text/plain; version=0.0.4; charset=utf-8", Buffer.buffer(text));
                }
              });
        });
  }

  // Views

  private void view(Exchange exchange, KeyCheck.Application application) {
    withRegion(
        exchange,
        application.scope(),
        /* forClient= */ false,
        region -> {
          if (wantsStream(exchange)) {
            openStream(
                exchange,
                "view",
                application.scope(),
                region,
                () -> viewSource(region, position(exchange.request().getHeader("Last-Event-ID"))),
                stillAdmits(application));
          } else {
            pollView(exchange, region);
          }
        });
  }

  private static EventStream.Source viewSource(RegionView region, @Nullable Position resume) {
    var cursor = new ViewCursor[] {ViewCursor.at(resume)};
    return () -> {
      FeedStep<ViewCursor> step = region.next(cursor[0]);
      cursor[0] = step.cursor();
      return new EventStream.Step(step.bytes(), step.close());
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
    Position from = position(request.getParam("from"));
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
    offLoop(
        exchange,
        () -> {
          byte[] body = region.poll(from);
          onLoop(
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

  private void viewSnapshot(Exchange exchange, ScopeDriver scope, Hash hash) {
    Snapshot snapshot = scope.viewSnapshot(hash);
    if (snapshot == null) {
      exchange.fail(404, "no such snapshot (any more)");
    } else {
      sendSnapshotWithinRate(exchange, () -> snapshot, /* immutable= */ true);
    }
  }

  private void sendSnapshotWithinRate(
      Exchange exchange, Supplier<Snapshot> source, boolean immutable) {
    int wait = runtime.waitForSnapshot();
    if (wait > 0) {
      exchange.fail(503, "too many snapshots at once", jittered(wait));
    } else {
      sendSnapshot(exchange, source, immutable);
    }
  }

  /** Compressing takes its time, once per snapshot, and never that of the event loop. */
  private void sendSnapshot(Exchange exchange, Supplier<Snapshot> source, boolean immutable) {
    boolean gzip = acceptsGzip(exchange.request());
    offLoop(
        exchange,
        () -> {
          Snapshot snapshot = source.get();
          byte[] bytes = gzip ? snapshot.gzipped() : snapshot.bytes();
          onLoop(
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

  private static int jittered(int seconds) {
    return seconds + ThreadLocalRandom.current().nextInt(seconds + 4);
  }

  private void blob(Exchange exchange, List<ScopeDriver> scopes, Hash hash) {
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
                    onLoop(
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
      exchange.fail(503, "too many blobs at once", jittered(1));
    }
  }

  // Replication

  private void replication(Exchange exchange, KeyCheck.FurtherEdge edge) {
    ScopeDriver scope = replicated(exchange, edge);
    if (scope == null) {
      return;
    }
    if (scope.state() == null) {
      exchange.fail(503, "this edge has no state of the scope yet", KeyCheck.BEHIND_RETRY_SECONDS);
      return;
    }
    boolean isStream = wantsStream(exchange);
    Position from =
        position(
            isStream
                ? exchange.request().getHeader("Last-Event-ID")
                : exchange.request().getParam("after"));
    offLoop(
        exchange,
        () -> {
          // A follower far behind needs a whole state, and making one is not for an event loop.
          FeedStep<LogCursor> first = new LogFeed(scope.logSource()).next(LogCursor.at(from));
          byte[] polled =
              isStream || from == null ? null : new LogFeed(scope.logSource()).poll(from);
          onLoop(
              exchange,
              () -> {
                if (isStream) {
                  openStream(
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
    String text = exchange.request().getParam("scope");
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

  private void replicationSnapshot(Exchange exchange, KeyCheck.FurtherEdge edge, Hash hash) {
    for (ScopeDriver scope : runtime.scopes.values()) {
      Snapshot snapshot = edge.key().admits(scope.id()) ? scope.wholeState(hash) : null;
      if (snapshot != null) {
        sendSnapshotWithinRate(exchange, () -> snapshot, /* immutable= */ true);
        return;
      }
    }
    exchange.fail(404, "no such snapshot (any more)");
  }

  // Reports

  private void report(
      Exchange exchange, String keyName, java.util.function.Predicate<ScopeId> admits) {
    withBody(
        exchange,
        body -> {
          Report report;
          try {
            report = Report.read(body);
          } catch (InvalidDocumentException e) {
            exchange.fail(400, String.valueOf(e.getMessage()));
            return;
          }
          if (!admits.test(report.scope())) {
            exchange.fail(403, "the key is not one of scope " + report.scope());
            return;
          }
          long now = runtime.nowMicros();
          runtime.desk.accept(report, keyName, now);
          exchange.send(
              200,
              "application/json",
              Buffer.buffer(
                  new UpstreamReply(now, Math.max(0, runtime.boundMicros()), nextReportMillis())
                      .bytes()));
        });
  }

  private long nextReportMillis() {
    long period = runtime.options.timing().report().toMillis();
    return period - period / 5 + ThreadLocalRandom.current().nextLong(1 + 2 * period / 5);
  }

  // OFREP

  private void ofrepSingle(
      Exchange exchange, KeyCheck.Application application, Route.OfrepSingle single) {
    String flagKey = FlagKeys.decode(single.rawKey());
    withOfrepRequest(
        exchange,
        flagKey,
        asked ->
            withRegion(
                exchange,
                application.scope(),
                reader(application) == Ofrep.Reader.CLIENT,
                region -> {
                  FlagAnswers flags = region.answers();
                  long now = runtime.nowMicros();
                  exchange.ofrep(
                      Ofrep.single(
                          flags,
                          reader(application),
                          flagKey,
                          asked,
                          now,
                          application.scope().stalenessMicros(),
                          counting(application.scope(), flags)));
                }));
  }

  private void ofrepBulk(Exchange exchange, KeyCheck.Application application) {
    withOfrepRequest(
        exchange,
        "",
        asked ->
            withRegion(
                exchange,
                application.scope(),
                reader(application) == Ofrep.Reader.CLIENT,
                region ->
                    onceCaughtUp(
                        exchange, region, () -> answerBulk(exchange, application, region, asked))));
  }

  private void answerBulk(
      Exchange exchange,
      KeyCheck.Application application,
      RegionView region,
      OfrepRequest.Asked asked) {
    FlagAnswers flags = region.answers();
    long now = runtime.nowMicros();
    String ticket = runtime.tickets.issue(application.scope().id(), application.secret(), now);
    exchange.ofrep(
        Ofrep.bulk(
            flags,
            reader(application),
            asked,
            now,
            application.scope().stalenessMicros(),
            exchange.request().getHeader("If-None-Match"),
            runtime.tickets.period(now),
            baseUrl(exchange.request())
                + "/ofrep/v1/events?ticket="
                + ticket
                + "&region="
                + region.name(),
            counting(application.scope(), flags)));
  }

  /**
   * A client that was told of a newer state elsewhere is not answered from an older one, for a
   * bounded time.
   */
  private void onceCaughtUp(Exchange exchange, RegionView region, Runnable answer) {
    String tagText = exchange.request().getParam("flagConfigEtag");
    ConfigTag tag = tagText == null ? null : ConfigTag.parse(tagText);
    long modified = seconds(exchange.request().getParam("flagConfigLastModified"));
    BooleanSupplier reached =
        () -> {
          FlagAnswers flags = region.answers();
          return (tag == null || tag.isReachedBy(flags.ruleset().position()))
              && flags.ruleset().view().timeMicros() / 1_000_000 >= modified;
        };
    if (reached.getAsBoolean() || waiters.size() >= WAITERS_MAX) {
      answer.run();
      return;
    }
    long wait = runtime.options.timing().catchUp().toNanos();
    waiters.add(
        new Waiter(reached, () -> guarded(exchange, answer), runtime.time.monotonicNanos() + wait));
    vertx.setTimer(Math.max(1, wait / 1_000_000), _ -> wakeWaiters());
  }

  private static long seconds(@Nullable String text) {
    if (text == null) {
      return 0;
    }
    Long instant = dev.guidon.model.Instants.parse(text);
    if (instant != null) {
      return instant / 1_000_000;
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException _) {
      return 0; // A hint that cannot be read binds nobody.
    }
  }

  private static Ofrep.Reader reader(KeyCheck.Application application) {
    return application.key().kind() == ReaderKey.Kind.CLIENT
        ? Ofrep.Reader.CLIENT
        : Ofrep.Reader.SERVER;
  }

  private Ofrep.Evaluated counting(ScopeDriver scope, FlagAnswers flags) {
    String scopeText = scope.id().text();
    long revision = flags.ruleset().position().revision();
    return (flag, outcome) -> {
      scope.counts().add(flag, outcome, revision);
      runtime.metrics.evaluated(scopeText, flag, outcome);
    };
  }

  private void withOfrepRequest(
      Exchange exchange, String flagKey, Consumer<OfrepRequest.Asked> then) {
    String contentType = exchange.request().getHeader("Content-Type");
    if (contentType != null && !isJson(contentType) && declaredLength(exchange.request()) != 0) {
      exchange.fail(415, "the body's type (expected: application/json)");
      return;
    }
    withBody(
        exchange,
        body -> {
          switch (OfrepRequest.read(body, flagKey)) {
            case OfrepRequest.Asked asked -> then.accept(asked);
            case OfrepRequest.Refused refused -> exchange.ofrep(refused.answer());
          }
        });
  }

  private static boolean isJson(String contentType) {
    int end = contentType.indexOf(';');
    String type = (end < 0 ? contentType : contentType.substring(0, end)).strip();
    return type.equalsIgnoreCase("application/json")
        || type.regionMatches(true, type.length() - 5, "+json", 0, 5);
  }

  private String baseUrl(HttpServerRequest request) {
    String configured = runtime.options.publicUrl();
    if (configured != null) {
      return configured.endsWith("/")
          ? configured.substring(0, configured.length() - 1)
          : configured;
    }
    String authority = request.authority() == null ? "" : request.authority().toString();
    return AUTHORITY.matcher(authority).matches()
        ? (request.isSSL() ? "https://" : "http://") + authority
        : "http://127.0.0.1:" + server().actualPort();
  }

  private void ofrepEvents(Exchange exchange) {
    String text = exchange.request().getParam("ticket");
    Tickets.Ticket ticket = text == null ? null : runtime.tickets.check(text, runtime.nowMicros());
    ScopeDriver scope = ticket == null ? null : runtime.scopes.get(ticket.scope());
    if (ticket == null
        || scope == null
        || !isAdmitted(scope, ticket.keyHash(), runtime.nowMicros())) {
      exchange.fail(401, "the ticket is not good (any more); bulk evaluation gives a new one");
      return;
    }
    if (!isWithinRate(exchange, ticket.keyHash())) {
      return;
    }
    withRegion(
        exchange,
        scope,
        /* forClient= */ true,
        region ->
            openStream(
                exchange,
                OFREP,
                scope,
                region,
                () -> refetchSource(region, exchange.request().getHeader("Last-Event-ID")),
                now -> isAdmitted(scope, ticket.keyHash(), now)));
  }

  private static boolean isAdmitted(ScopeDriver scope, Hash secret, long nowMicros) {
    ReaderKey key = scope.keys().find(secret);
    return key != null && key.admitsExisting(secret, nowMicros);
  }

  /**
   * One signal per new state or epoch, merged for slow readers. A reader that does not name the
   * present state gets one at once: between its answer and this stream something may have changed.
   */
  private EventStream.Source refetchSource(RegionView region, @Nullable String lastEventId) {
    var sent = new String[] {lastEventId == null ? "" : lastEventId};
    var begun = new boolean[1];
    return () -> {
      ConfigTag tag = region.answers().configTag(runtime.nowMicros());
      long round = region.answers().round();
      String id = tag.position().text() + ":" + tag.epoch() + (round == 0 ? "" : ":" + round);
      List<byte[]> bytes = new ArrayList<>();
      if (!begun[0]) {
        begun[0] = true;
        bytes.add(retry(1_000 + ThreadLocalRandom.current().nextLong(4_000)));
      }
      if (!id.equals(sent[0])) {
        sent[0] = id;
        bytes.add(
            SseWriter.event(id, "message", Ofrep.refetchData(tag, region.view().timeMicros())));
      }
      return new EventStream.Step(bytes, /* close= */ false);
    };
  }

  // Streams in general

  private static boolean wantsStream(Exchange exchange) {
    String accept = exchange.request().getHeader("Accept");
    return accept != null && accept.contains("text/event-stream");
  }

  private void openStream(
      Exchange exchange,
      String kind,
      ScopeDriver scope,
      @Nullable RegionView region,
      Supplier<EventStream.Source> open,
      LongPredicate admittedAt) {
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
    var self = new EventStream[1];
    var stream =
        new EventStream(
            kind,
            scope,
            exchange,
            open.get(),
            admittedAt,
            () -> {
              streams.remove(self[0]);
              if (region != null) {
                region.close();
              }
              runtime.metrics.streams(kind, -1);
            },
            runtime.time.monotonicNanos());
    self[0] = stream;
    streams.add(stream);
    runtime.metrics.streams(kind, 1);
    stream.pump(runtime.time);
    if (stream.hasSaidNothing()) {
      stream.write(SseWriter.heartbeat(), runtime.time); // So that the headers leave at once.
    }
  }

  private static LongPredicate stillAdmits(KeyCheck.Application application) {
    return now -> isAdmitted(application.scope(), application.secret(), now);
  }

  private LongPredicate stillAdmits(KeyCheck.FurtherEdge edge) {
    return now -> {
      var key = runtime.options.edgeKeys().find(edge.secret());
      return key != null && key.key().admitsExisting(edge.secret(), now);
    };
  }

  /**
   * Where the reader stands. It names its region itself; being served by another edge does not move
   * it.
   */
  private void withRegion(
      Exchange exchange, ScopeDriver scope, boolean forClient, Consumer<RegionView> then) {
    String named = exchange.request().getParam("region");
    String header = exchange.request().getHeader("Guidon-Region");
    String region = named != null ? named : header != null ? header : runtime.options.region();
    if (!REGION.matcher(region).matches()) {
      exchange.fail(400, "region (expected: 1 to 64 letters, digits, '.', '_' or '-')");
      return;
    }
    RegionView ready = scope.regionNow(region);
    if (ready != null) {
      then.accept(ready);
      return;
    }
    if (scope.state() == null) {
      exchange.fail(503, "this edge has no state of the scope yet", KeyCheck.BEHIND_RETRY_SECONDS);
      return;
    }
    scope.region(
        region,
        forClient,
        made ->
            onLoop(
                exchange,
                () -> {
                  if (made == null) {
                    exchange.fail(429, "too many regions at this edge", 60);
                  } else {
                    then.accept(made);
                  }
                }));
  }

  private static @Nullable Position position(@Nullable String text) {
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
