package dev.guidon.engine;

import dev.guidon.model.AttributeRef;
import dev.guidon.model.json.Json;
import java.util.HashMap;
import java.util.Map;

/**
 * What the flags of one compilation have in common and keep once: readers of attributes, and the
 * variants of boolean flags, which mostly have the same names. One compilation; one thread.
 */
final class Interned {
  private final String region;
  private final Map<AttributeRef, Attribute> attributes = new HashMap<>();
  private final Map<Variant, Variant> variants = new HashMap<>();

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
