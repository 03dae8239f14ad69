package dev.guidon.control.rest;

import dev.guidon.control.Scopes;
import io.vertx.core.http.HttpServerOptions;
import java.util.Set;

/**
 * How the API is served.
 *
 * @param http the listener as the caller wants it: TLS, mutual TLS. Limits on headers and idle time
 *     are set here
 * @param port 0 lets the system choose
 * @param requestMillisMax after so long a request is answered 503, whatever its handler does
 * @param connectionsMax further connections are closed at once
 * @param requestsPerSecond refill of each credential's token bucket
 * @param requestsBurst size of that bucket
 * @param failuresBurst failed sign-ins per remote address before 429; one more is allowed every
 *     second
 * @param corsOrigins origins whose pages may call the API; none by default
 */
public record ControlOptions(
    HttpServerOptions http,
    String host,
    int port,
    long requestMillisMax,
    int connectionsMax,
    int requestsPerSecond,
    int requestsBurst,
    int failuresBurst,
    Set<String> corsOrigins,
    Scopes.Options scopes) {
  public static final int PORT = 8016;

  public ControlOptions {
    corsOrigins = Set.copyOf(corsOrigins);
  }

  /** Plain HTTP with the usual limits. */
  public static ControlOptions of(String host, int port) {
    return new ControlOptions(
        new HttpServerOptions(),
        host,
        port,
        /* requestMillisMax= */ 60_000,
        /* connectionsMax= */ 2_000,
        /* requestsPerSecond= */ 200,
        /* requestsBurst= */ 1_000,
        /* failuresBurst= */ 20,
        Set.of(),
        Scopes.Options.DEFAULT);
  }

  public ControlOptions withRate(int perSecond, int burst, int failures) {
    return new ControlOptions(
        http,
        host,
        port,
        requestMillisMax,
        connectionsMax,
        perSecond,
        burst,
        failures,
        corsOrigins,
        scopes);
  }

  public ControlOptions withRequestMillisMax(long millis) {
    return new ControlOptions(
        http,
        host,
        port,
        millis,
        connectionsMax,
        requestsPerSecond,
        requestsBurst,
        failuresBurst,
        corsOrigins,
        scopes);
  }

  public ControlOptions withHttp(HttpServerOptions options) {
    return new ControlOptions(
        options,
        host,
        port,
        requestMillisMax,
        connectionsMax,
        requestsPerSecond,
        requestsBurst,
        failuresBurst,
        corsOrigins,
        scopes);
  }

  public ControlOptions withCorsOrigins(Set<String> origins) {
    return new ControlOptions(
        http,
        host,
        port,
        requestMillisMax,
        connectionsMax,
        requestsPerSecond,
        requestsBurst,
        failuresBurst,
        origins,
        scopes);
  }
}
