package dev.guidon.edge.core;

import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Hash;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.Versioned;
import dev.guidon.model.json.Json;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where an edge learns which further edges may replicate from it. Their credentials live in the
 * system scope, which edges do not follow; so whoever starts the edge supplies them. Called on
 * event loops: must not block.
 */
@FunctionalInterface
public interface EdgeKeys {
  EdgeKeys NONE = secret -> null;

  /** The credential with this secret, or {@code null}. */
  @Nullable EdgeKey find(Hash secret);

  /**
   * @param environments written scope ids, or {@code *} for all
   */
  record EdgeKey(ReaderKey key, Set<String> environments) {
    public EdgeKey {
      environments = Set.copyOf(environments);
    }

    public boolean admits(ScopeId scope) {
      return environments.contains("*") || environments.contains(scope.text());
    }
  }

  /** The edges' credentials of a system scope's state. */
  static EdgeKeys of(ScopeState system) {
    Map<Hash, EdgeKey> bySecret = new HashMap<>();
    system
        .entities()
        .forEach((id, body) -> {
          EdgeKey key = read(id, body);
          if (key != null) {
            key.key().secrets().forEach(secret -> bySecret.put(secret.hash(), key));
          }
        });
    return bySecret::get;
  }

  private static @Nullable EdgeKey read(EntityId id, EntityBody body) {
    if (!id.kind().equals(EntityKind.CREDENTIAL) || !(body instanceof EntityBody.Present present)) {
      return null;
    }
    Versioned live = present.live();
    if (live == null || !Json.of("edge").equals(live.doc().get("kind"))) {
      return null;
    }
    ReaderKey key = KeyIndex.readEdgeKey(id.key(), live.doc());
    return key == null ? null : new EdgeKey(key, environments(live.doc()));
  }

  private static Set<String> environments(Json.Obj doc) {
    if (!(doc.get("environments") instanceof Json.Arr items)) {
      return Set.of();
    }
    var all = new TreeSet<String>();
    items
        .items()
        .forEach(
            item -> all.addAll(item instanceof Json.Str s ? Arrays.asList(s.value()) : Set.of()));
    return all;
  }
}
