package dev.guidon.stream;

import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Hash;
import dev.guidon.model.Versioned;
import dev.guidon.model.json.Json;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The blobs that an entity's key lists are in. Looks only at the places where flags and segments
 * have key lists, and also where the rest of a document is of a newer format.
 */
final class ChunkRefs {
  private ChunkRefs() {}

  /** Both versions: a candidate's lists must be here before a release arms it. */
  static void collect(EntityId id, EntityBody body, Set<Hash> into) {
    if (body instanceof EntityBody.Present present) {
      collect(id, present.live(), into);
      collect(id, present.candidate(), into);
    }
  }

  private static void collect(EntityId id, @Nullable Versioned version, Set<Hash> into) {
    if (version != null) {
      collect(id, version.doc(), into);
    }
  }

  static void collect(EntityId id, Json.Obj doc, Set<Hash> into) {
    if (id.kind().equals(EntityKind.SEGMENT)) {
      keyList(doc.get("included"), into);
      keyList(doc.get("excluded"), into);
    } else if (id.kind().equals(EntityKind.FLAG)
        && doc.get("targets") instanceof Json.Arr targets) {
      for (Json target : targets.items()) {
        if (target instanceof Json.Obj object) {
          keyList(object.get("keys"), into);
        }
      }
    }
  }

  private static void keyList(@Nullable Json list, Set<Hash> into) {
    if (list instanceof Json.Obj stored && stored.get("chunks") instanceof Json.Arr chunks) {
      for (Json chunk : chunks.items()) {
        if (chunk instanceof Json.Str text && Hash.isHash(text.value())) {
          into.add(new Hash(text.value()));
        }
      }
    }
  }
}
