package dev.guidon.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.guidon.model.Change;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.Hash;
import dev.guidon.model.json.Json;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;

/** What is particular to the SQLite engine: its file, its lock, damage and a full disk. */
class SqliteLogTest {
  @TempDir private Path directory;
  @TempDir private Path copies;

  private Path file() {
    return directory.resolve("log.db");
  }

  private void write(int entries) {
    try (SqliteLog log = SqliteLog.open(file())) {
      Scribe.of(log).writeMany(entries);
    }
  }

  /** Does to the closed file what a failing disk or a foreign hand would. */
  private void tamper(String sql) throws SQLException {
    try (Connection connection = SqliteFile.connect(file(), new SQLiteConfig())) {
      SqliteFile.execute(connection, sql);
    }
  }

  @Test
  void aMissingDirectoryIsMade() {
    Path deep = directory.resolve("a/b c?d%20/log.db");

    try (SqliteLog log = SqliteLog.open(deep)) {
      Scribe.of(log).writeMany(1);
    }

    assertThat(deep).exists();
  }

  @Test
  void aSecondWriterInTheSameProcessIsRefused() {
    try (SqliteLog log = SqliteLog.open(file())) {
      Scribe.of(log).writeMany(1);

      assertThatThrownBy(() -> SqliteLog.open(file()))
          .isInstanceOf(LogUnavailableException.class)
          .hasMessageContaining("open for writing in this process");
      // Looking at the lock must not have let go of it.
      assertThatThrownBy(() -> SqliteLog.open(file())).hasMessageContaining("this process");
    }
  }

  @Test
  void aSecondWriterInAnotherProcessIsRefusedAndAReaderIsNot() throws Exception {
    try (SqliteLog log = SqliteLog.open(file())) {
      Scribe.of(log).writeMany(4);

      String said = openInAnotherProcess();

      assertThat(said)
          .contains("writing: dev.guidon.log.LogUnavailableException")
          .contains("open for writing in another process")
          .contains("reading: 4");
    }
  }

