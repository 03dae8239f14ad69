package dev.guidon.engine;

import dev.guidon.model.AttributeRef;
import dev.guidon.model.json.Json;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the flags of a ruleset have in common and keep once: readers of attributes, and the variants
 * of boolean flags, which mostly have the same names. Handed on from ruleset to ruleset of one
 * region; safe for use by several threads.
 */
final class Interned {
  private static final int CROWDED = 20_000;

  private final String region;
  private final Map<AttributeRef, Attribute> attributes = new ConcurrentHashMap<>();
  private final Map<Variant, Variant> variants = new ConcurrentHashMap<>();

  Interned(String region) {
    this.region = region;
  }

  /**
   * Whether it holds more than any ruleset is likely to: the next ruleset then begins another, so
   * that names which were used once are not kept for ever. What has been compiled keeps its own.
   */
  boolean isCrowded() {
    return attributes.size() + variants.size() > CROWDED;
  }

  Attribute attribute(AttributeRef ref) {
    return attributes.computeIfAbsent(ref, absent -> Attribute.of(absent, region));
  }

  Variant variant(String name, Json value) {
    Variant variant = new Variant(name, value);
    return value instanceof Json.Bool
        ? variants.computeIfAbsent(variant, absent -> absent)
        : variant;
  }
}
