package dev.guidon.engine;

import dev.guidon.model.Segment;
import dev.guidon.model.json.Json;
import java.util.List;
import java.util.function.Supplier;
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
    Check when,
    long cost,
    int depth,
    List<Long> boundaries,
    boolean isStale,
    Origin origin) {

  /**
   * What a segment was compiled from, to compile it once more when somebody asks why.
   *
   * @param written reads the document; it need not be kept in memory
   */
  record Origin(Supplier<Segment> written, Links links, Interned interned) {}

  /** The same segment compiled so that it can be traced. */
  SegmentProgram explained(Links.Explaining explaining) throws RefusedException {
    return SegmentCompiler.compileExplained(this, origin, origin.links.explained(explaining));
  }

  SegmentProgram with(Check otherWhen) {
    return new SegmentProgram(
        key, unit, included, excluded, otherWhen, cost, depth, boundaries, isStale, origin);
  }

  boolean contains(Context context, long nowMicros, @Nullable Trace trace) {
    if (!(included.isEmpty() && excluded.isEmpty())) {
      Object actual = unit.read(context);
      if (excluded.contains(actual)) {
        return listed(trace, actual, "excluded", /* isMember= */ false);
      }
      if (included.contains(actual)) {
        return listed(trace, actual, "included", /* isMember= */ true);
      }
    }
    // A segment without a condition has nothing to show.
    return when.holds(context, nowMicros, when instanceof Constant ? null : trace);
  }

  private static boolean listed(
      @Nullable Trace trace, @Nullable Object unit, String list, boolean isMember) {
    if (trace != null) {
      trace.note("unit", Json.of(Values.text(String.valueOf(Values.unit(unit)))));
      trace.note("list", Json.of(list));
    }
    return isMember;
  }
}