  private String openInAnotherProcess() throws Exception {
    Process process =
        new ProcessBuilder(LogChild.command(Opener.class.getName(), List.of(), file().toString()))
            .redirectErrorStream(true)
            .start();
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      return String.join("\n", reader.lines().toList());
    }
  }

  /** Tries to open a log both ways and says how it went. */
  static final class Opener {
    private Opener() {}

    public static void main(String... arguments) {
      Path file = Path.of(arguments[0]);
      try (SqliteLog log = SqliteLog.open(file)) {
        System.out.println("writing: opened " + log.path());
      } catch (LogException e) {
        System.out.println("writing: " + e);
      }
      try (SqliteLog log = SqliteLog.open(file, SqliteLog.Options.READ_ONLY)) {
        System.out.println("reading: " + log.read(Scribe.SHOP, 0, 100).size());
      }
    }
  }

  @Test
  void aReaderSeesWhatTheWriterAppendsAndCannotWrite() throws Exception {
    try (SqliteLog log = SqliteLog.open(file())) {
      Scribe scribe = Scribe.of(log).writeMany(1);
      try (SqliteLog reader = SqliteLog.open(file(), SqliteLog.Options.READ_ONLY);
          Tail tail = reader.tail(Scribe.SHOP, 1)) {
        CommittedEntry entry = scribe.write();

        assertThat(tail.next(Duration.ofSeconds(20)))
            .isEqualTo(new Tail.Event.Entries(List.of(entry)));
        assertThatThrownBy(() -> reader.create(Scribe.SHOP, "x"))
            .isInstanceOf(LogUnavailableException.class)
            .hasMessageContaining("read-only");
      }
    }
  }

  @Test
  void aTailOfTheSameProcessDoesNotWaitForItsNextLook() throws Exception {
    int rounds = 21;
    long[] nanos = new long[rounds];
    try (SqliteLog log = SqliteLog.open(file());
        ExecutorService executor = Executors.newSingleThreadExecutor()) {
      Scribe scribe = Scribe.of(log).writeMany(1);
      try (Tail tail = log.tail(Scribe.SHOP, 1)) {
        for (int i = 0; i < rounds; i++) {
          Future<Long> woken =
              executor.submit(() -> {
                assertThat(tail.next(Duration.ofSeconds(20)))
                    .isInstanceOf(Tail.Event.Entries.class);
                return System.nanoTime();
              });
          scribe.write();
          long appended = System.nanoTime();
          nanos[i] = woken.get() - appended;
        }
      }
    }

    Arrays.sort(nanos);
    // Without being woken a tail would look every 200 ms.
    assertThat(Duration.ofNanos(nanos[rounds / 2])).isLessThan(Duration.ofMillis(50));
  }

  @Test
  void aReaderMakesNoFile() {
    assertThatThrownBy(() -> SqliteLog.open(file(), SqliteLog.Options.READ_ONLY))
        .isInstanceOf(LogUnavailableException.class)
        .hasMessageContaining("not there");
    assertThat(file()).doesNotExist();
  }

  @Test
  void afterClosingAnotherMayOpenAndTheClosedOneSaysSo() {
    SqliteLog closed = SqliteLog.open(file());
    closed.close();
    closed.close();

    write(2);

    assertThatThrownBy(closed::heads)
        .isInstanceOf(LogUnavailableException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void aFileThatIsNotSqliteIsRefusedAndKept() throws Exception {
    Files.writeString(file(), "these are my notes\n".repeat(100));

    assertThatThrownBy(() -> SqliteLog.open(file()))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("not an SQLite file");
    assertThat(Files.readString(file())).startsWith("these are my notes");
  }

  @Test
  void aFileOfAnotherApplicationIsRefusedAndKept() throws Exception {
    tamper("CREATE TABLE recipes (name TEXT)");

    assertThatThrownBy(() -> SqliteLog.open(file()))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("another application");
    tamper("SELECT * FROM recipes");
  }

  @Test
  void aNewerFormatIsRefused() throws Exception {
    write(1);
    tamper("PRAGMA user_version=2");

    assertThatThrownBy(() -> SqliteLog.open(file()))
        .isInstanceOf(LogUnavailableException.class)
        .hasMessageContaining("format 2 (expected: 1");
  }

  @Test
  void aDirectoryIsRefused() {
    assertThatThrownBy(() -> SqliteLog.open(directory))
        .isInstanceOf(LogUnavailableException.class)
        .hasMessageContaining("a directory");
  }

  @Test
  void anAlteredEntryIsNeverRead() throws Exception {
    write(5);
    tamper(
        "UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'ada', 'eve') AS BLOB) WHERE revision = 3");

    try (SqliteLog log = SqliteLog.open(file())) {
      assertThat(log.read(Scribe.SHOP, 0, 2)).hasSize(2);
      assertThatThrownBy(() -> log.read(Scribe.SHOP, 0, 5))
          .isInstanceOf(CorruptLogException.class)
          .hasMessageContaining("entry 3 of shop/prod");
      Tail tail = log.tail(Scribe.SHOP, 2);
      assertThat(tail.next(Duration.ZERO))
          .isInstanceOfSatisfying(
              Tail.Event.Closed.class,
              closed -> assertThat(closed.reason()).isEqualTo(Tail.Reason.CORRUPT));
    }
  }

  @Test
  void aMissingEntryIsNoShorterLog() throws Exception {
    write(5);
    tamper("DELETE FROM entry WHERE revision = 3");

    try (SqliteLog log = SqliteLog.open(file())) {
      assertThatThrownBy(() -> log.read(Scribe.SHOP, 0, 5))
          .isInstanceOf(CorruptLogException.class)
          .hasMessageContaining("entry 3 of shop/prod: missing");
      assertThatThrownBy(() -> log.read(Scribe.SHOP, 2, 1)).isInstanceOf(CorruptLogException.class);
    }
  }

  @Test
  void aLogWhoseLastEntryIsGoneDoesNotOpen() throws Exception {
    write(5);
    tamper("DELETE FROM entry WHERE revision = 5");

    assertThatThrownBy(() -> SqliteLog.open(file()))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("entry 5 of shop/prod: missing");
  }

  @Test
  void aLogWithAnotherHeadThanItsLastEntryDoesNotOpen() throws Exception {
    write(5);
    tamper("UPDATE scope SET chain = '" + Hash.of("forged") + "'");

    assertThatThrownBy(() -> SqliteLog.open(file()))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("expected: that of the head");
    // A log that did not open is not kept locked.
    assertThatThrownBy(() -> SqliteLog.open(file())).isInstanceOf(CorruptLogException.class);
  }

  @Test
  void anAlteredBlobIsNeverRead() throws Exception {
    byte[] bytes = "[\"u1\"]".getBytes(StandardCharsets.UTF_8);
    try (SqliteLog log = SqliteLog.open(file())) {
      log.putBlob(Hash.of(bytes), bytes);
    }
    tamper("UPDATE blob SET bytes = x'00'");

    try (SqliteLog log = SqliteLog.open(file())) {
      assertThatThrownBy(() -> log.getBlob(Hash.of(bytes))).isInstanceOf(CorruptLogException.class);
    }
  }

  @Test
  void erasedBytesAreNowhereInTheFiles() throws Exception {
    byte[] secret = "[\"ada.lovelace@example.org\"]".getBytes(StandardCharsets.UTF_8);
    try (SqliteLog log = SqliteLog.open(file())) {
      log.putBlob(Hash.of(secret), secret);
      Scribe.of(log).write(Scribe.segment("s", 1, Hash.of(secret)));
      log.eraseBlob(Hash.of(secret));

      // Copied first: closing a descriptor of the log's own file would drop SQLite's locks.
      new ProcessBuilder("cp", "-r", directory + "/.", copies.toString())
          .inheritIO()
          .start()
          .waitFor();
    }

    try (var files = Files.list(copies)) {
      assertThat(files)
          .isNotEmpty()
          .allSatisfy(copy ->
              assertThat(Files.readString(copy, StandardCharsets.ISO_8859_1))
                  .doesNotContain("lovelace"));
    }
  }

  @Test
  void aFullDiskRefusesAppendsUntilThereIsSpaceAgain() {
    PageLimit limit = new PageLimit();
    try (SqliteLog log = SqliteLog.open(file(), SqliteLog.Options.DEFAULT, limit)) {
      Scribe scribe = Scribe.of(log).writeMany(5);
      limit.set(1);

      assertThatThrownBy(() -> fill(log))
          .isInstanceOf(LogUnavailableException.class)
          .hasMessageContaining("disk full");
      Head head = Objects.requireNonNull(log.head(Scribe.SHOP));
      assertThatThrownBy(() -> fill(log)).isInstanceOf(LogUnavailableException.class);
      assertThat(log.head(Scribe.SHOP)).isEqualTo(head);
      assertThat(LogVerifier.verify(log).problems()).isEmpty();

      limit.set(1_000_000);
      Scribe.of(log).writeMany(5);
      assertThat(log.head(Scribe.SHOP)).extracting(Head::revision).isEqualTo(head.revision() + 5);
      assertThat(scribe.head().revision()).isEqualTo(5);
    }
  }

  private static void fill(SqliteLog log) {
    byte[] bytes = new byte[100_000];
    for (int i = 0; i < 100; i++) {
      bytes[0] = (byte) i;
      log.putBlob(Hash.of(bytes), bytes);
      Scribe.of(log).writeMany(1);
    }
  }

  /** Bounds the size of the file as a full disk would. */
  private static final class PageLimit implements SqliteFile.Connector {
    private final List<Connection> connections = new ArrayList<>();

    @Override
    public Connection connect(Path path, SQLiteConfig config) throws SQLException {
      Connection connection = SqliteFile.connect(path, config);
      connections.add(connection);
      return connection;
    }

    void set(int pagesMax) {
      try {
        // The writer is the first.
        SqliteFile.execute(connections.getFirst(), "PRAGMA max_page_count=" + pagesMax);
      } catch (SQLException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void anErrorOfTheDiskLeavesAWholeLogThatIsReadOnlyUntilReopened() throws Exception {
    Process process =
        new ProcessBuilder(
                withFileSizeLimit(
                    LogChild.command(Overwriter.class.getName(), List.of(), file().toString())))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<String> said;
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      said = reader.lines().toList();
    }

    List<String> acknowledged = said.stream().filter(line -> line.startsWith("ack ")).toList();
    assertThat(acknowledged).hasSizeGreaterThan(5);
    assertThat(said)
        .anyMatch(line -> line.startsWith("first: "))
        .anyMatch(line -> line.startsWith("second: LogUnavailableException"));
    assertThat(said).contains("readable: " + acknowledged.size());
    try (SqliteLog log = SqliteLog.open(file())) {
      List<String> there =
          log.read(Scribe.SHOP, 0, 1000).stream()
              .map(entry -> "ack " + LogChild.shown(entry) + ".")
              .toList();
      assertThat(there)
          .startsWith(acknowledged.toArray(String[]::new))
          .hasSizeLessThanOrEqualTo(acknowledged.size() + 1);
      assertThat(LogVerifier.verify(log).problems()).isEmpty();
      Scribe.of(log).writeMany(3);
    }
  }

  /**
   * The kernel refuses to let any file of the process grow beyond 6 MiB: a real error from
   * write(2).
   */
  private static List<String> withFileSizeLimit(List<String> command) {
    List<String> limited =
        new ArrayList<>(List.of("bash", "-c", "ulimit -f 6144; exec \"$@\"", "bash"));
    limited.addAll(command);
    return limited;
  }

  /** Appends until the disk refuses, then says what the log still does. */
  static final class Overwriter {
    private Overwriter() {}

    public static void main(String... arguments) {
      SqliteLog log = SqliteLog.open(Path.of(arguments[0]));
      Head head = log.create(Scribe.SHOP, Scribe.logId(Scribe.SHOP.text()));
      try {
        for (int i = 0; i < 500; i++) {
          CommittedEntry entry = next(head, i);
          head = ((AppendResult.Committed) log.append(Scribe.SHOP, head, entry)).head();
          LogChild.say(entry);
        }
      } catch (LogException e) {
        System.out.println("first: " + e.getClass().getSimpleName() + " " + e.getMessage());
      }
      try {
        log.append(Scribe.SHOP, head, next(head, 1000));
      } catch (LogException e) {
        System.out.println("second: " + e.getClass().getSimpleName() + " " + e.getMessage());
      }
      System.out.println("readable: " + log.read(Scribe.SHOP, 0, 1000).size());
      System.out.flush();
      Runtime.getRuntime().halt(0);
    }

    private static CommittedEntry next(Head head, int i) {
      var doc = Json.Obj.of("text", Json.of("x".repeat(200_000)));
      var id = EntityId.flag("f");
      return Scribe.next(head, "k" + i, new Change(id, EntityBody.live(id, i + 1, doc)));
    }
  }
}
