package dev.guidon.control.rest;

import dev.guidon.control.Command;
import dev.guidon.control.CommandResult;
import dev.guidon.control.Consumers;
import dev.guidon.control.Credential;
import dev.guidon.control.Edit;
import dev.guidon.control.EngineCheck;
import dev.guidon.control.EvaluationCounts;
import dev.guidon.control.History;
import dev.guidon.control.Scopes;
import dev.guidon.control.Secret;
import dev.guidon.control.SecretHash;
import dev.guidon.log.Log;
import dev.guidon.log.LogException;
import dev.guidon.log.TruncatedException;
import dev.guidon.log.UnknownScopeException;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.Texts;
import dev.guidon.model.Token;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the REST API over a log. Requests are matched, signed in, authorized and only then read;
 * handlers run on virtual threads, never on an event loop.
 */
public final class ControlApi implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlApi.class);
  private static final String FIRST_ADMIN = "first-admin";
  private static final int HEADER_BYTES_MAX = 16 * 1024;
  private static final int LINE_BYTES_MAX = 8 * 1024;
  private static final int IDLE_SECONDS_MAX = 90;
  private static final long TOKEN_WAIT_MICROS_MAX = 2_000_000;
  private static final long TOKEN_LOOK_EVERY_MILLIS = 20;

  private final ControlOptions options;
  private final Vertx vertx;
  private final Scopes scopes;
  private final MeterRegistry meters;
  private final Authenticator authenticator;
  private final ManifestOperations manifest;
  private final List<Operation> operations;
  private final RateLimiter perCaller;
  private final RateLimiter failures;
  private final SecureRandom random = new SecureRandom();
  private final ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();
  private final Peers peers;
  private long peerTimer = -1;
  private @Nullable Secret firstSecret;
  private @Nullable HttpServer server;

  private ControlApi(
      Vertx vertx,
      ControlOptions options,
      Log log,
      EvaluationCounts counts,
      Consumers consumers,
      MeterRegistry meters,
      LongSupplier clockMicros) {
    this.vertx = vertx;
    this.options = options;
    this.meters = meters;
    this.scopes =
        new Scopes(
            log,
            clockMicros,
            () -> HexFormat.of().formatHex(bytes(16)),
            EngineCheck::new,
            options.scopes());
    this.authenticator = new Authenticator(scopes);
    this.perCaller = new RateLimiter(options.requestsPerSecond(), options.requestsBurst());
    this.peers = new Peers(options.connectionsMax());
    this.failures = new RateLimiter(1, options.failuresBurst());
    History history = new History(scopes);
    Lints lints = new Lints(scopes, counts);
    Writes writes = new Writes(scopes, history, consumers, lints);
    EntityOperations entities = new EntityOperations(scopes, history, writes);
    ProjectOperations projects = new ProjectOperations(scopes, writes, counts);
    this.manifest = new ManifestOperations(scopes, history, writes, projects);
    this.operations =
        Operations.of(
            projects,
            entities,
            new HistoryOperations(scopes, history, writes, entities),
            new SecretOperations(scopes, writes, () -> bytes(Secret.RANDOM_BYTES)),
            lints,
            manifest);
  }

  /**
   * Opens the log's scopes and listens. Blocks until the port is open; not to be called on an event
   * loop.
   *
   * @param counts what edges report of evaluations
   * @param consumers the connected edges and SDKs
   * @param meters where requests, commits and conflicts are counted
   * @param clockMicros corrected time, in microseconds since 1970
   */
  public static ControlApi start(
      Vertx vertx,
      ControlOptions options,
      Log log,
      EvaluationCounts counts,
      Consumers consumers,
      MeterRegistry meters,
      LongSupplier clockMicros) {
    ControlApi api = new ControlApi(vertx, options, log, counts, consumers, meters, clockMicros);
    api.countCommits();
    api.makeFirstCredential();
    api.listen();
    return api;
  }

  /**
   * The images and commands behind the API; what feeds edges reads entries, states and commits from
   * here.
   */
  public Scopes scopes() {
    return scopes;
  }

  /** The port in use. */
  public int port() {
    return server == null ? options.port() : server.actualPort();
  }

  /**
   * The one administrator's secret that this start has made because there was no credential at all;
   * shown nowhere else.
   */
  public @Nullable Secret firstSecret() {
    return firstSecret;
  }

  /** The operations by id, method and path, for tests against the contract. */
  List<Operation> operations() {
    return operations;
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private void countCommits() {
    scopes.onCommitted((entry, state) -> {
      Counter.builder("guidon.control.commits")
          .description("Entries taken into images")
          .tag("scope", kindOf(state.scope()))
          .tag("priority", entry.entry().priority().text())
          .register(meters)
          .increment();
      LOG.atInfo()
          .addKeyValue("scope", state.scope().text())
          .addKeyValue("revision", entry.position().revision())
          .addKeyValue("actor", entry.entry().actor())
          .addKeyValue("priority", entry.entry().priority().text())
          .addKeyValue("changes", entry.entry().changes().size())
          .log("commit");
    });
  }

  private static String kindOf(ScopeId scope) {
    return switch (scope) {
      case ScopeId.SystemScope system -> "system";
      case ScopeId.Catalog catalog -> "catalog";
      case ScopeId.Environment environment -> "environment";
    };
  }

  private void makeFirstCredential() {
    ScopeState system = scopes.current(ScopeId.system());
    boolean any = false;
    for (var entity : system.entities()) {
      any |= entity.getKey().kind().equals(EntityKind.CREDENTIAL);
    }
    if (any) {
      return;
    }
    Secret secret = Secret.of(Secret.Kind.ADMIN, bytes(Secret.RANDOM_BYTES));
    Credential first =
        new Credential(
            FIRST_ADMIN,
            Credential.Kind.ADMIN,
            List.of(new SecretHash(secret.hash(), scopes.nowMicros(), null)),
            List.of(),
            List.of(),
            /* expiresMicros= */ null);
    EntityId id = new EntityId(EntityKind.CREDENTIAL, FIRST_ADMIN);
    CommandResult result =
        scopes.execute(
            Command.of(
                ScopeId.system(),
                HexFormat.of().formatHex(bytes(16)),
                "guidon",
                new Edit.Put(id, first.json(), Edit.ABSENT)));
    if (result instanceof CommandResult.Committed) {
      firstSecret = secret;
    } else {
      throw new IllegalStateException("first credential: " + result + " (expected: committed)");
    }
  }

  private void listen() {
    HttpServerOptions http =
        new HttpServerOptions(options.http())
            .setHost(options.host())
            .setPort(options.port())
            // While an upgrade is possible, a connection is not heard of before its first request.
            .setHttp2ClearTextEnabled(false)
            .setMaxHeaderSize(HEADER_BYTES_MAX)
            .setMaxInitialLineLength(LINE_BYTES_MAX)
            .setIdleTimeout(IDLE_SECONDS_MAX)
            .setIdleTimeoutUnit(TimeUnit.SECONDS);
    HttpServer opening =
        vertx
            .createHttpServer(http)
            .connectionHandler(peers::opened)
            .exceptionHandler(e -> LOG.atDebug().setCause(e).log("connection failed"))
            .invalidRequestHandler(this::refuseBroken)
            .requestHandler(this::receive);
    peerTimer =
        vertx.setPeriodic(
            Math.clamp(options.requestMillisMax() / 4, 100, 5_000),
            id -> peers.closeQuiet(options.requestMillisMax()));
    try {
      server = opening.listen().await(30, TimeUnit.SECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException("port " + options.port() + ": not open within 30 s", e);
    }
  }

  private void refuseBroken(HttpServerRequest request) {
    Throwable cause = request.decoderResult() == null ? null : request.decoderResult().cause();
    int status =
        cause instanceof TooLongHttpLineException
            ? 414
            : cause instanceof TooLongHttpHeaderException ? 431 : 400;
    ApiException problem =
        new ApiException(
            Code.BAD_REQUEST,
            status == 400
                ? "not HTTP (expected: a request that can be read)"
                : "first line or headers (expected: at most "
                    + LINE_BYTES_MAX
                    + " and "
                    + HEADER_BYTES_MAX
                    + " bytes)");
    ApiResponse answer = ApiResponse.problem(problem, status, "", traceId(null));
    HttpServerResponse response = request.response().setStatusCode(status);
    answer.headers().forEach(response::putHeader);
    byte[] body = answer.body();
    var _ =
        response
            .putHeader("Connection", "close")
            .end(body == null ? Buffer.buffer() : Buffer.buffer(body))
            .onComplete(v -> request.connection().close());
  }

  // --- one request

  /** What is known of a request on its way. */
  private static final class Exchange {
    private final HttpServerRequest request;
    private final Context context;
    private final String traceId;
    private final String path;
    private final long startedNanos = System.nanoTime();
    private String operation = "none";
    private @Nullable String allowed;
    private boolean bodyRead;

    private Exchange(HttpServerRequest request, Context context, String traceId) {
      this.request = request;
      this.context = context;
      this.traceId = traceId;
      this.path = request.path() == null ? "" : request.path();
    }
  }

  private void receive(HttpServerRequest request) {
    Exchange exchange =
        new Exchange(
            request, vertx.getOrCreateContext(), traceId(request.getHeader("traceparent")));
    request.exceptionHandler(e -> LOG.atDebug().setCause(e).log("request broken off"));
    request.response().exceptionHandler(e -> LOG.atDebug().setCause(e).log("response broken off"));
    long timer =
        vertx.setTimer(
            options.requestMillisMax(),
            id ->
                fail(
                    exchange,
                    new ApiException(
                        Code.OUTCOME_UNKNOWN,
                        "not done within " + options.requestMillisMax() + " ms")));
    Peers.Peer peer = peers.begun(request.connection());
    Runnable over =
        () -> {
          vertx.cancelTimer(timer);
          peers.over(peer);
        };
    request.response().closeHandler(v -> over.run());
    request.response().endHandler(v -> over.run());
    request.pause();
    String remote =
        request.remoteAddress() == null
            ? ""
            : String.valueOf(request.remoteAddress().hostAddress());
    String authorization = request.getHeader("authorization");
    handlers.execute(() -> guarded(exchange, () -> admit(exchange, remote, authorization)));
  }

  private String traceId(@Nullable String traceParent) {
    if (traceParent != null
        && traceParent.matches("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}.{0,40}")) {
      return traceParent.substring(3, 35);
    }
    return HexFormat.of().formatHex(bytes(16));
  }

  private void guarded(Exchange exchange, Runnable work) {
    try {
      work.run();
    } catch (ApiException e) {
      fail(exchange, e);
    } catch (UnknownScopeException e) {
      fail(exchange, new ApiException(Code.NOT_FOUND, String.valueOf(e.getMessage())));
    } catch (TruncatedException e) {
      fail(exchange, new ApiException(Code.NOT_FOUND, String.valueOf(e.getMessage())));
    } catch (LogException e) {
      LOG.atWarn().addKeyValue("traceId", exchange.traceId).setCause(e).log("log not available");
      fail(exchange, new ApiException(Code.UNAVAILABLE, "the log cannot be asked now"));
    } catch (RuntimeException | StackOverflowError e) {
      // The last resort: whatever happens, the caller gets an answer without a word of the fault,
      // and we get the trace.
      LOG.atError()
          .addKeyValue("traceId", exchange.traceId)
          .addKeyValue("operation", exchange.operation)
          .setCause(e)
          .log("request failed");
      fail(exchange, new ApiException(Code.INTERNAL, "see the server's log"));
    }
  }

  /** Match, sign in, authorize, hold against the rate; only then is the body read. */
  private void admit(Exchange exchange, String remote, @Nullable String authorization) {
    List<String> segments = Operation.segments(exchange.path);
    String method = exchange.request.method().name();
    if (method.equals("OPTIONS") && allowedOrigin(exchange) != null) {
      send(exchange, preflight());
      return;
    }
    Operation operation = null;
    Map<String, String> parameters = Map.of();
    TreeSet<String> methods = new TreeSet<>();
    for (Operation one : operations) {
      Map<String, String> matched = segments == null ? null : one.match(segments);
      if (matched != null) {
        methods.add(one.method());
        if (one.method().equals(method)) {
          operation = one;
          parameters = matched;
        }
      }
    }
    if (operation == null) {
      throw methods.isEmpty()
          ? new ApiException(
              Code.NOT_FOUND,
              "address " + Texts.shown(exchange.path) + " (expected: one of /openapi.json)")
          : notAllowed(exchange, method, String.join(", ", methods));
    }
    exchange.operation = operation.id();
    Credential caller = operation.access() == Access.OPEN ? null : signIn(remote, authorization);
    if (isManifest(exchange) && caller != null) {
      parameters = withProject(exchange, caller, parameters);
    }
    if (!Authenticator.allows(operation.access(), caller, parameters)) {
      throw new ApiException(
          Code.FORBIDDEN, operation.id() + " (expected: a credential that is allowed to)");
    }
    Operation found = operation;
    Map<String, String> at = parameters;
    exchange.context.runOnContext(v -> readBody(exchange, found, at, caller));
  }

  private static boolean isManifest(Exchange exchange) {
    return exchange.path.startsWith(ManifestOperations.PATH);
  }

  private Map<String, String> withProject(
      Exchange exchange, Credential caller, Map<String, String> parameters) {
    Map<String, String> query = Percent.query(exchange.request.query());
    String project = manifest.project(caller, query == null ? null : query.get("project"));
    if (project == null && caller.kind() != Credential.Kind.EDGE) {
      throw new ApiException(
          Code.BAD_REQUEST, "query project: absent (expected: the project that is meant)");
    }
    Map<String, String> all = new HashMap<>(parameters);
    if (project != null) {
      all.put("project", project);
    }
    return all;
  }

  private static ApiException notAllowed(Exchange exchange, String method, String allowed) {
    exchange.allowed = allowed;
    return new ApiException(
        Code.METHOD_NOT_ALLOWED, Texts.shown(method) + " (expected: " + allowed + ")");
  }

  private Credential signIn(String remote, @Nullable String authorization) {
    long now = scopes.nowMicros();
    Credential caller = authenticator.caller(authorization);
    if (caller == null) {
      // Held back are those who fail, never those who share an address with them.
      long hold = failures.take(remote, now);
      if (hold > 0) {
        throw new RateLimited(hold).exception();
      }
      throw new ApiException(
          Code.UNAUTHENTICATED,
          "no secret that opens anything (expected: Authorization: Bearer gdn_…)");
    }
    long wait = perCaller.take(caller.name(), now);
    if (wait > 0) {
      throw new RateLimited(wait).exception();
    }
    return caller;
  }

  private record RateLimited(long seconds) {
    ApiException exception() {
      return new ApiException(Code.RATE_LIMITED, "again in " + seconds + " s");
    }
  }

  private void readBody(
      Exchange exchange,
      Operation operation,
      Map<String, String> parameters,
      @Nullable Credential caller) {
    HttpServerRequest request = exchange.request;
    int max = operation.bodyBytesMax();
    String length = request.getHeader("content-length");
    if (length != null
        && max > 0
        && (!length.matches("[0-9]{1,12}") || Long.parseLong(length) > max)) {
      fail(exchange, new ApiException(Code.BODY_TOO_LARGE, "more than " + max + " bytes"));
      return;
    }
    if (max > 0 && "100-continue".equalsIgnoreCase(request.getHeader("expect"))) {
      var _ = request.response().writeContinue();
    }
    Buffer body = Buffer.buffer();
    boolean[] tooLarge = {false};
    request.handler(part -> {
      // A body that nobody asked for is let go by.
      if (max > 0 && !tooLarge[0] && body.length() + part.length() <= max) {
        body.appendBuffer(part);
      } else if (max > 0 && !tooLarge[0]) {
        tooLarge[0] = true;
        fail(exchange, new ApiException(Code.BODY_TOO_LARGE, "more than " + max + " bytes"));
      }
    });
    request.endHandler(v -> {
      exchange.bodyRead = true;
      if (!tooLarge[0]) {
        byte[] bytes = body.getBytes();
        handlers.execute(
            () -> guarded(exchange, () -> handle(exchange, operation, parameters, caller, bytes)));
      }
    });
    request.resume();
  }

  private void handle(
      Exchange exchange,
      Operation operation,
      Map<String, String> parameters,
      @Nullable Credential caller,
      byte[] body) {
    Map<String, String> query = Percent.query(exchange.request.query());
    if (query == null) {
      throw new ApiException(
          Code.BAD_REQUEST, "query (expected: percent-encoded UTF-8, each name once)");
    }
    ApiRequest request =
        new ApiRequest(
            operation,
            exchange.path,
            parameters,
            query,
            exchange.request::getHeader,
            body,
            caller,
            HexFormat.of().formatHex(bytes(16)),
            exchange.traceId);
    waitFor(request);
    send(exchange, operation.handler().handle(request));
  }

  /** Holds a request back until the state that its token demands is here. */
  private void waitFor(ApiRequest request) {
    String text = request.header().apply("guidon-min-token");
    if (text == null || request.caller() == null) {
      return;
    }
    Token token;
    try {
      token = Token.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ApiException(Code.BAD_REQUEST, "Guidon-Min-Token: " + e.getMessage());
    }
    String project =
        switch (token.scope()) {
          case ScopeId.SystemScope system -> null;
          case ScopeId.Catalog catalog -> catalog.project();
          case ScopeId.Environment environment -> environment.project();
        };
    if (project != null && !request.signedIn().may(Credential.Role.VIEWER, project)) {
      throw new ApiException(
          Code.FORBIDDEN,
          "Guidon-Min-Token (expected: a token of a project that the credential may see)");
    }
    long deadline = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(TOKEN_WAIT_MICROS_MAX);
    while (!isReached(token)) {
      if (System.nanoTime() - deadline > 0) {
        throw new ApiException(
            Code.STALE, "not at " + token + " within " + TOKEN_WAIT_MICROS_MAX / 1000 + " ms");
      }
      try {
        Thread.sleep(TOKEN_LOOK_EVERY_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ApiException(Code.UNAVAILABLE, "shutting down");
      }
    }
  }

  private boolean isReached(Token token) {
    var position = scopes.current(token.scope()).position();
    return token.isReachedBy(position.era(), position.revision());
  }

  // --- answers

  private void fail(Exchange exchange, ApiException e) {
    if (e.code() == Code.CONFLICT) {
      meters.counter("guidon.control.conflicts").increment();
    }
    ApiResponse response =
        isManifest(exchange)
            ? ManifestOperations.error(e).withFault(e.code())
            : ApiResponse.problem(
                e,
                exchange.path.length() > 500 ? exchange.path.substring(0, 500) : exchange.path,
                exchange.traceId);
    if (e.code() == Code.RATE_LIMITED) {
      response =
          response.with("Retry-After", String.valueOf(e.getMessage()).replaceAll("[^0-9]", ""));
    }
    send(exchange, exchange.allowed == null ? response : response.with("Allow", exchange.allowed));
  }

  private void send(Exchange exchange, ApiResponse answer) {
    Timer.builder("guidon.control.requests")
        .description("Requests of the control API")
        .tag("operation", exchange.operation)
        .tag("status", String.valueOf(answer.status()))
        .register(meters)
        .record(System.nanoTime() - exchange.startedNanos, TimeUnit.NANOSECONDS);
    exchange.context.runOnContext(v -> write(exchange, answer));
  }

  private void write(Exchange exchange, ApiResponse answer) {
    HttpServerResponse response = exchange.request.response();
    if (response.ended() || response.closed() || response.headWritten()) {
      return;
    }
    response.setStatusCode(answer.status());
    answer.headers().forEach(response::putHeader);
    response.putHeader("X-Content-Type-Options", "nosniff");
    String origin = allowedOrigin(exchange);
    if (origin != null) {
      response.putHeader("Access-Control-Allow-Origin", origin).putHeader("Vary", "Origin");
      response.putHeader(
          "Access-Control-Expose-Headers", "ETag, Link, Guidon-Token, Retry-After, Location");
    }
    if (!exchange.bodyRead && isEndless(exchange.request)) {
      response.putHeader("Connection", "close");
    }
    byte[] body = answer.body();
    var _ = body == null ? response.end() : response.end(Buffer.buffer(body));
    if (!exchange.bodyRead) {
      exchange.request.handler(part -> {}).resume();
    }
  }

  /**
   * A refused body is let go by, so that its sender can read the answer; one without an end in
   * sight is cut off.
   */
  private static boolean isEndless(HttpServerRequest request) {
    String length = request.getHeader("content-length");
    boolean tooLong = length != null && (length.length() > 8 || !length.matches("[0-9]+"));
    boolean chunked = request.getHeader("transfer-encoding") != null;
    // HTTP/2 has no such header; its flow control and the request's time limit do.
    return (tooLong || chunked) && request.version() != io.vertx.core.http.HttpVersion.HTTP_2;
  }

  private @Nullable String allowedOrigin(Exchange exchange) {
    String origin = exchange.request.getHeader("origin");
    return origin != null && options.corsOrigins().contains(origin) ? origin : null;
  }

  private static ApiResponse preflight() {
    return new ApiResponse(
        204,
        Map.of(
            "Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE",
            "Access-Control-Allow-Headers",
                "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, Guidon-Min-Token, traceparent",
            "Access-Control-Max-Age", "600"),
        null);
  }

  /** Stops listening and ends the scopes' threads; the log stays open. */
  @Override
  public void close() {
    vertx.cancelTimer(peerTimer);
    if (server != null) {
      try {
        server.close().await(10, TimeUnit.SECONDS);
      } catch (java.util.concurrent.TimeoutException e) {
        LOG.atWarn().log("listener not closed within 10 s");
      }
    }
    handlers.shutdown();
    scopes.close();
  }
}
