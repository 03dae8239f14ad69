package dev.guidon.edge.core;

import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Hash;
import dev.guidon.model.ScopeState;
import dev.guidon.model.Versioned;
import dev.guidon.model.json.Json;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The blobs that a state names, which are those that its readers may fetch. Immutable. */
final class BlobRefs {
  static final BlobRefs NONE = new BlobRefs(Map.of(), Set.of());

  private final Map<EntityId, Set<Hash>> byEntity;
  private final Set<Hash> all;

  private BlobRefs(Map<EntityId, Set<Hash>> byEntity, Set<Hash> all) {
    this.byEntity = byEntity;
    this.all = all;
  }

  static BlobRefs of(ScopeState state) {
    Map<EntityId, Set<Hash>> byEntity = new HashMap<>();
    state.entities().forEach((id, body) -> put(id, body, byEntity));
    return of(byEntity);
  }

  BlobRefs advance(ScopeState state, Iterable<EntityId> changed) {
    Map<EntityId, Set<Hash>> next = null;
    for (EntityId id : changed) {
      if (mayRefer(id)) {
        next = next == null ? new HashMap<>(byEntity) : next;
        next.remove(id);
        EntityBody body = state.entities().get(id);
        if (body != null) {
          put(id, body, next);
        }
      }
    }
    return next == null || next.equals(byEntity) ? this : of(next);
  }

  Set<Hash> all() {
    return all;
  }

  boolean contains(Hash blob) {
    return all.contains(blob);
  }

  private static BlobRefs of(Map<EntityId, Set<Hash>> byEntity) {
    Set<Hash> all = new HashSet<>();
    byEntity.values().forEach(all::addAll);
    return new BlobRefs(byEntity, all);
  }

  private static boolean mayRefer(EntityId id) {
    return id.kind().equals(EntityKind.SEGMENT) || id.kind().equals(EntityKind.FLAG);
  }

  private static void put(EntityId id, EntityBody body, Map<EntityId, Set<Hash>> into) {
    if (mayRefer(id) && body instanceof EntityBody.Present present) {
      Set<Hash> found = new HashSet<>();
      collect(present.live(), found);
      collect(present.candidate(), found);
      if (!found.isEmpty()) {
        into.put(id, found);
      }
    }
  }

  private static void collect(@Nullable Versioned version, Set<Hash> into) {
    if (version != null) {
      collect(version.doc().get("included"), into);
      collect(version.doc().get("excluded"), into);
      if (version.doc().get("targets") instanceof Json.Arr targets) {
        for (Json target : targets.items()) {
          collect(target instanceof Json.Obj object ? object.get("keys") : null, into);
        }
      }
    }
  }

  private static void collect(@Nullable Json keyList, Set<Hash> into) {
    if (keyList instanceof Json.Obj list && list.get("chunks") instanceof Json.Arr chunks) {
      for (Json chunk : chunks.items()) {
        if (chunk instanceof Json.Str text && Hash.isHash(text.value())) {
          into.add(new Hash(text.value()));
        }
      }
    }
  }
}
