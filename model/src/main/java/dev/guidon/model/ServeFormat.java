package dev.guidon.model;

import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Serves as JSON: {@code {"variant":"on"}}, {@code {"variant":null}} (the code default), {@code
 * {"split":{"shares":[{"variant":"a","weight":50000},…],"unit":"targetingKey","salt":"…"}}} or
 * {@code {"policy":{"key":"…","fallback":"a"}}}.
 */
final class ServeFormat {
  private static final int SHARES_MAX = 200;
  private static final Serve STAND_IN = new Serve.Fixed(null);

  private ServeFormat() {}

  static Serve read(
      Json json, String pointer, Problems problems, boolean strict, Set<String> variants) {
    Fields fields = new Fields(json, pointer, problems, strict);
    Serve serve;
    if (fields.has("split")) {
      serve =
          split(
              fields.required("split", "a split"), fields.at("split"), problems, strict, variants);
    } else if (fields.has("policy")) {
      serve =
          learned(
              fields.required("policy", "a policy"),
              fields.at("policy"),
              problems,
              strict,
              variants);
    } else if (fields.has("variant")) {
      serve = new Serve.Fixed(variant(fields, "variant", variants));
    } else {
      if (json instanceof Json.Obj o) {
        problems.add(
            o.members().isEmpty() ? Problem.Code.INVALID : Problem.Code.UNSUPPORTED,
            pointer,
            "serve with "
                + o.members().keySet().stream().limit(5).map(Texts::shown).toList()
                + " (expected: one of variant, split, policy)");
      }
      return STAND_IN;
    }
    fields.done();
    return serve;
  }

  private static Serve split(
      Json json, String pointer, Problems problems, boolean strict, Set<String> variants) {
    Fields fields = new Fields(json, pointer, problems, strict);
    List<Serve.Share> shares = new ArrayList<>();
    List<Json> items = fields.items("shares", SHARES_MAX);
    long sum = 0;
    for (int i = 0; i < items.size(); i++) {
      Fields share = new Fields(items.get(i), fields.at("shares", i), problems, strict);
      String variant = variant(share, "variant", variants);
      int weight = (int) share.whole("weight", 0, Serve.WHOLE);
      share.done();
      sum += weight;
      shares.add(new Serve.Share(variant, weight));
    }
    AttributeRef unit =
        fields.has("unit") ? ConditionFormat.attribute(fields, "unit", "kind") : unitOfKind(fields);
    String salt = fields.optionalString("salt");
    fields.done();
    if (sum != Serve.WHOLE) {
      problems.invalid(fields.at("shares"), "weight sum " + sum, "exactly " + Serve.WHOLE);
      return STAND_IN;
    }
    return new Serve.Split(shares, unit, salt);
  }

  private static AttributeRef unitOfKind(Fields fields) {
    String kind = fields.optionalString("kind");
    if (kind == null) {
      return AttributeRef.UNIT;
    }
    if (!Texts.isKey(kind, 64)) {
      fields
          .problems()
          .invalid(fields.at("kind"), Texts.shown(kind), "a context kind of 1 to 64 characters");
      return AttributeRef.UNIT;
    }
    return new AttributeRef(kind, AttributeRef.TARGETING_KEY);
  }

  private static Serve learned(
      Json json, String pointer, Problems problems, boolean strict, Set<String> variants) {
    Fields fields = new Fields(json, pointer, problems, strict);
    String key = fields.string("key");
    String fallback = variant(fields, "fallback", variants);
    fields.done();
    return new Serve.Learned(key, fallback);
  }

  /** A variant's name or null; notes names that the flag does not have. */
  static @Nullable String variant(Fields fields, String name, Set<String> variants) {
    Json value = fields.raw(name);
    if (value instanceof Json.Null) {
      return null;
    }
    if (value instanceof Json.Str s) {
      if (!variants.contains(s.value())) {
        fields
            .problems()
            .invalid(
                fields.at(name),
                Texts.shown(s.value()),
                "one of the flag's variants " + variants + ", or null");
      }
      return s.value();
    }
    fields
        .problems()
        .invalid(
            fields.at(name),
            value == null ? "absent" : Fields.shown(value),
            "a variant's name, or null for the code default");
    return null;
  }

  static Json.Obj write(Serve serve) {
    if (serve instanceof Serve.Fixed fixed) {
      return Json.Obj.builder().put("variant", text(fixed.variant())).build();
    }
    if (serve instanceof Serve.Learned learned) {
      Json.Obj policy =
          Json.Obj.builder()
              .put("key", learned.policy())
              .put("fallback", text(learned.fallback()))
              .build();
      return Json.Obj.builder().put("policy", policy).build();
    }
    Serve.Split split = (Serve.Split) serve;
    List<Json> shares = new ArrayList<>();
    for (Serve.Share share : split.shares()) {
      shares.add(
          Json.Obj.builder()
              .put("variant", text(share.variant()))
              .put("weight", share.weight())
              .build());
    }
    Json.Obj.Builder out = Json.Obj.builder().put("shares", new Json.Arr(shares));
    ConditionFormat.writeAttribute(out, split.unit(), "unit", "kind");
    if (split.salt() != null) {
      out.put("salt", split.salt());
    }
    return Json.Obj.builder().put("split", out.build()).build();
  }

  static Json text(@Nullable String variant) {
    return variant == null ? Json.NULL : Json.of(variant);
  }
}
