package dev.guidon.log;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections to PostgreSQL, its transactions, and what its errors mean for the caller.
 *
 * <h2>Writing</h2>
 *
 * Until {@code COMMIT} is sent, an error or a broken connection undoes the transaction: certainly
 * not written. From then on everything but the server's plain yes leaves it open, a
 * <em>warning</em> too: a server whose wait for its standby was cut short says yes with a warning,
 * although the commit is on one disk only.
 *
 * <h2>Reading</h2>
 *
 * A primary that was cut off and replaced goes on answering from its old state. Where there is a
 * synchronous standby, a reading transaction therefore ends with a small message into the
 * write-ahead log, whose commit waits for the standby: the answer counts only if this server was
 * still the primary after it was read.
 */
final class PostgresDatabase implements SqlDatabase {
  private static final int FORMAT = 1;

  /** Any number that nothing else in the database uses. */
  private static final long SCHEMA_LOCK = 0x47646e4c;

  /** Tails are told by {@code PostgresWatch}; this only mends what it might miss. */
  private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

  private static final String CONFIRM =
      """
      SELECT CASE WHEN current_setting('synchronous_standby_names') = '' THEN NULL
             ELSE pg_logical_emit_message(true, 'guidon', '') END
      """;

  private static final Logger LOGGER = LoggerFactory.getLogger(PostgresDatabase.class);

  /** Names and hashes are compared byte by byte, as in every other engine. */
  private static final String[] SCHEMA = {
    """
    CREATE TABLE scope (
      id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name TEXT COLLATE "C" NOT NULL UNIQUE, log_id TEXT NOT NULL,
      base_era BIGINT NOT NULL, base_revision BIGINT NOT NULL, base_chain TEXT NOT NULL, base_time BIGINT NOT NULL,
      era BIGINT NOT NULL, revision BIGINT NOT NULL, chain TEXT NOT NULL, time BIGINT NOT NULL)
    """,
    """
    CREATE TABLE entry (
      scope BIGINT NOT NULL REFERENCES scope, revision BIGINT NOT NULL, hash TEXT NOT NULL, bytes BYTEA NOT NULL,
      PRIMARY KEY (scope, revision))
    """,
    """
    CREATE TABLE idempotency_key (
      scope BIGINT NOT NULL REFERENCES scope, key TEXT COLLATE "C" NOT NULL, revision BIGINT NOT NULL, time BIGINT NOT NULL,
      PRIMARY KEY (scope, key))
    """,
    "CREATE INDEX idempotency_key_age ON idempotency_key (scope, time)",
    // Without bytes: erased.
    "CREATE TABLE blob (hash TEXT COLLATE \"C\" PRIMARY KEY, bytes BYTEA)",
    """
    CREATE TABLE snapshot (
      scope BIGINT NOT NULL REFERENCES scope, revision BIGINT NOT NULL, era BIGINT NOT NULL, hash TEXT NOT NULL, bytes BYTEA NOT NULL,
      PRIMARY KEY (scope, revision))
    """,
    "CREATE TABLE format (number INTEGER PRIMARY KEY)",
    "INSERT INTO format VALUES (" + FORMAT + ")",
  };

  private final HikariDataSource pool;
  private final String place;
  private final Runnable beforeCommit;
  private volatile boolean closed;

  private PostgresDatabase(HikariDataSource pool, String place, Runnable beforeCommit) {
    this.pool = pool;
    this.place = place;
    this.beforeCommit = beforeCommit;
  }

