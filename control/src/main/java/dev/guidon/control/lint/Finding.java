package dev.guidon.control.lint;

import dev.guidon.model.EntityId;
import dev.guidon.model.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * Something that was surely not meant.
 *
 * @param pointer into the entity's document (RFC 6901)
 * @param message the value and the place
 * @param suggestion what to do about it
 * @param unless the one circumstance in which it is no mistake; {@code null} when there is none
 */
public record Finding(
    LintRule rule,
    EntityId entity,
    String pointer,
    String message,
    String suggestion,
    @Nullable String unless) {

  public Json.Obj json() {
    return Json.Obj.builder()
        .put("rule", rule.id())
        .put("severity", rule.severity().text())
        .put("kind", entity.kind().name())
        .put("key", entity.key())
        .put("pointer", pointer)
        .put("message", message)
        .put("suggestion", suggestion)
        .putIfPresent("unless", unless)
        .build();
  }
}
