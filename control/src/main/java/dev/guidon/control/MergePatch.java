package dev.guidon.control;

import dev.guidon.model.json.Json;

/** JSON Merge Patch, RFC 7396. */
final class MergePatch {
  private MergePatch() {}

  static Json apply(Json target, Json patch) {
    if (!(patch instanceof Json.Obj changes)) {
      return patch;
    }
    Json.Obj merged = target instanceof Json.Obj object ? object : Json.Obj.of();
    for (var change : changes.members().entrySet()) {
      Json value = change.getValue();
      Json old = merged.get(change.getKey());
      merged =
          value instanceof Json.Null
              ? merged.without(change.getKey())
              : merged.with(change.getKey(), apply(old == null ? Json.Obj.of() : old, value));
    }
    return merged;
  }
}
