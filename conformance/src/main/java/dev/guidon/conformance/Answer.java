package dev.guidon.conformance;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * Everything that an answer says.
 *
 * @param value {@code null}: the caller's default stands
 * @param variant {@code null}: none
 * @param errorCode {@code null} unless the reason is ERROR
 * @param detail {@code null} with reason ERROR, where it is free text
 * @param bucket -1: none
 */
public record Answer(
    @Nullable Json value,
    @Nullable String variant,
    String reason,
    @Nullable String errorCode,
    @Nullable String detail,
    @Nullable String ruleId,
    int bucket) {
  public static final int NO_BUCKET = -1;

  public static Answer error(String errorCode, @Nullable String ruleId) {
    return new Answer(null, null, "ERROR", errorCode, null, ruleId, NO_BUCKET);
  }

  /** As vectors write it: what is absent is not there. */
  public Json.Obj toJson() {
    Json.Obj.Builder out =
        Json.Obj.builder()
            .putIfPresent("value", value)
            .putIfPresent("variant", variant)
            .put("reason", reason)
            .putIfPresent("errorCode", errorCode)
            .putIfPresent("detail", detail)
            .putIfPresent("ruleId", ruleId);
    return bucket == NO_BUCKET ? out.build() : out.put("bucket", (long) bucket).build();
  }

  /** Reads what {@link #toJson} wrote. */
  public static Answer fromJson(Json json) {
    if (!(json instanceof Json.Obj members)) {
      throw new IllegalArgumentException("expect: " + json.typeName() + " (expected: an object)");
    }
    String reason = text(members, "reason");
    if (reason == null) {
      throw new IllegalArgumentException("expect: without reason (expected: one)");
    }
    return new Answer(
        members.get("value"),
        text(members, "variant"),
        reason,
        text(members, "errorCode"),
        text(members, "detail"),
        text(members, "ruleId"),
        members.get("bucket") instanceof Json.Num bucket ? (int) bucket.value() : NO_BUCKET);
  }

  private static @Nullable String text(Json.Obj members, String name) {
    return members.get(name) instanceof Json.Str text ? text.value() : null;
  }

  @Override
  public String toString() {
    return CanonicalJson.text(toJson());
  }
}
