package dev.guidon.fuzz.targets;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import dev.guidon.fuzz.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Both listeners, real, at real sockets, and requests of people who have no key. The first byte of
 * an input chooses the listener and whether the rest is sent as it is, on a connection of its own,
 * or as a request whose frame is right and whose content is anything, many on one connection. Every
 * request is answered or its connection closed; never is it the server's fault, never is anything
 * logged as an error.
 */
public final class Http implements Target {
  private static final int LOT = 64;
  private static final long LATER_NANOS_MAX = 20_000_000;

  /** Headers that change where a request ends, or whether the connection goes on. */
  private static final List<String> OF_THE_FRAME =
      List.of("content-length", "transfer-encoding", "connection", "upgrade", "expect");

  private final Errors errors = new Errors();
  private final Listeners listeners = new Listeners();
  private final Talk[] talks = {
    new Talk("control", listeners.controlPort()), new Talk("delivery", listeners.deliveryPort())
  };

  public Http() {
    errors.start();
  }

  /** Whatever is logged as an error: an exception that nobody expected, wherever it was caught. */
  private static final class Errors extends AppenderBase<ILoggingEvent> {
    private final AtomicReference<@Nullable String> first = new AtomicReference<>();

    @Override
    public void start() {
      LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
      Logger root = loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
      root.detachAndStopAllAppenders();
      root.setLevel(Level.WARN);
      setContext(loggers);
      root.addAppender(this);
      super.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
      if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
        String trace =
            event.getThrowableProxy() == null
                ? ""
                : ThrowableProxyUtil.asString(event.getThrowableProxy());
        first.compareAndSet(
            null, event.getLoggerName() + ": " + event.getFormattedMessage() + "\n" + trace);
      }
    }

    /** Forgets what is left of earlier requests. */
    void forget() {
      await();
      first.set(null);
    }

    /** A server may log a little later than it answers, or than it closes. */
    void await() {
      long end = System.nanoTime() + LATER_NANOS_MAX;
      while (first.get() == null && System.nanoTime() < end) {
        LockSupport.parkNanos(1_000_000);
      }
    }

