package dev.guidon.control.lint;

import dev.guidon.model.Flag;
import dev.guidon.model.ValueType;
import dev.guidon.model.json.Json;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What members the objects of a flag's variants have, and of which types. */
final class Shapes {
  private static final int DEPTH_MAX = 32;

  private Shapes() {}

  /** A member of some variants, with all types that it has in them; null is none. */
  record Member(String path, SortedSet<String> types) {}

  static Map<String, Member> of(Flag flag) {
    Map<String, Member> members = new TreeMap<>();
    if (flag.envelope().type() == ValueType.OBJECT) {
      flag.envelope().variants().values().forEach(value -> add(members, "", value, 0));
    }
    return members;
  }

  private static void add(Map<String, Member> members, String path, Json value, int depth) {
    if (value instanceof Json.Null || depth > DEPTH_MAX) {
      return;
    }
    members
        .computeIfAbsent(path, _ -> new Member(path.isEmpty() ? "(whole)" : path, new TreeSet<>()))
        .types()
        .add(type(value));
    if (value instanceof Json.Obj object) {
      object
          .members()
          .forEach((name, member) ->
              add(
                  members,
                  path + "/" + name.replace("~", "~0").replace("/", "~1"),
                  member,
                  depth + 1));
    } else if (value instanceof Json.Arr array) {
      array.items().forEach(item -> add(members, path + "/*", item, depth + 1));
    }
  }

  private static String type(Json value) {
    return switch (value) {
      case Json.Null none -> "null";
      case Json.Bool bool -> "boolean";
      case Json.Num number -> "number";
      case Json.Str text -> "string";
      case Json.Arr array -> "array";
      case Json.Obj object -> "object";
    };
  }
}
