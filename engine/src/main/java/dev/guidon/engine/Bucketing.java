package dev.guidon.engine;

import dev.guidon.model.Murmur3;
import dev.guidon.model.Serve;
import org.jspecify.annotations.Nullable;

/**
 * Places a unit among 100,000 slots: one hash, in integers only, the same on every node and in
 * every SDK.
 */
record Bucketing(String salt, Attribute unit) {

  /** 0 to 99,999, or {@link Decision#NO_BUCKET} when the context has no such unit. */
  int bucketOf(Context context) {
    String text = Values.unit(unit.read(context));
    return text == null ? Decision.NO_BUCKET : bucket(salt, text);
  }

  static int bucket(String salt, String unit) {
    return (int) ((Murmur3.ofText(salt, unit) & 0xFFFFFFFFL) * Serve.WHOLE >>> 32);
  }

  /** What the context has for a unit, for people. */
  @Nullable String unitOf(Context context) {
    return Values.unit(unit.read(context));
  }
}
