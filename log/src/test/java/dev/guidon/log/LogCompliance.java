package dev.guidon.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.guidon.log.History.Seen;
import dev.guidon.log.LogChild.Window;
import dev.guidon.model.Change;
import dev.guidon.model.Checkpoint;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.Entry;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeSnapshot;
import dev.guidon.model.ScopeState;
import dev.guidon.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every engine must do, whatever it is made of. An engine's own test class extends this one
 * and says how its log is opened; it needs a constructor without arguments, since a child process
 * makes one too.
 */
public abstract class LogCompliance {
  protected static final ScopeId SHOP = Scribe.SHOP;
  private static final ScopeId OTHER = ScopeId.of("shop", "dev");
  private static final int WRITERS = 8;
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration NOW = Duration.ZERO;

  @TempDir protected Path directory;
  private Log log;

  /**
   * Opens the log that lives in a directory, or for a server on the network the one that is meant
   * by it.
   */
  protected abstract Log open(Path directory);

  /**
   * The same, running something inside each append's transaction after its writes and before its
   * commit.
   */
  protected abstract Log openWatched(Path directory, Runnable beforeCommit);

  @BeforeEach
  void openLog() {
    log = open(directory);
  }

  @AfterEach
  void closeLog() {
    log.close();
  }

  private void reopen() {
    log.close();
    log = open(directory);
  }

