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
  private final String region;
  private final Map<AttributeRef, Attribute> attributes = new ConcurrentHashMap<>();
  private final Map<Variant, Variant> variants = new ConcurrentHashMap<>();

  Interned(String region) {
    this.region = region;
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
