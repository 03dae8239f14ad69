package dev.guidon.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Entry;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeSnapshot;
import dev.guidon.model.ScopeState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sqlite.SQLiteConfig;

/**
 * Verify, export, import, recover, back up and truncate, on a log with two scopes and three blobs.
 */
class OperationsTest {
  private static final ScopeId DEV = ScopeId.of("shop", "dev");
  private static final byte[] FIRST = "[\"u1\"]".getBytes(StandardCharsets.UTF_8);
  private static final byte[] SECOND = "[\"u2\"]".getBytes(StandardCharsets.UTF_8);
  private static final byte[] ERASED = "[\"u3\"]".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path directory;
  private SqliteLog log;
  private Scribe shop;
  private Scribe dev;
  private Path export;

  @BeforeEach
  void writeLog() {
    export = directory.resolve("shop.export");
    log = SqliteLog.open(directory.resolve("log.db"));
    // Far enough apart that old keys expire and old entries may be truncated.
    shop = Scribe.of(log).stepping(Log.KEY_KEPT_MICROS / 4);
    dev = new Scribe(log, DEV);
    for (byte[] blob : List.of(FIRST, SECOND, ERASED)) {
      log.putBlob(Hash.of(blob), blob);
    }
    shop.write(Scribe.segment("beta", 1, Hash.of(FIRST), Hash.of(ERASED)));
    shop.write(Scribe.segment("vip", 1, Hash.of(SECOND)));
    log.eraseBlob(Hash.of(ERASED));
    shop.writeMany(18);
    dev.writeMany(5);
  }

  @AfterEach
  void closeLog() {
    log.close();
  }

  private void snapshotAt(long revision) {
    ScopeState state = Replay.state(log, Scribe.SHOP, revision);
    log.putSnapshot(Scribe.SHOP, state.position(), ScopeSnapshot.encode(state));
  }

  private static List<CommittedEntry> all(Log log, ScopeId scope) {
    return log.read(scope, log.base(scope).revision(), 10_000);
  }

