package dev.guidon.model;

import dev.guidon.model.json.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the members of one JSON object and notes everything that is wrong with them. A method that
 * finds something wrong notes it and answers a harmless stand-in, so that reading goes on and the
 * author hears of all problems at once; whoever made the {@link Problems} must look at them before
 * using the result.
 *
 * <p>Strict reading (control) notes members that nobody asked for; lenient reading (followers)
 * ignores them.
 */
public final class Fields {
  private static final Json.Obj NOTHING = Json.Obj.of();

  private final Json.Obj object;
  private final String pointer;
  private final Problems problems;
  private final boolean strict;

  /** Empty when reading leniently, where nobody wants to know. */
  private final Set<String> asked;

  public Fields(Json json, String pointer, Problems problems, boolean strict) {
    this.pointer = pointer;
    this.problems = problems;
    this.strict = strict;
    this.asked = strict ? new HashSet<>() : Set.of();
    if (json instanceof Json.Obj o) {
      this.object = o;
    } else {
      this.object = NOTHING;
      problems.invalid(pointer, shown(json), "an object");
    }
  }

  public Problems problems() {
    return problems;
  }

  public boolean strict() {
    return strict;
  }

  /** The place of a member; empty where the {@link Problems} keep no places. */
  public String at(String name) {
    return !problems.keepsPlaces() ? "" : place(name);
  }

  /** The place of an item of a member. */
  public String at(String name, int index) {
    return !problems.keepsPlaces() ? "" : place(name) + "/" + index;
  }

  private String place(String name) {
    return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
  }

  /**
   * The value as it stands, or {@code null} when it is absent. A JSON null stays a {@link
   * Json.Null}.
   */
  public @Nullable Json raw(String name) {
    ask(name);
    return object.get(name);
  }

  public boolean has(String name) {
    ask(name);
    return object.get(name) != null;
  }

  private void ask(String name) {
    if (strict) {
      asked.add(name);
    }
  }

  /** Absent and null are the same here. */
  public @Nullable Json optional(String name) {
    Json value = raw(name);
    return value instanceof Json.Null ? null : value;
  }

  public Json required(String name, String expected) {
    Json value = raw(name);
    if (value == null) {
      problems.invalid(at(name), "absent", expected);
      return Json.NULL;
    }
    return value;
  }

  public String string(String name) {
    String value = optionalString(name);
    if (value == null && !(raw(name) != null && !(raw(name) instanceof Json.Null))) {
      problems.invalid(at(name), "absent", "a string");
    }
    return value == null ? "" : value;
  }

  public @Nullable String optionalString(String name) {
    Json value = optional(name);
    if (value == null || value instanceof Json.Str) {
      return value == null ? null : ((Json.Str) value).value();
    }
    problems.invalid(at(name), shown(value), "a string");
    return null;
  }

  public boolean bool(String name, boolean whenAbsent) {
    Json value = optional(name);
    if (value == null || value instanceof Json.Bool) {
      return value == null ? whenAbsent : ((Json.Bool) value).value();
    }
    problems.invalid(at(name), shown(value), "true or false");
    return whenAbsent;
  }

  public boolean requiredBool(String name) {
    if (optional(name) == null) {
      problems.invalid(at(name), "absent", "true or false");
      return false;
    }
    return bool(name, /* whenAbsent= */ false);
  }

  /** A whole number in a range; {@code min} stands in for what is wrong. */
  public long whole(String name, long min, long max) {
    Long value = optionalWhole(name, min, max);
    if (value == null && optional(name) == null) {
      problems.invalid(at(name), "absent", "a whole number from " + min + " to " + max);
    }
    return value == null ? min : value;
  }

  public @Nullable Long optionalWhole(String name, long min, long max) {
    Json value = optional(name);
    if (value == null) {
      return null;
    }
    if (value instanceof Json.Num n
        && n.value() == Math.rint(n.value())
        && n.value() >= min
        && n.value() <= max) {
      return (long) n.value();
    }
    problems.invalid(at(name), shown(value), "a whole number from " + min + " to " + max);
    return null;
  }

  public @Nullable Long optionalInstant(String name) {
    String text = optionalString(name);
    if (text == null) {
      return null;
    }
    Long micros = Instants.parse(text);
    if (micros == null) {
      problems.invalid(
          at(name), Texts.shown(text), "an RFC 3339 instant such as 2026-11-22T18:00:00Z");
    }
    return micros;
  }

  /** The items of an array; none when it is absent. */
  public List<Json> items(String name, int max) {
    Json value = optional(name);
    if (value == null) {
      return List.of();
    }
    if (value instanceof Json.Arr a) {
      if (a.items().size() > max) {
        problems.add(
            Problem.Code.TOO_LARGE,
            at(name),
            a.items().size() + " items (expected: at most " + max + ")");
        return List.of();
      }
      return a.items();
    }
    problems.invalid(at(name), shown(value), "an array");
    return List.of();
  }

  /** The members of a nested object; none when it is absent. */
  public Map<String, Json> members(String name) {
    Json value = optional(name);
    if (value == null) {
      return Map.of();
    }
    if (value instanceof Json.Obj o) {
      return o.members();
    }
    problems.invalid(at(name), shown(value), "an object");
    return Map.of();
  }

  /** To be called last: notes what nobody asked for. */
  public void done() {
    if (!strict) {
      return;
    }
    for (String name : object.members().keySet()) {
      if (!asked.contains(name)) {
        problems.add(
            Problem.Code.UNKNOWN_FIELD,
            at(name),
            "unknown field "
                + Texts.shown(name)
                + " (expected: one of "
                + String.join(", ", new java.util.TreeSet<>(asked))
                + ")");
      }
    }
  }

  /** A value in a message: its type, and itself where it is short. */
  public static String shown(Json json) {
    if (json instanceof Json.Str s) {
      return Texts.shown(s.value());
    }
    if (json instanceof Json.Num || json instanceof Json.Bool || json instanceof Json.Null) {
      return dev.guidon.model.json.CanonicalJson.text(json);
    }
    return "an " + json.typeName();
  }
}
