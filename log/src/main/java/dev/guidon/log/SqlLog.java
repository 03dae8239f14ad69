package dev.guidon.log;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Entry;
import dev.guidon.model.Hash;
import dev.guidon.model.InvalidDocumentException;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A log in the tables of an SQL database. What differs between databases is behind {@link
 * SqlDatabase}; what a log is, is here once.
 */
abstract sealed class SqlLog implements Log permits SqliteLog, PostgresLog {
  private final SqlDatabase database;
  private final Map<ScopeId, Pulse> pulses = new ConcurrentHashMap<>();
  private final Set<PulsedTail> tails = ConcurrentHashMap.newKeySet();

  SqlLog(SqlDatabase database) {
    this.database = database;
  }

  /** Called before an entry or a base is written that may begin an era. */
  void began(Head head) {}

  /** Called after an append, for those who follow in other processes. */
  void committed(ScopeId scope) {}

  /** Called when bytes that were here were erased. */
  void erased() {}

  /** Wakes the tails of a scope: it may have moved. */
  final void beat(ScopeId scope) {
    pulse(scope).beat();
  }

  final void beatAll() {
    pulses.values().forEach(Pulse::beat);
  }

  /** Nothing is appended to a log whose last entry is not what its head says. */
  final void checkHeads() {
    for (Head head : heads().values()) {
      Hash found = head.chain();
      if (head.revision() > base(head.scope()).revision()) {
        found = read(head.scope(), head.revision() - 1, 1).getFirst().hash();
      }
      if (!found.equals(head.chain())) {
        throw new CorruptLogException(
            place(head.scope(), head.revision())
                + ": hash "
                + found
                + " (expected: that of the head, "
                + head.chain()
                + ")",
            null);
      }
    }
  }

  @Override
  public Head create(ScopeId scope, String logId) {
    return database.write(connection -> {
      insert(connection, Head.empty(scope, logId));
      return require(connection, scope).head();
    });
  }

  @Override
  public Head createAt(Head base) {
    began(base);
    return database.write(connection -> {
      if (!insert(connection, base)) {
        throw new IllegalArgumentException(
            "log of "
                + base.scope()
                + ": at "
                + require(connection, base.scope()).head()
                + " (expected: none)");
      }
      return base;
    });
  }

  /** Whether the scope had no log. */
  private static boolean insert(Connection connection, Head head) throws SQLException {
    Position at = head.position();
    int inserted =
        Sql.run(
            connection,
            """
            INSERT INTO scope (name, log_id, base_era, base_revision, base_chain, base_time, era, revision, chain, time)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING
            """,
            head.scope().text(),
            at.logId(),
            at.era(),
            at.revision(),
            head.chain().hex(),
            head.timeMicros(),
            at.era(),
            at.revision(),
            head.chain().hex(),
            head.timeMicros());
    return inserted > 0;
  }

  @Override
  public AppendResult append(ScopeId scope, Head expected, CommittedEntry entry) {
    AppendLaws.checkAppend(expected, entry);
    return appendChecked(scope, expected, entry);
  }

  @Override
  public AppendResult recover(ScopeId scope, Head expected, CommittedEntry entry) {
    AppendLaws.checkRecovery(expected, entry);
    began(Head.after(scope, entry));
    return appendChecked(scope, expected, entry);
  }

  private AppendResult appendChecked(ScopeId scope, Head expected, CommittedEntry entry) {
    if (!expected.scope().equals(scope)) {
      throw new IllegalArgumentException(
          "expected head: of " + expected.scope() + " (expected: of " + scope + ")");
    }
    AppendResult result = database.append(connection -> append(connection, expected, entry));
    if (result instanceof AppendResult.Committed) {
      pulse(scope).beat();
      committed(scope);
    }
    return result;
  }

  private AppendResult append(Connection connection, Head expected, CommittedEntry entry)
      throws SQLException {
    Scope scope = lock(connection, expected.scope());
    long keptSince = entry.entry().timeMicros() - KEY_KEPT_MICROS;
    CommittedEntry existing = byKey(connection, scope, entry.entry().key(), keptSince);
    if (existing != null) {
      return new AppendResult.KeyTaken(existing);
    }
    if (!scope.head().equals(expected)) {
      return new AppendResult.Conflict(scope.head());
    }
    insert(connection, scope, entry, keptSince);
    return new AppendResult.Committed(Head.after(expected.scope(), entry));
  }

