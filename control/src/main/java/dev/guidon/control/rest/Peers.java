package dev.guidon.control.rest;

import io.vertx.core.http.HttpConnection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open connections. One too many is closed, and so is one that asks nothing: neither silence
 * nor a trickle of header bytes is a request. Any thread.
 */
final class Peers {
  private static final Logger LOG = LoggerFactory.getLogger(Peers.class);

  private final int openMax;
  private final Map<HttpConnection, Peer> open = new ConcurrentHashMap<>();

  Peers(int openMax) {
    this.openMax = openMax;
  }

  /** What a connection is at. */
  static final class Peer {
    private int active;
    private long quietSinceNanos = System.nanoTime();

    private synchronized void begun() {
      active++;
    }

    private synchronized void over() {
      active--;
      quietSinceNanos = System.nanoTime();
    }

    private synchronized boolean isQuietFor(long nanos) {
      return active <= 0 && System.nanoTime() - quietSinceNanos > nanos;
    }
  }

  void opened(HttpConnection connection) {
    if (open.size() >= openMax) {
      var _ = connection.close();
      return;
    }
    open.put(connection, new Peer());
    // Whoever breaks a connection, or sends what is no frame, must not fill our log.
    connection.exceptionHandler(failure -> LOG.atDebug().setCause(failure).log("connection broke"));
    connection.closeHandler(closed -> open.remove(connection));
  }

  @Nullable Peer begun(HttpConnection connection) {
    Peer peer = open.get(connection);
    if (peer != null) {
      peer.begun();
    }
    return peer;
  }

  void over(@Nullable Peer peer) {
    if (peer != null) {
      peer.over();
    }
  }

  void closeQuiet(long millis) {
    long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
    for (Map.Entry<HttpConnection, Peer> one : List.copyOf(open.entrySet())) {
      if (one.getValue().isQuietFor(nanos)) {
        var _ = one.getKey().close();
      }
    }
  }
}
