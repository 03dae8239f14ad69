package dev.guidon.log;

import dev.guidon.model.ScopeId;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The engine for one region that must stay up: all scopes in a schema of a PostgreSQL database,
 * written by as many processes as wanted. The order of a scope's entries comes from its row in
 * {@code scope}, which every append locks; never from a sequence, whose values commit out of order.
 *
 * <p>{@code Committed} means what {@code synchronous_commit=on} means on that server: on its disk,
 * and on that of a synchronous standby where {@code synchronous_standby_names} asks for one. With a
 * standby, reads wait for it too, so that a primary that was replaced cannot answer as if it were
 * still one.
 */
public final class PostgresLog extends SqlLog {
  private final PostgresWatch watch;

  /**
   * @param url {@code jdbc:postgresql://host[:port][,host2…]/database[?…]}; with several hosts the
   *     one that is primary is used
   * @param user {@code null}: as the URL says
   * @param password {@code null}: none, or as the URL says
   * @param schema made when it is not there and the user may
   * @param timeout how long a statement may go without an answer, and a connection may take
   * @param connections at most, beside one that listens
   */
  public record Options(
      String url,
      @Nullable String user,
      @Nullable String password,
      String schema,
      Duration timeout,
      int connections) {
    public static final String SCHEMA = "guidon";
    public static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int CONNECTIONS = 8;

    public Options {
      if (!url.startsWith("jdbc:postgresql:")) {
        // Not shown whole: it may hold a password.
        throw new IllegalArgumentException(
            "log URL: does not begin with \"jdbc:postgresql:\" (expected: jdbc:postgresql://host/database)");
      }
      if (!schema.matches("[a-z_][a-z0-9_]{0,62}")) {
        throw new IllegalArgumentException(
            "schema: \"" + schema + "\" (expected: small letters, digits and _, at most 63)");
      }
      if (timeout.toMillis() < 1 || timeout.toSeconds() > Integer.MAX_VALUE / 1000) {
        throw new IllegalArgumentException("timeout: " + timeout + " (expected: at least 1 ms)");
      }
      if (connections < 1) {
        throw new IllegalArgumentException(
            "connections: " + connections + " (expected: at least 1)");
      }
    }

    public static Options of(String url) {
      return new Options(url, null, null, SCHEMA, TIMEOUT, CONNECTIONS);
    }

    public Options withUser(@Nullable String name, @Nullable String secret) {
      return new Options(url, name, secret, schema, timeout, connections);
    }

    public Options withSchema(String name) {
      return new Options(url, user, password, name, timeout, connections);
    }

    public Options withTimeout(Duration limit) {
      return new Options(url, user, password, schema, limit, connections);
    }

    public Options withConnections(int count) {
      return new Options(url, user, password, schema, timeout, count);
    }

    /** Without the password, and without the URL's parameters, which may hold one. */
    @Override
    public String toString() {
      return "Options[url=" + url.replaceFirst("\\?.*", "") + ", schema=" + schema + "]";
    }

    Properties properties() {
      Properties properties = new Properties();
      if (user != null) {
        properties.setProperty("user", user);
      }
      if (password != null) {
        properties.setProperty("password", password);
      }
      long seconds = Math.max(1, timeout.toSeconds());
      properties.setProperty("connectTimeout", Long.toString(seconds));
      properties.setProperty("loginTimeout", Long.toString(seconds));
      // Never a time limit of the server: it would end the wait for the standby and leave the
      // commit on one disk. The socket's ends our waiting only.
      properties.setProperty("socketTimeout", Long.toString(seconds));
      properties.setProperty("cancelSignalTimeout", "1");
      properties.setProperty("tcpKeepAlive", "true");
      properties.setProperty("targetServerType", "primary");
      properties.setProperty("ApplicationName", "guidon");
      properties.setProperty("currentSchema", schema);
      return properties;
    }
  }

  private PostgresLog(PostgresDatabase database, PostgresWatch watch) {
    super(database);
    this.watch = watch;
  }

  /**
   * Opens the log in a schema, or makes an empty one.
   *
   * @throws LogUnavailableException when the database cannot be reached or used
   * @throws CorruptLogException when the schema holds something else or is damaged
   */
  public static PostgresLog open(Options options) {
    return open(options, () -> {});
  }

  /**
   * @param beforeCommit runs inside each append's transaction, after its writes
   */
  static PostgresLog open(Options options, Runnable beforeCommit) {
    PostgresDatabase database = PostgresDatabase.open(options, beforeCommit);
    PostgresLog log = new PostgresLog(database, new PostgresWatch(options));
    try {
      log.checkHeads();
      log.watch.start(log::beat, log::beatAll);
      return log;
    } catch (RuntimeException e) {
      log.close();
      throw e;
    }
  }

  @Override
  void committed(ScopeId scope) {
    watch.announce(scope);
  }

  @Override
  public void close() {
    watch.close();
    super.close();
  }
}
