package dev.guidon.engine;

import dev.guidon.model.json.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A compiled condition. Answering has two values. */
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

  abstract Explanation.Kind kind();

  abstract Map<String, Json> facts();

  /** True when every part is. */
  static final class All extends Check {
    private final Check[] parts;

    All(Check[] parts) {
      this.parts = parts;
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

    Any(Check[] parts) {
      this.parts = parts;
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
    Explanation.Kind kind() {
      return Explanation.Kind.SEGMENT;
    }

    @Override
    Map<String, Json> facts() {
      return Map.of("segment", Json.of(segment.key()), "negate", Json.of(negate));
    }
  }
}
