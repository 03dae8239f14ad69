package dev.guidon.sdk;

import dev.guidon.model.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * Something that a unit did, as {@code track} of OpenFeature tells it.
 *
 * @param unit targeting key of the context, if it had one
 * @param value the number that goes with it, if one does
 * @param attributes further fields, private attributes removed
 * @param timeMicros corrected time of the call
 */
public record TrackedEvent(
    String name, @Nullable String unit, @Nullable Double value, Json attributes, long timeMicros) {}
