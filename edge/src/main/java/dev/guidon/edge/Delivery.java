package dev.guidon.edge;

import dev.guidon.edge.ofrep.Ofrep;
import dev.guidon.edge.ofrep.OfrepAnswer;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The delivery listener on one event loop: takes connections and brings each request to who answers
 * it. Its instances share the port and nothing else but {@link EdgeRuntime}. Nothing here blocks;
 * what must wait for a disk goes to the scope's own thread, what computes for long to one of its
 * own.
 */
final class Delivery extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
  private static final long TICK_MILLIS = 1_000;

  private final EdgeRuntime runtime;
  private final HttpServerOptions serverOptions;
  private volatile @Nullable HttpServer server;
  private volatile @Nullable Serving serving;

  Delivery(EdgeRuntime runtime, HttpServerOptions serverOptions) {
    this.runtime = runtime;
    this.serverOptions = serverOptions;
  }

  @Override
  public Future<?> start() {
    var started = new Serving(new Loop(vertx, context, runtime));
    serving = started;
    server =
        vertx
            .createHttpServer(serverOptions)
            .requestHandler(started::handle)
            .invalidRequestHandler(Delivery::refuseInvalid)
            .connectionHandler(started.peers::connected)
            .exceptionHandler(Delivery::failed);
    vertx.setPeriodic(TICK_MILLIS, _ -> started.tick());
    return server.listen();
  }

  HttpServer server() {
    return Objects.requireNonNull(server, "not started");
  }

  /** Called on any thread when a scope has something new. */
  void changed(ScopeDriver scope) {
    Serving started = serving; // Not started yet: nobody is here to be told.
    if (started != null) {
      started.loop.run(() -> started.changed(scope));
    }
  }

  /**
   * Ends every stream with a goodbye, each with another pause within the time that the edge drains
   * in. Any thread.
   */
  void sayGoodbye(long drainMillis) {
    Serving started = serving;
    if (started != null) {
      started.loop.run(() -> started.streams.goodbye(_ -> true, drainMillis));
    }
  }

  /** Ends the streams of a scope that is not followed any more. Any thread. */
  void goodbye(ScopeDriver scope) {
    Serving started = serving;
    if (started != null) {
      started.loop.run(() -> started.streams.goodbye(stream -> stream.scope() == scope, 1_000));
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

  private static void failed(Throwable failure) {
    LOG.debug("connection or request failed", failure);
  }

  /** What the loop has once it runs. */
  private final class Serving {
    final Loop loop;
    final Peers peers = new Peers(runtime);
    final Streams streams;
    private final Gate gate = new Gate(runtime);
    private final HealthRoutes health;
    private final OfrepRoutes ofrep;
    private final ViewRoutes views;
    private final ReplicationRoutes replication;
    private final ReportRoute reports;

    Serving(Loop loop) {
      this.loop = loop;
      var bodies = new Bodies(loop);
      var regions = new Regions(loop);
      this.streams = new Streams(loop);
      this.health = new HealthRoutes(loop);
      this.ofrep =
          new OfrepRoutes(loop, gate, bodies, regions, streams, () -> server().actualPort());
      this.views = new ViewRoutes(loop, regions, streams);
      this.replication = new ReplicationRoutes(loop, streams, views);
      this.reports = new ReportRoute(runtime, bodies);
    }

    void tick() {
      ofrep.wake();
      peers.closeQuiet();
    }

    void changed(ScopeDriver scope) {
      streams.changed(scope);
      ofrep.wake();
    }

    void handle(HttpServerRequest request) {
      String path = request.path();
      Route route = path == null ? new Route.Unknown(/* ofrep= */ false) : Route.of(path);
      var exchange = new Exchange(request, route, runtime, peers.of(request.connection()));
      request.exceptionHandler(Delivery::failed);
      loop.guarded(exchange, () -> dispatch(exchange));
    }

    private void dispatch(Exchange exchange) {
      Route route = exchange.route();
      HttpMethod method = exchange.request().method();
      if (method.equals(HttpMethod.OPTIONS)) {
        exchange.preflight();
      } else if (route instanceof Route.Unknown) {
        exchange.fail(404, "no such path");
      } else if (!route.admits(method)) {
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
            400,
            "query: broken percent-encoding (expected: two hexadecimal digits after each '%')");
      } else {
        serve(exchange, route);
      }
    }

    private void serve(Exchange exchange, Route route) {
      switch (route) {
        case Route.Health _ -> health.alive(exchange);
        case Route.Ready _ -> health.ready(exchange);
        case Route.Metrics _ -> health.metrics(exchange);
        case Route.OfrepEvents _ -> ofrep.events(exchange);
        case Route.ViewRead _,
            Route.ViewSnapshotRead _,
            Route.ReplicationRead _,
            Route.ReplicationSnapshotRead _,
            Route.BlobRead _,
            Route.UpstreamReport _,
            Route.OfrepSingle _,
            Route.OfrepBulk _ -> {
          switch (gate.check(exchange)) {
            case KeyCheck.Application application -> serveApplication(exchange, route, application);
            case KeyCheck.FurtherEdge edge -> serveEdge(exchange, route, edge);
            case KeyCheck.Denied _ -> {} // It has been told.
          }
        }
        case Route.Unknown _ -> exchange.fail(404, "no such path");
      }
    }

    private void serveApplication(
        Exchange exchange, Route route, KeyCheck.Application application) {
      boolean isClient = application.reader() == Ofrep.Reader.CLIENT;
      switch (route) {
        case Route.OfrepSingle single -> ofrep.single(exchange, application, single);
        case Route.OfrepBulk _ -> ofrep.bulk(exchange, application);
        case Route.ViewRead _, Route.ViewSnapshotRead _, Route.BlobRead _, Route.UpstreamReport _
            when isClient ->
            exchange.fail(403, "client keys evaluate over OFREP and read nothing else");
        case Route.ViewRead _ -> views.view(exchange, application);
        case Route.ViewSnapshotRead snapshot ->
            views.snapshot(exchange, application.scope(), snapshot.hash());
        case Route.BlobRead blob -> views.blob(exchange, List.of(application.scope()), blob.hash());
        case Route.UpstreamReport _ ->
            reports.report(
                exchange,
                application.key().name(),
                scope -> scope.equals(application.scope().id()));
        case Route.ReplicationRead _, Route.ReplicationSnapshotRead _ ->
            exchange.fail(403, "replication needs the credential of an edge");
        case Route.Health _, Route.Ready _, Route.Metrics _, Route.OfrepEvents _, Route.Unknown _ ->
            exchange.fail(404, "no such path");
      }
    }

    private void serveEdge(Exchange exchange, Route route, KeyCheck.FurtherEdge edge) {
      switch (route) {
        case Route.ReplicationRead _ -> replication.log(exchange, edge);
        case Route.ReplicationSnapshotRead snapshot ->
            replication.snapshot(exchange, edge, snapshot.hash());
        case Route.BlobRead blob ->
            views.blob(
                exchange,
                runtime.scopes.values().stream().filter(s -> edge.key().admits(s.id())).toList(),
                blob.hash());
        case Route.UpstreamReport _ ->
            reports.report(exchange, edge.key().key().name(), edge.key()::admits);
        case Route.ViewRead _, Route.ViewSnapshotRead _, Route.OfrepSingle _, Route.OfrepBulk _ ->
            exchange.fail(403, "edges replicate; views and evaluation need an SDK key");
        case Route.Health _, Route.Ready _, Route.Metrics _, Route.OfrepEvents _, Route.Unknown _ ->
            exchange.fail(404, "no such path");
      }
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
}
