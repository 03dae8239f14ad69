package dev.guidon.control;

import dev.guidon.model.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/** JSON Merge Patch, RFC 7396. */
final class MergePatch {
  private MergePatch() {}

  static Json apply(Json target, Json patch) {
    if (!(patch instanceof Json.Obj changes)) {
      return patch;
    }
    Map<String, Json> merged =
        new LinkedHashMap<>(target instanceof Json.Obj object ? object.members() : Map.of());
    for (var change : changes.members().entrySet()) {
      if (change.getValue() instanceof Json.Null) {
        merged.remove(change.getKey());
      } else {
        Json old = merged.getOrDefault(change.getKey(), Json.Obj.of());
        merged.put(change.getKey(), apply(old, change.getValue()));
      }
    }
    return new Json.Obj(merged);
  }
}
