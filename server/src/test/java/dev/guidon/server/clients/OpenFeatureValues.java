package dev.guidon.server.clients;

import dev.guidon.model.json.Json;
import dev.openfeature.sdk.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** OpenFeature's values as JSON, for the table. */
final class OpenFeatureValues {
  private OpenFeatureValues() {}

  static Json json(Value value) {
    if (value.isStructure()) {
      Map<String, Json> members = new LinkedHashMap<>();
      value.asStructure().asMap().forEach((name, member) -> members.put(name, json(member)));
      return new Json.Obj(members);
    }
    if (value.isList()) {
      List<Json> items = new ArrayList<>();
      value.asList().forEach(item -> items.add(json(item)));
      return new Json.Arr(items);
    }
    if (value.isBoolean()) {
      return Json.of(value.asBoolean());
    }
    if (value.isNumber()) {
      return Json.of(value.asDouble());
    }
    return value.isNull() ? Json.NULL : Json.of(value.asString());
  }
}
