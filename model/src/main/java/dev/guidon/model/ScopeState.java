package dev.guidon.model;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fold of a scope's log up to a position. Immutable; {@link #apply} is the only way forward,
 * the same in control, edge and every tool.
 *
 * @param position of the last entry applied; revision 0 before the first
 * @param chain hash of the last entry applied
 * @param timeMicros scope log time of the last entry applied
 */
public record ScopeState(
    ScopeId scope, Position position, Hash chain, long timeMicros, HashedMap<EntityBody> entities) {

  public static ScopeState empty(ScopeId scope, String logId) {
    return new ScopeState(scope, new Position(logId, 1, 0), Hash.ZERO, 0, HashedMap.empty());
  }

  /**
   * The state after the next entry. Throws {@link ChainException} when the entry does not belong
   * exactly here.
   */
  public ScopeState apply(CommittedEntry committed) {
    Entry entry = committed.entry();
    Position at = entry.position();
    if (!at.logId().equals(position.logId())) {
      throw broken(ChainException.Kind.OTHER_LOG, at, "log id " + at.logId(), position.logId());
    }
    if (at.revision() != position.revision() + 1) {
      throw broken(
          ChainException.Kind.GAP,
          at,
          "revision " + at.revision(),
          String.valueOf(position.revision() + 1));
    }
    if (at.era() < position.era()) {
      throw broken(
          ChainException.Kind.OLD_ERA, at, "era " + at.era(), "at least " + position.era());
    }
    if (!entry.previous().equals(chain)) {
      throw broken(ChainException.Kind.CHAIN, at, "previous hash " + entry.previous(), chain.hex());
    }
    Checkpoint checkpoint = entry.checkpoint();
    if (checkpoint != null && !checkpoint.state().equals(entities.root())) {
      throw broken(
          ChainException.Kind.STATE, at, "state hash " + checkpoint.state(), entities.root().hex());
    }
    Map<EntityId, EntityBody> changes = new LinkedHashMap<>();
    for (Change change : entry.changes()) {
      changes.put(change.id(), change.body());
    }
    return new ScopeState(scope, at, committed.hash(), entry.timeMicros(), entities.with(changes));
  }

  private ChainException broken(
      ChainException.Kind kind, Position at, String found, String expected) {
    return new ChainException(
        kind, found + " (expected: " + expected + ") in entry " + at + " of " + scope);
  }

  /** The entity if it is there and not deleted. */
  public EntityBody.@Nullable Present present(EntityId id) {
    return entities.get(id) instanceof EntityBody.Present present ? present : null;
  }

  /** The live version of an entity, or {@code null}. */
  public @Nullable Versioned live(EntityId id) {
    EntityBody.Present present = present(id);
    return present == null ? null : present.live();
  }

  public Token token() {
    return new Token(scope, position.era(), position.revision());
  }
}
