package dev.guidon.model;

import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Flags as JSON, in the form of the API, the log and the streams alike.
 *
 * <pre>{@code
 * {"envelope":{"key":"checkout","type":"boolean","on":true,"variants":{"off":false,"on":true},"offVariant":"off"},
 *  "prerequisites":[{"flag":"shop-open","variants":["on"]}],
 *  "targets":[{"variant":"on","kind":"user","keys":["u1"]}],
 *  "rules":[{"id":"beta","from":"2026-12-01T00:00:00Z","if":{…},"serve":{"variant":"on"}}],
 *  "default":{"variant":"off"},
 *  "salt":"checkout","clientVisible":false,"layer":"pricing",
 *  "staleness":{"seconds":3600,"variant":"off"},"metadata":{"team":"cart"}}
 * }</pre>
 */
public final class FlagFormat {
  static final int VARIANTS_MAX = 200;
  static final int RULES_MAX = 500;
  private static final int TARGETS_MAX = 200;
  private static final int PREREQUISITES_MAX = 50;
  private static final int METADATA_MAX = 100;
  private static final int NAME_CHARS_MAX = 256;
  private static final FlagKey STAND_IN = new FlagKey("?");

  private FlagFormat() {}

  /** Reads a flag; what is wrong goes to {@code problems}, and then the result must not be used. */
  public static Flag read(Json json, Problems problems, boolean strict) {
    Fields fields = new Fields(json, "", problems, strict);
    Envelope envelope =
        envelope(
            fields.required("envelope", "an envelope"), fields.at("envelope"), problems, strict);
    Set<String> variants = envelope.variants().keySet();
    String layer = fields.optionalString("layer");
    if (layer != null && !LayerKey.isValid(layer)) {
      problems.invalid(fields.at("layer"), Texts.shown(layer), LayerKey.EXPECTED);
      layer = null;
    }
    Flag flag =
        new Flag(
            envelope,
            prerequisites(fields),
            targets(fields, variants),
            rules(fields, variants),
            ServeFormat.read(
                fields.required("default", "a serve such as {\"variant\":\"off\"}"),
                fields.at("default"),
                problems,
                strict,
                variants),
            fields.optionalString("salt"),
            fields.bool("clientVisible", /* whenAbsent= */ false),
            layer == null ? null : new LayerKey(layer),
            staleness(fields, variants),
            metadata(fields));
    fields.done();
    return flag;
  }

  /** Reads only the envelope, from a document whose rest may be of any future form. */
  public static Envelope readEnvelope(Json flag, Problems problems) {
    Fields fields = new Fields(flag, "", problems, /* strict= */ false);
    return envelope(
        fields.required("envelope", "an envelope"),
        fields.at("envelope"),
        problems,
        /* strict= */ false);
  }

  private static Envelope envelope(Json json, String pointer, Problems problems, boolean strict) {
    Fields fields = new Fields(json, pointer, problems, strict);
    String key = fields.string("key");
    if (!FlagKey.isValid(key)) {
      problems.invalid(fields.at("key"), Texts.shown(key), FlagKey.EXPECTED);
    }
    String typeText = fields.string("type");
    ValueType type = ValueType.named(typeText);
    if (type == null) {
      problems.invalid(
          fields.at("type"), Texts.shown(typeText), "boolean, string, number or object");
    }
    boolean on = fields.requiredBool("on");
    Map<String, Json> variants = variants(fields, type);
    String off =
        fields.has("offVariant")
            ? ServeFormat.variant(fields, "offVariant", variants.keySet())
            : null;
    fields.done();
    return Envelope.of(
        FlagKey.isValid(key) ? new FlagKey(key) : STAND_IN,
        type == null ? ValueType.BOOLEAN : type,
        on,
        variants,
        off);
  }

