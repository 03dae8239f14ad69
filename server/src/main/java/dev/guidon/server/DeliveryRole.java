package dev.guidon.server;

import dev.guidon.edge.Edge;
import dev.guidon.edge.EdgeOptions;
import dev.guidon.edge.HttpUpstream;
import dev.guidon.edge.TimeSource;
import dev.guidon.edge.TlsFiles;
import dev.guidon.edge.Upstream;
import dev.guidon.edge.core.EdgeKeys;
import dev.guidon.edge.core.ReaderKey;
import dev.guidon.model.Hash;
import dev.guidon.model.ScopeId;
import dev.guidon.server.config.ServerConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The listener for applications and further edges, with what it needs. */
final class DeliveryRole implements AutoCloseable {
  private final Vertx vertx;
  private final Upstream upstream;
  private final Edge edge;
  private final ServerConfig config;

  private DeliveryRole(Vertx vertx, Upstream upstream, Edge edge, ServerConfig config) {
    this.vertx = vertx;
    this.upstream = upstream;
    this.edge = edge;
    this.config = config;
  }

  /** An edge beside the log of the same process. */
  static DeliveryRole local(
      ServerConfig config, Path disk, Upstream log, FollowedScopes followed, MeterRegistry meters) {
    return start(Vertx.vertx(), config, disk, log, followed.environments(), followed, meters);
  }

  /** An edge that follows another server. */
  static DeliveryRole remote(
      ServerConfig config, ServerConfig.Upstream source, Path disk, MeterRegistry meters) {
    Vertx vertx = Vertx.vertx();
    Upstream upstream =
        HttpUpstream.of(vertx, List.of(source.url()), source.key(), clientTls(source));
    return start(
        vertx,
        config,
        disk,
        upstream,
        Set.copyOf(source.environments()),
        furtherEdges(source),
        meters);
  }

  private static DeliveryRole start(
      Vertx vertx,
      ServerConfig config,
      Path disk,
      Upstream upstream,
      Set<ScopeId> scopes,
      EdgeKeys keys,
      MeterRegistry meters) {
    EdgeOptions options =
        EdgeOptions.of(config.region() + "-" + ProcessHandle.current().pid())
            .withVersion(Version.text())
            .withAddress(config.delivery().host(), config.delivery().port())
            .withRegion(config.region())
            .withScopes(scopes)
            .withEdgeKeys(keys)
            .withLimits(limits(config.delivery()))
            .withTls(serverTls(config.delivery().tls()));
    try {
      Edge edge = Edge.start(vertx, options, upstream, disk, TimeSource.system(), meters);
      return new DeliveryRole(vertx, upstream, edge, config);
    } catch (Exception e) {
      // Vert.x throws checked exceptions, such as that of a port in use, without declaring them.
      upstream.close();
      Waiting.forClose(vertx);
      throw Listeners.explained(e, config.delivery());
    }
  }

  /**
   * The system scope with the edges' credentials stays at control, so that an edge is told whom to
   * let follow it.
   */
  private static EdgeKeys furtherEdges(ServerConfig.Upstream source) {
    if (source.edgeKey() == null) {
      return EdgeKeys.NONE;
    }
    Hash hash = Hash.of(source.edgeKey());
    ReaderKey.Secret secret = new ReaderKey.Secret(hash, /* notAfter= */ null);
    ReaderKey reader =
        new ReaderKey(ReaderKey.Kind.EDGE, "further edges", List.of(secret), null, null);
    Set<String> environments =
        source.environments().stream()
            .map(ScopeId::text)
            .collect(java.util.stream.Collectors.toSet());
    EdgeKeys.EdgeKey key = new EdgeKeys.EdgeKey(reader, environments);
    return presented -> presented.equals(hash) ? key : null;
  }

  private static EdgeOptions.Limits limits(ServerConfig.Listener listener) {
    EdgeOptions.Limits usual = EdgeOptions.Limits.DEFAULT;
    return new EdgeOptions.Limits(
        usual.bodyBytesMax(),
        usual.headerBytesMax(),
        usual.connectionsMax(),
        listener.requestsPerSecond(),
        usual.streamsPerSecond(),
        usual.snapshotsPerSecond(),
        usual.regionsMax());
  }

  private static @Nullable TlsFiles serverTls(ServerConfig.@Nullable Tls tls) {
    return tls == null
        ? null
        : new TlsFiles(
            tls.certificate(), tls.key(), tls.clientCa(), /* required= */ tls.clientRequired());
  }

  private static @Nullable TlsFiles clientTls(ServerConfig.Upstream source) {
    return source.certificate() == null || source.certificateKey() == null
        ? null
        : new TlsFiles(
            source.certificate(), source.certificateKey(), source.ca(), /* required= */ true);
  }

  Edge edge() {
    return edge;
  }

  URI address() {
    return Listeners.address(config.delivery(), edge.port());
  }

  /** Says goodbye to streams and finishes requests; the listener is closed afterwards. */
  void drain() {
    edge.close(config.drain());
  }

  @Override
  public void close() {
    edge.close(java.time.Duration.ZERO);
    upstream.close();
    Waiting.forClose(vertx);
  }
}
