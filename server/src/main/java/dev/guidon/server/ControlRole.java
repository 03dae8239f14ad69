package dev.guidon.server;

import dev.guidon.control.Consumers;
import dev.guidon.control.Scopes;
import dev.guidon.control.rest.ControlApi;
import dev.guidon.control.rest.ControlOptions;
import dev.guidon.edge.LocalUpstream;
import dev.guidon.log.Log;
import dev.guidon.model.ScopeId;
import dev.guidon.server.config.ServerConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * The API over the log of this process, and what an edge beside it needs. It has event loops of its
 * own.
 */
final class ControlRole implements AutoCloseable {
  /** Times the rate: what a credential may ask at once. */
  private static final int BURST = 5;

  private static final int FAILED_SIGN_INS_AT_ONCE = 20;

  private final ServerConfig config;
  private final Vertx vertx;
  private final @Nullable PemFiles tls;
  private final Log log;
  private final ControlApi api;
  private final FollowedScopes followed;
  private final LocalUpstream upstream;
  private final FirstStart.@Nullable Secrets secrets;

  private ControlRole(
      ServerConfig config,
      Vertx vertx,
      @Nullable PemFiles tls,
      Log log,
      ControlApi api,
      EvaluationLedger ledger) {
    this.config = config;
    this.vertx = vertx;
    this.tls = tls;
    this.log = log;
    this.api = api;
    Scopes scopes = api.scopes();
    this.secrets = new FirstStart(scopes, new SecureRandom()).run(api.firstSecret());
    this.followed = new FollowedScopes(scopes);
    this.upstream = new LocalUpstream(new OwnLog(log, scopes, ledger));
    scopes.onCommitted((entry, state) -> {
      upstream.appended(state.scope());
      if (state.scope().equals(ScopeId.system())) {
        followed.systemChanged(state);
      }
    });
  }

  /**
   * @param log open; closed with this role, or when it does not start
   */
  static ControlRole start(ServerConfig config, Log log, MeterRegistry meters) {
    Vertx vertx = Vertx.vertx();
    try {
      ServerConfig.Tls files = config.control().tls();
      PemFiles tls = files == null ? null : new PemFiles(vertx, files);
      EvaluationLedger ledger = new EvaluationLedger();
      ControlApi api =
          ControlApi.start(
              vertx, options(config, tls), log, ledger, Consumers.NONE, meters, Clock::nowMicros);
      return new ControlRole(config, vertx, tls, log, api, ledger);
    } catch (Exception e) {
      // Vert.x throws checked exceptions, such as that of a port in use, without declaring them.
      Waiting.forClose(vertx);
      log.close();
      throw Listeners.explained(e, config.control());
    }
  }

  private static ControlOptions options(ServerConfig config, @Nullable PemFiles tls) {
    int rate = config.control().requestsPerSecond();
    ControlOptions options =
        ControlOptions.of(config.control().host(), config.control().port())
            .withRate(rate, BURST * rate, FAILED_SIGN_INS_AT_ONCE);
    return tls == null ? options : options.withHttp(tls.options());
  }

  /** Starts the delivery listener over this log. */
  DeliveryRole deliver(Path disk, MeterRegistry meters) {
    DeliveryRole delivery = DeliveryRole.local(config, disk, upstream, followed, meters);
    followed.steer(delivery.edge());
    return delivery;
  }

  URI address() {
    return Listeners.address(config.control(), api.port());
  }

  FirstStart.@Nullable Secrets secrets() {
    return secrets;
  }

  /** Closes the listener; requests under way are finished. */
  @Override
  public void close() {
    followed.close();
    api.close();
    if (tls != null) {
      tls.close();
    }
    Waiting.forClose(vertx);
    log.close();
  }
}
