package dev.guidon.sdk;

import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Hash;
import dev.guidon.model.Instants;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import dev.guidon.model.json.Json;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** What can be seen in a view's documents without compiling them. */
final class Documents {
  private Documents() {}

  /** The blobs that hold key lists of the view. */
  static Set<Hash> chunks(View view) {
    Set<Hash> chunks = new TreeSet<>();
    view.entities()
        .forEach((EntityId id, ViewEntity entity) -> collectChunks(entity.doc(), chunks));
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

  /**
   * The flags whose answers may differ after some time has passed: those that name an instant of
   * it, and those that depend on them by segments, layers or prerequisites.
   *
   * @param after exclusive
   * @param until inclusive
   */
  static Set<String> flagsNamingInstants(View view, long after, long until) {
    Set<EntityId> touched = new TreeSet<>();
    view.entities()
        .forEach((EntityId id, ViewEntity entity) -> {
          if (anyText(entity.doc(), text -> isWithin(text, after, until))) {
            touched.add(id);
          }
        });
    while (addDependents(view, touched)) {
      // Again: what was added may have dependents of its own.
    }
    Set<String> flags = new TreeSet<>();
    touched.forEach(id -> addFlag(id, flags));
    return flags;
  }

  private static void addFlag(EntityId id, Set<String> flags) {
    if (id.kind().equals(EntityKind.FLAG)) {
      flags.add(id.key());
    }
  }

  private static boolean addDependents(View view, Set<EntityId> touched) {
    Set<String> keys = new TreeSet<>();
    touched.forEach(id -> keys.add(id.key()));
    Set<EntityId> more = new TreeSet<>();
    view.entities()
        .forEach((EntityId id, ViewEntity entity) -> {
          if (!touched.contains(id) && anyText(entity.doc(), keys::contains)) {
            more.add(id);
          }
        });
    return touched.addAll(more);
  }

  private static boolean isWithin(String text, long after, long until) {
    Long micros = Instants.parse(text);
    return micros != null && micros > after && micros <= until;
  }

  private static boolean anyText(Json json, Predicate<String> test) {
    if (json instanceof Json.Str s) {
      return test.test(s.value());
    }
    if (json instanceof Json.Obj obj) {
      return obj.members().values().stream().anyMatch(member -> anyText(member, test));
    }
    return json instanceof Json.Arr arr
        && arr.items().stream().anyMatch(item -> anyText(item, test));
  }
}
