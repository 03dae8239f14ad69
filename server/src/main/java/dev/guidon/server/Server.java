package dev.guidon.server;

import dev.guidon.log.LogException;
import dev.guidon.server.config.ServerConfig;
import dev.guidon.server.logging.Logs;
import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running server in the roles that its configuration names. */
public final class Server implements AutoCloseable {
  private final @Nullable ControlRole control;
  private final DeliveryRole delivery;

  private Server(@Nullable ControlRole control, DeliveryRole delivery) {
    this.control = control;
    this.delivery = delivery;
  }

  /**
   * Opens the data folder and the listeners; returns when the server can be used.
   *
   * @throws StartException with one sentence for the operator
   */
  public static Server start(ServerConfig config) {
    DataFolder folder = new DataFolder(config.data());
    try {
      folder.create();
    } catch (IOException e) {
      throw new StartException("data folder " + config.data() + ": cannot be made: " + e, e);
    }
    Logs.open(config.logging().level().toString(), config.logging().file());
    Logger log = LoggerFactory.getLogger(Server.class);
    warnOfOpenListeners(config, log);
    try {
      Server server = start(config, folder);
      log.info("guidon {} started: {}", Version.text(), config);
      return server;
    } catch (LogException e) {
      log.error("not started", e);
      throw new StartException(String.valueOf(e.getMessage()), e);
    } catch (IllegalStateException e) {
      log.error("not started", e);
      throw new StartException("not started: " + e.getMessage(), e);
    }
  }

  private static Server start(ServerConfig config, DataFolder folder) {
    ServerConfig.Upstream upstream = config.upstream();
    if (upstream != null) {
      return new Server(null, DeliveryRole.remote(config, upstream, folder.edge()));
    }
    ControlRole control = ControlRole.start(config, folder);
    try {
      return new Server(control, control.deliver(folder.edge()));
    } catch (RuntimeException e) {
      control.close();
      throw e;
    }
  }

  private static void warnOfOpenListeners(ServerConfig config, Logger log) {
    for (ServerConfig.Listener listener : java.util.List.of(config.control(), config.delivery())) {
      boolean local = listener.host().startsWith("127.") || listener.host().equals("localhost") || listener.host().equals("::1");
      if (!local && listener.tls() == null) {
        log.warn("listener {}:{} takes secrets without TLS", listener.host(), listener.port());
      }
    }
  }

  /** Where the API is; {@code null} in role edge. */
  public @Nullable URI api() {
    return control == null ? null : control.address();
  }

  public URI delivery() {
    return delivery.address();
  }

  /** What the first start on an empty log made; {@code null} at every later one. */
  FirstStart.@Nullable Secrets secrets() {
    return control == null ? null : control.secrets();
  }

  /** Stops taking requests in, says goodbye to streams, and lets requests under way finish. */
  public void drain() {
    delivery.drain();
    if (control != null) {
      control.drain();
    }
  }

  @Override
  public void close() {
    delivery.close();
    if (control != null) {
      control.close();
    }
  }
}
