package dev.guidon.conformance;

import dev.guidon.model.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * One evaluation.
 *
 * @param type boolean, string, number, integer or object; {@code null}: any
 * @param context as callers send it, right or wrong. Strings in it may hold lone surrogates
 * @param ageMicros how long ago the state was known to be the newest; {@link #AGE_UNKNOWN} when
 *     nobody knows
 */
public record Question(
    String flag, @Nullable String type, Json context, long nowMicros, long ageMicros) {
  public static final long AGE_UNKNOWN = Long.MAX_VALUE;
}
