package dev.guidon.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeState;
import dev.guidon.model.View;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StateStoreTest {
  private static final StreamLimits LIMITS = StreamLimits.DEFAULT;

  private static StateStore<ScopeState> scopeStore(Disk disk) {
    return new StateStore<>(disk, StateFormat.ofScope(History.SCOPE, LIMITS));
  }

  private static StateStore<View> viewStore(Disk disk) {
    return new StateStore<>(disk, StateFormat.ofView(History.SCOPE, History.REGION, LIMITS));
  }

  /** A snapshot of the first half of a history and a journal with the rest. */
  private static MemoryDisk filled(History history, int snapshotAt) throws IOException {
    MemoryDisk disk = new MemoryDisk();
    StateStore<ScopeState> store = scopeStore(disk);
    assertThat(store.load().state()).isNull();
    store.snapshot(history.states.get(snapshotAt));
    for (int i = snapshotAt; i < history.entries.size(); i++) {
      store.append(history.entries.get(i).bytes(), history.states.get(i + 1));
    }
    store.sync();
    return disk;
  }

  @Test
  void whatWasWrittenIsThereAgain() throws IOException {
    History history = new History().commits(20);
    MemoryDisk disk = filled(history, 10);

    StateStore.Loaded<ScopeState> loaded = scopeStore(disk).load();

    assertThat(loaded.problems()).isEmpty();
    assertThat(loaded.state().position()).isEqualTo(history.position());
    assertThat(loaded.state().chain()).isEqualTo(history.state().chain());
  }

  @Test
  void entriesFromTheFirstOnNeedNoSnapshot() throws IOException {
    History history = new History().commits(4);
    MemoryDisk disk = new MemoryDisk();
    StateStore<ScopeState> store = scopeStore(disk);
    store.load();
    for (int i = 0; i < 4; i++) {
      store.append(history.entries.get(i).bytes(), history.states.get(i + 1));
    }

    assertThat(scopeStore(disk).load().state().position()).isEqualTo(history.position());
  }

  @Test
  void aViewIsKeptTheSameWay() throws IOException {
    History history = new History().commits(3);
    MemoryDisk disk = new MemoryDisk();
    StateStore<View> store = viewStore(disk);
    store.load();
    store.snapshot(history.view());
    ViewFeed feed = new ViewFeed(history.view(), ViewFeedSettings.DEFAULT);
    Position from = history.position();
    CommittedEntry committed = history.commit();
    feed.apply(history.state(), History.changed(committed), committed.entry().priority());
    store.append(feed.poll(from), feed.view());

    StateStore.Loaded<View> loaded = viewStore(disk).load();

    assertThat(loaded.problems()).isEmpty();
    assertThat(loaded.state().hash()).isEqualTo(history.view().hash());
    assertThat(loaded.state().position()).isEqualTo(history.position());
  }

  @Test
  void aJournalTornAtAnyByteLoadsItsValidPrefixAndGoesOnFromThere() throws IOException {
    History history = new History().commits(8);
    MemoryDisk disk = filled(history, 4);
    byte[] journal = disk.get("journal");
    byte[] snapshot = disk.get("snapshot");
    int[] ends = new int[5];
    for (int i = 0; i < 4; i++) {
      ends[i + 1] = ends[i] + 8 + history.entries.get(4 + i).bytes().length;
    }

    for (int length = 0; length <= journal.length; length++) {
      MemoryDisk torn = new MemoryDisk();
      torn.put("snapshot", snapshot);
      torn.put("journal", Arrays.copyOf(journal, length));
      int whole = 0;
      while (whole < 4 && ends[whole + 1] <= length) {
        whole++;
      }
      StateStore<ScopeState> store = scopeStore(torn);
      StateStore.Loaded<ScopeState> loaded = store.load();

      assertThat(loaded.state().position().revision()).as("length %d", length).isEqualTo(4 + whole);
      assertThat(loaded.problems().isEmpty())
          .as("length %d", length)
          .isEqualTo(length == ends[whole]);

      for (int i = 4 + whole; i < 8; i++) {
        store.append(history.entries.get(i).bytes(), history.states.get(i + 1));
      }
      assertThat(scopeStore(torn).load().state().chain()).isEqualTo(history.state().chain());
    }
  }

  @Test
  void everyFlippedBitOfTheJournalIsFound() throws IOException {
    History history = new History().commits(4);
    MemoryDisk disk = filled(history, 2);
    byte[] journal = disk.get("journal");
    byte[] snapshot = disk.get("snapshot");

    for (int bit = 0; bit < journal.length * 8; bit++) {
      byte[] flipped = journal.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      MemoryDisk damaged = new MemoryDisk();
      damaged.put("snapshot", snapshot);
      damaged.put("journal", flipped);

      StateStore.Loaded<ScopeState> loaded = scopeStore(damaged).load();

      assertThat(loaded.problems()).as("bit %d", bit).hasSize(1);
      ScopeState state = loaded.state();
      assertThat(state.chain())
          .isEqualTo(history.states.get((int) state.position().revision()).chain());
    }
  }

  @Test
  void everyFlippedBitOfTheSnapshotIsFoundAndNothingIsServedFromIt() throws IOException {
    History history = new History().commits(3);
    MemoryDisk disk = filled(history, 3);
    byte[] snapshot = disk.get("snapshot");

    for (int bit = 0; bit < snapshot.length * 8; bit++) {
      byte[] flipped = snapshot.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      MemoryDisk damaged = new MemoryDisk();
      damaged.put("snapshot", flipped);

      StateStore.Loaded<ScopeState> loaded = scopeStore(damaged).load();

      assertThat(loaded.state()).as("bit %d", bit).isNull();
      assertThat(loaded.problems()).hasSize(1).first().asString().contains("snapshot given up");
      assertThat(scopeStore(damaged).load().problems()).isEmpty();
    }
  }

  @Test
  void anotherScopesStateIsNotLoaded() throws IOException {
    MemoryDisk disk = filled(new History().commits(3), 3);
    StateStore<ScopeState> other =
        new StateStore<>(
            disk, StateFormat.ofScope(dev.guidon.model.ScopeId.of("shop", "dev"), LIMITS));

    assertThat(other.load().state()).isNull();
  }

  @Test
  void theJournalIsFoldedIntoTheSnapshotWhenItOutgrowsIt() throws IOException {
    History history = new History().commits(1);
    MemoryDisk disk = new MemoryDisk();
    StateStore<ScopeState> store = scopeStore(disk);
    store.load();
    long largest = 0;
    for (int i = 0; i < 2_000; i++) {
      store.append(history.entries.get(i).bytes(), history.states.get(i + 1));
      largest = Math.max(largest, store.journalBytes());
      history.commit(dev.guidon.model.Priority.NORMAL, history.flag("one", "text " + i));
    }

    assertThat(largest).isLessThanOrEqualTo(256 * 1024);
    assertThat(disk.get("snapshot")).isNotEmpty();
    assertThat(scopeStore(disk).load().state().position().revision()).isEqualTo(2_000);
  }

  @Test
  void afterACrashAtAnyStepNothingSyncedIsLostAndThePrefixIsTrue() throws IOException {
    int crashes = 0;
    for (long seed = 0; seed < 1_500; seed++) {
      Random random = new Random(seed);
      History history = new History();
      MemoryDisk disk = new MemoryDisk().crashAfter(random.nextInt(60));
      long synced = writeUntilCrash(disk, history, random);
      crashes += synced >= 0 ? 1 : 0;
      disk.restart(random);

      StateStore.Loaded<ScopeState> loaded = scopeStore(disk).load();

      long revision = loaded.state() == null ? 0 : loaded.state().position().revision();
      assertThat(revision).as("seed %d", seed).isGreaterThanOrEqualTo(synced);
      if (loaded.state() != null) {
        assertThat(loaded.state().chain())
            .as("seed %d", seed)
            .isEqualTo(history.states.get((int) revision).chain());
      }
    }

    assertThat(crashes).isGreaterThan(500);
  }

  /**
   * Writes entries, now and then a snapshot, syncing now and then; answers the last revision that
   * was synced.
   */
  private static long writeUntilCrash(MemoryDisk disk, History history, Random random) {
    long synced = 0;
    StateStore<ScopeState> store = scopeStore(disk);
    store.load();
    try {
      for (int i = 0; i < 40; i++) {
        CommittedEntry committed = history.commitRandom(random);
        if (random.nextInt(4) == 0) {
          store.snapshot(history.state());
          synced = history.position().revision();
        } else {
          store.append(committed.bytes(), history.state());
        }
        if (random.nextBoolean()) {
          store.sync();
          synced = history.position().revision();
        }
      }
    } catch (IOException e) {
      assertThat(e).isInstanceOf(MemoryDisk.Crashed.class);
    }
    return synced;
  }

  @Test
  void afterAFailedWriteNothingIsAcknowledgedUntilTheStateIsWrittenWhole() throws IOException {
    History history = new History().commits(3);
    MemoryDisk disk = new MemoryDisk();
    StateStore<ScopeState> store = scopeStore(disk);
    store.load();
    store.append(history.entries.get(0).bytes(), history.states.get(1));
    disk.crashAfter(0);
    assertThatThrownBy(store::sync).isInstanceOf(IOException.class);
    disk.crashAfter(Long.MAX_VALUE);

    assertThatThrownBy(store::sync)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("written whole");

    store.append(history.entries.get(1).bytes(), history.states.get(2));
    store.sync();
    assertThat(scopeStore(disk).load().state().position().revision()).isEqualTo(2);
  }

  @Test
  void damagedBlobsCountAsAbsent() throws IOException {
    MemoryDisk disk = new MemoryDisk();
    byte[] bytes = {1, 2, 3};
    Hash hash = Hash.of(bytes);
    BlobStore blobs = new BlobStore(disk);
    blobs.put(hash, bytes);
    assertThat(new BlobStore(disk).blob(hash)).isEqualTo(bytes);
    disk.put("blobs/" + hash, new byte[] {1, 2});

    BlobStore again = new BlobStore(disk);

    assertThat(again.blob(hash)).isNull();
    assertThat(again.isPresent(hash)).isFalse();
    assertThatThrownBy(() -> again.put(hash, new byte[] {9})).isInstanceOf(StreamException.class);
  }
}
