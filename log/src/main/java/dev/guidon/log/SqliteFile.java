package dev.guidon.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * One SQLite file: who owns it, its connections, its transactions, and what an error of SQLite
 * means for the caller.
 *
 * <h2>Durability</h2>
 *
 * WAL mode with {@code synchronous=FULL}: a commit writes its pages to the end of the write-ahead
 * log and syncs that file before it returns and before any reader sees it. One connection writes;
 * the order of its commits is the order in the file, so whatever survives a crash is a prefix.
 *
 * <h2>Errors while writing</h2>
 *
 * <ul>
 *   <li>Disk full: SQLite writes the page that makes a commit valid last, so a commit that ran out
 *       of space is certainly not there. The transaction is undone; the next one may find space
 *       again.
 *   <li>Any other error <em>at</em> the commit leaves open what is on disk, and after a failed sync
 *       the kernel may have dropped the pages; trying again would lie. The file is read-only from
 *       then on, until it is opened anew and SQLite reads what is really there.
 *   <li>An error before the commit: undone, certainly not there; read-only as well.
 * </ul>
 */
final class SqliteFile implements SqlDatabase {
  /**
   * {@code GdnL} in ASCII, in the header of the file: how a log is told from other SQLite files.
   */
  private static final int APPLICATION_ID = 0x47646e4c;

  private static final int FORMAT = 1;
  private static final int BUSY_TIMEOUT_MILLIS = 10_000;

  private static final Duration LOOK_EVERY = Duration.ofMillis(200);

  /** Reads are short; more would only wait for the same disk. */
  private static final int READERS = 4;

  private static final Logger LOGGER = LoggerFactory.getLogger(SqliteFile.class);

