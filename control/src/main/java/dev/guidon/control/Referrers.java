package dev.guidon.control;

import dev.guidon.model.EntityId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.Texts;
import java.util.List;
import java.util.TreeSet;

/** Who names an entity, for messages. */
public final class Referrers {
  private Referrers() {}

  /** What an entity names, in order. */
  public static List<EntityId> namedBy(ScopeState state, EntityId id) {
    return List.copyOf(References.of(id, state.entities().get(id)));
  }

  /** At most ten of them, {@code kind "key"}, in order. */
  public static List<String> of(ScopeState state, EntityId id) {
    TreeSet<EntityId> found = new TreeSet<>();
    state
        .entities()
        .forEach((other, body) -> {
          if (References.of(other, body).contains(id)) {
            found.add(other);
          }
        });
    return found.stream()
        .limit(10)
        .map(other -> other.kind() + " " + Texts.shown(other.key()))
        .toList();
  }
}
