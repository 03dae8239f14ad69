package dev.guidon.control;

import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.Hash;
import dev.guidon.model.ScopeState;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the check of a command looked at. While it holds in a later state, the check need not be
 * done again.
 */
final class ReadSet {
  private final SortedMap<EntityId, Hash> bodies = new TreeMap<>();
  private final SortedMap<EntityId, Set<EntityId>> referrers = new TreeMap<>();

  void body(EntityId id, ScopeState state) {
    bodies.put(id, hash(id, state));
  }

  void referrers(EntityId id, References references) {
    referrers.put(id, new TreeSet<>(references.to(id)));
  }

  boolean holds(ScopeState state, References references) {
    for (Map.Entry<EntityId, Hash> read : bodies.entrySet()) {
      if (!hash(read.getKey(), state).equals(read.getValue())) {
        return false;
      }
    }
    for (Map.Entry<EntityId, Set<EntityId>> read : referrers.entrySet()) {
      if (!references.to(read.getKey()).equals(read.getValue())) {
        return false;
      }
    }
    return true;
  }

  private static Hash hash(EntityId id, ScopeState state) {
    EntityBody body = state.entities().get(id);
    return body == null ? Hash.ZERO : body.hash();
  }
}
