package dev.guidon.model;

import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Conditions as JSON: {@code {"all":[…]}}, {@code {"any":[…]}}, {@code {"not":…}}, a segment, or a
 * test.
 */
public final class ConditionFormat {
  /** Deep enough for every importer, shallow enough for every stack. */
  static final int DEPTH_MAX = 32;

  private static final int PARTS_MAX = 1000;
  private static final int VALUES_MAX = 10_000;
  private static final Condition STAND_IN = new Condition.Any(List.of());

  private ConditionFormat() {}

  public static Condition read(Json json, String pointer, Problems problems, boolean strict) {
    return read(json, pointer, problems, strict, 1);
  }

  private static Condition read(
      Json json, String pointer, Problems problems, boolean strict, int depth) {
    if (depth > DEPTH_MAX) {
      problems.add(
          Problem.Code.TOO_LARGE,
          pointer,
          "depth of conditions (expected: at most " + DEPTH_MAX + ")");
      return STAND_IN;
    }
    Fields fields = new Fields(json, pointer, problems, strict);
    Condition condition;
    if (fields.has("all")) {
      condition = new Condition.All(parts(fields, "all", depth));
    } else if (fields.has("any")) {
      condition = new Condition.Any(parts(fields, "any", depth));
    } else if (fields.has("not")) {
      Json part = fields.required("not", "a condition");
      condition = new Condition.Not(read(part, fields.at("not"), problems, strict, depth + 1));
    } else if (fields.has("segment")) {
      condition = inSegment(fields);
    } else if (fields.has("attribute")) {
      condition = test(fields);
    } else {
      if (json instanceof Json.Obj o) {
        problems.add(
            o.members().isEmpty() ? Problem.Code.INVALID : Problem.Code.UNSUPPORTED,
            pointer,
            "condition with "
                + o.members().keySet().stream().limit(5).map(Texts::shown).toList()
                + " (expected: one of all, any, not, segment, attribute)");
      }
      return STAND_IN;
    }
    fields.done();
    return condition;
  }

  private static List<Condition> parts(Fields fields, String name, int depth) {
    List<Condition> parts = new ArrayList<>();
    List<Json> items = fields.items(name, PARTS_MAX);
    for (int i = 0; i < items.size(); i++) {
      parts.add(
          read(items.get(i), fields.at(name, i), fields.problems(), fields.strict(), depth + 1));
    }
    return parts;
  }

  private static Condition inSegment(Fields fields) {
    String key = fields.string("segment");
    boolean negate = fields.bool("negate", /* whenAbsent= */ false);
    if (!SegmentKey.isValid(key)) {
      fields.problems().invalid(fields.at("segment"), Texts.shown(key), SegmentKey.EXPECTED);
      return STAND_IN;
    }
    return new Condition.InSegment(new SegmentKey(key), negate);
  }

  private static Condition test(Fields fields) {
    AttributeRef attribute = attribute(fields, "attribute", "kind");
    String op = fields.string("op");
    boolean ignoreCase = fields.bool("ignoreCase", /* whenAbsent= */ false);
    boolean negate = fields.bool("negate", /* whenAbsent= */ false);
    List<Json> values = fields.items("values", VALUES_MAX);
    Operator operator = Operator.named(op);
    if (operator == null) {
      fields
          .problems()
          .add(
              Problem.Code.UNSUPPORTED,
              fields.at("op"),
              "operator " + Texts.shown(op) + " (expected: one of " + operators() + ")");
      return STAND_IN;
    }
    if (ignoreCase && !operator.readsCase()) {
      fields
          .problems()
          .invalid(fields.at("ignoreCase"), "true", "absent for operator " + operator.text());
    }
    checkValues(operator, values, fields);
    return new Condition.Test(attribute, operator, values, ignoreCase, negate);
  }

  private static String operators() {
    List<String> names = new ArrayList<>();
    for (Operator operator : Operator.values()) {
      names.add(operator.text());
    }
    return String.join(", ", names);
  }

