package dev.guidon.cli;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reaches into answers of the server, where what is missing is missing and no error. */
final class Members {
  private Members() {}

  static @Nullable Json at(@Nullable Json json, String... path) {
    Json here = json;
    for (String name : path) {
      here = here instanceof Json.Obj object ? object.get(name) : null;
    }
    return here;
  }

  /** Text for people: strings bare, everything else as JSON, absence and null empty. */
  static String text(@Nullable Json json, String... path) {
    return shown(at(json, path));
  }

  static String shown(@Nullable Json json) {
    return switch (json) {
      case null -> "";
      case Json.Null _ -> "";
      case Json.Str string -> string.value();
      case Json.Obj object -> CanonicalJson.text(object);
      case Json.Arr array -> CanonicalJson.text(array);
      case Json.Num number -> CanonicalJson.text(number);
      case Json.Bool bool -> CanonicalJson.text(bool);
    };
  }

  static @Nullable String string(@Nullable Json json, String... path) {
    return at(json, path) instanceof Json.Str string ? string.value() : null;
  }

  static boolean isTrue(@Nullable Json json, String... path) {
    return at(json, path) instanceof Json.Bool bool && bool.value();
  }

  /** The whole number there, or -1. */
  static long whole(@Nullable Json json, String... path) {
    return at(json, path) instanceof Json.Num number && number.isSafeInteger()
        ? number.longValue()
        : -1;
  }

  static List<Json> items(@Nullable Json json, String... path) {
    return at(json, path) instanceof Json.Arr array ? array.items() : List.of();
  }

  /** The items that are objects. */
  static List<Json.Obj> objects(@Nullable Json json, String... path) {
    return items(json, path).stream()
        .filter(Json.Obj.class::isInstance)
        .map(Json.Obj.class::cast)
        .toList();
  }

  static List<String> strings(@Nullable Json json, String... path) {
    return items(json, path).stream().map(Members::shown).toList();
  }

  static Json array(List<String> strings) {
    return new Json.Arr(strings.stream().map(item -> (Json) Json.of(item)).toList());
  }
}
