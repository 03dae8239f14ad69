package dev.guidon.server;

import dev.guidon.control.EngineCheck;
import dev.guidon.control.Scopes;
import dev.guidon.edge.LocalUpstream;
import dev.guidon.log.SqliteLog;
import dev.guidon.model.ScopeId;
import dev.guidon.server.config.ServerConfig;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The API over the log of this process, and what an edge beside it needs. */
final class ControlRole implements AutoCloseable {
  private static final int LOG_ID_BYTES = 16;

  private final ServerConfig config;
  private final SqliteLog log;
  private final Scopes scopes;
  private final FollowedScopes followed;
  private final LocalUpstream upstream;
  private final FirstStart.@Nullable Secrets secrets;

  private ControlRole(
      ServerConfig config,
      SqliteLog log,
      Scopes scopes,
      EvaluationLedger ledger,
      FirstStart.@Nullable Secrets secrets) {
    this.config = config;
    this.log = log;
    this.scopes = scopes;
    this.secrets = secrets;
    this.followed = new FollowedScopes(scopes);
    this.upstream = new LocalUpstream(new OwnLog(log, scopes, ledger));
    scopes.onCommitted(
        (entry, state) -> {
          upstream.appended(state.scope());
          if (state.scope().equals(ScopeId.system())) {
            followed.systemChanged(state);
          }
        });
  }

  static ControlRole start(ServerConfig config, DataFolder folder) {
    SecureRandom random = new SecureRandom();
    SqliteLog log = SqliteLog.open(folder.log());
    try {
      Scopes scopes =
          new Scopes(log, Clock::nowMicros, () -> logId(random), EngineCheck::new, Scopes.Options.DEFAULT);
      FirstStart.Secrets secrets = new FirstStart(scopes, random).run();
      return new ControlRole(config, log, scopes, new EvaluationLedger(), secrets);
    } catch (RuntimeException e) {
      log.close();
      throw e;
    }
  }

  private static String logId(SecureRandom random) {
    byte[] bytes = new byte[LOG_ID_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Starts the delivery listener over this log. */
  DeliveryRole deliver(Path disk) {
    DeliveryRole delivery = DeliveryRole.local(config, disk, upstream, followed.environments(), followed);
    followed.steer(delivery.edge());
    return delivery;
  }

  URI address() {
    return Listeners.address(config.control(), config.control().port());
  }

  FirstStart.@Nullable Secrets secrets() {
    return secrets;
  }

  void drain() {}

  @Override
  public void close() {
    followed.close();
    scopes.close();
    log.close();
  }
}
