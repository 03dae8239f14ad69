package dev.guidon.log;

import dev.guidon.model.ChainException;
import dev.guidon.model.Checkpoint;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Entry;
import dev.guidon.model.Hash;
import dev.guidon.model.InvalidDocumentException;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeSnapshot;
import dev.guidon.model.ScopeState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads a whole log and holds it against every promise that its bytes can prove: hashes, density,
 * chain, eras, times, idempotency keys, checkpoints, snapshots, and the blobs that the present
 * states name. Goes on after a problem, to report them all.
 */
public final class LogVerifier {
  private static final int BATCH = 256;
  private static final int BLOB_BATCH = 1024;

  private final Log log;
  private final List<Problem> problems = new ArrayList<>();
  private long entries;
  private long blobs;
  private long erasedBlobs;

  private LogVerifier(Log log) {
    this.log = log;
  }

  /** What is wrong, and where. */
  public record Problem(String place, String message) {
    @Override
    public String toString() {
      return place + ": " + message;
    }
  }

  /**
   * @param heads of the scopes as verified; entries appended since the start may be missing
   * @param erasedBlobs those of {@code blobs} that were erased, which is no problem
   */
  public record Report(
      List<Head> heads, long entries, long blobs, long erasedBlobs, List<Problem> problems) {
    public Report {
      heads = List.copyOf(heads);
      problems = List.copyOf(problems);
    }

    public boolean isSound() {
      return problems.isEmpty();
    }
  }

  public static Report verify(Log log) {
    return new LogVerifier(log).run();
  }

  private Report run() {
    Map<ScopeId, Head> heads = log.heads();
    Map<Hash, String> needed = new HashMap<>();
    for (Head head : heads.values()) {
      ScopeState state = new ScopeWalk(head).walk();
      if (state != null) {
        BlobReferences.of(state)
            .forEach((hash, id) -> needed.putIfAbsent(hash, id + " of " + head.scope()));
      }
    }
    checkBlobs(needed);
    return new Report(List.copyOf(heads.values()), entries, blobs, erasedBlobs, problems);
  }

  private void checkBlobs(Map<Hash, String> needed) {
    TreeSet<Hash> missing = new TreeSet<>(needed.keySet());
    for (List<Hash> batch = log.blobs(Hash.ZERO, BLOB_BATCH);
        !batch.isEmpty();
        batch = log.blobs(batch.getLast(), BLOB_BATCH)) {
      for (Hash hash : batch) {
        missing.remove(hash);
        checkBlob(hash);
      }
    }
    for (Hash hash : missing) {
      add(
          "blob " + hash,
          "missing (expected: there or erased, since " + needed.get(hash) + " names it)");
    }
  }

  private void checkBlob(Hash hash) {
    blobs++;
    try {
      if (log.getBlob(hash) instanceof BlobResult.Erased) {
        erasedBlobs++;
      }
    } catch (CorruptLogException e) {
      add("blob " + hash, String.valueOf(e.getMessage()));
    }
  }

  private void add(String place, String message) {
    problems.add(new Problem(place, message));
  }

  /** One scope, entry by entry. */
  private final class ScopeWalk {
    private final Head head;
    private final ScopeId scope;
    private final Head base;
    private final List<Position> snapshots;
    private final Keys keys = new Keys();

    /** {@code null} right after an entry that cannot be read. */
    private @Nullable Head before;

    /**
     * {@code null} while no state can be made: before the first snapshot of a truncated log, after
     * damage.
     */
    private @Nullable ScopeState state;

    ScopeWalk(Head head) {
      this.head = head;
      this.scope = head.scope();
      this.base = log.base(scope);
      this.snapshots = log.snapshots(scope);
      this.before = base;
      this.state = base.revision() == 0 ? ScopeState.empty(scope, base.position().logId()) : null;
    }

    @Nullable ScopeState walk() {
      checkSnapshot(base.revision());
      long at = base.revision();
      while (at < head.revision()) {
        List<CommittedEntry> batch = batch(at);
        if (batch.isEmpty()) {
          at++;
          before = null;
          state = null;
        }
        for (CommittedEntry entry : batch) {
          at++;
          check(entry);
          checkSnapshot(at);
        }
      }
      if (before != null && !before.chain().equals(head.chain())) {
        add(
            place(head.revision()),
            "hash " + before.chain() + " (expected: that of the head, " + head.chain() + ")");
      }
      if (state == null) {
        add("state of " + scope, "cannot be made (expected: entries or a snapshot to make it of)");
      }
      return state;
    }