  private static void insert(
      Connection connection, Scope scope, CommittedEntry committed, long keptSince)
      throws SQLException {
    Entry entry = committed.entry();
    Position at = entry.position();
    Sql.run(
        connection,
        "INSERT INTO entry (scope, revision, hash, bytes) VALUES (?, ?, ?, ?)",
        scope.id(),
        at.revision(),
        committed.hash().hex(),
        committed.bytes());
    Sql.run(
        connection,
        "DELETE FROM idempotency_key WHERE scope = ? AND time < ?",
        scope.id(),
        keptSince);
    Sql.run(
        connection,
        "INSERT INTO idempotency_key (scope, key, revision, time) VALUES (?, ?, ?, ?)",
        scope.id(),
        entry.key(),
        at.revision(),
        entry.timeMicros());
    Sql.run(
        connection,
        "UPDATE scope SET era = ?, revision = ?, chain = ?, time = ? WHERE id = ?",
        at.era(),
        at.revision(),
        committed.hash().hex(),
        entry.timeMicros(),
        scope.id());
  }

  @Override
  public List<CommittedEntry> read(ScopeId scope, long afterRevision, int max) {
    requireRevision(afterRevision);
    return database.read(
        connection -> read(connection, require(connection, scope), afterRevision, max));
  }

  private static void requireRevision(long revision) {
    if (revision < 0) {
      throw new IllegalArgumentException("revision: " + revision + " (expected: at least 0)");
    }
  }