    void check() {
      String error = first.getAndSet(null);
      if (error != null) {
        throw new AssertionError("logged as an error: " + error);
      }
    }
  }

  /**
   * Most of what is mutated is no HTTP any more; half of the requests are to get further than that.
   */
  @Override
  public int freshOneIn() {
    return 2;
  }

  @Override
  public int lot() {
    return LOT;
  }

  @Override
  public String run(byte[] input) throws IOException {
    errors.forget();
    List<String> outcome = new ArrayList<>();
    send(List.of(input), outcome::add);
    errors.await();
    errors.check();
    return outcome.get(0);
  }

  @Override
  public void runAll(List<byte[]> inputs, Consumer<String> outcomes) throws IOException {
    if (inputs.size() == 1) {
      outcomes.accept(run(inputs.get(0)));
      return;
    }
    send(inputs, outcomes);
    errors.check();
  }

  private void send(List<byte[]> inputs, Consumer<String> outcomes) throws IOException {
    List<List<Talk.Request>> framed = List.of(new ArrayList<>(), new ArrayList<>());
    for (byte[] input : inputs) {
      int choice = input.length == 0 ? 0 : input[0];
      byte[] rest = input.length == 0 ? input : Arrays.copyOfRange(input, 1, input.length);
      Talk talk = talks[choice & 1];
      boolean raw = (choice & 14) == 14;
      Talk.Request request = raw ? null : framed(rest);
      if (request != null) {
        framed.get(choice & 1).add(request);
      } else {
        outcomes.accept(talk.alone(raw ? rest : unframed(rest)));
      }
    }
    for (int i = 0; i < talks.length; i++) {
      talks[i].together(framed.get(i), outcomes);
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /**
   * First line, headers and body, with lines as they should be; of the first line only the version
   * is given.
   */
  private static byte[] unframed(byte[] rest) {
    String[] parts = text(rest).split("\n\n", 2);
    return (parts[0].replace("\n", "\r\n") + "\r\n\r\n" + (parts.length > 1 ? parts[1] : ""))
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** {@code null} when something in it would end it elsewhere than we think. */
  private static Talk.@Nullable Request framed(byte[] rest) {
    String[] parts = text(rest).split("\n\n", 2);
    String head = parts[0].replace("\r", "");
    String lower = head.toLowerCase(Locale.ROOT);
    if (OF_THE_FRAME.stream().anyMatch(lower::contains)
        || lower.startsWith("connect")
        || lower.contains("http/")) {
      return null;
    }
    int end = head.indexOf('\n');
    String first = end < 0 ? head : head.substring(0, end);
    String headers = end < 0 ? "" : head.substring(end + 1);
    int space = first.indexOf(' ');
    if (space <= 0
        || first.indexOf(' ', space + 1) >= 0
        || headers.lines().anyMatch(line -> line.isEmpty())) {
      return null;
    }
    String body = parts.length > 1 ? parts[1] : "";
    StringBuilder out = new StringBuilder(first).append(" HTTP/1.1\r\nHost: x\r\n");
    headers.lines().forEach(line -> out.append(line).append("\r\n"));
    out.append("Content-Length: ").append(body.length()).append("\r\n\r\n").append(body);
    return new Talk.Request(
        out.toString().getBytes(StandardCharsets.ISO_8859_1),
        first.substring(0, space).equals("HEAD"));
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (int listener = 0; listener < 2; listener++) {
      for (String request : REQUESTS) {
        seeds.add(input(listener, request));
      }
      for (String request : RAW) {
        seeds.add(input(listener | 14, request));
      }
    }
    return seeds;
  }

  private static byte[] input(int choice, String request) {
    byte[] bytes = request.getBytes(StandardCharsets.ISO_8859_1);
    byte[] input = new byte[bytes.length + 1];
    input[0] = (byte) choice;
    System.arraycopy(bytes, 0, input, 1, bytes.length);
    return input;
  }

  @Override
  public byte[] fresh(Random random) {
    String method = pick(random, METHODS);
    StringBuilder out = new StringBuilder(method).append(' ').append(pick(random, PATHS));
    for (int i = random.nextInt(3); i > 0; i--) {
      out.append(out.indexOf("?") < 0 ? '?' : '&').append(pick(random, QUERIES));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      out.append('\n').append(pick(random, HEADERS));
    }
    if (random.nextInt(3) == 0) {
      out.append("\n\n").append(pick(random, BODIES));
    }
    int choice = random.nextInt(2) | (random.nextInt(12) == 0 ? 14 : 0);
    return input(
        choice,
        (choice & 14) == 14 ? out.toString().replace("\n", "\r\n") + "\r\n\r\n" : out.toString());
  }

  private static String pick(Random random, String[] from) {
    return from[random.nextInt(from.length)];
  }

  private static final String[] METHODS = {
    "GET", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "get", "X"
  };
  private static final String SECRET = "gdn_adm_" + "A".repeat(43) + "000000";
  private static final String[] PATHS = {
    "/healthz",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/",
    "*",
    "/api/v1",
    "/api/v1/projects",
    "/api/v1/projects/shop",
    "/api/v1/projects/shop/environments/prod/flags/checkout",
    "/api/v1/projects/shop/environments/prod/flags/a%2Fb/on",
    "/api/v1/projects/%ff/flags",
    "/api/v1/credentials",
    "/api/v1/projects/shop/environments/prod/commits/1",
    "/api/v1/projects/shop/environments/prod/explain",
    "/api/v1/projects/shop/environments/prod/state",
    "/v1/view",
    "/v1/view/snapshot/" + "a".repeat(64),
    "/v1/replication",
    "/v1/replication/snapshot/" + "b".repeat(64),
    "/v1/blobs/" + "c".repeat(64),
    "/v1/upstream",
    "/ofrep/v1/evaluate/flags",
    "/ofrep/v1/evaluate/flags/checkout",
    "/ofrep/v1/evaluate/flags/a/b%20c",
    "/ofrep/v1/events",
    "//",
    "/../healthz",
    "/healthz/",
    "http://evil.example/healthz",
    "/%",
    "/%zz"
  };
  private static final String[] QUERIES = {
    "region=eu",
    "from=0123456789abcdef0123456789abcdef.1.1",
    "from=zz",
    "after=%00",
    "scope=shop/prod",
    "scope=%24system",
    "limit=1",
    "limit=-1",
    "at=1.1",
    "ticket=AAAA.BBBB",
    "cursor=abc",
    "a=b&a=c",
    "%=%",
    "q=%e4",
    "",
    "=",
    "reason=%F0%9F%98%80"
  };
  private static final String[] HEADERS = {
    "Authorization: Bearer " + SECRET,
    "Authorization: Bearer",
    "Authorization: Basic YTpi",
    "X-API-Key: gdn_cli_x",
    "X-API-Key:",
    "Content-Type: application/json",
    "Content-Type: application/yaml; charset=\"x",
    "Accept: text/event-stream",
    "Accept-Encoding: gzip",
    "Accept: */*;q=0",
    "If-None-Match: \"x\", W/\"y\"",
    "If-Match: *",
    "Idempotency-Key: k",
    "Guidon-Min-Token: shop/prod@1.1",
    "Last-Event-ID: 0123456789abcdef0123456789abcdef.1.1",
    "traceparent: 00-" + "a".repeat(32) + "-" + "b".repeat(16) + "-01",
    "Origin: http://a",
    "Access-Control-Request-Method: POST",
    "Cookie: a=b",
    "Host: y",
    "X: " + "x".repeat(200),
    "Transfer-Encoding: chunked",
    "Connection: close",
    "Expect: 100-continue",
    "Content-Length: 5",
    "Upgrade: h2c"
  };
  private static final String[] BODIES = {
    "{}",
    "[]",
    "{\"context\":{\"targetingKey\":\"u\"}}",
    "{\"key\":\"shop\"}",
    "[[[[",
    "null",
    "\"\\ud800\"",
    "flag: checkout",
    "5\r\nhello\r\n0\r\n\r\n"
  };
  private static final String[] REQUESTS = {
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "GET /openapi.json?a=b",
    "HEAD /healthz",
    "OPTIONS /healthz\nOrigin: http://a",
    "GET /openapi.json\nIf-None-Match: *\nAccept-Encoding: gzip",
    "POST /api/v1/projects\nContent-Type: application/json\n\n{\"key\":\"shop\"}",
    "GET /api/v1/projects\nAuthorization: Bearer " + SECRET,
    "GET /v1/view?region=eu\nAccept: text/event-stream\nAuthorization: Bearer x",
    "POST /ofrep/v1/evaluate/flags/checkout\nX-API-Key: gdn_cli_x\n\n{\"context\":{}}",
    "GET /ofrep/v1/events?ticket=AAAA.BBBB",
    "GET /v1/replication?scope=shop/prod\nLast-Event-ID: x",
    "POST /v1/upstream\n\n{\"v\":1}",
    "GET /healthz?x=%ff",
    "DELETE /healthz"
  };
  private static final String[] RAW = {
    "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /healthz HTTP/1.0\r\n\r\n",
    "POST /ofrep/v1/evaluate/flags HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
    "GET / HTTP/9.9\r\n: \r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
    "POST /api/v1/projects HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n{",
    "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
    "POST /v1/upstream HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}"
  };

  @Override
  public List<byte[]> words() {
    List<String> words =
        new ArrayList<>(
            List.of(
                "\r\n",
                "\n\n",
                " HTTP/1.1",
                "%00",
                "%ff",
                "%c3%28",
                "..",
                "//",
                ";",
                "\u0000",
                "0\r\n\r\n",
                "?",
                "&",
                "="));
    words.addAll(Arrays.asList(PATHS));
    words.addAll(Arrays.asList(QUERIES));
    words.addAll(Arrays.asList(HEADERS));
    return Words.of(words.toArray(String[]::new));
  }

  /** The servers still answer, and hold nothing of all that was sent. */
  @Override
  public void close() throws Exception {
    try {
      Talk.Request healthy =
          new Talk.Request(
              "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII),
              /* head= */ false);
      for (Talk talk : talks) {
        talk.together(
            List.of(healthy),
            outcome -> Must.hold(outcome.endsWith(" 200"), "healthy at the end: " + outcome));
        talk.close();
      }
      errors.check();
    } finally {
      listeners.close();
      errors.stop();
    }
  }
}
