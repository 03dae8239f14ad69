package dev.guidon.server;

import dev.guidon.server.config.ServerConfig;
import java.net.URI;

/** Addresses as people type them. */
final class Listeners {
  private Listeners() {}

  /** @param port the one that was taken, where the configuration left it open */
  static URI address(ServerConfig.Listener listener, int port) {
    String host = listener.host();
    String reachable = host.equals("0.0.0.0") || host.equals("::") ? "localhost" : host;
    String written = reachable.contains(":") ? "[" + reachable + "]" : reachable;
    return URI.create((listener.tls() == null ? "http" : "https") + "://" + written + ":" + port);
  }
}