  private static Map<String, Json> variants(Fields fields, @Nullable ValueType type) {
    TreeMap<String, Json> variants = new TreeMap<>();
    Map<String, Json> members = fields.members("variants");
    String place = fields.at("variants");
    if (members.isEmpty() || members.size() > VARIANTS_MAX) {
      fields.problems().invalid(place, members.size() + " variants", "1 to " + VARIANTS_MAX);
    }
    for (Map.Entry<String, Json> member : members.entrySet()) {
      if (!Texts.isKey(member.getKey(), NAME_CHARS_MAX)) {
        fields
            .problems()
            .invalid(place, "variant name " + Texts.shown(member.getKey()), FlagKey.EXPECTED);
      } else if (type != null && !type.admits(member.getValue())) {
        fields
            .problems()
            .invalid(
                place + "/" + member.getKey(),
                Fields.shown(member.getValue()),
                "a value of type " + type.text());
      }
      variants.put(member.getKey(), member.getValue());
    }
    return variants;
  }

  private static List<Flag.Prerequisite> prerequisites(Fields fields) {
    List<Flag.Prerequisite> all = new ArrayList<>();
    List<Json> items = fields.items("prerequisites", PREREQUISITES_MAX);
    for (int i = 0; i < items.size(); i++) {
      Fields item =
          new Fields(
              items.get(i), fields.at("prerequisites", i), fields.problems(), fields.strict());
      String flag = item.string("flag");
      TreeSet<String> wanted = new TreeSet<>();
      for (Json variant : item.items("variants", VARIANTS_MAX)) {
        if (variant instanceof Json.Str s) {
          wanted.add(s.value());
        } else {
          fields.problems().invalid(item.at("variants"), Fields.shown(variant), "variant names");
        }
      }
      if (wanted.isEmpty()) {
        fields
            .problems()
            .invalid(item.at("variants"), "no variants", "at least one wanted variant");
      }
      item.done();
      if (FlagKey.isValid(flag)) {
        all.add(new Flag.Prerequisite(new FlagKey(flag), wanted));
      } else {
        fields.problems().invalid(item.at("flag"), Texts.shown(flag), FlagKey.EXPECTED);
      }
    }
    return all;
  }

  private static List<Flag.Target> targets(Fields fields, Set<String> variants) {
    List<Flag.Target> all = new ArrayList<>();
    List<Json> items = fields.items("targets", TARGETS_MAX);
    for (int i = 0; i < items.size(); i++) {
      Fields item =
          new Fields(items.get(i), fields.at("targets", i), fields.problems(), fields.strict());
      String variant = ServeFormat.variant(item, "variant", variants);
      if (variant == null && item.raw("variant") instanceof Json.Null) {
        fields.problems().invalid(item.at("variant"), "null", "a variant's name");
      }
      String kind = kind(item);
      KeyList keys = KeyListFormat.read(item, "keys");
      item.done();
      all.add(new Flag.Target(variant == null ? "" : variant, kind, keys));
    }
    return all;
  }

  static String kind(Fields fields) {
    String kind = fields.optionalString("kind");
    if (kind != null && !Texts.isKey(kind, 64)) {
      fields
          .problems()
          .invalid(fields.at("kind"), Texts.shown(kind), "a context kind of 1 to 64 characters");
      return AttributeRef.USER;
    }
    return kind == null ? AttributeRef.USER : kind;
  }

  private static List<Flag.Rule> rules(Fields fields, Set<String> variants) {
    List<Flag.Rule> all = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    List<Json> items = fields.items("rules", RULES_MAX);
    for (int i = 0; i < items.size(); i++) {
      Flag.Rule rule =
          rule(items.get(i), fields.at("rules", i), fields.problems(), fields.strict(), variants);
      if (!ids.add(rule.id())) {
        fields
            .problems()
            .invalid(
                fields.at("rules") + "/" + i + "/id",
                Texts.shown(rule.id()),
                "an id that no other rule of the flag has");
      }
      all.add(rule);
    }
    return all;
  }

  private static Flag.Rule rule(
      Json json, String pointer, Problems problems, boolean strict, Set<String> variants) {
    Fields fields = new Fields(json, pointer, problems, strict);
    String id = fields.string("id");
    if (!Texts.isKey(id, NAME_CHARS_MAX)) {
      problems.invalid(fields.at("id"), Texts.shown(id), "1 to 256 characters");
    }
    String name = fields.optionalString("name");
    Long from = fields.optionalInstant("from");
    Long until = fields.optionalInstant("until");
    if (from != null && until != null && from >= until) {
      problems.invalid(
          fields.at("until"), Instants.text(until), "later than from, " + Instants.text(from));
    }
    Json when = fields.optional("if");
    Condition condition =
        when == null ? null : ConditionFormat.read(when, fields.at("if"), problems, strict);
    Serve serve =
        ServeFormat.read(
            fields.required("serve", "a serve such as {\"variant\":\"on\"}"),
            fields.at("serve"),
            problems,
            strict,
            variants);
    fields.done();
    return new Flag.Rule(id, name, from, until, condition, serve);
  }

