package dev.guidon.edge;

import dev.guidon.edge.ofrep.OfrepAnswer;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its answer, which is given once. Used on the request's event loop only. Logs each
 * request without its query, its headers and its body: none of them may hold what a log should not.
 */
final class Exchange {
  private static final Logger LOG = LoggerFactory.getLogger("dev.guidon.edge.access");
  private static final String JSON = "application/json";

  private final HttpServerRequest request;
  private final Route route;
  private final long startNanos;
  private final TimeSource time;
  private String keyName = "";
  private boolean answered;
  private boolean stream;
  private boolean isOver;
  private final List<Runnable> over = new ArrayList<>();

  Exchange(HttpServerRequest request, Route route, List<String> corsOrigins, TimeSource time) {
    this.request = request;
    this.route = route;
    this.time = time;
    this.startNanos = time.monotonicNanos();
    request.response().endHandler(_ -> runOver());
    request.response().closeHandler(_ -> runOver());
    allowOrigin(corsOrigins);
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
    if (isOver) {
      action.run();
    } else {
      over.add(action);
    }
  }

  private void runOver() {
    isOver = true;
    List<Runnable> actions = List.copyOf(over);
    over.clear();
    actions.forEach(Runnable::run);
  }

  boolean isStream() {
    return stream;
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
    String origin = request.getHeader("Origin");
    boolean all = corsOrigins.contains("*");
    if (!all) {
      request.response().putHeader("Vary", "Origin");
    }
    if (origin != null && (all || corsOrigins.contains(origin))) {
      request.response().putHeader("Access-Control-Allow-Origin", all ? "*" : origin);
      request
          .response()
          .putHeader("Access-Control-Expose-Headers", "ETag, Retry-After, Guidon-Head");
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
      response.putHeader("ETag", etag).putHeader("Cache-Control", "no-cache");
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

  void send(int status, @Nullable String contentType, Buffer body) {
    if (isAnswered()) {
      return;
    }
    answered = true;
    HttpServerResponse response = request.response().setStatusCode(status);
    if (contentType != null) {
      response.putHeader("Content-Type", contentType);
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

  private void log(int status) {
    LOG.atInfo()
        .addKeyValue("method", request.method().name())
        .addKeyValue("route", route.label())
        .addKeyValue("status", status)
        .addKeyValue("key", keyName)
        .addKeyValue("micros", (time.monotonicNanos() - startNanos) / 1000)
        .log("request");
  }
}
