package dev.guidon.control;

import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Fields;
import dev.guidon.model.Problem;
import dev.guidon.model.Problems;
import dev.guidon.model.ScopeId;
import dev.guidon.model.Texts;
import dev.guidon.model.ValueType;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the documents of the system and the catalog strictly, and writes them with defaults filled
 * in.
 */
public final class Documents {
  private static final int NAME_CHARS_MAX = 256;
  private static final int DESCRIPTION_CHARS_MAX = 10_000;
  private static final int TAGS_MAX = 100;
  private static final long LIFETIME_DAYS_MAX = 10_000;

  private Documents() {}

  /** The kinds of entities that a scope holds. */
  static Set<EntityKind> kindsIn(ScopeId scope) {
    return switch (scope) {
      case ScopeId.SystemScope system ->
          Set.of(EntityKind.PROJECT, EntityKind.ENVIRONMENT, EntityKind.CREDENTIAL);
      case ScopeId.Catalog catalog -> Set.of(EntityKind.DECLARATION);
      case ScopeId.Environment environment ->
          Set.of(EntityKind.FLAG, EntityKind.SEGMENT, EntityKind.LAYER, EntityKind.SDK_KEY);
    };
  }

  static Json.Obj project(EntityId id, Json json, Problems problems) {
    Fields fields = new Fields(json, "", problems, /* strict= */ true);
    String key = key(fields, id.key());
    if (!ScopeId.isKey(key)) {
      problems.invalid(fields.at("key"), Texts.shown(key), ScopeId.EXPECTED_KEY);
    }
    Json.Obj.Builder out = Json.Obj.builder().put("key", key);
    described(fields, key, out);
    fields.done();
    return out.build();
  }

  /** The id's key is {@code project/environment}. */
  static Json.Obj environment(EntityId id, Json json, Problems problems) {
    Fields fields = new Fields(json, "", problems, /* strict= */ true);
    String project = fields.string("project");
    String key = fields.string("key");
    if (!ScopeId.isKey(project)) {
      problems.invalid(fields.at("project"), Texts.shown(project), ScopeId.EXPECTED_KEY);
    }
    if (!ScopeId.isKey(key)) {
      problems.invalid(fields.at("key"), Texts.shown(key), ScopeId.EXPECTED_KEY);
    } else if (!id.key().equals(project + "/" + key)) {
      problems.invalid(
          fields.at("key"),
          Texts.shown(project + "/" + key),
          Texts.shown(id.key()) + ", as in the address");
    }
    Json.Obj.Builder out = Json.Obj.builder().put("project", project).put("key", key);
    described(fields, key, out);
    out.put("protected", fields.bool("protected", /* whenAbsent= */ false));
    fields.done();
    return out.build();
  }

  static Json.Obj declaration(EntityId id, Json json, Problems problems) {
    Fields fields = new Fields(json, "", problems, /* strict= */ true);
    String key = key(fields, id.key());
    String type = fields.string("type");
    if (ValueType.named(type) == null) {
      problems.invalid(fields.at("type"), Texts.shown(type), "boolean, string, number or object");
    }
    Json.Obj.Builder out = Json.Obj.builder().put("key", key).put("type", type);
    described(fields, key, out);
    out.put("owner", text(fields, "owner", NAME_CHARS_MAX, ""));
    out.put(
        "kind",
        oneOf(
            fields,
            "kind",
            List.of("release", "experiment", "operational", "permission", "configuration")));
    out.put("lifecycle", oneOf(fields, "lifecycle", List.of("active", "archived")));
    out.put("tags", tags(fields));
    Long lifetimeDays = fields.optionalWhole("lifetimeDays", 1, LIFETIME_DAYS_MAX);
    if (lifetimeDays != null) {
      out.put("lifetimeDays", lifetimeDays);
    }
    start(fields, ValueType.named(type), out);
    fields.done();
    return out.build();
  }

