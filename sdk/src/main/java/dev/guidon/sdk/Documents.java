package dev.guidon.sdk;

import dev.guidon.model.EntityId;
import dev.guidon.model.Hash;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import dev.guidon.model.json.Json;
import java.util.Set;
import java.util.TreeSet;

/** What can be seen in a view's documents without compiling them. */
final class Documents {
  private Documents() {}

  /** The blobs that hold key lists of the view. */
  static Set<Hash> chunks(View view) {
    Set<Hash> chunks = new TreeSet<>();
    view.entities()
        .forEach((EntityId id, ViewEntity entity) -> {
          if (entity.mayNameChunks()) {
            collectChunks(entity.doc(), chunks);
          }
        });
    return chunks;
  }

  private static void collectChunks(Json json, Set<Hash> into) {
    if (json instanceof Json.Obj obj) {
      if (obj.get("count") instanceof Json.Num && obj.get("chunks") instanceof Json.Arr chunks) {
        for (Json chunk : chunks.items()) {
          if (chunk instanceof Json.Str s && Hash.isHash(s.value())) {
            into.add(new Hash(s.value()));
          }
        }
      }
      obj.members().values().forEach(member -> collectChunks(member, into));
    } else if (json instanceof Json.Arr arr) {
      arr.items().forEach(item -> collectChunks(item, into));
    }
  }
}
