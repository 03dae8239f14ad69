package dev.guidon.log;

import dev.guidon.model.ScopeId;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that scopes have moved, whoever moved them: a look at all heads a few times a second is
 * the truth, and a notification only makes the next look come at once. Notifications are sent after
 * a commit and apart from it, since one sent inside a transaction holds a lock of the whole
 * database while that transaction commits.
 */
final class PostgresWatch implements AutoCloseable {
  private static final int LOOK_EVERY_MILLIS = 250;
  private static final String CHANNEL = "guidon_moved";
  private static final Logger LOGGER = LoggerFactory.getLogger(PostgresWatch.class);

  private final PostgresLog.Options options;
  private final LinkedBlockingQueue<ScopeId> announced = new LinkedBlockingQueue<>();
  private final Map<String, String> seen = new HashMap<>();
  private @Nullable Thread listener;
  private @Nullable Thread announcer;
  private volatile boolean closed;

  PostgresWatch(PostgresLog.Options options) {
    this.options = options;
  }

  /**
   * @param moved told the scopes that have moved
   * @param unreachable told whenever the database cannot be asked
   */
  void start(Consumer<ScopeId> moved, Runnable unreachable) {
    listener =
        Thread.ofPlatform()
            .daemon()
            .name("guidon-log-listener")
            .start(() -> whileOpen(connection -> listen(connection, moved), unreachable));
    announcer =
        Thread.ofPlatform()
            .daemon()
            .name("guidon-log-announcer")
            .start(() -> whileOpen(this::announce, () -> {}));
  }

  /** A scope was moved by this process. */
  void announce(ScopeId scope) {
    announced.add(scope);
  }

  @FunctionalInterface
  private interface Task {
    void on(Connection connection) throws SQLException, InterruptedException;
  }

  private void whileOpen(Task task, Runnable unreachable) {
    while (!closed) {
      try (Connection connection =
          DriverManager.getConnection(options.url(), options.properties())) {
        task.on(connection);
      } catch (SQLException e) {
        if (!closed) {
          LOGGER.debug("the log's database cannot be watched", e);
          unreachable.run();
          pause();
        }
      } catch (InterruptedException e) {
        return; // closed
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(LOOK_EVERY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void listen(Connection connection, Consumer<ScopeId> moved) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("LISTEN " + CHANNEL);
    }
    PGConnection postgres = connection.unwrap(PGConnection.class);
    while (!closed) {
      look(connection, moved);
      // What the notifications say does not matter: the look that follows does.
      var _ = postgres.getNotifications(LOOK_EVERY_MILLIS);
    }
  }

  private void look(Connection connection, Consumer<ScopeId> moved) throws SQLException {
    try (PreparedStatement select =
            Sql.prepare(
                connection,
                "SELECT name, era || '.' || revision || '.' || base_revision FROM scope");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        String name = rows.getString(1);
        String at = rows.getString(2);
        if (!at.equals(seen.put(name, at))) {
          moved.accept(ScopeId.parse(name));
        }
      }
    }
  }

  private void announce(Connection connection) throws SQLException, InterruptedException {
    try (var statement = connection.createStatement()) {
      // Nothing depends on it; it need not reach a disk.
      statement.execute("SET synchronous_commit TO off");
    }
    while (!closed) {
      ScopeId scope = announced.take();
      announced.clear(); // one look sees them all
      try (PreparedStatement notify =
          Sql.prepare(connection, "SELECT pg_notify(?, ?)", CHANNEL, scope.text())) {
        notify.execute();
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Thread thread : new @Nullable Thread[] {listener, announcer}) {
      if (thread != null) {
        thread.interrupt();
      }
    }
  }
}
