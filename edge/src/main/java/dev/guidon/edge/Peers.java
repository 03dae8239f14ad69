package dev.guidon.edge;

import io.vertx.core.http.HttpConnection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open connections of one event loop, and since when they ask nothing. */
final class Peers {
  private static final Logger LOG = LoggerFactory.getLogger(Peers.class);

  /** A kept-alive connection may rest for so many times as long as a body may take. */
  private static final long QUIET_FACTOR = 4;

  private final EdgeRuntime runtime;
  private final Map<HttpConnection, Peer> peers = new HashMap<>();

  Peers(EdgeRuntime runtime) {
    this.runtime = runtime;
  }

  /** What a connection is at. */
  static final class Peer {
    private final HttpConnection connection;
    private int active;
    private long quietSinceNanos;

    Peer(HttpConnection connection, long nowNanos) {
      this.connection = connection;
      this.quietSinceNanos = nowNanos;
    }

    void asks() {
      active++;
    }

    void isAnswered(long nowNanos) {
      active--;
      quietSinceNanos = nowNanos;
    }
  }

  /** Takes a connection in, or closes it when it is one too many. */
  void connected(HttpConnection connection) {
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
    connection.exceptionHandler(Peers::failed);
  }

  private static void failed(Throwable failure) {
    LOG.debug("connection failed", failure);
  }

  @Nullable Peer of(HttpConnection connection) {
    return peers.get(connection);
  }

  /**
   * Closes connections that ask nothing: neither silence nor a trickle of header bytes is a
   * request.
   */
  void closeQuiet() {
    long limit = QUIET_FACTOR * runtime.options.timing().request().toNanos();
    long now = runtime.time.monotonicNanos();
    List<Peer> quiet =
        peers.values().stream()
            .filter(peer -> peer.active == 0 && now - peer.quietSinceNanos > limit)
            .toList();
    quiet.forEach(peer -> peer.connection.close());
  }
}