  private static final String[] SCHEMA = {
    """
    CREATE TABLE scope (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, log_id TEXT NOT NULL,
      base_era INTEGER NOT NULL, base_revision INTEGER NOT NULL, base_chain TEXT NOT NULL, base_time INTEGER NOT NULL,
      era INTEGER NOT NULL, revision INTEGER NOT NULL, chain TEXT NOT NULL, time INTEGER NOT NULL) STRICT
    """,
    """
    CREATE TABLE entry (
      scope INTEGER NOT NULL, revision INTEGER NOT NULL, hash TEXT NOT NULL, bytes BLOB NOT NULL,
      UNIQUE (scope, revision)) STRICT
    """,
    """
    CREATE TABLE idempotency_key (
      scope INTEGER NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL, time INTEGER NOT NULL,
      PRIMARY KEY (scope, key)) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX idempotency_key_age ON idempotency_key (scope, time)",
    // Without bytes: erased.
    "CREATE TABLE blob (hash TEXT NOT NULL PRIMARY KEY, bytes BLOB) STRICT",
    """
    CREATE TABLE snapshot (
      scope INTEGER NOT NULL, revision INTEGER NOT NULL, era INTEGER NOT NULL, hash TEXT NOT NULL, bytes BLOB NOT NULL,
      UNIQUE (scope, revision)) STRICT
    """,
  };

  private final Path path;
  private final @Nullable FileOwner owner;
  private final @Nullable Connection writer;
  private final ReentrantLock writing = new ReentrantLock();
  private final BlockingQueue<Connection> readers = new ArrayBlockingQueue<>(READERS);

  /** Held for reading by every read, for writing by {@link #close}, which so waits for them. */
  private final ReadWriteLock reading = new ReentrantReadWriteLock();

  private volatile @Nullable String readOnlyBecause;
  private volatile boolean closed;

  /** Makes connections; a seam for tests that watch or break one. */
  @FunctionalInterface
  interface Connector {
    Connection connect(Path path, SQLiteConfig config) throws SQLException;
  }

  static Connection connect(Path path, SQLiteConfig config) throws SQLException {
    return config.createConnection("jdbc:sqlite:" + path.toUri());
  }

  private SqliteFile(Path path, @Nullable FileOwner owner, @Nullable Connection writer) {
    this.path = path;
    this.owner = owner;
    this.writer = writer;
  }

  static SqliteFile open(Path path, SqliteLog.Options options, Connector connector) {
    FileOwner owner = null;
    SqliteFile file = null;
    try {
      prepareDirectory(path, options);
      owner = options.readOnly() ? null : FileOwner.of(path);
      Connection writer = options.readOnly() ? null : connector.connect(path, config(options));
      file = new SqliteFile(path, owner, writer);
      file.prepare(options, connector);
      return file;
    } catch (IOException | SQLException | RuntimeException e) {
      if (file != null) {
        file.close();
      } else if (owner != null) {
        owner.close();
      }
      throw opening(path, e);
    }
  }

  private static RuntimeException opening(Path path, Exception e) {
    return switch (e) {
      case LogException known -> known;
      case SQLException s when isDamage(code(s)) ->
          new CorruptLogException("log " + path + ": not an SQLite file, or a damaged one", s);
      default -> new LogUnavailableException("log " + path + ": cannot be opened", e);
    };
  }

  private static void prepareDirectory(Path path, SqliteLog.Options options) throws IOException {
    Path directory = directoryOf(path);
    if (Files.isDirectory(path)) {
      throw new LogUnavailableException("log " + path + ": a directory (expected: a file)", null);
    }
    if (options.readOnly()) {
      if (!Files.exists(path)) {
        throw new LogUnavailableException(
            "log " + path + ": not there (expected: a log to read)", null);
      }
      return;
    }
    Files.createDirectories(directory);
    syncDirectory(directory);
  }

  static Path directoryOf(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      throw new LogUnavailableException(
          "log " + file + ": the root of a file system (expected: a file)", null);
    }
    return directory;
  }

  /** Without it a new file's name could be lost with the power, and all commits with it. */
  static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows cannot open directories and keeps names by itself.
      if (!System.getProperty("os.name", "").startsWith("Windows")) {
        throw e;
      }
    }
  }

  private static SQLiteConfig config(SqliteLog.Options options) {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
    config.setSynchronous(
        switch (options.synchronous()) {
          case FULL -> SQLiteConfig.SynchronousMode.FULL;
          case OFF -> SQLiteConfig.SynchronousMode.OFF;
        });
    return config;
  }

  private void prepare(SqliteLog.Options options, Connector connector)
      throws SQLException, IOException {
    if (writer != null) {
      checkFormat(writer);
      execute(writer, "PRAGMA journal_mode=WAL");
      // What is erased is overwritten, not only forgotten.
      execute(writer, "PRAGMA secure_delete=ON");
      createSchema(writer);
      syncDirectory(directoryOf(path));
      warnWhenNotDurable(options);
    }
    for (int i = 0; i < READERS; i++) {
      Connection reader = connector.connect(path, config(options));
      readers.add(reader);
      execute(reader, "PRAGMA query_only=ON");
      checkFormat(reader);
    }
  }

  private void warnWhenNotDurable(SqliteLog.Options options) {
    if (options.synchronous() != SqliteLog.Synchronous.FULL) {
      LOGGER.warn(
          "log {}: synchronous={}; a power failure can lose acknowledged commits",
          path,
          options.synchronous());
    }
  }

  private void checkFormat(Connection connection) throws SQLException {
    long application = number(connection, "PRAGMA application_id");
    long format = number(connection, "PRAGMA user_version");
    boolean isNew =
        application == 0
            && format == 0
            && number(connection, "SELECT count(*) FROM sqlite_schema") == 0;
    if (isNew && writer != null) {
      return;
    }
    if (application != APPLICATION_ID) {
      throw new CorruptLogException(
          "log " + path + ": an SQLite file of another application (expected: a log of Guidon)",
          null);
    }
    if (format != FORMAT) {
      throw new LogUnavailableException(
          "log "
              + path
              + ": format "
              + format
              + " (expected: "
              + FORMAT
              + "; use the Guidon that wrote it)",
          null);
    }
  }

  private static void createSchema(Connection connection) throws SQLException {
    if (number(connection, "PRAGMA user_version") == FORMAT) {
      return;
    }
    execute(connection, "BEGIN IMMEDIATE");
    for (String statement : SCHEMA) {
      execute(connection, statement);
    }
    execute(connection, "PRAGMA application_id=" + APPLICATION_ID);
    execute(connection, "PRAGMA user_version=" + FORMAT);
    execute(connection, "COMMIT");
  }

  Path path() {
    return path;
  }

  /** One transaction writes at a time, and has the whole file to itself. */
  @Override
  public String lockingClause() {
    return "";
  }

  /** Of entries that another process wrote; those of this one beat the pulse. */
  @Override
  public Duration lookEvery() {
    return LOOK_EVERY;
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  /** Runs work at one instant of the file. */
  @Override
  public <T> T read(Work<T> work) {
    Connection reader = takeReader();
    try {
      execute(reader, "BEGIN");
      try {
        return work.on(reader);
      } finally {
        execute(reader, "COMMIT");
      }
    } catch (SQLException e) {
      throw isDamage(code(e))
          ? new CorruptLogException("log " + path + ": damaged", e)
          : new LogUnavailableException("log " + path + ": cannot be read", e);
    } finally {
      giveBack(reader);
    }
  }

  private Connection takeReader() {
    reading.readLock().lock();
    try {
      requireOpen();
      return readers.take();
    } catch (LogUnavailableException e) {
      reading.readLock().unlock();
      throw e;
    } catch (InterruptedException e) {
      reading.readLock().unlock();
      Thread.currentThread().interrupt();
      throw new LogUnavailableException("log " + path + ": interrupted while waiting to read", e);
    }
  }

  private void giveBack(Connection reader) {
    readers.add(reader);
    reading.readLock().unlock();
  }

  /**
   * Runs work and commits it; what it throws undoes it. Never {@link IndeterminateAppendException}.
   */
  @Override
  public <T> T write(Work<T> work) {
    try {
      return append(work);
    } catch (IndeterminateAppendException e) {
      throw new LogUnavailableException("log " + path + ": cannot be written", e);
    }
  }

  /** As {@link #write}, and tells apart whether the work is certainly undone. */
  @Override
  public <T> T append(Work<T> work) {
    writing.lock();
    try {
      Connection connection = writable();
      T result = beforeCommit(connection, work);
      commit(connection);
      return result;
    } finally {
      writing.unlock();
    }
  }

  private <T> T beforeCommit(Connection connection, Work<T> work) {
    try {
      execute(connection, "BEGIN IMMEDIATE");
      return work.on(connection);
    } catch (SQLException e) {
      rollBack(connection);
      throw notWritten(e);
    } catch (RuntimeException | Error e) {
      rollBack(connection);
      throw e;
    }
  }

  private void commit(Connection connection) {
    try {
      execute(connection, "COMMIT");
    } catch (SQLException e) {
      rollBack(connection);
      if (isHarmless(code(e))) {
        throw notWritten(e);
      }
      becomeReadOnly(e);
      throw new IndeterminateAppendException(
          "log " + path + ": error while committing; read-only until it is opened again", e);
    }
  }

  private LogException notWritten(SQLException e) {
    if (!isHarmless(code(e))) {
      becomeReadOnly(e);
    }
    String reason =
        primary(code(e)) == SQLiteErrorCode.SQLITE_FULL.code ? "disk full" : "cannot be written";
    return new LogUnavailableException("log " + path + ": " + reason, e);
  }

  private void becomeReadOnly(SQLException e) {
    readOnlyBecause = String.valueOf(e.getMessage());
    LOGGER.error("log {}: read-only from now on, until it is opened again", path, e);
  }

  private static void rollBack(Connection connection) {
    try {
      execute(connection, "ROLLBACK");
    } catch (SQLException alreadyUndone) {
      LOGGER.debug("SQLite had undone the transaction by itself", alreadyUndone);
    }
  }

  private Connection writable() {
    requireOpen();
    if (writer == null) {
      throw new LogUnavailableException("log " + path + ": opened read-only", null);
    }
    if (readOnlyBecause != null) {
      throw new LogUnavailableException(
          "log " + path + ": read-only since an error (" + readOnlyBecause + "); open it again",
          null);
    }
    return writer;
  }

  private void requireOpen() {
    if (closed) {
      throw new LogUnavailableException("log " + path + ": closed", null);
    }
  }

  /**
   * Moves everything from the write-ahead log into the file and empties it, so that no erased page
   * stays there.
   */
  void foldWriteAheadLog() {
    writing.lock();
    try {
      Connection connection = writable();
      if (number(connection, "PRAGMA wal_checkpoint(TRUNCATE)") != 0) {
        LOGGER.warn(
            "log {}: erased bytes stay in the write-ahead log until the next checkpoint; a reader holds it",
            path);
      }
    } catch (SQLException e) {
      throw new LogUnavailableException(
          "log " + path + ": the write-ahead log cannot be emptied", e);
    } finally {
      writing.unlock();
    }
  }

  /** Writes a copy of the file as it is at one instant, while others read and write. */
  void copyTo(Path target) {
    Connection reader = takeReader();
    try (var copy = reader.prepareStatement("VACUUM INTO ?")) {
      execute(reader, "PRAGMA query_only=OFF");
      copy.setString(1, target.toString());
      copy.execute();
    } catch (SQLException e) {
      throw new LogUnavailableException("log " + path + ": cannot be copied to " + target, e);
    } finally {
      restoreQueryOnly(reader);
      giveBack(reader);
    }
  }

  private static void restoreQueryOnly(Connection reader) {
    try {
      execute(reader, "PRAGMA query_only=ON");
    } catch (SQLException e) {
      LOGGER.warn("a reading connection stays able to write", e);
    }
  }

  @Override
  public void close() {
    writing.lock();
    reading.writeLock().lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      // The writer last: whoever closes last folds the write-ahead log into the file.
      for (Connection reader; (reader = readers.poll()) != null; ) {
        close(reader);
      }
      if (writer != null) {
        close(writer);
      }
      if (owner != null) {
        owner.close();
      }
    } finally {
      reading.writeLock().unlock();
      writing.unlock();
    }
  }

  private void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      LOGGER.warn("log {}: a connection did not close", path, e);
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static int code(SQLException e) {
    return e instanceof SQLiteException s ? s.getResultCode().code : e.getErrorCode();
  }

  /** SQLite's extended codes keep the plain one in their lowest byte. */
  private static int primary(int code) {
    return code & 0xFF;
  }

  private static boolean isHarmless(int code) {
    return primary(code) == SQLiteErrorCode.SQLITE_FULL.code
        || primary(code) == SQLiteErrorCode.SQLITE_BUSY.code;
  }

  private static boolean isDamage(int code) {
    return primary(code) == SQLiteErrorCode.SQLITE_CORRUPT.code
        || primary(code) == SQLiteErrorCode.SQLITE_NOTADB.code;
  }
}
