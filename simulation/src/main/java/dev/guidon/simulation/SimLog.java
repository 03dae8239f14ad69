package dev.guidon.simulation;

import dev.guidon.log.AppendResult;
import dev.guidon.log.Head;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Entry;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.Priority;
import dev.guidon.model.ScopeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model of a log engine on a machine of its own, for one scope. What it answers is what the
 * contract allows; the engines themselves are held to that contract by the log's compliance kit.
 */
final class SimLog {
  static final String HOST = "log";

  private final World world;
  private final Bug bug;
  private final Reference reference;
  private final ScopeId scope;
  private final String logId;
  private final List<CommittedEntry> entries = new ArrayList<>();
  private final Map<Hash, byte[]> blobs = new HashMap<>();
  private int onDisk;
  private long highestEra = 1;
  private boolean readOnly;

  SimLog(World world, Bug bug, ScopeId scope, Reference reference) {
    this.world = world;
    this.bug = bug;
    this.scope = scope;
    this.reference = reference;
    this.logId = "%032x".formatted(world.random().nextLong() & Long.MAX_VALUE);
  }

  String logId() {
    return logId;
  }

  Head head() {
    return entries.isEmpty() ? Head.empty(scope, logId) : Head.after(scope, entries.getLast());
  }

  List<CommittedEntry> read(long afterRevision, int max) {
    int from = (int) Math.min(afterRevision, entries.size());
    return List.copyOf(entries.subList(from, Math.min(entries.size(), from + max)));
  }

  @Nullable CommittedEntry byKey(String key) {
    for (CommittedEntry entry : entries) {
      if (entry.entry().key().equals(key) && bug != Bug.LOG_FORGETS_KEYS) {
        return entry;
      }
    }
    return null;
  }

  /** {@code null}: read-only for now, nothing was written. */
  @Nullable AppendResult append(Head expected, CommittedEntry entry) {
    if (readOnly) {
      return null;
    }
    CommittedEntry same = byKey(entry.entry().key());
    if (same != null) {
      return new AppendResult.KeyTaken(same);
    }
    if (!head().position().equals(expected.position())
        || !head().chain().equals(expected.chain())) {
      return new AppendResult.Conflict(head());
    }
    add(entry);
    return new AppendResult.Committed(head());
  }

  private void add(CommittedEntry entry) {
    entries.add(entry);
    boolean early = bug == Bug.LOG_ACKNOWLEDGES_TOO_EARLY && world.chance(0.5);
    if (!early) {
      onDisk = entries.size();
    }
    reference.committed(entry);
  }

  void putBlob(Hash hash, byte[] bytes) {
    blobs.put(hash, bytes);
  }

  byte @Nullable [] blob(Hash hash) {
    return blobs.get(hash);
  }

  void readOnly(boolean now) {
    readOnly = now;
  }

  /** The machine restarts with what its disk has. */
  void crash() {
    while (entries.size() > onDisk) {
      reference.forgotten(entries.removeLast());
    }
  }

  /**
   * What {@code log recover} does after the restore of an old backup: the newest entries are gone,
   * and an era begins that has never been, also when the backup is from before an earlier recovery.
   *
   * @return the last revision that is left of the old era
   */
  long restore(long lost) {
    long left = Math.max(0, entries.size() - lost);
    while (entries.size() > left) {
      reference.droppedByRestore(entries.removeLast());
    }
    onDisk = entries.size();
    Head head = head();
    Entry first =
        new Entry(
            new Position(logId, ++highestEra, head.revision() + 1),
            Math.max(world.nowMicros(), head.timeMicros() + 1),
            "operator",
            "restored",
            "recover-" + highestEra,
            Priority.NORMAL,
            /* catalogRevision= */ null,
            head.chain(),
            /* checkpoint= */ null,
            List.of());
    add(first.commit());
    return left;
  }
}
