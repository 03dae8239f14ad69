package dev.guidon.model;

import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * Layers as JSON: {@code {"key":"pricing","salt":"pricing","unit":"targetingKey",
 * "ranges":[{"flag":"checkout","rule":"trial","from":0,"to":25000}]}}.
 */
public final class LayerFormat {
  private static final int RANGES_MAX = 1000;

  private LayerFormat() {}

  /**
   * Reads a layer; what is wrong goes to {@code problems}, and then the result must not be used.
   */
  public static Layer read(Json json, Problems problems, boolean strict) {
    Fields fields = new Fields(json, "", problems, strict);
    String key = fields.string("key");
    if (!LayerKey.isValid(key)) {
      problems.invalid(fields.at("key"), Texts.shown(key), LayerKey.EXPECTED);
      key = "?";
    }
    String salt = fields.optionalString("salt");
    AttributeRef unit =
        fields.has("unit") ? ConditionFormat.attribute(fields, "unit", "kind") : AttributeRef.UNIT;
    List<Layer.Range> ranges = ranges(fields);
    fields.done();
    return new Layer(new LayerKey(key), salt == null ? key : salt, unit, ranges);
  }

  private static List<Layer.Range> ranges(Fields fields) {
    List<Layer.Range> ranges = new ArrayList<>();
    List<Json> items = fields.items("ranges", RANGES_MAX);
    for (int i = 0; i < items.size(); i++) {
      String place = fields.at("ranges", i);
      Fields item = new Fields(items.get(i), place, fields.problems(), fields.strict());
      String flag = item.string("flag");
      String rule = item.string("rule");
      int from = (int) item.whole("from", 0, Serve.WHOLE - 1);
      int to = (int) item.whole("to", 1, Serve.WHOLE);
      item.done();
      if (!FlagKey.isValid(flag)) {
        fields.problems().invalid(item.at("flag"), Texts.shown(flag), FlagKey.EXPECTED);
      } else if (from >= to) {
        fields.problems().invalid(item.at("to"), String.valueOf(to), "more than from, " + from);
      } else {
        Layer.Range range = new Layer.Range(new FlagKey(flag), rule, from, to);
        for (Layer.Range other : ranges) {
          if (range.overlaps(other)) {
            fields
                .problems()
                .invalid(
                    place,
                    from + " to " + to,
                    "no overlap with " + other.from() + " to " + other.to());
          }
        }
        ranges.add(range);
      }
    }
    return ranges;
  }

  public static Json.Obj write(Layer layer) {
    List<Json> ranges = new ArrayList<>();
    for (Layer.Range range : layer.ranges()) {
      ranges.add(
          Json.Obj.builder()
              .put("flag", range.flag().value())
              .put("rule", range.rule())
              .put("from", range.from())
              .put("to", range.to())
              .build());
    }
    Json.Obj.Builder out =
        Json.Obj.builder().put("key", layer.key().value()).put("salt", layer.salt());
    ConditionFormat.writeAttribute(out, layer.unit(), "unit", "kind");
    return out.put("ranges", new Json.Arr(ranges)).build();
  }
}
