package dev.guidon.engine;

import dev.guidon.model.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A compiled segment.
 *
 * @param boundaries the instants at which membership may change with time alone
 * @param isStale compiled from an older version than the view has
 */
record SegmentProgram(
    String key,
    Attribute unit,
    KeySet included,
    KeySet excluded,
    @Nullable Check when,
    long cost,
    int depth,
    List<Long> boundaries,
    boolean isStale) {

  boolean contains(Context context, long nowMicros, @Nullable Trace trace) {
    if (!(included.isEmpty() && excluded.isEmpty())) {
      String key = Values.unit(unit.read(context));
      if (key != null) {
        int hash = KeySet.hash(key);
        if (excluded.contains(key, hash)) {
          return listed(trace, key, "excluded", /* isMember= */ false);
        }
        if (included.contains(key, hash)) {
          return listed(trace, key, "included", /* isMember= */ true);
        }
      }
    }
    return when != null && when.holds(context, nowMicros, trace);
  }

  private static boolean listed(@Nullable Trace trace, String key, String list, boolean isMember) {
    if (trace != null) {
      trace.note("unit", Json.of(Values.text(key)));
      trace.note("list", Json.of(list));
    }
    return isMember;
  }
}
