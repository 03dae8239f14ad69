package dev.guidon.engine;

import dev.guidon.model.Murmur3;
import dev.guidon.model.Serve;
import org.jspecify.annotations.Nullable;

/**
 * Places a unit among 100,000 slots: one hash, in integers only, the same on every node and in
 * every SDK.
 */
record Bucketing(Murmur3.Salted salted, Attribute unit) {
  static Bucketing of(String salt, Attribute unit) {
    return new Bucketing(Murmur3.Salted.of(salt), unit);
  }

  String salt() {
    return salted.salt();
  }

  /** 0 to 99,999, or {@link Decision#NO_BUCKET} when the context has no such unit. */
  int bucketOf(Context context) {
    Object value = unit.read(context);
    if (value instanceof String text) {
      return slot(salted.ofText(text));
    }
    if (value instanceof Number number && Values.isWhole(number)) {
      return slot(salted.ofWhole(number.longValue()));
    }
    String text = Values.unit(value);
    return text == null ? Decision.NO_BUCKET : slot(salted.ofText(text));
  }

  static int bucket(String salt, String unit) {
    return slot(Murmur3.ofText(salt, unit));
  }

  private static int slot(int hash) {
    return (int) ((hash & 0xFFFFFFFFL) * Serve.WHOLE >>> 32);
  }

  /** What the context has for a unit, for people. */
  @Nullable String unitOf(Context context) {
    return Values.unit(unit.read(context));
  }
}
