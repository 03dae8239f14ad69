package dev.guidon.engine;

import dev.guidon.model.AttributeRef;
import dev.guidon.model.Fields;
import dev.guidon.model.Problem;
import dev.guidon.model.Problems;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Contexts as JSON: {@code
 * {"targetingKey":"u1","country":"DE","$kinds":{"organization":{"targetingKey":"acme"}}}}. The top
 * level is the kind {@value AttributeRef#USER}.
 */
public final class Contexts {
  public static final String KINDS = "$kinds";

  private static final int KIND_CHARS_MAX = 64;
  private static final int DEPTH_MAX = 64;

  private Contexts() {}

  /**
   * Reads a context. Never throws: what is wrong goes to {@code problems}, and then the result must
   * not be used. A null is the same as an absent attribute.
   */
  public static Context fromJson(Json json, Problems problems) {
    return read(json, "", problems, /* isTop= */ true);
  }

  private static Context read(Json json, String pointer, Problems problems, boolean isTop) {
    if (!(json instanceof Json.Obj object)) {
      problems.invalid(pointer, Fields.shown(json), "a context, which is an object");
      return Context.EMPTY;
    }
    Context.Builder context = Context.builder();
    object
        .members()
        .forEach((name, value) -> {
          String place = pointer + "/" + escaped(name);
          if (isTop && name.equals(KINDS)) {
            readKinds(value, place, problems, context);
          } else if (name.equals(AttributeRef.TARGETING_KEY) && !isText(value)) {
            problems.invalid(place, Fields.shown(value), "a string");
          } else {
            context.put(name, value(value, place, problems, 1));
          }
        });
    return context.build();
  }

  private static boolean isText(Json value) {
    return value instanceof Json.Str || value instanceof Json.Null;
  }

  private static void readKinds(
      Json json, String pointer, Problems problems, Context.Builder context) {
    if (json instanceof Json.Null) {
      return;
    }
    if (!(json instanceof Json.Obj kinds)) {
      problems.invalid(pointer, Fields.shown(json), "an object with a context for each kind");
      return;
    }
    kinds
        .members()
        .forEach((kind, value) -> {
          String place = pointer + "/" + escaped(kind);
          if (kind.isEmpty() || kind.length() > KIND_CHARS_MAX || kind.equals(AttributeRef.USER)) {
            problems.invalid(
                place,
                Fields.shown(Json.of(kind)),
                "a kind of 1 to " + KIND_CHARS_MAX + " characters; user is the top level itself");
          } else if (!(value instanceof Json.Null)) {
            context.kind(kind, read(value, place, problems, /* isTop= */ false));
          }
        });
  }

  private static @Nullable Object value(Json json, String pointer, Problems problems, int depth) {
    if (json instanceof Json.Str s) {
      return s.value();
    }
    if (json instanceof Json.Num n) {
      return n.value();
    }
    if (json instanceof Json.Bool b) {
      return b.value();
    }
    if (json instanceof Json.Null) {
      return null;
    }
    if (depth > DEPTH_MAX) {
      problems.add(
          Problem.Code.TOO_LARGE, pointer, "depth of values (expected: at most " + DEPTH_MAX + ")");
      return null;
    }
    if (json instanceof Json.Arr array) {
      List<@Nullable Object> items = new ArrayList<>(array.items().size());
      for (Json item : array.items()) {
        items.add(value(item, pointer, problems, depth + 1));
      }
      return Collections.unmodifiableList(items);
    }
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    ((Json.Obj) json)
        .members()
        .forEach((name, member) -> members.put(name, value(member, pointer, problems, depth + 1)));
    return Collections.unmodifiableMap(members);
  }

  /**
   * Writes a context, members in order of their names. Never throws: instants become RFC 3339 text,
   * and a value that JSON cannot hold, or that throws when it is read, is left out.
   */
  public static Json.Obj toJson(Context context) {
    Map<String, Json> members = attributes(context);
    TreeMap<String, Json> kinds = new TreeMap<>();
    context
        .kinds()
        .forEach((kind, inner) -> kinds.put(Values.text(kind), new Json.Obj(attributes(inner))));
    if (!kinds.isEmpty()) {
      members.put(KINDS, new Json.Obj(kinds));
    }
    return new Json.Obj(members);
  }

  private static Map<String, Json> attributes(Context context) {
    TreeMap<String, Json> members = new TreeMap<>();
    context
        .attributes()
        .forEach((name, value) -> {
          Json json = Values.json(value);
          if (json != null) {
            members.put(Values.text(name), json);
          }
        });
    return members;
  }

  private static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }
}