  private static Flag.@Nullable Staleness staleness(Fields fields, Set<String> variants) {
    Json json = fields.optional("staleness");
    if (json == null) {
      return null;
    }
    Fields item = new Fields(json, fields.at("staleness"), fields.problems(), fields.strict());
    long seconds = item.whole("seconds", 1, 365L * 24 * 3600);
    String variant = ServeFormat.variant(item, "variant", variants);
    item.done();
    return new Flag.Staleness(seconds, variant);
  }

  private static SortedMap<String, Json> metadata(Fields fields) {
    TreeMap<String, Json> metadata = new TreeMap<>(fields.members("metadata"));
    if (metadata.size() > METADATA_MAX) {
      fields
          .problems()
          .add(
              Problem.Code.TOO_LARGE,
              fields.at("metadata"),
              metadata.size() + " members (expected: at most " + METADATA_MAX + ")");
    }
    metadata.forEach((name, value) -> {
      if (!(value instanceof Json.Str || value instanceof Json.Num || value instanceof Json.Bool)) {
        fields
            .problems()
            .invalid(
                fields.at("metadata") + "/" + name,
                Fields.shown(value),
                "a string, a number, true or false");
      }
    });
    return metadata;
  }

  /** The full document, defaults written out. */
  public static Json.Obj write(Flag flag) {
    Json.Obj.Builder out =
        Json.Obj.builder()
            .put("envelope", write(flag.envelope()))
            .put("prerequisites", arr(flag.prerequisites(), FlagFormat::write))
            .put("targets", arr(flag.targets(), FlagFormat::write))
            .put("rules", arr(flag.rules(), FlagFormat::write))
            .put("default", ServeFormat.write(flag.defaultServe()))
            .put("salt", flag.salt() == null ? flag.key().value() : flag.salt())
            .put("clientVisible", flag.clientVisible())
            .put("metadata", new Json.Obj(flag.metadata()));
    if (flag.layer() != null) {
      out.put("layer", flag.layer().value());
    }
    if (flag.staleness() != null) {
      out.put(
          "staleness",
          Json.Obj.builder()
              .put("seconds", flag.staleness().seconds())
              .put("variant", ServeFormat.text(flag.staleness().variant()))
              .build());
    }
    return out.build();
  }

  private static <T> Json arr(List<T> items, java.util.function.Function<T, Json> write) {
    return new Json.Arr(items.stream().map(write).toList());
  }

  private static Json write(Envelope envelope) {
    return Json.Obj.builder()
        .put("key", envelope.key().value())
        .put("type", envelope.type().text())
        .put("on", envelope.on())
        .put("variants", new Json.Obj(envelope.variants()))
        .put("offVariant", ServeFormat.text(envelope.offVariant()))
        .build();
  }

  private static Json write(Flag.Prerequisite prerequisite) {
    return Json.Obj.builder()
        .put("flag", prerequisite.flag().value())
        .put(
            "variants",
            new Json.Arr(prerequisite.variants().stream().map(v -> (Json) Json.of(v)).toList()))
        .build();
  }

  private static Json write(Flag.Target target) {
    return Json.Obj.builder()
        .put("variant", target.variant())
        .put("kind", target.kind())
        .put("keys", KeyListFormat.write(target.keys()))
        .build();
  }

  private static Json write(Flag.Rule rule) {
    Json.Obj.Builder out = Json.Obj.builder().put("id", rule.id());
    if (rule.name() != null) {
      out.put("name", rule.name());
    }
    if (rule.from() != null) {
      out.put("from", Instants.text(rule.from()));
    }
    if (rule.until() != null) {
      out.put("until", Instants.text(rule.until()));
    }
    if (rule.when() != null) {
      out.put("if", ConditionFormat.write(rule.when()));
    }
    return out.put("serve", ServeFormat.write(rule.serve())).build();
  }
}