  static AttributeRef attribute(Fields fields, String nameField, String kindField) {
    String name = fields.string(nameField);
    String kind = fields.optionalString(kindField);
    if (!AttributeRef.isName(name)) {
      fields
          .problems()
          .invalid(
              fields.at(nameField),
              Texts.shown(name),
              "an attribute name, a path that starts with '/', $region or $now");
      return AttributeRef.UNIT;
    }
    if (kind != null && !Texts.isKey(kind, 64)) {
      fields
          .problems()
          .invalid(fields.at(kindField), Texts.shown(kind), "a context kind of 1 to 64 characters");
      return AttributeRef.UNIT;
    }
    return new AttributeRef(kind == null ? AttributeRef.USER : kind, name);
  }

  private static void checkValues(Operator operator, List<Json> values, Fields fields) {
    Operator.Operand operand = operator.operand();
    boolean one =
        operand == Operator.Operand.NUMBER
            || operand == Operator.Operand.SEMVER
            || operand == Operator.Operand.INSTANT;
    String place = fields.at("values");
    if (operand == Operator.Operand.NONE
        ? !values.isEmpty()
        : one ? values.size() != 1 : values.isEmpty()) {
      fields
          .problems()
          .invalid(
              place,
              values.size() + " values",
              (operand == Operator.Operand.NONE ? "none" : one ? "exactly one" : "at least one")
                  + " for operator "
                  + operator.text());
    }
    for (int i = 0; i < values.size(); i++) {
      String expected = expected(operand, values.get(i));
      if (expected != null) {
        fields.problems().invalid(place + "/" + i, Fields.shown(values.get(i)), expected);
      }
    }
  }

  /** What the value should have been, or {@code null} when it is right. */
  private static @Nullable String expected(Operator.Operand operand, Json value) {
    String text = value instanceof Json.Str s ? s.value() : null;
    return switch (operand) {
      case SCALARS ->
          text != null || value instanceof Json.Num || value instanceof Json.Bool
              ? null
              : "a string, a number, true or false";
      case NUMBER -> value instanceof Json.Num ? null : "a number";
      case STRINGS -> text != null ? null : "a string";
      case PATTERNS ->
          text != null && text.length() <= 2000
              ? null
              : "an RE2 pattern of at most 2000 characters";
      case SEMVER ->
          text != null && SemanticVersion.parse(text) != null
              ? null
              : "a semantic version such as 1.2.3";
      case INSTANT -> text != null && Instants.parse(text) != null ? null : "an RFC 3339 instant";
      case CIDRS ->
          text != null && Cidr.parse(text) != null
              ? null
              : "a CIDR range such as 10.0.0.0/8 or 2001:db8::/32";
      case NONE -> null;
    };
  }

  public static Json.Obj write(Condition condition) {
    if (condition instanceof Condition.All all) {
      return Json.Obj.builder().put("all", parts(all.parts())).build();
    }
    if (condition instanceof Condition.Any any) {
      return Json.Obj.builder().put("any", parts(any.parts())).build();
    }
    if (condition instanceof Condition.Not not) {
      return Json.Obj.builder().put("not", write(not.part())).build();
    }
    if (condition instanceof Condition.InSegment in) {
      Json.Obj.Builder out = Json.Obj.builder().put("segment", in.segment().value());
      return in.negate() ? out.put("negate", true).build() : out.build();
    }
    Condition.Test test = (Condition.Test) condition;
    Json.Obj.Builder out = Json.Obj.builder();
    writeAttribute(out, test.attribute(), "attribute", "kind");
    out.put("op", test.operator().text());
    if (test.operator().operand() != Operator.Operand.NONE) {
      out.put("values", new Json.Arr(test.values()));
    }
    if (test.ignoreCase()) {
      out.put("ignoreCase", true);
    }
    if (test.negate()) {
      out.put("negate", true);
    }
    return out.build();
  }

  static void writeAttribute(
      Json.Obj.Builder out, AttributeRef attribute, String nameField, String kindField) {
    out.put(nameField, attribute.name());
    if (!attribute.kind().equals(AttributeRef.USER)) {
      out.put(kindField, attribute.kind());
    }
  }

  private static Json parts(List<Condition> parts) {
    List<Json> items = new ArrayList<>();
    for (Condition part : parts) {
      items.add(write(part));
    }
    return new Json.Arr(items);
  }
}