  /** The variants that the flag starts with in an environment that does not have it yet. */
  private static void start(Fields fields, @Nullable ValueType type, Json.Obj.Builder out) {
    Map<String, Json> given = fields.members("variants");
    Json off = fields.raw("offVariant");
    TreeMap<String, Json> variants = new TreeMap<>(given);
    if (given.isEmpty() && type == ValueType.BOOLEAN) {
      variants.put("off", Json.of(false));
      variants.put("on", Json.of(true));
      off = off == null ? Json.of("off") : off;
    }
    if (variants.isEmpty()) {
      fields
          .problems()
          .invalid(
              fields.at("variants"),
              "no variants",
              "at least one, of type " + (type == null ? "type" : type.text()));
    }
    variants.forEach((name, value) -> {
      if (type != null && !type.admits(value)) {
        fields
            .problems()
            .invalid(
                fields.at("variants") + "/" + name,
                Fields.shown(value),
                "a value of type " + type.text());
      }
    });
    if (off != null
        && !(off instanceof Json.Null)
        && !(off instanceof Json.Str s && variants.containsKey(s.value()))) {
      fields
          .problems()
          .invalid(
              fields.at("offVariant"),
              Fields.shown(off),
              "one of the variants " + variants.keySet() + ", or null");
    }
    out.put("variants", new Json.Obj(variants)).put("offVariant", off == null ? Json.NULL : off);
  }

  /**
   * The document of a declared flag in an environment where nobody has said anything about it: off.
   */
  public static Json.Obj off(Json.Obj declaration) {
    Json key = require(declaration, "key");
    Json.Obj variants = (Json.Obj) require(declaration, "variants");
    Json off = require(declaration, "offVariant");
    Json first = off;
    for (String name : variants.members().keySet()) {
      if (!Json.of(name).equals(off)) {
        first = Json.of(name);
        break;
      }
    }
    Json.Obj envelope =
        Json.Obj.builder()
            .put("key", key)
            .put("type", require(declaration, "type"))
            .put("on", false)
            .put("variants", variants)
            .put("offVariant", off)
            .build();
    return Json.Obj.of("envelope", envelope, "default", Json.Obj.of("variant", first));
  }

  private static Json require(Json.Obj object, String name) {
    return Objects.requireNonNull(object.get(name), name);
  }

  private static Json tags(Fields fields) {
    TreeSet<String> tags = new TreeSet<>();
    List<Json> items = fields.items("tags", TAGS_MAX);
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i) instanceof Json.Str s
          && !s.value().isBlank()
          && s.value().length() <= NAME_CHARS_MAX) {
        tags.add(s.value());
      } else {
        fields
            .problems()
            .invalid(
                fields.at("tags") + "/" + i, Fields.shown(items.get(i)), "1 to 256 characters");
      }
    }
    List<Json> sorted = new ArrayList<>();
    tags.forEach(tag -> sorted.add(Json.of(tag)));
    return new Json.Arr(sorted);
  }

  private static void described(Fields fields, String key, Json.Obj.Builder out) {
    out.put("name", text(fields, "name", NAME_CHARS_MAX, key));
    out.put("description", text(fields, "description", DESCRIPTION_CHARS_MAX, ""));
  }

  private static String key(Fields fields, String expected) {
    String key = fields.string("key");
    if (!key.equals(expected)) {
      fields
          .problems()
          .invalid(
              fields.at("key"), Texts.shown(key), Texts.shown(expected) + ", as in the address");
    }
    return expected;
  }

  private static String text(Fields fields, String name, int charsMax, String whenAbsent) {
    String text = fields.optionalString(name);
    if (text != null && text.length() > charsMax) {
      fields
          .problems()
          .add(
              Problem.Code.TOO_LARGE,
              fields.at(name),
              text.length() + " characters (expected: at most " + charsMax + ")");
    }
    return text == null ? whenAbsent : text;
  }

  /** The first choice stands in when the member is absent. */
  private static String oneOf(Fields fields, String name, List<String> choices) {
    String text = fields.optionalString(name);
    if (text != null && !choices.contains(text)) {
      fields
          .problems()
          .invalid(fields.at(name), Texts.shown(text), "one of " + String.join(", ", choices));
    }
    return text == null ? choices.get(0) : text;
  }
}