  @Nested
  class Verifying {
    @Test
    void aWholeLogIsSound() {
      snapshotAt(7);

      LogVerifier.Report report = LogVerifier.verify(log);

      assertThat(report.problems()).isEmpty();
      assertThat(report.isSound()).isTrue();
      assertThat(report.entries()).isEqualTo(25);
      assertThat(report.blobs()).isEqualTo(3);
      assertThat(report.erasedBlobs()).isEqualTo(1);
      assertThat(report.heads()).containsExactlyInAnyOrder(shop.head(), dev.head());
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            UPDATE entry SET bytes = x'7b7d' WHERE scope = 1 AND revision = 4        | entry 4 of shop/prod   | hash
            DELETE FROM entry WHERE scope = 1 AND revision = 4                       | entry 4 of shop/prod   | missing
            UPDATE blob SET bytes = x'00' WHERE bytes = CAST('["u1"]' AS BLOB)       | blob                   | bytes of hash
            DELETE FROM blob WHERE bytes = CAST('["u2"]' AS BLOB)                    | blob                   | segment:vip of shop/prod names it
            UPDATE snapshot SET bytes = x'00'                                        | snapshot at 7 of shop/prod | damaged
            UPDATE snapshot SET revision = 8                                         | snapshot at 8 of shop/prod | position
            """)
    void damageIsReportedWithItsPlace(String damage, String place, String message)
        throws Exception {
      snapshotAt(7);
      tamper(damage);

      LogVerifier.Report report = LogVerifier.verify(log);

      assertThat(report.isSound()).isFalse();
      assertThat(report.problems())
          .anySatisfy(problem -> {
            assertThat(problem.place()).startsWith(place);
            assertThat(problem.message()).contains(message);
          });
    }

    @Test
    void allDamageIsReportedAtOnce() throws Exception {
      tamper("UPDATE entry SET bytes = x'7b7d' WHERE revision IN (3, 5)");

      LogVerifier.Report report = LogVerifier.verify(log);

      assertThat(report.problems())
          .extracting(LogVerifier.Problem::place)
          .contains(
              "entry 3 of shop/prod",
              "entry 5 of shop/prod",
              "entry 3 of shop/dev",
              "entry 5 of shop/dev");
    }

    @Test
    void anEntryWrittenPastTheEngineIsFoundByTheChain() throws Exception {
      CommittedEntry forged =
          Scribe.next(Head.after(Scribe.SHOP, log.read(Scribe.SHOP, 2, 1).getFirst()), "forged");
      tamper(
          "UPDATE entry SET hash = '"
              + forged.hash()
              + "', bytes = CAST('"
              + new String(forged.bytes(), StandardCharsets.UTF_8)
              + "' AS BLOB) WHERE scope = 1 AND revision = 4");

      assertThat(LogVerifier.verify(log).problems())
          .anySatisfy(problem -> {
            assertThat(problem.place()).isEqualTo("entry 5 of shop/prod");
            assertThat(problem.message()).contains("previous");
          });
    }

    private void tamper(String sql) throws SQLException {
      log.close();
      try (Connection connection =
          SqliteFile.connect(directory.resolve("log.db"), new SQLiteConfig())) {
        SqliteFile.execute(connection, sql);
      }
      // A log whose last entry is damaged does not open for writing, but must still be looked into.
      log = SqliteLog.open(directory.resolve("log.db"), SqliteLog.Options.READ_ONLY);
    }
  }

  @Nested
  class ExportingAndImporting {
    @Test
    void anImportYieldsTheSameHashes() {
      LogExport.Summary written = LogExport.write(log, export, 1);

      try (SqliteLog copy = SqliteLog.open(directory.resolve("copy.db"))) {
        LogExport.Summary read = LogImport.read(export, copy);

        assertThat(read).isEqualTo(written);
        assertThat(written.entries()).isEqualTo(25);
        assertThat(written.blobs()).isEqualTo(3);
        assertThat(copy.heads()).isEqualTo(log.heads());
        assertThat(all(copy, Scribe.SHOP)).isEqualTo(all(log, Scribe.SHOP));
        assertThat(copy.getBlob(Hash.of(ERASED))).isEqualTo(new BlobResult.Erased());
        assertThat(Replay.state(copy, Scribe.SHOP).entities().root())
            .isEqualTo(shop.state().entities().root());
        assertThat(LogVerifier.verify(copy).problems()).isEmpty();
      }
    }

    @Test
    void anEraAndATruncationSurviveAnImport() {
      snapshotAt(10);
      log.truncate(Scribe.SHOP, 10);
      new LogRecovery(log).recover(Scribe.SHOP, "ada", "restored", 0, "r");
      LogExport.write(log, export, 1);

      try (SqliteLog copy = SqliteLog.open(directory.resolve("copy.db"))) {
        LogImport.read(export, copy);

        assertThat(copy.heads()).isEqualTo(log.heads());
        assertThat(copy.base(Scribe.SHOP)).isEqualTo(log.base(Scribe.SHOP));
        assertThat(Replay.state(copy, Scribe.SHOP).entities().root())
            .isEqualTo(shop.state().entities().root());
        assertThat(LogVerifier.verify(copy).problems()).isEmpty();
      }
    }

    @Test
    void anExportOfAnExportedLogIsTheSameFile() throws Exception {
      LogExport.write(log, export, 1);
      Path again = directory.resolve("again.export");

      try (SqliteLog copy = SqliteLog.open(directory.resolve("copy.db"))) {
        LogImport.read(export, copy);
        LogExport.write(copy, List.of(DEV, Scribe.SHOP), again, 1);
        LogExport.write(log, List.of(DEV, Scribe.SHOP), directory.resolve("ours.export"), 1);
      }

      assertThat(again).hasSameBinaryContentAs(directory.resolve("ours.export"));
    }

    @Test
    void everyLineIsJsonWithTheEntryAsItWasWritten() throws Exception {
      LogExport.write(log, export, 1);

      List<String> lines = Files.readAllLines(export);

      assertThat(lines).allSatisfy(line -> assertThat(line).startsWith("{").endsWith("}"));
      String entry = new String(all(log, Scribe.SHOP).getFirst().bytes(), StandardCharsets.UTF_8);
      assertThat(lines).anyMatch(line -> line.contains("\"entry\":" + entry + "}"));
    }

    @Test
    void anyChangedByteIsFoundAndNothingIsImported() throws Exception {
      LogExport.write(log, export, 1);
      byte[] whole = Files.readAllBytes(export);

      // A prime step meets every kind of line.
      for (int at = 0; at < whole.length; at += 97) {
        byte[] damaged = whole.clone();
        damaged[at] ^= 0x01;
        assertRefused(damaged);
      }
    }

    @Test
    void anExportCutShortIsFound() throws Exception {
      LogExport.write(log, export, 1);
      List<String> lines = Files.readAllLines(export);
      byte[] whole = Files.readAllBytes(export);

      assertRefused(Arrays.copyOf(whole, whole.length - 1));
      assertRefused(Arrays.copyOf(whole, whole.length / 2));
      assertRefused(
          (String.join("\n", lines.subList(0, lines.size() - 1)) + "\n")
              .getBytes(StandardCharsets.UTF_8));
      List<String> withoutOne = new ArrayList<>(lines);
      withoutOne.remove(lines.size() / 2);
      assertRefused((String.join("\n", withoutOne) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private void assertRefused(byte[] bytes) throws IOException {
      Path damaged = directory.resolve("damaged.export");
      Files.write(damaged, bytes);
      try (SqliteLog copy = SqliteLog.open(directory.resolve("copy.db"))) {
        assertThatThrownBy(() -> LogImport.read(damaged, copy))
            .isInstanceOf(CorruptLogException.class)
            .hasMessageContaining("line ");
        assertThat(copy.heads()).isEmpty();
      }
    }

    @Test
    void aLogThatHoldsSomethingTakesNoImport() {
      LogExport.write(log, export, 1);

      assertThatThrownBy(() -> LogImport.read(export, log))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected: an empty log");
    }

    @Test
    void anExportNeverReplacesAFile() throws Exception {
      Files.writeString(export, "mine");

      assertThatThrownBy(() -> LogExport.write(log, export, 1)).hasMessageContaining("exists");
      assertThat(Files.readString(export)).isEqualTo("mine");
    }
  }

  @Nested
  class Recovering {
    @Test
    void everyScopeMovesIntoItsNextEraAndItsStateStays() {
      List<LogRecovery.Recovered> recovered =
          new LogRecovery(log).recoverAll("ada", "restored from Monday", 0, "r1");

      assertThat(recovered)
          .extracting(LogRecovery.Recovered::scope)
          .containsExactlyInAnyOrder(Scribe.SHOP, DEV);
      Position before = shop.head().position();
      assertThat(log.heads().get(Scribe.SHOP).position())
          .isEqualTo(new Position(before.logId(), 2, before.revision() + 1));
      CommittedEntry last = log.read(Scribe.SHOP, before.revision(), 1).getFirst();
      assertThat(last.entry().actor()).isEqualTo("ada");
      assertThat(last.entry().reason()).isEqualTo("restored from Monday");
      assertThat(Replay.state(log, Scribe.SHOP).entities().root())
          .isEqualTo(shop.state().entities().root());
      assertThat(LogVerifier.verify(log).problems()).isEmpty();
    }

    @Test
    void aBackupFromBeforeAnEarlierRecoveryBeginsAnEraOfItsOwn() throws Exception {
      Path backup = directory.resolve("backup.db");
      LogBackup.write(log, backup);
      dev.writeMany(100);
      restore(backup);
      new LogRecovery(log).recoverAll("ada", "disk lost", 0, "r1");
      new Scribe(log, DEV).writeMany(50);
      Head inEraTwo = log.heads().get(DEV);

      restore(backup);
      long known = log.highestEra(DEV);
      new LogRecovery(log).recoverAll("ada", "disk lost again", 0, "r2");

      Head now = log.heads().get(DEV);
      assertThat(known).isEqualTo(2);
      assertThat(inEraTwo.position().era()).isEqualTo(2);
      assertThat(now.position())
          .isEqualTo(new Position(inEraTwo.position().logId(), 3, dev.head().revision() - 99));
      assertThat(inEraTwo.position().isBefore(now.position())).isTrue();
      assertThat(LogVerifier.verify(log).problems()).isEmpty();
    }

    private void restore(Path backup) throws IOException {
      log.close();
      Files.copy(backup, directory.resolve("log.db"), StandardCopyOption.REPLACE_EXISTING);
      log = SqliteLog.open(directory.resolve("log.db"));
    }

    @Test
    void anEraIsRememberedBeforeItsFirstEntryIsWritten() {
      Head stale = log.heads().get(DEV);
      Entry beginning =
          Scribe.altered(
              Scribe.next(stale, "k").entry(),
              new Position(stale.position().logId(), 2, stale.revision() + 1),
              stale.timeMicros() + 1,
              stale.chain(),
              null);
      dev.writeMany(1);

      AppendResult result = log.recover(DEV, stale, beginning.commit());

      assertThat(result).isInstanceOf(AppendResult.Conflict.class);
      assertThat(log.highestEra(DEV)).isEqualTo(2);
      assertThat(log.heads().get(DEV).position().era()).isEqualTo(1);
    }

    @Test
    void anEraFromBeforeErasWereRememberedIsRememberedWhenTheLogIsOpened() throws Exception {
      new LogRecovery(log).recoverAll("ada", "disk lost", 0, "r1");
      Files.delete(directory.resolve("eras"));
      log.close();

      log = SqliteLog.open(directory.resolve("log.db"));

      assertThat(Files.readAllLines(directory.resolve("eras")))
          .containsExactly(
              "guidon-eras 1",
              "2 shop/dev " + dev.head().position().logId(),
              "2 shop/prod " + shop.head().position().logId());
    }

    @Test
    void aDamagedFileOfErasIsNamedWithItsLine() throws Exception {
      log.close();
      Files.writeString(directory.resolve("eras"), "guidon-eras 1\ntwo shop/dev abc\n");

      assertThatThrownBy(() -> SqliteLog.open(directory.resolve("log.db")))
          .isInstanceOf(CorruptLogException.class)
          .hasMessageContaining("eras: line 2");
    }

    @Test
    void erasThatWereSkippedSurviveAnImport() {
      new LogRecovery(log, 5).recoverAll("ada", "restored", 0, "r");
      LogExport.write(log, export, 1);

      try (SqliteLog copy = SqliteLog.open(directory.resolve("copy.db"))) {
        LogImport.read(export, copy);

        assertThat(copy.heads()).isEqualTo(log.heads());
        assertThat(LogVerifier.verify(copy).problems()).isEmpty();
      }
    }

    @Test
    void aRecoveryAtAThousandCarriesTheCheckpoint() {
      Scribe scribe = new Scribe(log, ScopeId.of("shop", "stage")).writeMany(999);

      new LogRecovery(log).recover(scribe.head().scope(), "ada", "restored", 0, "r1");

      assertThat(LogVerifier.verify(log).problems()).isEmpty();
    }
  }

  @Nested
  class BackingUp {
    @Test
    void aBackupWhileWritersRunIsALogThatVerifies() throws Exception {
      Path target = directory.resolve("backup.db");
      AtomicBoolean done = new AtomicBoolean();
      LogBackup.Backup backup;
      try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
        Future<Head> writing =
            executor.submit(() -> {
              while (!done.get() && dev.head().revision() < 900) {
                dev.writeMany(1);
              }
              return dev.head();
            });
        backup = LogBackup.write(log, target);
        done.set(true);
        writing.get();
      }

      assertThat(backup.report().isSound()).isTrue();
      assertThat(backup.bytes()).isEqualTo(Files.size(target));
      try (SqliteLog copy = SqliteLog.open(target)) {
        assertThat(all(copy, Scribe.SHOP)).isEqualTo(all(log, Scribe.SHOP));
        assertThat(all(log, DEV)).startsWith(all(copy, DEV).toArray(CommittedEntry[]::new));
        new Scribe(copy, DEV).writeMany(2);
      }
      assertThat(LogVerifier.verify(log).problems()).isEmpty();
    }

    @Test
    void aRestoredBackupContinuesInANewEra() {
      Path target = directory.resolve("backup.db");
      LogBackup.write(log, target);
      dev.writeMany(100);

      try (SqliteLog restored = SqliteLog.open(target)) {
        new LogRecovery(restored).recoverAll("ada", "disk lost", 0, "r1");
        Head head = restored.heads().get(DEV);

        assertThat(dev.head().position().isBefore(head.position())).isTrue();
        assertThat(head.position().revision()).isEqualTo(6);
      }
    }

    @Test
    void aBackupOfADamagedLogIsRefused() throws Exception {
      log.close();
      try (Connection connection =
          SqliteFile.connect(directory.resolve("log.db"), new SQLiteConfig())) {
        SqliteFile.execute(
            connection, "UPDATE entry SET bytes = x'7b7d' WHERE scope = 1 AND revision = 4");
      }
      log = SqliteLog.open(directory.resolve("log.db"));
      Path target = directory.resolve("backup.db");

      assertThatThrownBy(() -> LogBackup.write(log, target))
          .isInstanceOf(CorruptLogException.class)
          .hasMessageContaining("entry 4 of shop/prod");
      assertThat(target).doesNotExist();
    }
  }

  @Nested
  class Retaining {
    @Test
    void entriesGoWhenAnExportHoldsThemAndReplayStillWorks() {
      LogExport.write(log, export, 1);
      ScopeState at12 = Replay.state(log, Scribe.SHOP, 12);

      LogRetention.Truncated truncated = LogRetention.truncate(log, Scribe.SHOP, 12, export);

      assertThat(truncated.removed()).isEqualTo(12);
      assertThat(truncated.base().revision()).isEqualTo(12);
      assertThat(Replay.state(log, Scribe.SHOP, 12).entities().root())
          .isEqualTo(at12.entities().root());
      assertThat(Replay.state(log, Scribe.SHOP).chain()).isEqualTo(shop.state().chain());
      assertThatThrownBy(() -> Replay.state(log, Scribe.SHOP, 11))
          .isInstanceOf(TruncatedException.class);
      assertThatThrownBy(() -> log.read(Scribe.SHOP, 11, 1)).isInstanceOf(TruncatedException.class);
      assertThat(LogVerifier.verify(log).problems()).isEmpty();
      assertThat(LogRetention.truncate(log, Scribe.SHOP, 12, export).removed()).isZero();
    }

    @Test
    void aSecondTruncationNeedsOnlyTheEntriesThatAreLeft() {
      LogExport.write(log, export, 1);
      LogRetention.truncate(log, Scribe.SHOP, 6, export);
      Path second = directory.resolve("second.export");
      LogExport.write(log, second, 1);

      assertThat(LogRetention.truncate(log, Scribe.SHOP, 12, second).removed()).isEqualTo(6);
      assertThat(LogVerifier.verify(log).problems()).isEmpty();
    }

    @Test
    void anExportThatEndsBeforeTheRevisionIsNotEnough() {
      LogExport.write(log, export, 1);
      shop.writeMany(10);

      assertThatThrownBy(() -> LogRetention.truncate(log, Scribe.SHOP, 25, export))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("up to revision 20");
      assertThat(log.read(Scribe.SHOP, 0, 100)).hasSize(30);
    }

    @Test
    void anExportOfAnotherLogIsNotEnough() {
      try (SqliteLog other = SqliteLog.open(directory.resolve("other.db"))) {
        Scribe.of(other).writeMany(20);
        LogExport.write(other, export, 1);
      }

      assertThatThrownBy(() -> LogRetention.truncate(log, Scribe.SHOP, 12, export))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(log.base(Scribe.SHOP).revision()).isZero();
    }

    @Test
    void aDamagedExportIsNotEnough() throws Exception {
      LogExport.write(log, export, 1);
      List<String> lines = Files.readAllLines(export);
      Files.write(export, lines.subList(0, lines.size() - 1));

      assertThatThrownBy(() -> LogRetention.truncate(log, Scribe.SHOP, 12, export))
          .isInstanceOf(CorruptLogException.class);
      assertThat(log.base(Scribe.SHOP).revision()).isZero();
    }
  }
}
