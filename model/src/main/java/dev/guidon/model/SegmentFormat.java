package dev.guidon.model;

import dev.guidon.model.json.Json;

/**
 * Segments as JSON: {@code {"key":"beta","kind":"user","if":{…},"included":[…],"excluded":[…]}}.
 */
public final class SegmentFormat {
  private SegmentFormat() {}

  /**
   * Reads a segment; what is wrong goes to {@code problems}, and then the result must not be used.
   */
  public static Segment read(Json json, Problems problems, boolean strict) {
    Fields fields = new Fields(json, "", problems, strict);
    String key = fields.string("key");
    if (!SegmentKey.isValid(key)) {
      problems.invalid(fields.at("key"), Texts.shown(key), SegmentKey.EXPECTED);
      key = "?";
    }
    String kind = FlagFormat.kind(fields);
    Json when = fields.optional("if");
    Condition condition =
        when == null ? null : ConditionFormat.read(when, fields.at("if"), problems, strict);
    KeyList included = KeyListFormat.read(fields, "included");
    KeyList excluded = KeyListFormat.read(fields, "excluded");
    fields.done();
    return new Segment(new SegmentKey(key), kind, condition, included, excluded);
  }

  public static Json.Obj write(Segment segment) {
    Json.Obj.Builder out =
        Json.Obj.builder().put("key", segment.key().value()).put("kind", segment.kind());
    if (segment.when() != null) {
      out.put("if", ConditionFormat.write(segment.when()));
    }
    return out.put("included", KeyListFormat.write(segment.included()))
        .put("excluded", KeyListFormat.write(segment.excluded()))
        .build();
  }
}
