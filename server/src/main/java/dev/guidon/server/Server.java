package dev.guidon.server;

import dev.guidon.log.Log;
import dev.guidon.log.LogException;
import dev.guidon.server.config.ServerConfig;
import dev.guidon.server.logging.Logs;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
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
      return config.upstream() == null
          ? withLog(config, folder)
          : following(config, config.upstream(), folder);
    } catch (IOException e) {
      throw new StartException("data folder " + config.data() + ": cannot be made: " + e, e);
    } catch (LogException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  private static Server withLog(ServerConfig config, DataFolder folder) {
    // First of all: whoever finds the folder in use must not write into the other's log file
    // either.
    Log log = LogStore.open(config, folder);
    MeterRegistry meters = begin(config);
    ControlRole control = ControlRole.start(config, log, meters);
    try {
      return new Server(control, control.deliver(folder.edge(), meters));
    } catch (RuntimeException e) {
      control.close();
      throw e;
    }
  }

  private static Server following(
      ServerConfig config, ServerConfig.Upstream upstream, DataFolder folder) {
    MeterRegistry meters = begin(config);
    return new Server(null, DeliveryRole.remote(config, upstream, folder.edge(), meters));
  }

  private static MeterRegistry begin(ServerConfig config) {
    Logs.open(config.logging().level().toString(), config.logging().file());
    Logger log = LoggerFactory.getLogger(Server.class);
    log.info("guidon {} starts: {}", Version.text(), config);
    warnOfOpenListeners(config, log);
    return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  }

  private static void warnOfOpenListeners(ServerConfig config, Logger log) {
    for (ServerConfig.Listener listener : java.util.List.of(config.control(), config.delivery())) {
      boolean local =
          listener.host().startsWith("127.")
              || listener.host().equals("localhost")
              || listener.host().equals("::1");
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

  /**
   * Not ready any more: says goodbye to streams and lets requests under way finish. To be followed
   * by close.
   */
  public void drain() {
    delivery.drain();
  }

  @Override
  public void close() {
    delivery.close();
    if (control != null) {
      control.close();
    }
  }
}
