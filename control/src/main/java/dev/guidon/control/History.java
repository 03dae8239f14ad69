package dev.guidon.control;

import dev.guidon.log.Head;
import dev.guidon.log.StoredSnapshot;
import dev.guidon.log.UnknownScopeException;
import dev.guidon.model.ChainException;
import dev.guidon.model.Change;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.EntityId;
import dev.guidon.model.InvalidDocumentException;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeSnapshot;
import dev.guidon.model.ScopeState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The past of scopes, read from the log. Every method may block, and throws what the log throws.
 */
public final class History {
  private static final int READ_MAX = 500;

  /** So far back one call looks for entries of one entity before it hands out a cursor. */
  private static final int LOOK_BACK_MAX = 20_000;

  private final Scopes scopes;

  public History(Scopes scopes) {
    this.scopes = scopes;
  }

  /**
   * A page of commits, newest first.
   *
   * @param next the newest revision of the next page, 0 when there is none
   */
  public record Page(List<CommittedEntry> entries, long next) {}

  /** The state at a revision, 0 to the head. Throws {@link IllegalArgumentException} beyond. */
  public ScopeState stateAt(ScopeId scope, long revision) {
    ScopeState present = scopes.current(scope);
    if (revision == present.position().revision()) {
      return present;
    }
    if (revision < 0 || revision > present.position().revision()) {
      throw new IllegalArgumentException(
          "revision: " + revision + " (expected: 0 to " + present.position().revision() + ")");
    }
    StoredSnapshot stored = scopes.log().latestSnapshot(scope, revision);
    if (stored != null) {
      try {
        return replay(ScopeSnapshot.decode(stored.bytes()), revision);
      } catch (InvalidDocumentException | ChainException e) {
        return replay(
            empty(scope, present), revision); // The log is the truth, a snapshot only saves time.
      }
    }
    return replay(empty(scope, present), revision);
  }

  private static ScopeState empty(ScopeId scope, ScopeState present) {
    return ScopeState.empty(scope, present.position().logId());
  }

  private ScopeState replay(ScopeState from, long revision) {
    ScopeState state = from;
    while (state.position().revision() < revision) {
      long missing = revision - state.position().revision();
      for (CommittedEntry entry :
          scopes
              .log()
              .read(from.scope(), state.position().revision(), (int) Math.min(READ_MAX, missing))) {
        state = state.apply(entry);
      }
    }
    return state;
  }

  /** The last revision whose time is not after an instant; 0 when there is none. */
  public long revisionAt(ScopeId scope, long micros) {
    Head head = scopes.log().head(scope);
    if (head == null) {
      throw new UnknownScopeException(scope);
    }
    long low = scopes.log().base(scope).revision();
    long high = head.revision();
    while (low < high) {
      long middle = low + (high - low + 1) / 2;
      CommittedEntry entry = entry(scope, middle);
      if (entry != null && entry.entry().timeMicros() <= micros) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** The entry of a revision, or {@code null} beyond the head. */
  public @Nullable CommittedEntry entry(ScopeId scope, long revision) {
    List<CommittedEntry> found =
        revision < 1 ? List.of() : scopes.log().read(scope, revision - 1, 1);
    return found.isEmpty() ? null : found.getFirst();
  }

  /**
   * Commits from a revision downwards.
   *
   * @param only when given, commits that changed this entity
   */
  public Page page(ScopeId scope, long from, int limit, @Nullable EntityId only) {
    long base = scopes.log().base(scope).revision();
    List<CommittedEntry> found = new ArrayList<>();
    long upper = from;
    long lowest = Math.max(base, from - LOOK_BACK_MAX);
    while (found.size() < limit && upper > lowest) {
      int size = (int) Math.min(only == null ? limit : READ_MAX, upper - lowest);
      List<CommittedEntry> read = scopes.log().read(scope, upper - size, size);
      for (CommittedEntry entry : read.reversed()) {
        if (found.size() == limit) {
          break;
        }
        upper = entry.position().revision() - 1;
        if (only == null || changes(entry, only)) {
          found.add(entry);
        }
      }
      if (read.isEmpty()) {
        break;
      }
    }
    return new Page(found, upper > base ? upper : 0);
  }

  private static boolean changes(CommittedEntry entry, EntityId id) {
    for (Change change : entry.entry().changes()) {
      if (change.id().equals(id)) {
        return true;
      }
    }
    return false;
  }

  /** Who changed an entity last, at or before a position. */
  public @Nullable Author authorOf(ScopeId scope, EntityId id, Position at) {
    Page page = page(scope, at.revision(), 1, id);
    return page.entries().isEmpty() ? null : Author.of(page.entries().getFirst());
  }
}
