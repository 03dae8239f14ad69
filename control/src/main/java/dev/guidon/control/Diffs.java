package dev.guidon.control;

import dev.guidon.model.Change;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.ScopeState;
import dev.guidon.model.Texts;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What differs between two states: for people in words, for programs as paths. */
public final class Diffs {
  private static final int PATHS_MAX = 1000;

  private Diffs() {}

  /** All entities that differ in their live documents, in order. */
  public static List<Json> between(ScopeState from, ScopeState to) {
    TreeMap<EntityId, Json> all = new TreeMap<>();
    to.entities()
        .forEach((id, body) -> {
          EntityBody old = from.entities().get(id);
          if (old == null || !old.hash().equals(body.hash())) {
            add(id, doc(old), doc(body), all);
          }
        });
    from.entities()
        .forEach((id, body) -> {
          if (to.entities().get(id) == null) {
            add(id, doc(body), null, all);
          }
        });
    return List.copyOf(all.values());
  }

  /** What changes would do to a state. */
  public static List<Json> of(ScopeState before, List<Change> changes) {
    TreeMap<EntityId, Json> all = new TreeMap<>();
    for (Change change : changes) {
      add(change.id(), doc(before.entities().get(change.id())), doc(change.body()), all);
    }
    return List.copyOf(all.values());
  }

  private static void add(
      EntityId id, Json.@Nullable Obj from, Json.@Nullable Obj to, Map<EntityId, Json> all) {
    Json.Obj old = from == null ? null : PublicForm.of(id, from);
    Json.Obj now = to == null ? null : PublicForm.of(id, to);
    if (old == null ? now == null : old.equals(now)) {
      return;
    }
    List<Json> paths = new ArrayList<>();
    if (old != null && now != null) {
      paths("", old, now, paths);
    }
    List<Json> summary = new ArrayList<>();
    summary(id, old, now).forEach(line -> summary.add(Json.of(line)));
    all.put(
        id,
        Json.Obj.builder()
            .put("kind", id.kind().name())
            .put("key", id.key())
            .put("change", old == null ? "added" : now == null ? "removed" : "changed")
            .put("summary", new Json.Arr(summary))
            .put("paths", new Json.Arr(paths))
            .build());
  }

  static Json.@Nullable Obj doc(@Nullable EntityBody body) {
    return body instanceof EntityBody.Present present && present.live() != null
        ? present.live().doc()
        : null;
  }

  // --- paths

  private static void paths(String place, Json from, Json to, List<Json> paths) {
    if (from.equals(to) || paths.size() >= PATHS_MAX) {
      return;
    }
    if (from instanceof Json.Obj a && to instanceof Json.Obj b) {
      TreeSet<String> names = new TreeSet<>(a.members().keySet());
      names.addAll(b.members().keySet());
      for (String name : names) {
        pair(
            place + "/" + name.replace("~", "~0").replace("/", "~1"),
            a.get(name),
            b.get(name),
            paths);
      }
    } else if (from instanceof Json.Arr a && to instanceof Json.Arr b) {
      for (int i = 0; i < Math.max(a.items().size(), b.items().size()); i++) {
        pair(place + "/" + i, item(a, i), item(b, i), paths);
      }
    } else {
      path("replace", place, from, to, paths);
    }
  }

  private static @Nullable Json item(Json.Arr array, int index) {
    return index < array.items().size() ? array.items().get(index) : null;
  }

  private static void pair(String place, @Nullable Json from, @Nullable Json to, List<Json> paths) {
    if (from == null) {
      path("add", place, null, to, paths);
    } else if (to == null) {
      path("remove", place, from, null, paths);
    } else {
      paths(place, from, to, paths);
    }
  }

  private static void path(
      String op, String place, @Nullable Json from, @Nullable Json to, List<Json> paths) {
    if (paths.size() < PATHS_MAX) {
      paths.add(
          Json.Obj.builder()
              .put("op", op)
              .put("path", place)
              .putIfPresent("from", from)
              .putIfPresent("to", to)
              .build());
    }
  }