    /**
     * The next entries; one by one where a batch holds damage; none when the very next is damaged.
     */
    private List<CommittedEntry> batch(long after) {
      int max = (int) Math.min(BATCH, head.revision() - after);
      try {
        return log.read(scope, after, max);
      } catch (CorruptLogException e) {
        try {
          return log.read(scope, after, 1);
        } catch (CorruptLogException first) {
          add(place(after + 1), String.valueOf(first.getMessage()));
          return List.of();
        }
      }
    }

    private void check(CommittedEntry committed) {
      entries++;
      String place = place(committed.position().revision());
      if (before != null) {
        checkFollows(place, before, committed.entry());
      }
      keys.check(place, committed.entry());
      apply(place, committed);
      before = Head.after(scope, committed);
    }

    private void checkFollows(String place, Head previous, Entry entry) {
      Position at = entry.position();
      Position last = previous.position();
      require(at.logId().equals(last.logId()), place, "log id " + at.logId(), last.logId());
      require(
          at.revision() == last.revision() + 1,
          place,
          "revision " + at.revision(),
          String.valueOf(last.revision() + 1));
      require(
          entry.previous().equals(previous.chain()),
          place,
          "previous " + entry.previous(),
          previous.chain().hex());
      require(
          entry.timeMicros() > previous.timeMicros(),
          place,
          "time " + entry.timeMicros(),
          "later than " + previous.timeMicros());
      boolean isRecovery = at.era() > last.era() && entry.changes().isEmpty();
      require(
          at.era() == last.era() || isRecovery,
          place,
          "era " + at.era() + " with " + entry.changes().size() + " changes",
          "era " + last.era() + ", or a later one without changes");
    }

    private void apply(String place, CommittedEntry committed) {
      Checkpoint checkpoint = committed.entry().checkpoint();
      boolean isDue = AppendLaws.isCheckpointDue(committed.position().revision());
      require(
          isDue == (checkpoint != null),
          place,
          checkpoint == null ? "no checkpoint" : "a checkpoint",
          isDue ? "one" : "none");
      ScopeState current = state;
      if (current == null) {
        return;
      }
      try {
        state = current.apply(committed);
      } catch (ChainException e) {
        // The other laws were reported above; a wrong state shows only here.
        if (e.kind() == ChainException.Kind.STATE) {
          add(place, "checkpoint: " + e.getMessage());
        }
        state = null;
      }
    }

    private void checkSnapshot(long revision) {
      if (snapshots.stream().noneMatch(position -> position.revision() == revision)) {
        return;
      }
      String place = "snapshot at " + revision + " of " + scope;
      StoredSnapshot stored = log.latestSnapshot(scope, revision);
      if (stored == null || stored.position().revision() != revision) {
        add(place, "damaged (expected: bytes of the stored hash)");
        return;
      }
      try {
        compare(place, ScopeSnapshot.decode(stored.bytes()));
      } catch (InvalidDocumentException e) {
        add(place, String.valueOf(e.getMessage()));
      }
    }

    private void compare(String place, ScopeState snapshot) {
      if (before != null) {
        require(
            snapshot.position().equals(before.position()),
            place,
            "position " + snapshot.position(),
            before.position().text());
        require(
            snapshot.chain().equals(before.chain()),
            place,
            "chain " + snapshot.chain(),
            before.chain().hex());
      }
      if (state == null) {
        state = snapshot;
      } else {
        require(
            snapshot.entities().root().equals(state.entities().root()),
            place,
            "state " + snapshot.entities().root(),
            "that of the entries, " + state.entities().root());
      }
    }

    private String place(long revision) {
      return SqlLog.place(scope, revision);
    }

    private void require(boolean holds, String place, String found, String expected) {
      if (!holds) {
        add(place, found + " (expected: " + expected + ")");
      }
    }
  }

  /** The idempotency keys that are still kept at the entry last checked. */
  private final class Keys {
    private final Map<String, Long> revisions = new HashMap<>();
    private final ArrayDeque<Entry> inOrder = new ArrayDeque<>();

    void check(String place, Entry entry) {
      while (!inOrder.isEmpty()
          && inOrder.getFirst().timeMicros() < entry.timeMicros() - Log.KEY_KEPT_MICROS) {
        Entry old = inOrder.removeFirst();
        revisions.remove(old.key(), old.position().revision());
      }
      Long earlier = revisions.put(entry.key(), entry.position().revision());
      if (earlier != null) {
        add(
            place,
            "idempotency key of entry " + earlier + " (expected: a key of its own within 48 h)");
      }
      inOrder.addLast(entry);
    }
  }
}
