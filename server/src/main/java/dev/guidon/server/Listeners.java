package dev.guidon.server;

import dev.guidon.server.config.ServerConfig;
import java.net.BindException;
import java.net.URI;

/** Addresses as people type them. */
final class Listeners {
  private Listeners() {}

  /** A port that is taken is the operator's to mend; everything else is passed on. */
  static RuntimeException explained(Exception failure, ServerConfig.Listener listener) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        return new StartException(
            "listener "
                + listener.host()
                + ":"
                + listener.port()
                + ": "
                + cause.getMessage()
                + " (expected: an address of this machine and a free port)",
            failure);
      }
    }
    return failure instanceof RuntimeException known
        ? known
        : new StartException("not started: " + failure, failure);
  }

  /**
   * @param port the one that was taken, where the configuration left it open
   */
  static URI address(ServerConfig.Listener listener, int port) {
    String host = listener.host();
    String reachable = host.equals("0.0.0.0") || host.equals("::") ? "localhost" : host;
    String written = reachable.contains(":") ? "[" + reachable + "]" : reachable;
    return URI.create((listener.tls() == null ? "http" : "https") + "://" + written + ":" + port);
  }
}
