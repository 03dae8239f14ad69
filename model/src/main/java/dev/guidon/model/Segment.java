package dev.guidon.model;

import org.jspecify.annotations.Nullable;

/**
 * A named set of contexts: those not excluded that are included or meet the condition.
 *
 * @param kind the context kind whose targeting key the lists hold
 * @param when {@code null}: only the list decides
 */
public record Segment(
    SegmentKey key, String kind, @Nullable Condition when, KeyList included, KeyList excluded) {}
