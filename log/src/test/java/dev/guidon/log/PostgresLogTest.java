package dev.guidon.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.ScopeId;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only the PostgreSQL engine can do wrong. */
class PostgresLogTest {
  private static final Duration SHORT = Duration.ofSeconds(2);

  @TempDir private Path directory;
  private PostgresLog.Options options;

  @BeforeEach
  void makeLog() {
    options = PostgresServer.options(directory);
    try (PostgresLog log = PostgresLog.open(options)) {
      Scribe.of(log).writeMany(3);
    }
  }

  @AfterEach
  void needNoStandby() throws SQLException {
    standby("");
  }

  @Test
  void anEntryOfAnotherProcessWakesATail() throws Exception {
    try (PostgresLog writer = PostgresLog.open(options);
        PostgresLog reader = PostgresLog.open(options);
        Tail tail = reader.tail(Scribe.SHOP, 3)) {
      CompletableFuture<Tail.Event> next = CompletableFuture.supplyAsync(() -> next(tail));

      CommittedEntry written = Scribe.of(writer).write();

      assertThat(next.get(4, TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              Tail.Event.Entries.class,
              entries -> assertThat(entries.entries()).containsExactly(written));
    }
  }

  @Test
  void aConnectionThatBreaksAtTheCommitLeavesTheAppendOpen() throws Exception {
    try (PostgresLog log = PostgresLog.open(options, this::endAppendingSession)) {
      Head head = log.head(Scribe.SHOP);

      assertThatThrownBy(() -> log.append(Scribe.SHOP, head, Scribe.next(head, "k")))
          .isInstanceOf(IndeterminateAppendException.class);
    }
  }

  @Test
  void aScopeHeldByAnotherTransactionIsCertainlyNotWritten() throws Exception {
    try (PostgresLog log = PostgresLog.open(options.withTimeout(SHORT));
        Connection other = connect()) {
      other.setAutoCommit(false);
      execute(other, "SELECT 1 FROM scope FOR UPDATE");
      Head head = log.head(Scribe.SHOP);

      assertThatThrownBy(() -> log.append(Scribe.SHOP, head, Scribe.next(head, "k")))
          .isInstanceOf(LogUnavailableException.class);
      other.rollback();
      assertThat(log.head(Scribe.SHOP)).isEqualTo(head);
    }
  }

  @Test
  void withoutTheStandbysWordACommitIsOpenAndNothingIsRead() throws Exception {
    try (PostgresLog log = PostgresLog.open(options.withTimeout(SHORT))) {
      Head head = log.head(Scribe.SHOP);
      standby("nobody");

      assertThatThrownBy(() -> log.append(Scribe.SHOP, head, Scribe.next(head, "k")))
          .isInstanceOf(IndeterminateAppendException.class);
      assertThatThrownBy(() -> log.head(Scribe.SHOP)).isInstanceOf(LogUnavailableException.class);

      standby("");
      // It was on the server's own disk all the time.
      assertThat(log.byKey(Scribe.SHOP, "k")).isNotNull();
    }
  }

  @Test
  void aCommitWhoseWaitForTheStandbyWasCutShortIsOpen() throws Exception {
    try (PostgresLog log = PostgresLog.open(options)) {
      Head head = log.head(Scribe.SHOP);
      standby("nobody");
      CompletableFuture<AppendResult> append =
          CompletableFuture.supplyAsync(
              () -> log.append(Scribe.SHOP, head, Scribe.next(head, "k")));

      Awaitility.await().atMost(Duration.ofSeconds(8)).until(this::cancelWaiting);

      assertThatThrownBy(() -> append.get(8, TimeUnit.SECONDS))
          .hasCauseInstanceOf(IndeterminateAppendException.class);
    }
  }

  @Test
  void aRoleThatDoesNotWaitForDisksDoesSoForTheLogAlsoAfterARollback() throws Exception {
    role("SET synchronous_commit TO off");
    try (PostgresLog log = PostgresLog.open(options.withTimeout(SHORT).withConnections(1))) {
      ScopeId nowhere = ScopeId.of("no", "where");
      assertThatThrownBy(() -> log.read(nowhere, 0, 1)).isInstanceOf(UnknownScopeException.class);
      standby("nobody");

      assertThatThrownBy(() -> log.head(Scribe.SHOP)).isInstanceOf(LogUnavailableException.class);
    } finally {
      role("RESET synchronous_commit");
    }
  }

  private static void role(String setting) throws SQLException {
    try (Connection connection = DriverManager.getConnection(PostgresServer.url())) {
      execute(connection, "ALTER ROLE postgres " + setting);
    }
  }

  private boolean cancelWaiting() throws SQLException {
    try (Connection connection = connect();
        var rows =
            connection
                .createStatement()
                .executeQuery(
                    "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")) {
      rows.next();
      return rows.getInt(1) > 0;
    }
  }

  private void endAppendingSession() {
    try (Connection connection = connect()) {
      execute(
          connection,
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void standby(String name) throws SQLException {
    try (Connection connection = DriverManager.getConnection(PostgresServer.url())) {
      execute(connection, "SET synchronous_commit TO local");
      execute(connection, "ALTER SYSTEM SET synchronous_standby_names TO '" + name + "'");
      execute(connection, "SELECT pg_reload_conf()");
      Awaitility.await()
          .until(() -> {
            try (var rows =
                connection
                    .createStatement()
                    .executeQuery("SELECT current_setting('synchronous_standby_names')")) {
              rows.next();
              return rows.getString(1).equals(name);
            }
          });
    }
  }

  private Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection(options.url(), options.properties());
    execute(connection, "SET synchronous_commit TO local");
    return connection;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Tail.Event next(Tail tail) {
    try {
      return tail.next(Duration.ofSeconds(4));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
