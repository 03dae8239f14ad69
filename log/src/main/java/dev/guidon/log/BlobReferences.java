package dev.guidon.log;

import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Hash;
import dev.guidon.model.ScopeState;
import dev.guidon.model.Versioned;
import dev.guidon.model.json.Json;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which blobs a state needs: the key lists of flags' targets and of segments, live and candidate.
 * Looks at documents as they are, so that one that no longer passes validation still keeps its
 * blobs.
 */
public final class BlobReferences {
  private BlobReferences() {}

  /** Each blob with an entity that names it. */
  public static SortedMap<Hash, EntityId> of(ScopeState state) {
    SortedMap<Hash, EntityId> all = new TreeMap<>();
    state
        .entities()
        .forEach((id, body) -> {
          for (Hash hash : of(id, body)) {
            all.putIfAbsent(hash, id);
          }
        });
    return all;
  }

  /** The blobs that one entity names. */
  public static SortedSet<Hash> of(EntityId id, EntityBody body) {
    SortedSet<Hash> hashes = new TreeSet<>();
    if (body instanceof EntityBody.Present present) {
      add(id, present.live(), hashes);
      add(id, present.candidate(), hashes);
    }
    return hashes;
  }

  private static void add(EntityId id, @Nullable Versioned version, SortedSet<Hash> hashes) {
    if (version == null) {
      return;
    }
    Json.Obj doc = version.doc();
    if (id.kind().equals(EntityKind.FLAG)) {
      for (Json target : items(doc.get("targets"))) {
        addChunks(member(target, "keys"), hashes);
      }
    } else if (id.kind().equals(EntityKind.SEGMENT)) {
      addChunks(doc.get("included"), hashes);
      addChunks(doc.get("excluded"), hashes);
    }
  }

  private static void addChunks(@Nullable Json keys, SortedSet<Hash> hashes) {
    for (Json chunk : items(member(keys, "chunks"))) {
      if (chunk instanceof Json.Str text && Hash.isHash(text.value())) {
        hashes.add(new Hash(text.value()));
      }
    }
  }

  private static @Nullable Json member(@Nullable Json json, String name) {
    return json instanceof Json.Obj object ? object.get(name) : null;
  }

  private static List<Json> items(@Nullable Json json) {
    return json instanceof Json.Arr array ? array.items() : List.of();
  }
}