  // --- words

  private static List<String> summary(EntityId id, Json.@Nullable Obj from, Json.@Nullable Obj to) {
    if (from == null || to == null) {
      return List.of(
          id.kind() + " " + Texts.shown(id.key()) + (from == null ? " added" : " removed"));
    }
    List<String> lines = new ArrayList<>();
    if (id.kind().equals(EntityKind.FLAG)) {
      flag(from, to, lines);
    } else {
      members(from, to, lines);
    }
    return lines;
  }

  private static void flag(Json.Obj from, Json.Obj to, List<String> lines) {
    Json.Obj old = object(from.get("envelope"));
    Json.Obj now = object(to.get("envelope"));
    if (!same(old.get("on"), now.get("on"))) {
      lines.add(Json.of(true).equals(now.get("on")) ? "turned on" : "turned off");
    }
    named(
        "variant",
        object(old.get("variants")).members(),
        object(now.get("variants")).members(),
        lines);
    if (!same(old.get("offVariant"), now.get("offVariant"))) {
      lines.add("off variant changed");
    }
    Map<String, Json> oldRules = byId(from.get("rules"));
    Map<String, Json> newRules = byId(to.get("rules"));
    named("rule", oldRules, newRules, lines);
    List<String> kept = oldRules.keySet().stream().filter(newRules::containsKey).toList();
    List<String> keptNow = newRules.keySet().stream().filter(oldRules::containsKey).toList();
    if (!kept.equals(keptNow)) {
      lines.add("order of rules changed");
    }
    members(
        from.without("envelope").without("rules"), to.without("envelope").without("rules"), lines);
  }

  private static void members(Json.Obj from, Json.Obj to, List<String> lines) {
    TreeSet<String> names = new TreeSet<>(from.members().keySet());
    names.addAll(to.members().keySet());
    for (String name : names) {
      Json old = from.get(name);
      Json now = to.get(name);
      if (!same(old, now)) {
        lines.add(Texts.shown(name) + counts(old, now));
      }
    }
  }

  private static String counts(@Nullable Json old, @Nullable Json now) {
    Long before = keys(old);
    Long after = keys(now);
    if (before != null && after != null && !before.equals(after)) {
      return " went from " + before + " to " + after + " keys";
    }
    return old == null ? " added" : now == null ? " removed" : " changed";
  }

  private static @Nullable Long keys(@Nullable Json list) {
    if (list instanceof Json.Obj stored
        && stored.get("chunks") != null
        && stored.get("count") instanceof Json.Num n) {
      return (long) n.value();
    }
    return list instanceof Json.Arr array && array.items().isEmpty() ? 0L : null;
  }

  private static void named(
      String what, Map<String, Json> from, Map<String, Json> to, List<String> lines) {
    to.forEach((name, value) -> {
      if (!from.containsKey(name)) {
        lines.add(what + " " + Texts.shown(name) + " added");
      } else if (!same(from.get(name), value)) {
        lines.add(what + " " + Texts.shown(name) + " changed");
      }
    });
    from.keySet().stream()
        .filter(name -> !to.containsKey(name))
        .forEach(name -> lines.add(what + " " + Texts.shown(name) + " removed"));
  }

  private static Map<String, Json> byId(@Nullable Json rules) {
    Map<String, Json> by = new LinkedHashMap<>();
    if (rules instanceof Json.Arr array) {
      for (Json rule : array.items()) {
        if (rule instanceof Json.Obj object && object.get("id") instanceof Json.Str id) {
          by.put(id.value(), rule);
        }
      }
    }
    return by;
  }

  private static Json.Obj object(@Nullable Json json) {
    return json instanceof Json.Obj object ? object : Json.Obj.of();
  }

  private static boolean same(@Nullable Json a, @Nullable Json b) {
    return a == null ? b == null : a.equals(b);
  }
}
