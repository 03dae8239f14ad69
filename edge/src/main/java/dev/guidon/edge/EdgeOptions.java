package dev.guidon.edge;

import dev.guidon.edge.core.EdgeKeys;
import dev.guidon.model.ScopeId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How an edge runs.
 *
 * @param name what this edge is called in reports; unique among the edges of one upstream
 * @param version of the product, for reports and {@code build_info}
 * @param host to listen on
 * @param port to listen on; 0 takes any free one, {@link Edge#port()} tells which
 * @param eventLoops how many loops serve delivery; they share the port
 * @param scopes to follow from the start; {@link Edge#follow} adds more
 * @param region where this edge stands; a reader that names none is taken to stand there too
 * @param corsOrigins origins of web pages that may call; {@code *} for all. Keys travel in headers
 *     and never in cookies, so that allowing all gives nothing away
 * @param publicUrl the address by which browsers reach this edge, for stream addresses; {@code
 *     null}: as the request was addressed
 * @param flagLabels whether evaluations are also counted per flag in metrics, at the cost of one
 *     series per flag, variant and reason, of which there are at most 1,000
 */
public record EdgeOptions(
    String name,
    String version,
    String host,
    int port,
    int eventLoops,
    Set<ScopeId> scopes,
    String region,
    List<String> corsOrigins,
    @Nullable String publicUrl,
    boolean flagLabels,
    @Nullable TlsFiles tls,
    EdgeKeys edgeKeys,
    Limits limits,
    Timing timing) {
  public EdgeOptions {
    scopes = Set.copyOf(scopes);
    corsOrigins = List.copyOf(corsOrigins);
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
    }
    if (eventLoops < 1) {
      throw new IllegalArgumentException("eventLoops: " + eventLoops + " (expected: at least 1)");
    }
  }

  /** An edge that serves what it is later told to follow, at port 8017 of this machine. */
  public static EdgeOptions of(String name) {
    return new EdgeOptions(
        name,
        "dev",
        "127.0.0.1",
        8017,
        /* eventLoops= */ Math.max(1, Runtime.getRuntime().availableProcessors()),
        Set.of(),
        "local",
        List.of("*"),
        /* publicUrl= */ null,
        /* flagLabels= */ false,
        /* tls= */ null,
        EdgeKeys.NONE,
        Limits.DEFAULT,
        Timing.DEFAULT);
  }

  public EdgeOptions withVersion(String newVersion) {
    return new EdgeOptions(
        name,
        newVersion,
        host,
        port,
        eventLoops,
        scopes,
        region,
        corsOrigins,
        publicUrl,
        flagLabels,
        tls,
        edgeKeys,
        limits,
        timing);
  }

  public EdgeOptions withAddress(String newHost, int newPort) {
    return new EdgeOptions(
        name,
        version,
        newHost,
        newPort,
        eventLoops,
        scopes,
        region,
        corsOrigins,
        publicUrl,
        flagLabels,
        tls,
        edgeKeys,
        limits,
        timing);
  }

  public EdgeOptions withEventLoops(int loops) {
    return new EdgeOptions(
        name,
        version,
        host,
        port,
        loops,
        scopes,
        region,
        corsOrigins,
        publicUrl,
        flagLabels,
        tls,
        edgeKeys,
        limits,
        timing);
  }

  public EdgeOptions withScopes(Set<ScopeId> newScopes) {
    return new EdgeOptions(
        name,
        version,
        host,
        port,
        eventLoops,
        newScopes,
        region,
        corsOrigins,
        publicUrl,
        flagLabels,
        tls,
        edgeKeys,
        limits,
        timing);
  }

  public EdgeOptions withRegion(String newRegion) {
    return new EdgeOptions(
        name,
        version,
        host,
        port,
        eventLoops,
        scopes,
        newRegion,
        corsOrigins,
        publicUrl,
        flagLabels,
        tls,
        edgeKeys,
        limits,
        timing);
  }

  public EdgeOptions withCorsOrigins(List<String> origins) {
    return new EdgeOptions(
        name,
        version,
        host,
        port,
        eventLoops,
        scopes,
        region,
        origins,
        publicUrl,
        flagLabels,
        tls,
        edgeKeys,
        limits,
        timing);
  }

  public EdgeOptions withPublicUrl(@Nullable String url) {
    return new EdgeOptions(
        name,
        version,
        host,
        port,
        eventLoops,
        scopes,
        region,
        corsOrigins,
        url,
        flagLabels,
        tls,
        edgeKeys,
        limits,
        timing);
  }

  public EdgeOptions withFlagLabels(boolean labels) {
    return new EdgeOptions(
        name,
        version,
        host,
        port,
        eventLoops,
        scopes,
        region,
        corsOrigins,
        publicUrl,
        labels,
        tls,
        edgeKeys,
        limits,
        timing);
  }

  public EdgeOptions withTls(@Nullable TlsFiles files) {
    return new EdgeOptions(
        name,
        version,
        host,
        port,
        eventLoops,
        scopes,
        region,
        corsOrigins,
        publicUrl,
        flagLabels,
        files,
        edgeKeys,
        limits,
        timing);
  }

  public EdgeOptions withEdgeKeys(EdgeKeys keys) {
    return new EdgeOptions(
        name,
        version,
        host,
        port,
        eventLoops,
        scopes,
        region,
        corsOrigins,
        publicUrl,
        flagLabels,
        tls,
        keys,
        limits,
        timing);
  }

  public EdgeOptions withLimits(Limits newLimits) {
    return new EdgeOptions(
        name,
        version,
        host,
        port,
        eventLoops,
        scopes,
        region,
        corsOrigins,
        publicUrl,
        flagLabels,
        tls,
        edgeKeys,
        newLimits,
        timing);
  }

  public EdgeOptions withTiming(Timing newTiming) {
    return new EdgeOptions(
        name,
        version,
        host,
        port,
        eventLoops,
        scopes,
        region,
        corsOrigins,
        publicUrl,
        flagLabels,
        tls,
        edgeKeys,
        limits,
        newTiming);
  }

  /**
   * What one edge lets others have of it.
   *
   * @param bodyBytesMax a request's body; what is longer is refused before it is read
   * @param headerBytesMax all headers of a request together, and its first line
   * @param connectionsMax open connections; one more is closed at once
   * @param requestsPerSecond per key, with twice as much at once
   * @param streamsPerSecond how many streams may be opened per second, over all keys; who comes too
   *     early is told when to come back
   * @param snapshotsPerSecond how many whole snapshots may be fetched per second, over all keys
   * @param regionsMax how many regions' views are kept ready per scope
   */
  public record Limits(
      int bodyBytesMax,
      int headerBytesMax,
      int connectionsMax,
      int requestsPerSecond,
      int streamsPerSecond,
      int snapshotsPerSecond,
      int regionsMax) {
    public static final Limits DEFAULT =
        new Limits(1 << 20, 16 << 10, 50_000, 20_000, 1_000, 200, 64);

    public Limits {
      if (bodyBytesMax < 1
          || headerBytesMax < 1
          || connectionsMax < 1
          || requestsPerSecond < 1
          || streamsPerSecond < 1
          || snapshotsPerSecond < 1
          || regionsMax < 1) {
        throw new IllegalArgumentException("limits: a value below 1 (expected: each at least 1)");
      }
    }
  }

  /**
   * How long an edge waits.
   *
   * @param heartbeat between two signs of life on a stream that has nothing to say
   * @param stall how long a reader may leave its socket full before its stream is closed
   * @param request how long a request's body may take to arrive, and a connection may stay without
   *     a request
   * @param report between two reports to the upstream, of which each is shifted at random by up to
   *     a fifth
   * @param catchUp how long a request that knows of a newer state may wait for it
   * @param tlsCheck between two looks at the certificate files
   * @param behindAfter how old the last look at the log's head must be for this edge to count as
   *     behind
   */
  public record Timing(
      Duration heartbeat,
      Duration stall,
      Duration request,
      Duration report,
      Duration catchUp,
      Duration tlsCheck,
      Duration behindAfter) {
    public static final Timing DEFAULT =
        new Timing(
            Duration.ofSeconds(15),
            Duration.ofSeconds(30),
            Duration.ofSeconds(15),
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(45));
  }
}
