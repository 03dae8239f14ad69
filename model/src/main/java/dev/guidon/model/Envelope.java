package dev.guidon.model;

import dev.guidon.model.json.Json;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The part of a flag that every SDK ever shipped can read. Its shape is frozen: turning off works
 * from here alone, whatever the rest of the flag holds.
 *
 * @param variants by name, at least one, all of the flag's type
 * @param offVariant what an off flag serves; {@code null}: the code default
 */
public record Envelope(
    FlagKey key,
    ValueType type,
    boolean on,
    SortedMap<String, Json> variants,
    @Nullable String offVariant) {
  public Envelope {
    variants = Collections.unmodifiableSortedMap(new TreeMap<>(variants));
  }

  public static Envelope of(
      FlagKey key,
      ValueType type,
      boolean on,
      Map<String, Json> variants,
      @Nullable String offVariant) {
    return new Envelope(key, type, on, new TreeMap<>(variants), offVariant);
  }
}
