package dev.guidon.simulation;

import dev.guidon.engine.Ruleset;
import dev.guidon.model.BlobSource;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.View;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the log has been, by position, in every era: the truth that everyone else is held against.
 */
final class Reference {
  private final ScopeId scope;
  private final String region;
  private final BlobSource blobs;
  private final Map<Position, ScopeState> states = new HashMap<>();
  private final Map<Position, View> views = new HashMap<>();
  private final Map<Position, Ruleset> rulesets = new HashMap<>();
  private final Map<Long, CommittedEntry> present = new HashMap<>();
  private final Map<String, Position> keys = new HashMap<>();
  private final Map<Hash, CommittedEntry> acknowledged = new LinkedHashMap<>();
  private final Set<Hash> dropped = new HashSet<>();
  private long version;
  private @Nullable String repeatedKey;

  Reference(ScopeId scope, String region, BlobSource blobs) {
    this.scope = scope;
    this.region = region;
    this.blobs = blobs;
  }

  void committed(CommittedEntry entry) {
    Position at = entry.position();
    CommittedEntry before = present.get(at.revision() - 1);
    ScopeState base =
        before == null ? ScopeState.empty(scope, at.logId()) : states.get(before.position());
    if (base == null) {
      throw new IllegalStateException("no state before " + at);
    }
    states.put(at, base.apply(entry));
    present.put(at.revision(), entry);
    Position same = keys.putIfAbsent(entry.entry().key(), at);
    if (same != null) {
      repeatedKey = entry.entry().key() + " at " + same + " and at " + at;
    }
    version++;
  }

  /** A crash of the log took it. */
  void forgotten(CommittedEntry entry) {
    present.remove(entry.position().revision());
    keys.remove(entry.entry().key());
    version++;
  }

  /**
   * A person restored an older backup: what was acknowledged meanwhile is lost on purpose, and said
   * so.
   */
  void droppedByRestore(CommittedEntry entry) {
    forgotten(entry);
    acknowledged.remove(entry.hash());
    dropped.add(entry.hash());
  }

  /**
   * A client was told that this is in the log; perhaps by an answer that was on its way during a
   * restore.
   */
  void acknowledged(CommittedEntry entry) {
    if (!dropped.contains(entry.hash())) {
      acknowledged.put(entry.hash(), entry);
      version++;
    }
  }

  /** Counts what could break {@link #lost} or {@link #repeatedKey}. */
  long version() {
    return version;
  }

  /** An acknowledged entry that the log does not hold, or {@code null}. */
  @Nullable CommittedEntry lost() {
    for (CommittedEntry entry : acknowledged.values()) {
      CommittedEntry there = present.get(entry.position().revision());
      if (there == null || !there.hash().equals(entry.hash())) {
        return entry;
      }
    }
    return null;
  }

  int acknowledgedCount() {
    return acknowledged.size();
  }

  @Nullable String repeatedKey() {
    return repeatedKey;
  }

  @Nullable ScopeState state(Position at) {
    return states.get(at);
  }

  @Nullable View view(Position at) {
    ScopeState state = states.get(at);
    return state == null ? null : views.computeIfAbsent(at, p -> View.of(state, region));
  }

  @Nullable Ruleset ruleset(Position at) {
    View view = view(at);
    return view == null
        ? null
        : rulesets.computeIfAbsent(
            at, p -> Ruleset.compile(view, blobs, /* previous= */ null).ruleset());
  }
}