  static PostgresDatabase open(PostgresLog.Options options, Runnable beforeCommit) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("guidon-log");
    config.setJdbcUrl(options.url());
    config.setDataSourceProperties(options.properties());
    config.setMaximumPoolSize(options.connections());
    config.setMinimumIdle(1);
    config.setConnectionTimeout(Math.max(250, options.timeout().toMillis()));
    config.setInitializationFailTimeout(-1);
    config.setAutoCommit(false);
    // Whatever the role or the database says: an acknowledged commit is on disk. And whoever waits
    // for a row waits before the commit, where giving up is harmless.
    // In a transaction of its own: one that is rolled back would take the settings with it.
    config.setIsolateInternalQueries(true);
    config.setConnectionInitSql(
        "SET SESSION synchronous_commit TO on; SET SESSION lock_timeout TO "
            + options.timeout().toMillis());
    PostgresDatabase database =
        new PostgresDatabase(
            new HikariDataSource(config), "log in schema " + options.schema(), beforeCommit);
    try {
      database.prepare(options.schema());
      return database;
    } catch (SQLException e) {
      database.close();
      throw new LogUnavailableException(database.place + ": cannot be opened", e);
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  private void prepare(String schema) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      // Two that begin at the same time make it once.
      Sql.prepare(connection, "SELECT pg_advisory_xact_lock(?)", SCHEMA_LOCK).execute();
      if (!exists(connection, "SELECT 1 FROM pg_namespace WHERE nspname = ?", schema)) {
        execute(connection, "CREATE SCHEMA " + schema);
      }
      if (!exists(connection, "SELECT 1 FROM pg_tables WHERE schemaname = ?", schema)) {
        for (String statement : SCHEMA) {
          execute(connection, statement);
        }
      }
      checkFormat(connection, schema);
      connection.commit();
      look(connection);
      connection.commit();
    }
  }

  private void checkFormat(Connection connection, String schema) throws SQLException {
    if (!exists(
        connection,
        "SELECT 1 FROM pg_tables WHERE tablename = 'format' AND schemaname = ?",
        schema)) {
      throw new CorruptLogException(
          place + ": tables of another application (expected: a log of Guidon)", null);
    }
    try (PreparedStatement select = Sql.prepare(connection, "SELECT number FROM format");
        ResultSet row = select.executeQuery()) {
      int format = row.next() ? row.getInt(1) : 0;
      if (format != FORMAT) {
        throw new LogUnavailableException(
            place
                + ": format "
                + format
                + " (expected: "
                + FORMAT
                + "; use the Guidon that wrote it)",
            null);
      }
    }
  }

  /** Settings that weaken what a commit means are the operator's, but are never passed over. */
  private void look(Connection connection) throws SQLException {
    for (String setting : new String[] {"fsync", "full_page_writes"}) {
      if (!"on".equals(setting(connection, setting))) {
        LOGGER.warn("{}: {} is off; a power failure can lose acknowledged commits", place, setting);
      }
    }
  }

  private static String setting(Connection connection, String name) throws SQLException {
    try (PreparedStatement select = Sql.prepare(connection, "SELECT current_setting(?)", name);
        ResultSet row = select.executeQuery()) {
      return row.next() ? row.getString(1) : "";
    }
  }

  private static boolean exists(Connection connection, String sql, String argument)
      throws SQLException {
    try (PreparedStatement select = Sql.prepare(connection, sql, argument);
        ResultSet row = select.executeQuery()) {
      return row.next();
    }
  }

  @Override
  public <T> T read(Work<T> work) {
    Connection connection = connect();
    try {
      // One statement sees one instant; several need a snapshot.
      execute(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
      T result = work.on(connection);
      execute(connection, CONFIRM);
      connection.clearWarnings();
      connection.commit();
      if (connection.getWarnings() != null) {
        throw new LogUnavailableException(
            place + ": not confirmed by the standby: " + connection.getWarnings().getMessage(),
            null);
      }
      close(connection);
      return result;
    } catch (SQLException e) {
      drop(connection);
      throw new LogUnavailableException(place + ": cannot be read", e);
    } catch (RuntimeException | Error e) {
      undo(connection);
      throw e;
    }
  }

  @Override
  public <T> T write(Work<T> work) {
    try {
      return commit(work, () -> {});
    } catch (IndeterminateAppendException e) {
      throw new LogUnavailableException(place + ": cannot be written", e);
    }
  }

  @Override
  public <T> T append(Work<T> work) {
    return commit(work, beforeCommit);
  }

  private <T> T commit(Work<T> work, Runnable before) {
    Connection connection = connect();
    T result;
    try {
      result = work.on(connection);
      before.run();
      connection.clearWarnings();
    } catch (SQLException e) {
      drop(connection);
      throw new LogUnavailableException(place + ": cannot be written" + hint(e), e);
    } catch (RuntimeException | Error e) {
      undo(connection);
      throw e;
    }
    try {
      connection.commit();
      SQLWarning warning = connection.getWarnings();
      if (warning != null) {
        throw new SQLException(warning.getMessage(), warning.getSQLState(), warning);
      }
    } catch (SQLException e) {
      drop(connection);
      if (isUndone(e)) {
        throw new LogUnavailableException(place + ": cannot be written" + hint(e), e);
      }
      throw new IndeterminateAppendException(place + ": no answer to a commit", e);
    }
    close(connection);
    return result;
  }

  /** Errors with which the server says that it has rolled back: conflicts and constraints. */
  private static boolean isUndone(SQLException e) {
    String state = e.getSQLState();
    return state != null
        && (state.startsWith("40") || state.startsWith("23"))
        && !"40003".equals(state);
  }

  private static String hint(SQLException e) {
    return switch (String.valueOf(e.getSQLState())) {
      case "25006" -> ": the server is a standby";
      case "53100" -> ": disk full";
      case "55P03" -> ": another transaction holds the scope";
      default -> "";
    };
  }

  private Connection connect() {
    if (closed) {
      throw new LogUnavailableException(place + ": closed", null);
    }
    try {
      return pool.getConnection();
    } catch (SQLException e) {
      throw new LogUnavailableException(place + ": no connection", e);
    }
  }

  /** After what the caller threw: the connection is in order and goes back. */
  private void undo(Connection connection) {
    try {
      connection.rollback();
      connection.close();
    } catch (SQLException e) {
      drop(connection);
    }
  }

  private void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      LOGGER.debug("a connection did not go back to its pool", e);
    }
  }

  /** After an error of the database: nobody knows what state the connection is in. */
  private void drop(@Nullable Connection connection) {
    if (connection != null) {
      pool.evictConnection(connection);
      close(connection);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public String lockingClause() {
    return " FOR UPDATE";
  }

  @Override
  public Duration lookEvery() {
    return LOOK_EVERY;
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    pool.close();
  }
}
