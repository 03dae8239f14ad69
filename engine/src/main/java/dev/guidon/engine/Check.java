package dev.guidon.engine;

import dev.guidon.model.json.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A compiled condition. Answering has two values and costs at most {@link #cost} steps. */
abstract class Check {

  final boolean holds(Context context, long nowMicros, @Nullable Trace trace) {
    return trace == null ? evaluate(context, nowMicros, null) : traced(context, nowMicros, trace);
  }

  private boolean traced(Context context, long nowMicros, Trace trace) {
    trace.open(kind(), facts());
    boolean holds = evaluate(context, nowMicros, trace);
    trace.close(holds);
    return holds;
  }

  abstract boolean evaluate(Context context, long nowMicros, @Nullable Trace trace);

  /** How many checks are asked at most, this one and all inside it, segments unfolded. */
  abstract long cost();

  abstract Explanation.Kind kind();

  abstract Map<String, Json> facts();

  /** True when every part is. */
  static final class All extends Check {
    private final Check[] parts;
    private final long cost;

    All(Check[] parts) {
      this.parts = parts;
      this.cost = costOf(parts);
    }

    @Override
    boolean evaluate(Context context, long nowMicros, @Nullable Trace trace) {
      for (Check part : parts) {
        if (!part.holds(context, nowMicros, trace)) {
          return false;
        }
      }
      return true;
    }

    @Override
    long cost() {
      return cost;
    }

    @Override
    Explanation.Kind kind() {
      return Explanation.Kind.ALL;
    }

    @Override
    Map<String, Json> facts() {
      return Map.of();
    }
  }

  /** True when at least one part is. */
  static final class Any extends Check {
    private final Check[] parts;
    private final long cost;

    Any(Check[] parts) {
      this.parts = parts;
      this.cost = costOf(parts);
    }

    @Override
    boolean evaluate(Context context, long nowMicros, @Nullable Trace trace) {
      for (Check part : parts) {
        if (part.holds(context, nowMicros, trace)) {
          return true;
        }
      }
      return false;
    }

    @Override
    long cost() {
      return cost;
    }

    @Override
    Explanation.Kind kind() {
      return Explanation.Kind.ANY;
    }

    @Override
    Map<String, Json> facts() {
      return Map.of();
    }
  }

  static final class Not extends Check {
    private final Check part;

    Not(Check part) {
      this.part = part;
    }

    @Override
    boolean evaluate(Context context, long nowMicros, @Nullable Trace trace) {
      return !part.holds(context, nowMicros, trace);
    }

    @Override
    long cost() {
      return 1 + part.cost();
    }

    @Override
    Explanation.Kind kind() {
      return Explanation.Kind.NOT;
    }

    @Override
    Map<String, Json> facts() {
      return Map.of();
    }
  }

  /** Membership in a segment. */
  static final class InSegment extends Check {
    private final SegmentProgram segment;
    private final boolean negate;

    InSegment(SegmentProgram segment, boolean negate) {
      this.segment = segment;
      this.negate = negate;
    }

    @Override
    boolean evaluate(Context context, long nowMicros, @Nullable Trace trace) {
      return segment.contains(context, nowMicros, trace) != negate;
    }

    @Override
    long cost() {
      return segment.cost();
    }

    @Override
    Explanation.Kind kind() {
      return Explanation.Kind.SEGMENT;
    }

    @Override
    Map<String, Json> facts() {
      return Map.of("segment", Json.of(segment.key()), "negate", Json.of(negate));
    }
  }

  private static long costOf(Check[] parts) {
    long cost = 1;
    for (Check part : parts) {
      cost += part.cost();
    }
    return cost;
  }
}