  private Head head(ScopeId scope) {
    return Objects.requireNonNull(log.head(scope));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<Long> revisions(List<CommittedEntry> entries) {
    return entries.stream().map(entry -> entry.position().revision()).toList();
  }

  private static List<Long> from(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  @Nested
  class Appending {
    @Test
    void aNewLogIsEmptyInItsFirstEra() {
      Head created = log.create(SHOP, Scribe.logId("new"));

      assertThat(created).isEqualTo(Head.empty(SHOP, Scribe.logId("new")));
      assertThat(log.head(SHOP)).isEqualTo(created);
      assertThat(log.read(SHOP, 0, 10)).isEmpty();
      assertThat(log.base(SHOP)).isEqualTo(created);
    }

    @Test
    void creatingAgainKeepsTheLogThatIsThere() {
      Head before = Scribe.of(log).writeMany(3).head();

      assertThat(log.create(SHOP, Scribe.logId("another"))).isEqualTo(before);
      assertThat(log.head(SHOP)).isEqualTo(before);
    }

    @Test
    void aScopeWithoutALogIsUnknown() {
      Head nowhere = Head.empty(SHOP, Scribe.logId("x"));

      assertThat(log.head(SHOP)).isNull();
      assertThatThrownBy(() -> log.append(SHOP, nowhere, Scribe.next(nowhere, "k")))
          .isInstanceOf(UnknownScopeException.class);
      assertThatThrownBy(() -> log.read(SHOP, 0, 1)).isInstanceOf(UnknownScopeException.class);
      assertThatThrownBy(() -> log.tail(SHOP, 0)).isInstanceOf(UnknownScopeException.class);
    }

    @Test
    void whatWasCommittedIsReadBackByteForByte() {
      Head empty = log.create(SHOP, Scribe.logId("x"));
      CommittedEntry entry = Scribe.next(empty, "k", Scribe.flag("a", 1, true));

      AppendResult result = log.append(SHOP, empty, entry);

      assertThat(result).isEqualTo(new AppendResult.Committed(Head.after(SHOP, entry)));
      assertThat(log.head(SHOP)).isEqualTo(Head.after(SHOP, entry));
      CommittedEntry read = log.read(SHOP, 0, 10).getFirst();
      assertThat(read.bytes()).isEqualTo(entry.bytes());
      assertThat(read.entry()).isEqualTo(entry.entry());
    }

    @Test
    void aStaleHeadIsAConflictThatNamesTheActualOne() {
      Scribe scribe = Scribe.of(log);
      Head stale = scribe.head();
      scribe.writeMany(2);

      AppendResult result = log.append(SHOP, stale, Scribe.next(stale, "late"));

      assertThat(result).isEqualTo(new AppendResult.Conflict(scribe.head()));
      assertThat(log.head(SHOP)).isEqualTo(scribe.head());
    }

    @Test
    void aHeadOfAnotherLogIsAConflict() {
      Scribe scribe = Scribe.of(log).writeMany(1);
      Head foreign = Head.empty(SHOP, Scribe.logId("foreign"));

      assertThat(log.append(SHOP, foreign, Scribe.next(foreign, "k")))
          .isEqualTo(new AppendResult.Conflict(scribe.head()));
    }

    @ParameterizedTest
    @EnumSource(Broken.class)
    void anEntryThatBreaksALawIsRefusedAndNothingChanges(Broken law) {
      Head head = Scribe.of(log).writeMany(2).head();

      assertThatThrownBy(() -> log.append(SHOP, head, law.after(head)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(law.said);
      assertThat(log.head(SHOP)).isEqualTo(head);
      assertThat(log.read(SHOP, 0, 10)).hasSize(2);
    }

    @Test
    void everyThousandthEntryNeedsACheckpoint() {
      Scribe scribe = Scribe.of(log).writeMany(Checkpoint.EVERY - 1);

      assertThatThrownBy(() -> log.append(SHOP, scribe.head(), Scribe.next(scribe.head(), "k")))
          .hasMessageContaining("checkpoint: absent");
      CommittedEntry thousandth = scribe.write();
      assertThat(thousandth.entry().checkpoint())
          .isEqualTo(new Checkpoint(999, scribe.state().entities().root()));
      assertThat(head(SHOP).revision()).isEqualTo(1000);
    }

    @Test
    void theLargestEntryIsTaken() {
      Head empty = log.create(SHOP, Scribe.logId("x"));
      int overhead = Scribe.next(empty, "k", longFlag(1)).bytes().length - 1;

      CommittedEntry largest = Scribe.next(empty, "k", longFlag(Entry.BYTES_MAX - overhead));

      assertThat(largest.bytes()).hasSize(Entry.BYTES_MAX);
      assertThat(log.append(SHOP, empty, largest)).isInstanceOf(AppendResult.Committed.class);
      assertThat(log.read(SHOP, 0, 1)).containsExactly(largest);
    }

    @Test
    void whatWasAcknowledgedIsThereAfterReopening() {
      Scribe scribe = Scribe.of(log).writeMany(20);
      List<CommittedEntry> before = log.read(SHOP, 0, 100);

      reopen();

      assertThat(log.head(SHOP)).isEqualTo(scribe.head());
      assertThat(log.read(SHOP, 0, 100)).isEqualTo(before);
      assertThat(LogVerifier.verify(log).problems()).isEmpty();
    }

    @Test
    void scopesDoNotTouchEachOther() {
      Head shop = Scribe.of(log).writeMany(3).head();
      Head other = new Scribe(log, OTHER).writeMany(5).head();
      Head system = new Scribe(log, ScopeId.system()).writeMany(1).head();

      assertThat(log.heads())
          .containsOnly(
              Map.entry(SHOP, shop), Map.entry(OTHER, other), Map.entry(ScopeId.system(), system));
    }
  }

  private static Change longFlag(int chars) {
    var doc = Json.Obj.of("text", Json.of("x".repeat(chars)));
    var id = EntityId.flag("long");
    return new Change(id, EntityBody.live(id, 1, doc));
  }

  /** The laws of {@link Log#append}, each broken alone. */
  enum Broken {
    REVISION("position: ") {
      @Override
      Entry change(Entry entry) {
        return Scribe.altered(
            entry, entry.position().next(), entry.timeMicros(), entry.previous(), null);
      }
    },
    ERA("position: ") {
      @Override
      Entry change(Entry entry) {
        Position at = entry.position();
        return Scribe.altered(
            entry,
            new Position(at.logId(), at.era() + 1, at.revision()),
            entry.timeMicros(),
            entry.previous(),
            null);
      }
    },
    LOG_ID("position: ") {
      @Override
      Entry change(Entry entry) {
        Position at = entry.position();
        return Scribe.altered(
            entry,
            new Position(Scribe.logId("other"), at.era(), at.revision()),
            entry.timeMicros(),
            entry.previous(),
            null);
      }
    },
    CHAIN("previous: ") {
      @Override
      Entry change(Entry entry) {
        return Scribe.altered(
            entry, entry.position(), entry.timeMicros(), Hash.of("something else"), null);
      }
    },
    TIME("time: ") {
      @Override
      Entry change(Entry entry) {
        return Scribe.altered(
            entry, entry.position(), entry.timeMicros() - Scribe.SECOND, entry.previous(), null);
      }
    },
    NEEDLESS_CHECKPOINT("checkpoint: ") {
      @Override
      Entry change(Entry entry) {
        return Scribe.altered(
            entry,
            entry.position(),
            entry.timeMicros(),
            entry.previous(),
            new Checkpoint(2, Hash.ZERO));
      }
    },
    HASH("hash: ") {
      @Override
      CommittedEntry after(Head head) {
        CommittedEntry entry = Scribe.next(head, "k");
        return new CommittedEntry(entry.entry(), entry.bytes(), Hash.of("something else"));
      }
    },
    BYTES_OF_ANOTHER("bytes of another entry") {
      @Override
      CommittedEntry after(Head head) {
        CommittedEntry other = Scribe.next(head, "other");
        return new CommittedEntry(Scribe.next(head, "k").entry(), other.bytes(), other.hash());
      }
    },
    NOT_AN_ENTRY("expected: an entry") {
      @Override
      CommittedEntry after(Head head) {
        byte[] bytes = bytes("{\"v\":1}");
        return new CommittedEntry(Scribe.next(head, "k").entry(), bytes, Hash.of(bytes));
      }
    },
    TOO_LARGE("bytes: 262145") {
      @Override
      CommittedEntry after(Head head) {
        byte[] bytes = new byte[Entry.BYTES_MAX + 1];
        return new CommittedEntry(Scribe.next(head, "k").entry(), bytes, Hash.of(bytes));
      }
    };

    final String said;

    Broken(String said) {
      this.said = said;
    }

    CommittedEntry after(Head head) {
      return change(Scribe.next(head, "k").entry()).commit();
    }

    Entry change(Entry entry) {
      return entry;
    }
  }

  @Nested
  class Idempotency {
    @Test
    void aKeyThatIsTakenAnswersItsEntryAlthoughTheHeadHasMoved() {
      Scribe scribe = Scribe.of(log);
      Head first = scribe.head();
      CommittedEntry existing = scribe.writeAs("once", Scribe.flag("a", 1, true));
      scribe.writeMany(3);

      assertThat(log.append(SHOP, first, existing)).isEqualTo(new AppendResult.KeyTaken(existing));
      assertThat(log.append(SHOP, scribe.head(), Scribe.next(scribe.head(), "once")))
          .isEqualTo(new AppendResult.KeyTaken(existing));
      assertThat(log.head(SHOP)).isEqualTo(scribe.head());
      assertThat(log.byKey(SHOP, "once")).isEqualTo(existing);
    }

    @Test
    void aKeyIsKeptFor48HoursOfLogTimeAndThenFree() {
      Scribe scribe = Scribe.of(log);
      CommittedEntry existing = scribe.writeAs("once");
      long kept = existing.entry().timeMicros() + Log.KEY_KEPT_MICROS;

      AppendResult atTheEnd =
          log.append(SHOP, scribe.head(), Scribe.next(scribe.head(), "once", kept, null));
      AppendResult after =
          log.append(SHOP, scribe.head(), Scribe.next(scribe.head(), "once", kept + 1, null));

      assertThat(atTheEnd).isEqualTo(new AppendResult.KeyTaken(existing));
      assertThat(after).isInstanceOf(AppendResult.Committed.class);
      assertThat(Objects.requireNonNull(log.byKey(SHOP, "once")).position().revision())
          .isEqualTo(2);
    }

    @Test
    void aKeyThatNobodyUsedHasNoEntry() {
      Scribe.of(log).writeMany(2);

      assertThat(log.byKey(SHOP, "never")).isNull();
    }

    @Test
    void scopesHaveTheirOwnKeys() {
      Scribe.of(log).writeAs("same");

      assertThat(new Scribe(log, OTHER).writeAs("same").position().revision()).isEqualTo(1);
    }

    @Test
    void oneOfManyWritersWithTheSameKeyWins() throws Exception {
      Head empty = log.create(SHOP, Scribe.logId("x"));
      List<AppendResult> results =
          together(
              WRITERS,
              writer ->
                  log.append(
                      SHOP, empty, Scribe.next(empty, "same", Scribe.flag("f" + writer, 1, true))));

      CommittedEntry winner = log.read(SHOP, 0, 10).getFirst();
      assertThat(results).filteredOn(AppendResult.Committed.class::isInstance).hasSize(1);
      assertThat(results)
          .filteredOn(result -> result.equals(new AppendResult.KeyTaken(winner)))
          .hasSize(WRITERS - 1);
      assertThat(log.read(SHOP, 1, 10)).isEmpty();
    }
  }

  /** Runs the same on several threads that start at once. */
  private static <T> List<T> together(int threads, ThreadWork<T> work) throws Exception {
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Callable<T>> all = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int index = i;
        all.add(() -> work.on(index));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : executor.invokeAll(all)) {
        results.add(future.get());
      }
      return results;
    }
  }

  private interface ThreadWork<T> {
    T on(int thread) throws Exception;
  }

  @Nested
  class Concurrency {
    private static final int EACH = 40;

    @Test
    void appendsAreLinearizableUnderEightWriters() throws Exception {
      log.create(SHOP, Scribe.logId("x"));
      History history = new History();

      together(
          WRITERS,
          writer -> {
            for (int i = 0; i < EACH; i++) {
              String key = writer + "-" + i;
              history.record(() -> appendAtHead(key));
              history.record(() -> new Seen.HeadAt(head(SHOP).revision()));
            }
            return writer;
          });

      assertThat(history.operations())
          .filteredOn(operation -> operation.seen() instanceof Seen.Committed)
          .isNotEmpty();
      assertThat(History.violations(history.operations(), contents())).isEmpty();
      assertThat(LogVerifier.verify(log).problems()).isEmpty();
    }

    private Seen appendAtHead(String key) {
      Head expected = head(SHOP);
      return switch (log.append(SHOP, expected, Scribe.next(expected, key))) {
        case AppendResult.Committed committed ->
            new Seen.Committed(key, committed.head().revision());
        case AppendResult.Conflict conflict -> new Seen.Refused(key, conflict.actual().revision());
        case AppendResult.KeyTaken taken -> throw new AssertionError("key of another: " + taken);
      };
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whateverIsLostOrLateTheOutcomeFoundIsTrue(long seed) throws Exception {
      log.create(SHOP, Scribe.logId("x"));
      History history = new History();

      together(
          WRITERS,
          writer -> {
            LossyLog lossy = new LossyLog(log, seed * 100 + writer);
            AppendDriver driver = new AppendDriver(lossy, () -> 0, () -> {});
            for (int i = 0; i < EACH; i++) {
              String key = writer + "-" + i;
              history.record(() -> drive(driver, key));
            }
            lossy.deliverAll();
            return writer;
          });

      List<Seen> seen = history.operations().stream().map(History.Operation::seen).toList();
      assertThat(seen)
          .hasAtLeastOneElementOfType(Seen.Committed.class)
          .hasAtLeastOneElementOfType(Seen.Refused.class);
      assertThat(History.violations(history.operations(), contents())).isEmpty();
      assertThat(LogVerifier.verify(log).problems()).isEmpty();
    }

    private Seen drive(AppendDriver driver, String key) {
      Head expected = head(SHOP);
      return switch (driver.run(
          expected, Scribe.next(expected, key), /* attemptsMax= */ 8, /* deadlineMicros= */ 1)) {
        case AppendCore.Outcome.Committed committed ->
            new Seen.Committed(key, committed.head().revision());
        case AppendCore.Outcome.Conflict conflict ->
            new Seen.Refused(key, conflict.actual().revision());
        case AppendCore.Outcome.KeyTaken taken ->
            throw new AssertionError("key of another: " + taken);
        case AppendCore.Outcome.Unavailable _, AppendCore.Outcome.Unknown _ ->
            new Seen.Unknown(key);
      };
    }

    private List<Map.Entry<Long, String>> contents() {
      return log.read(SHOP, 0, 10_000).stream()
          .map(entry -> Map.entry(entry.position().revision(), entry.entry().key()))
          .toList();
    }

    @Test
    void headsAreSeenAtOneInstant() throws Exception {
      Scribe first = Scribe.of(log);
      Scribe second = new Scribe(log, OTHER);
      AtomicBoolean done = new AtomicBoolean();

      // The second scope is always written after the first, so it is never ahead.
      List<Boolean> results =
          together(
              2,
              thread -> {
                if (thread == 0) {
                  for (int i = 0; i < 100; i++) {
                    first.write();
                    second.write();
                  }
                  done.set(true);
                  return true;
                }
                boolean inOrder = true;
                while (!done.get()) {
                  Map<ScopeId, Head> heads = log.heads();
                  long ahead = heads.get(SHOP).revision() - heads.get(OTHER).revision();
                  inOrder &= ahead == 0 || ahead == 1;
                }
                return inOrder;
              });

      assertThat(results).containsOnly(true);
    }
  }

  @Nested
  class Reading {
    @Test
    void entriesComeInOrderFromAnyRevisionInAnyPortion() {
      Scribe.of(log).writeMany(25);

      assertThat(revisions(log.read(SHOP, 0, 100))).isEqualTo(from(1, 25));
      assertThat(revisions(log.read(SHOP, 7, 5))).isEqualTo(from(8, 12));
      assertThat(log.read(SHOP, 25, 5)).isEmpty();
      assertThat(log.read(SHOP, 90, 5)).isEmpty();
      assertThat(log.read(SHOP, 3, 0)).isEmpty();
    }

    @Test
    void anyTwoNeighboursAreChained() {
      Scribe.of(log).writeMany(25);

      List<CommittedEntry> entries = log.read(SHOP, 0, 100);

      Hash previous = Hash.ZERO;
      for (CommittedEntry entry : entries) {
        assertThat(entry.entry().previous()).isEqualTo(previous);
        assertThat(entry.hash()).isEqualTo(Hash.of(entry.bytes()));
        previous = entry.hash();
      }
    }
  }

  @Nested
  class Tailing {
    @Test
    void aTailResumesAnywhereWithoutGapOrRepetitionWhileWritersRun() throws Exception {
      int count = 120;
      Scribe scribe = Scribe.of(log).writeMany(40);

      List<List<Long>> seen =
          together(
              6,
              thread -> {
                if (thread == 0) {
                  scribe.writeMany(count - 40);
                  return from(1, count);
                }
                return tailWithInterruptions(thread, count);
              });

      assertThat(seen).allSatisfy(revisions -> assertThat(revisions).isEqualTo(from(1, count)));
    }

    /** Closes its tail now and then, and goes on with another from the last revision it has. */
    private List<Long> tailWithInterruptions(long seed, long until) throws InterruptedException {
      Random random = new Random(seed);
      List<Long> seen = new ArrayList<>();
      while (seen.size() < until) {
        try (Tail tail = log.tail(SHOP, seen.size())) {
          for (int i = random.nextInt(4); i >= 0 && seen.size() < until; i--) {
            if (tail.next(SOON) instanceof Tail.Event.Entries entries) {
              seen.addAll(revisions(entries.entries()));
              assertThat(tail.lastRevision()).isEqualTo(seen.getLast());
            }
          }
        }
      }
      return seen;
    }

    @Test
    void anAppendWakesAWaitingTail() throws Exception {
      Scribe scribe = Scribe.of(log).writeMany(1);
      try (Tail tail = log.tail(SHOP, 1);
          ExecutorService executor = Executors.newSingleThreadExecutor()) {
        Future<Tail.Event> waiting = executor.submit(() -> tail.next(SOON));

        CommittedEntry entry = scribe.write();

        assertThat(waiting.get()).isEqualTo(new Tail.Event.Entries(List.of(entry)));
      }
    }

    @Test
    void nothingNewIsQuiet() throws Exception {
      Scribe.of(log).writeMany(1);
      try (Tail tail = log.tail(SHOP, 1)) {
        assertThat(tail.next(NOW)).isEqualTo(new Tail.Event.Quiet());
      }
    }

    @Test
    void closingATailEndsItsWaitingReader() throws Exception {
      Scribe.of(log).writeMany(1);
      try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
        Tail tail = log.tail(SHOP, 1);
        Future<Tail.Event> waiting = executor.submit(() -> tail.next(SOON));

        tail.close();

        assertThat(reason(waiting.get())).isEqualTo(Tail.Reason.TAIL_CLOSED);
        assertThat(reason(tail.next(NOW))).isEqualTo(Tail.Reason.TAIL_CLOSED);
      }
    }

    @Test
    void closingTheLogEndsItsTails() throws Exception {
      Scribe.of(log).writeMany(1);
      try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
        Tail tail = log.tail(SHOP, 1);
        Future<Tail.Event> waiting = executor.submit(() -> tail.next(SOON));

        log.close();

        assertThat(reason(waiting.get())).isEqualTo(Tail.Reason.LOG_CLOSED);
      }
    }

    @Test
    void aTailBeyondTheHeadIsRefused() {
      Scribe.of(log).writeMany(1);

      assertThatThrownBy(() -> log.tail(SHOP, 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("shop/prod@1.1");
    }
  }

  private static Tail.Reason reason(Tail.Event event) {
    return ((Tail.Event.Closed) event).reason();
  }

  @Nested
  class Blobs {
    private final byte[] bytes = bytes("[\"u1\",\"u2\"]");
    private final Hash hash = Hash.of(bytes);

    @Test
    void aBlobIsFoundUnderItsHash() {
      log.putBlob(hash, bytes);
      log.putBlob(hash, bytes);

      reopen();

      assertThat(((BlobResult.Found) log.getBlob(hash)).bytes()).isEqualTo(bytes);
      assertThat(log.blobs(Hash.ZERO, 10)).containsExactly(hash);
    }

    @Test
    void bytesOfAnotherHashAreRefused() {
      assertThatThrownBy(() -> log.putBlob(Hash.of("other"), bytes))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("blob hash: ");
      assertThat(log.getBlob(Hash.of("other"))).isEqualTo(new BlobResult.Missing());
    }

    @Test
    void theLargestBlobIsTakenAndALargerOneRefused() {
      byte[] largest = new byte[Log.BLOB_BYTES_MAX];
      byte[] larger = new byte[Log.BLOB_BYTES_MAX + 1];

      log.putBlob(Hash.of(largest), largest);

      assertThat(log.getBlob(Hash.of(largest))).isInstanceOf(BlobResult.Found.class);
      assertThatThrownBy(() -> log.putBlob(Hash.of(larger), larger))
          .hasMessageContaining("at most 524288");
    }

    @Test
    void anErasedBlobIsErasedUntilItIsPutAgain() {
      log.putBlob(hash, bytes);

      log.eraseBlob(hash);
      reopen();

      assertThat(log.getBlob(hash)).isEqualTo(new BlobResult.Erased());
      log.putBlob(hash, bytes);
      assertThat(log.getBlob(hash)).isInstanceOf(BlobResult.Found.class);
    }

    @Test
    void blobsAreListedInOrderInPortions() {
      List<Hash> hashes =
          IntStream.range(0, 10).mapToObj(i -> Hash.of(bytes("blob " + i))).sorted().toList();
      IntStream.range(0, 10)
          .forEach(i -> log.putBlob(Hash.of(bytes("blob " + i)), bytes("blob " + i)));

      assertThat(log.blobs(Hash.ZERO, 4)).isEqualTo(hashes.subList(0, 4));
      assertThat(log.blobs(hashes.get(3), 100)).isEqualTo(hashes.subList(4, 10));
    }
  }

  @Nested
  class States {
    @Test
    void replayFromSnapshotsEqualsReplayFromTheStart() {
      Scribe scribe = Scribe.of(log).writeMany(30);
      var at30 = scribe.state();
      scribe.writeMany(30);
      log.putSnapshot(SHOP, at30.position(), ScopeSnapshot.encode(at30));

      assertThat(Replay.state(log, SHOP).entities().root())
          .isEqualTo(scribe.state().entities().root());
      assertThat(Replay.state(log, SHOP, 30).chain()).isEqualTo(at30.chain());
      assertThat(Replay.state(log, SHOP, 29).position().revision()).isEqualTo(29);
      assertThat(Replay.state(log, SHOP, 0).entities().size()).isZero();
    }

    @Test
    void theNewestSnapshotAtOrBeforeARevisionIsFound() {
      Scribe scribe = Scribe.of(log);
      for (int i = 0; i < 3; i++) {
        scribe.writeMany(10);
        log.putSnapshot(
            SHOP, scribe.state().position(), bytes("at " + scribe.state().position().revision()));
      }

      assertThat(log.snapshots(SHOP)).extracting(Position::revision).containsExactly(10L, 20L, 30L);
      assertThat(log.latestSnapshot(SHOP, 9)).isNull();
      StoredSnapshot found = Objects.requireNonNull(log.latestSnapshot(SHOP, 29));
      assertThat(found.position().revision()).isEqualTo(20);
      assertThat(new String(found.bytes(), StandardCharsets.UTF_8)).isEqualTo("at 20");
    }

    @Test
    void aSnapshotBeyondTheHeadIsRefused() {
      Scribe scribe = Scribe.of(log).writeMany(2);

      assertThatThrownBy(() -> log.putSnapshot(SHOP, scribe.state().position().next(), bytes("x")))
          .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSnapshotThatTheLogDoesNotConfirmIsPassedOver() {
      Scribe scribe = Scribe.of(log).writeMany(10);
      var truth = scribe.state();
      scribe.writeMany(10);
      log.putSnapshot(SHOP, truth.position(), ScopeSnapshot.encode(truth));
      log.putSnapshot(SHOP, scribe.state().position(), bytes("damaged"));
      // A state of the right place with the chain of another.
      var wrong =
          new ScopeState(
              SHOP, Replay.state(log, SHOP, 15).position(), Hash.of("x"), 1, truth.entities());
      log.putSnapshot(SHOP, wrong.position(), ScopeSnapshot.encode(wrong));

      assertThat(Replay.state(log, SHOP))
          .extracting(state -> state.entities().root())
          .isEqualTo(scribe.state().entities().root());
    }

    @Test
    void aSnapshotThatALaterCheckpointContradictsIsPassedOver() {
      Scribe scribe = Scribe.of(log).writeMany(990);
      var truth = scribe.state();
      var forged =
          new ScopeState(
              SHOP,
              truth.position(),
              truth.chain(),
              truth.timeMicros(),
              Replay.state(log, SHOP, 3).entities());
      log.putSnapshot(SHOP, forged.position(), ScopeSnapshot.encode(forged));
      scribe.writeMany(20);

      assertThat(Replay.state(log, SHOP).entities().root())
          .isEqualTo(scribe.state().entities().root());
    }

    @Test
    void theStateOfAnInstantIsThatOfTheLastEntryNotAfterIt() {
      Scribe.of(log).writeMany(20);
      long tenth = log.read(SHOP, 9, 1).getFirst().entry().timeMicros();

      assertThat(Replay.stateAt(log, SHOP, tenth).position().revision()).isEqualTo(10);
      assertThat(Replay.stateAt(log, SHOP, tenth - 1).position().revision()).isEqualTo(9);
      assertThat(Replay.stateAt(log, SHOP, 0).position().revision()).isZero();
      assertThat(Replay.stateAt(log, SHOP, Long.MAX_VALUE).position().revision()).isEqualTo(20);
    }

    @Test
    void aCheckpointThatIsWrongStopsReplay() {
      Scribe scribe = Scribe.of(log).writeMany(999);
      Head head = scribe.head();
      log.append(
          SHOP,
          head,
          Scribe.next(
              head, "lie", head.timeMicros() + 1, new Checkpoint(999, Hash.of("another state"))));

      assertThatThrownBy(() -> Replay.state(log, SHOP))
          .isInstanceOf(CorruptLogException.class)
          .hasRootCauseMessage(
              "state hash "
                  + Hash.of("another state")
                  + " (expected: "
                  + scribe.state().entities().root()
                  + ") in entry "
                  + head.position().next()
                  + " of shop/prod");
      assertThat(LogVerifier.verify(log).problems())
          .extracting(LogVerifier.Problem::place)
          .contains("entry 1000 of shop/prod");
    }
  }

  @Nested
  class Eras {
    @Test
    void aRecoveryBeginsTheNextEraAtTheNextRevision() {
      Head before = Scribe.of(log).writeMany(5).head();

      var recovered =
          new LogRecovery(log)
              .recover(SHOP, "ada", "restored from Monday", before.timeMicros() + 5, "r1");

      assertThat(recovered.before()).isEqualTo(before.position());
      assertThat(recovered.after()).isEqualTo(new Position(before.position().logId(), 2, 6));
      Scribe inTheNewEra = Scribe.of(log).writeMany(3);
      assertThat(inTheNewEra.head().position())
          .isEqualTo(new Position(before.position().logId(), 2, 9));
      assertThat(LogVerifier.verify(log).problems()).isEmpty();
    }

    @Test
    void anAppendWithAHeadOfTheEraBeforeIsAConflict() {
      Head before = Scribe.of(log).writeMany(5).head();
      new LogRecovery(log).recover(SHOP, "ada", "restored", 0, "r1");

      assertThat(log.append(SHOP, before, Scribe.next(before, "late")))
          .isEqualTo(new AppendResult.Conflict(head(SHOP)));
    }

    @Test
    void aRecoveryBeginsTheEraAskedForAndNeverOneThatHasBeen() {
      Scribe.of(log).writeMany(2);

      long asked = new LogRecovery(log, 7).recover(SHOP, "ada", "r", 0, "r1").after().era();
      long next = new LogRecovery(log).recover(SHOP, "ada", "r", 0, "r2").after().era();
      long tooLow = new LogRecovery(log, 3).recover(SHOP, "ada", "r", 0, "r3").after().era();

      assertThat(List.of(asked, next, tooLow)).containsExactly(7L, 8L, 9L);
      assertThat(log.highestEra(SHOP)).isEqualTo(9);
      Scribe.of(log).writeMany(1);
      assertThat(LogVerifier.verify(log).problems()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void aRecoveryIntoTheEraOfTheHeadOrAnEarlierOneIsRefused(long era) {
      Scribe.of(log).writeMany(1);
      new LogRecovery(log).recover(SHOP, "ada", "r", 0, "r1");
      Head head = head(SHOP);
      Entry again =
          Scribe.altered(
              Scribe.next(head, "k").entry(),
              new Position(head.position().logId(), era, head.revision() + 1),
              head.timeMicros() + 1,
              head.chain(),
              null);

      assertThatThrownBy(() -> log.recover(SHOP, head, again.commit()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("era: " + era + " (expected: higher than 2)");
    }

    @Test
    void aRecoveryThatChangesSomethingIsRefused() {
      Head head = Scribe.of(log).writeMany(1).head();
      Position next = new Position(head.position().logId(), 2, 2);
      Entry changing =
          Scribe.altered(
              Scribe.next(head, "k", Scribe.flag("a", 9, true)).entry(),
              next,
              head.timeMicros() + 1,
              head.chain(),
              null);

      assertThatThrownBy(() -> log.recover(SHOP, head, changing.commit()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("changes: 1");
    }
  }

  @Nested
  class Truncation {
    @Test
    void readsBelowTheBaseSayTruncated() throws Exception {
      Scribe scribe = Scribe.of(log).stepping(Log.KEY_KEPT_MICROS / 5).writeMany(20);
      var at10 = Replay.state(log, SHOP, 10);
      log.putSnapshot(SHOP, at10.position(), ScopeSnapshot.encode(at10));
      Tail behind = log.tail(SHOP, 0);

      log.truncate(SHOP, 10);

      assertThatThrownBy(() -> log.read(SHOP, 9, 5))
          .isInstanceOf(TruncatedException.class)
          .hasMessageContaining("TRUNCATED")
          .hasMessageContaining("at least 11");
      assertThatThrownBy(() -> log.tail(SHOP, 9)).isInstanceOf(TruncatedException.class);
      assertThatThrownBy(() -> Replay.state(log, SHOP, 9)).isInstanceOf(TruncatedException.class);
      assertThat(reason(behind.next(NOW))).isEqualTo(Tail.Reason.TRUNCATED);
      assertThat(revisions(log.read(SHOP, 10, 100))).isEqualTo(from(11, 20));
      assertThat(log.base(SHOP))
          .isEqualTo(new Head(SHOP, at10.position(), at10.chain(), at10.timeMicros()));
      assertThat(Replay.state(log, SHOP).entities().root())
          .isEqualTo(scribe.state().entities().root());
      reopen();
      Scribe.of(log).writeMany(2);
      assertThat(LogVerifier.verify(log).problems()).isEmpty();
    }

    @Test
    void withoutASnapshotNothingIsTruncated() {
      Scribe.of(log).stepping(Log.KEY_KEPT_MICROS).writeMany(5);

      assertThatThrownBy(() -> log.truncate(SHOP, 3))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("snapshot of shop/prod: none");
      assertThat(log.read(SHOP, 0, 10)).hasSize(5);
    }

    @Test
    void whileAKeyIsKeptItsEntryIsToo() {
      Scribe scribe = Scribe.of(log).writeMany(5);
      log.putSnapshot(SHOP, scribe.state().position(), ScopeSnapshot.encode(scribe.state()));

      assertThatThrownBy(() -> log.truncate(SHOP, 3))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("idempotency keys are kept");
    }
  }

  @Nested
  class Crashes {
    @ParameterizedTest
    @EnumSource(Window.class)
    void aCrashInAnyWindowKeepsEveryAcknowledgedCommitOnce(Window window) throws Exception {
      log.close();

      LogChild.Told told =
          LogChild.run(LogCompliance.this.getClass(), directory, window, /* rounds= */ 12);

      log = open(directory);
      assertThat(told.exitCode()).isEqualTo(LogChild.HALTED);
      assertThat(told.acknowledged()).hasSize(11);
      assertHolds(told);
      // In the last window the entry is there and nobody was told; in the others it is not.
      assertThat(head(SHOP).revision()).isEqualTo(window == Window.AFTER_COMMIT ? 12 : 11);
      Scribe.of(log).writeMany(3);
      assertThat(LogVerifier.verify(log).problems()).isEmpty();
    }

    @Test
    void aBlobThatWasPutBeforeTheCrashIsThere() throws Exception {
      log.close();

      LogChild.run(LogCompliance.this.getClass(), directory, Window.AFTER_BLOB, /* rounds= */ 3);

      log = open(directory);
      byte[] bytes = LogChild.blob(3);
      assertThat(log.getBlob(Hash.of(bytes))).isInstanceOf(BlobResult.Found.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 23, 60})
    void aKillAmongManyWritersKeepsEveryAcknowledgedCommitOnce(int acknowledgements)
        throws Exception {
      log.close();

      LogChild.Told told =
          LogChild.killAfter(LogCompliance.this.getClass(), directory, acknowledgements);

      log = open(directory);
      assertThat(told.acknowledged()).hasSizeGreaterThanOrEqualTo(acknowledgements);
      assertHolds(told);
    }

    private void assertHolds(LogChild.Told told) {
      List<CommittedEntry> entries = log.read(SHOP, 0, 10_000);
      for (String acknowledged : told.acknowledged()) {
        assertThat(entries)
            .filteredOn(entry -> acknowledged.equals(LogChild.shown(entry)))
            .hasSize(1);
      }
      assertThat(LogVerifier.verify(log).problems()).isEmpty();
    }
  }
}
