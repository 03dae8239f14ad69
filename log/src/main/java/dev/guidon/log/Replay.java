package dev.guidon.log;

import dev.guidon.model.ChainException;
import dev.guidon.model.Checkpoint;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Hash;
import dev.guidon.model.InvalidDocumentException;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeSnapshot;
import dev.guidon.model.ScopeState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a scope at a revision or an instant: the newest snapshot that the log confirms, and
 * the entries after it.
 *
 * <p>The log confirms a snapshot when it reads and hashes to its own root, its chain is the hash of
 * the log's entry at its position, and the entry after it, if that has a checkpoint, names the same
 * root. A snapshot that fails, also at a later checkpoint, is passed over for an older one.
 */
public final class Replay {
  private static final int BATCH = 256;

  private final Log log;
  private final ScopeId scope;

  private Replay(Log log, ScopeId scope) {
    this.log = log;
    this.scope = scope;
  }

  /** The state at the head. */
  public static ScopeState state(Log log, ScopeId scope) {
    return new Replay(log, scope).at(head(log, scope).revision());
  }

  /**
   * The state at a revision; 0 is the empty one.
   *
   * @throws IllegalArgumentException beyond the head
   * @throws TruncatedException before the oldest state that can be made
   * @throws CorruptLogException when the log contradicts itself
   */
  public static ScopeState state(Log log, ScopeId scope, long atRevision) {
    Head head = head(log, scope);
    if (atRevision < 0 || atRevision > head.revision()) {
      throw new IllegalArgumentException(
          "revision: " + atRevision + " (expected: 0 to " + head.revision() + ") of " + scope);
    }
    return new Replay(log, scope).at(atRevision);
  }

  /** The state that held at an instant of scope log time: that of the last entry not after it. */
  public static ScopeState stateAt(Log log, ScopeId scope, long micros) {
    return new Replay(log, scope).at(revisionAt(log, scope, micros));
  }

  /** The last revision whose time is not after an instant; 0 before the first. */
  public static long revisionAt(Log log, ScopeId scope, long micros) {
    Head base = log.base(scope);
    if (base.revision() > 0 && micros < base.timeMicros()) {
      throw new TruncatedException(scope, base.revision() - 1, base.revision() + 1);
    }
    long low = base.revision();
    long high = head(log, scope).revision();
    while (low < high) {
      long middle = low + (high - low + 1) / 2;
      boolean isAfter = log.read(scope, middle - 1, 1).getFirst().entry().timeMicros() > micros;
      low = isAfter ? low : middle;
      high = isAfter ? middle - 1 : high;
    }
    return low;
  }

  private static Head head(Log log, ScopeId scope) {
    Head head = log.head(scope);
    if (head == null) {
      throw new UnknownScopeException(scope);
    }
    return head;
  }

  private ScopeState at(long revision) {
    for (StoredSnapshot stored = log.latestSnapshot(scope, revision);
        stored != null;
        stored = log.latestSnapshot(scope, stored.position().revision() - 1)) {
      ScopeState state = from(stored, revision);
      if (state != null) {
        return state;
      }
    }
    return fromTheStart(revision);
  }

  private @Nullable ScopeState from(StoredSnapshot stored, long revision) {
    ScopeState snapshot = confirmed(stored);
    if (snapshot == null) {
      return null;
    }
    try {
      return forward(snapshot, revision);
    } catch (ChainException e) {
      if (e.kind() == ChainException.Kind.STATE) {
        return null;
      }
      throw contradiction(e);
    }
  }

  private ScopeState fromTheStart(long revision) {
    Head base = log.base(scope);
    if (base.revision() > 0) {
      long first =
          log.snapshots(scope).stream()
              .mapToLong(Position::revision)
              .filter(at -> at > revision)
              .findFirst()
              .orElse(base.revision() + 1);
      throw new TruncatedException(scope, revision, first);
    }
    try {
      return forward(ScopeState.empty(scope, base.position().logId()), revision);
    } catch (ChainException e) {
      throw contradiction(e);
    }
  }

  private CorruptLogException contradiction(ChainException e) {
    return new CorruptLogException("log of " + scope + ": contradicts itself", e);
  }

  /** Applies the entries up to a revision. */
  private ScopeState forward(ScopeState from, long toRevision) {
    ScopeState state = from;
    while (state.position().revision() < toRevision) {
      long at = state.position().revision();
      List<CommittedEntry> entries = log.read(scope, at, (int) Math.min(BATCH, toRevision - at));
      if (entries.isEmpty()) {
        throw new CorruptLogException(
            "log of " + scope + ": ends at " + at + " (expected: revision " + toRevision + ")",
            null);
      }
      for (CommittedEntry entry : entries) {
        state = state.apply(entry);
      }
    }
    return state;
  }

  /** The state of a snapshot, or {@code null} when the log does not confirm it. */
  private @Nullable ScopeState confirmed(StoredSnapshot stored) {
    ScopeState state;
    try {
      state = ScopeSnapshot.decode(stored.bytes());
    } catch (InvalidDocumentException damaged) {
      return null;
    }
    boolean agrees =
        state.scope().equals(scope)
            && state.position().equals(stored.position())
            && state.chain().equals(chainAt(stored.position().revision()))
            && agreesWithCheckpoint(state);
    return agrees ? state : null;
  }

  private Hash chainAt(long revision) {
    Head base = log.base(scope);
    return revision == base.revision()
        ? base.chain()
        : log.read(scope, revision - 1, 1).getFirst().hash();
  }

  private boolean agreesWithCheckpoint(ScopeState state) {
    List<CommittedEntry> next = log.read(scope, state.position().revision(), 1);
    Checkpoint checkpoint = next.isEmpty() ? null : next.getFirst().entry().checkpoint();
    return checkpoint == null || checkpoint.state().equals(state.entities().root());
  }
}