  private static List<CommittedEntry> read(
      Connection connection, Scope scope, long afterRevision, int max) throws SQLException {
    scope.requireKept(afterRevision + 1);
    List<CommittedEntry> entries = new ArrayList<>();
    try (PreparedStatement select =
            Sql.prepare(
                connection,
                "SELECT revision, hash, bytes FROM entry WHERE scope = ? AND revision > ? ORDER BY revision LIMIT ?",
                scope.id(),
                afterRevision,
                max);
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        long revision = afterRevision + entries.size() + 1;
        CommittedEntry entry = entry(scope, revision, rows);
        checkChain(scope, entries.isEmpty() ? null : entries.getLast(), entry);
        entries.add(entry);
      }
    }
    long last = Math.min(scope.head().revision(), Math.addExact(afterRevision, max));
    if (afterRevision + entries.size() < last) {
      throw new CorruptLogException(
          place(scope.head().scope(), afterRevision + entries.size() + 1) + ": missing", null);
    }
    return entries;
  }

  /** Reads a row and checks that it is what was written, where it was written. */
  private static CommittedEntry entry(Scope scope, long revision, ResultSet row)
      throws SQLException {
    String place = place(scope.head().scope(), revision);
    if (row.getLong(1) != revision) {
      throw new CorruptLogException(place + ": missing (next is " + row.getLong(1) + ")", null);
    }
    byte[] bytes = row.getBytes(3);
    Hash actual = Hash.of(bytes);
    if (!actual.hex().equals(row.getString(2))) {
      throw new CorruptLogException(
          place + ": hash " + actual + " (expected: the stored one, " + row.getString(2) + ")",
          null);
    }
    CommittedEntry entry;
    try {
      entry = Entry.read(bytes);
    } catch (InvalidDocumentException e) {
      throw new CorruptLogException(place + ": not an entry", e);
    }
    Position at = entry.position();
    if (at.revision() != revision || !at.logId().equals(scope.head().position().logId())) {
      throw new CorruptLogException(
          place
              + ": entry "
              + at
              + " (expected: revision "
              + revision
              + " of "
              + scope.head().position().logId()
              + ")",
          null);
    }
    return entry;
  }

  private static void checkChain(
      Scope scope, @Nullable CommittedEntry before, CommittedEntry entry) {
    if (before != null && !entry.entry().previous().equals(before.hash())) {
      throw new CorruptLogException(
          place(scope.head().scope(), entry.position().revision())
              + ": previous "
              + entry.entry().previous()
              + " (expected: "
              + before.hash()
              + ")",
          null);
    }
  }

  static String place(ScopeId scope, long revision) {
    return "entry " + revision + " of " + scope;
  }

  @Override
  public Tail tail(ScopeId scope, long afterRevision) {
    requireRevision(afterRevision);
    Scope found = database.read(connection -> require(connection, scope));
    found.requireKept(afterRevision + 1);
    if (afterRevision > found.head().revision()) {
      throw new IllegalArgumentException(
          "revision: "
              + afterRevision
              + " (expected: at most that of the head, "
              + found.head()
              + ")");
    }
    PulsedTail tail =
        new PulsedTail(
            this, scope, afterRevision, pulse(scope), database.lookEvery(), tails::remove);
    tails.add(tail);
    if (database.isClosed()) {
      tail.end(Tail.Reason.LOG_CLOSED, "the log was closed");
    }
    return tail;
  }

  private Pulse pulse(ScopeId scope) {
    return pulses.computeIfAbsent(scope, any -> new Pulse());
  }

  @Override
  public @Nullable Head head(ScopeId scope) {
    Scope found = database.read(connection -> new Found(find(connection, scope, ""))).scope();
    return found == null ? null : found.head();
  }

  @Override
  public Map<ScopeId, Head> heads() {
    return database.read(connection -> {
      Map<ScopeId, Head> heads = new LinkedHashMap<>();
      try (PreparedStatement select = Sql.prepare(connection, Scope.SELECT + " ORDER BY name");
          ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          Scope scope = Scope.of(rows);
          heads.put(scope.head().scope(), scope.head());
        }
      }
      return heads;
    });
  }

  @Override
  public Head base(ScopeId scope) {
    return database.read(connection -> require(connection, scope)).base();
  }

  @Override
  public @Nullable CommittedEntry byKey(ScopeId scope, String idempotencyKey) {
    List<CommittedEntry> found = new ArrayList<>(1);
    database.read(connection -> {
      Scope in = require(connection, scope);
      CommittedEntry entry =
          byKey(connection, in, idempotencyKey, in.head().timeMicros() - KEY_KEPT_MICROS);
      return entry != null && found.add(entry);
    });
    return found.isEmpty() ? null : found.getFirst();
  }

  private static @Nullable CommittedEntry byKey(
      Connection connection, Scope scope, String key, long keptSince) throws SQLException {
    try (PreparedStatement select =
            Sql.prepare(
                connection,
                "SELECT revision FROM idempotency_key WHERE scope = ? AND key = ? AND time >= ?",
                scope.id(),
                key,
                keptSince);
        ResultSet row = select.executeQuery()) {
      return row.next() ? read(connection, scope, row.getLong(1) - 1, 1).getFirst() : null;
    }
  }

  @Override
  public void putBlob(Hash hash, byte[] bytes) {
    AppendLaws.checkBlob(hash, bytes);
    if (getBlob(hash) instanceof BlobResult.Found) {
      return;
    }
    database.write(connection ->
        Sql.run(
            connection,
            "INSERT INTO blob (hash, bytes) VALUES (?, ?) ON CONFLICT (hash) DO UPDATE SET bytes = excluded.bytes",
            hash.hex(),
            bytes));
  }

  @Override
  public BlobResult getBlob(Hash hash) {
    return database.read(connection -> {
      try (PreparedStatement select =
              Sql.prepare(connection, "SELECT bytes FROM blob WHERE hash = ?", hash.hex());
          ResultSet row = select.executeQuery()) {
        return row.next() ? blob(hash, row.getBytes(1)) : new BlobResult.Missing();
      }
    });
  }

  private static BlobResult blob(Hash hash, byte @Nullable [] bytes) {
    if (bytes == null) {
      return new BlobResult.Erased();
    }
    Hash actual = Hash.of(bytes);
    if (!actual.equals(hash)) {
      throw new CorruptLogException("blob " + hash + ": bytes of hash " + actual, null);
    }
    return new BlobResult.Found(bytes);
  }

  @Override
  public void eraseBlob(Hash hash) {
    boolean wasHere = getBlob(hash) instanceof BlobResult.Found;
    database.write(connection ->
        Sql.run(
            connection,
            "INSERT INTO blob (hash) VALUES (?) ON CONFLICT (hash) DO UPDATE SET bytes = NULL",
            hash.hex()));
    if (wasHere) {
      erased();
    }
  }

  @Override
  public List<Hash> blobs(Hash after, int max) {
    return database.read(connection -> {
      List<Hash> hashes = new ArrayList<>();
      try (PreparedStatement select =
              Sql.prepare(
                  connection,
                  "SELECT hash FROM blob WHERE hash > ? ORDER BY hash LIMIT ?",
                  after.hex(),
                  max);
          ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          hashes.add(new Hash(rows.getString(1)));
        }
      }
      return hashes;
    });
  }

  @Override
  public void putSnapshot(ScopeId scope, Position position, byte[] bytes) {
    database.write(connection -> {
      Scope in = require(connection, scope);
      requireOnLog(in, position);
      return Sql.run(
          connection,
          """
          INSERT INTO snapshot (scope, revision, era, hash, bytes) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (scope, revision) DO UPDATE SET era = excluded.era, hash = excluded.hash, bytes = excluded.bytes
          """,
          in.id(),
          position.revision(),
          position.era(),
          Hash.of(bytes).hex(),
          bytes);
    });
  }

  private static void requireOnLog(Scope scope, Position position) {
    Head head = scope.head();
    boolean onLog =
        position.logId().equals(head.position().logId())
            && position.era() <= head.position().era()
            && position.revision() <= head.revision()
            && position.revision() >= scope.base().revision();
    if (!onLog) {
      throw new IllegalArgumentException(
          "snapshot at "
              + position
              + " (expected: from "
              + scope.base().position()
              + " to "
              + head.position()
              + ")");
    }
  }

  @Override
  public @Nullable StoredSnapshot latestSnapshot(ScopeId scope, long atOrBeforeRevision) {
    List<StoredSnapshot> found = new ArrayList<>(1);
    database.read(connection -> {
      Scope in = require(connection, scope);
      try (PreparedStatement select =
              Sql.prepare(
                  connection,
                  "SELECT revision, era, hash, bytes FROM snapshot WHERE scope = ? AND revision <= ? ORDER BY revision DESC",
                  in.id(),
                  atOrBeforeRevision);
          ResultSet rows = select.executeQuery()) {
        while (found.isEmpty() && rows.next()) {
          byte[] bytes = rows.getBytes(4);
          if (Hash.of(bytes).hex().equals(rows.getString(3))) {
            found.add(new StoredSnapshot(in.at(rows.getLong(2), rows.getLong(1)), bytes));
          }
        }
        return found;
      }
    });
    return found.isEmpty() ? null : found.getFirst();
  }

  @Override
  public List<Position> snapshots(ScopeId scope) {
    return database.read(connection -> {
      Scope in = require(connection, scope);
      List<Position> positions = new ArrayList<>();
      try (PreparedStatement select =
              Sql.prepare(
                  connection,
                  "SELECT revision, era FROM snapshot WHERE scope = ? ORDER BY revision",
                  in.id());
          ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          positions.add(in.at(rows.getLong(2), rows.getLong(1)));
        }
      }
      return positions;
    });
  }

  @Override
  public void truncate(ScopeId scope, long upToRevision) {
    database.write(connection -> {
      Scope in = lock(connection, scope);
      if (upToRevision > in.base().revision()) {
        truncate(connection, in, upToRevision);
      }
      return upToRevision;
    });
    pulse(scope).beat();
  }

  private static void truncate(Connection connection, Scope scope, long upToRevision)
      throws SQLException {
    if (upToRevision > scope.head().revision()) {
      throw new IllegalArgumentException(
          "truncate up to: " + upToRevision + " (expected: at most " + scope.head() + ")");
    }
    CommittedEntry last = read(connection, scope, upToRevision - 1, 1).getFirst();
    requireKeysExpired(scope, last);
    requireSnapshotFrom(connection, scope, upToRevision);
    Sql.run(
        connection,
        "DELETE FROM entry WHERE scope = ? AND revision <= ?",
        scope.id(),
        upToRevision);
    Sql.run(
        connection,
        "DELETE FROM idempotency_key WHERE scope = ? AND revision <= ?",
        scope.id(),
        upToRevision);
    Sql.run(
        connection,
        "DELETE FROM snapshot WHERE scope = ? AND revision < ?",
        scope.id(),
        upToRevision);
    Sql.run(
        connection,
        "UPDATE scope SET base_era = ?, base_revision = ?, base_chain = ?, base_time = ? WHERE id = ?",
        last.position().era(),
        upToRevision,
        last.hash().hex(),
        last.entry().timeMicros(),
        scope.id());
  }

  private static void requireKeysExpired(Scope scope, CommittedEntry last) {
    long age = scope.head().timeMicros() - last.entry().timeMicros();
    if (age <= KEY_KEPT_MICROS) {
      throw new IllegalArgumentException(
          place(scope.head().scope(), last.position().revision())
              + ": "
              + age
              + " µs before the head (expected: more than "
              + KEY_KEPT_MICROS
              + ", while idempotency keys are kept)");
    }
  }

  private static void requireSnapshotFrom(Connection connection, Scope scope, long revision)
      throws SQLException {
    try (PreparedStatement select =
            Sql.prepare(
                connection,
                "SELECT 1 FROM snapshot WHERE scope = ? AND revision >= ?",
                scope.id(),
                revision);
        ResultSet row = select.executeQuery()) {
      if (!row.next()) {
        throw new IllegalArgumentException(
            "snapshot of "
                + scope.head().scope()
                + ": none (expected: one at or after revision "
                + revision
                + ")");
      }
    }
  }

  @Override
  public void close() {
    // Before, so that no tail meets the closed file first; after, for tails that began meanwhile.
    endTails();
    database.close();
    endTails();
  }

  private void endTails() {
    for (PulsedTail tail : tails) {
      tail.end(Tail.Reason.LOG_CLOSED, "the log was closed");
    }
  }

  private static @Nullable Scope find(Connection connection, ScopeId scope, String clause)
      throws SQLException {
    try (PreparedStatement select =
            Sql.prepare(connection, Scope.SELECT + " WHERE name = ?" + clause, scope.text());
        ResultSet row = select.executeQuery()) {
      return row.next() ? Scope.of(row) : null;
    }
  }

  private static Scope require(Connection connection, ScopeId scope) throws SQLException {
    return require(connection, scope, "");
  }

  /** The scope as it is now and will be until the transaction ends. */
  private Scope lock(Connection connection, ScopeId scope) throws SQLException {
    return require(connection, scope, database.lockingClause());
  }

  private static Scope require(Connection connection, ScopeId scope, String clause)
      throws SQLException {
    Scope found = find(connection, scope, clause);
    if (found == null) {
      throw new UnknownScopeException(scope);
    }
    return found;
  }

  private record Found(@Nullable Scope scope) {}

  /** A row of the table of scopes. */
  private record Scope(long id, Head base, Head head) {
    static final String SELECT =
        "SELECT id, name, log_id, base_era, base_revision, base_chain, base_time, era, revision, chain, time FROM scope";

    static Scope of(ResultSet row) throws SQLException {
      return new Scope(row.getLong(1), head(row, 4), head(row, 8));
    }

    private static Head head(ResultSet row, int from) throws SQLException {
      Position position = new Position(row.getString(3), row.getLong(from), row.getLong(from + 1));
      return new Head(
          ScopeId.parse(row.getString(2)),
          position,
          new Hash(row.getString(from + 2)),
          row.getLong(from + 3));
    }

    Position at(long era, long revision) {
      return new Position(head.position().logId(), era, revision);
    }

    void requireKept(long revision) {
      if (revision <= base.revision()) {
        throw new TruncatedException(head.scope(), revision, base.revision() + 1);
      }
    }
  }
}
