package dev.guidon.edge;

import dev.guidon.edge.ofrep.OfrepAnswer;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One request and its answer, which is given once. Used on the request's event loop only. Logs each
 * request without its query, its headers and its body: none of them may hold what a log should not.
 * Evaluations that succeed are logged at level debug, everything else at info.
 */
final class Exchange {
  private static final Logger LOG = LoggerFactory.getLogger("dev.guidon.edge.access");
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

  /** What browsers may see of other origins' answers. */
  private static final CharSequence EXPOSED =
      HttpHeaders.createOptimized("ETag, Retry-After, Guidon-Head");

  private final HttpServerRequest request;
  private final Route route;
  private final EdgeRuntime runtime;
  private final Peers.@Nullable Peer peer;
  private final long startNanos;
  private String keyName = "";
  private boolean answered;
  private boolean stream;
  private boolean isOver;
  private @Nullable Runnable over;

  /**
   * @param peer the connection, which is busy from now on until the answer is given
   */
  Exchange(HttpServerRequest request, Route route, EdgeRuntime runtime, Peers.@Nullable Peer peer) {
    this.request = request;
    this.route = route;
    this.runtime = runtime;
    this.peer = peer;
    this.startNanos = runtime.time.monotonicNanos();
    if (peer != null) {
      peer.asks();
    }
    runtime.inFlight.incrementAndGet();
    Handler<@Nullable Void> end = _ -> end();
    request.response().endHandler(end).closeHandler(end);
    allowOrigin(runtime.options.corsOrigins());
  }

  HttpServerRequest request() {
    return request;
  }

  Route route() {
    return route;
  }

  boolean isAnswered() {
    return answered || request.response().ended() || request.response().closed();
  }

  /** Runs once, at once or when the answer has been given or cannot be given any more. */
  void whenOver(Runnable action) {
    Runnable before = over;
    if (isOver) {
      action.run();
    } else if (before == null) {
      over = action;
    } else {
      over =
          () -> {
            before.run();
            action.run();
          };
    }
  }

  private void end() {
    if (isOver) {
      return;
    }
    isOver = true;
    runtime.metrics.answered(route, request.response().getStatusCode());
    if (!stream) {
      runtime.inFlight.decrementAndGet();
    }
    if (peer != null) {
      peer.isAnswered(runtime.time.monotonicNanos());
    }
    Runnable action = over;
    if (action != null) {
      over = null;
      action.run();
    }
  }

  /** A parameter of the query; most requests have no query, and then nothing is parsed. */
  @Nullable String param(String name) {
    return request.query() == null ? null : request.getParam(name);
  }

  /** Closes the connection when the answer has had time to be read. */
  void closeSoon(Vertx vertx) {
    vertx.setTimer(500, _ -> request.connection().close());
  }

  /** The name of the key that was shown, for the log. */
  void keyName(String name) {
    this.keyName = name;
  }

  private void allowOrigin(List<String> corsOrigins) {
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    boolean all = corsOrigins.contains("*");
    if (!all) {
      request.response().putHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
    }
    if (origin != null && (all || corsOrigins.contains(origin))) {
      request
          .response()
          .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, all ? "*" : origin)
          .putHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
  }

  /** Answers the question that browsers ask before they send what they were asked to. */
  void preflight() {
    request
        .response()
        .putHeader("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
        .putHeader(
            "Access-Control-Allow-Headers",
            "Content-Type, Authorization, X-API-Key, If-None-Match, Last-Event-ID, Cache-Control, Guidon-Region")
        .putHeader("Access-Control-Max-Age", "7200");
    send(204, null, Buffer.buffer());
  }

  void ofrep(OfrepAnswer answer) {
    HttpServerResponse response = request.response();
    String etag = answer.etag();
    if (etag != null) {
      response.putHeader(HttpHeaders.ETAG, etag).putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
    }
    send(answer.status(), answer.status() == 304 ? null : JSON, Buffer.buffer(answer.body()));
  }

  void json(int status, Json body) {
    send(status, JSON, Buffer.buffer(CanonicalJson.bytes(body)));
  }

  /** Refuses in the words that the route's clients understand. */
  void fail(int status, String detail) {
    fail(status, detail, /* retryAfterSeconds= */ 0);
  }

  /**
   * @param retryAfterSeconds 0 for none; a whole number, because released clients read dates as
   *     years of seconds
   */
  void fail(int status, String detail, int retryAfterSeconds) {
    if (isAnswered()) {
      return;
    }
    if (retryAfterSeconds > 0) {
      request.response().putHeader("Retry-After", Integer.toString(retryAfterSeconds));
    }
    if (route.isOfrep()) {
      ofrep(OfrepAnswer.error(status, "", status == 400 ? "INVALID_CONTEXT" : "GENERAL", detail));
    } else {
      Json.Obj body =
          Json.Obj.builder()
              .put("title", title(status))
              .put("status", status)
              .put("detail", detail)
              .build();
      send(status, "application/problem+json", Buffer.buffer(CanonicalJson.bytes(body)));
    }
  }

  private static String title(int status) {
    return io.netty.handler.codec.http.HttpResponseStatus.valueOf(status).reasonPhrase();
  }

  void send(int status, @Nullable CharSequence contentType, Buffer body) {
    if (isAnswered()) {
      return;
    }
    answered = true;
    HttpServerResponse response = request.response().setStatusCode(status);
    if (contentType != null) {
      response.putHeader(HttpHeaders.CONTENT_TYPE, contentType);
    }
    if (request.method().equals(HttpMethod.HEAD)) {
      response.putHeader("Content-Length", Integer.toString(body.length())).end();
    } else if (status == 304 || status == 204) {
      response.end();
    } else {
      response.end(body);
    }
    log(status);
  }

  /** Begins an answer that goes on until one side ends it. */
  HttpServerResponse openStream() {
    answered = true;
    stream = true;
    log(200);
    return request
        .response()
        .setChunked(true)
        .putHeader("Content-Type", "text/event-stream")
        .putHeader("Cache-Control", "no-cache")
        .putHeader("X-Accel-Buffering", "no");
  }

  /**
   * Evaluations are counted, by flag and in metrics; a line for each of them would cost more than
   * they do and is only written on demand.
   */
  private void log(int status) {
    boolean isEvaluation = route.isEvaluation() && status < 400;
    if (isEvaluation && !LOG.isDebugEnabled()) {
      return;
    }
    LOG.atLevel(isEvaluation ? Level.DEBUG : Level.INFO)
        .addKeyValue("method", request.method().name())
        .addKeyValue("route", route.label())
        .addKeyValue("status", status)
        .addKeyValue("key", keyName)
        .addKeyValue("micros", (runtime.time.monotonicNanos() - startNanos) / 1000)
        .log("request");
  }
}
