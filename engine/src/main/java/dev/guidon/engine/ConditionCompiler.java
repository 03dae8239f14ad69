package dev.guidon.engine;

import com.google.re2j.PatternSyntaxException;
import dev.guidon.model.AttributeRef;
import dev.guidon.model.Condition;
import dev.guidon.model.EntityId;
import dev.guidon.model.Fields;
import dev.guidon.model.Operator;
import dev.guidon.model.json.Json;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the conditions of one document, and notes what they depend on.
 *
 * <p>For serving, what is the same for every context is decided here and left out. For explaining,
 * everything stays as it was written, and every test can say what it asks.
 */
final class ConditionCompiler {
  private final Links links;
  private final Interned interned;
  private final boolean explains;
  private final TreeSet<Long> boundaries = new TreeSet<>();
  private int segmentDepth;

  ConditionCompiler(Links links, Interned interned, boolean explains) {
    this.links = links;
    this.interned = interned;
    this.explains = explains;
  }

  Check compile(Condition condition) throws RefusedException {
    if (condition instanceof Condition.All all) {
      return explains ? new Check.All(parts(all.parts())) : all(all.parts());
    }
    if (condition instanceof Condition.Any any) {
      return explains ? new Check.Any(parts(any.parts())) : any(any.parts());
    }
    if (condition instanceof Condition.Not not) {
      return not(compile(not.part()));
    }
    if (condition instanceof Condition.InSegment in) {
      return segment(in);
    }
    return test((Condition.Test) condition);
  }

  private Check[] parts(List<Condition> parts) throws RefusedException {
    Check[] compiled = new Check[parts.size()];
    for (int i = 0; i < compiled.length; i++) {
      compiled[i] = compile(parts.get(i));
    }
    return compiled;
  }

  /** All of these, without those that always hold; never, as soon as one never does. */
  Check all(List<Condition> parts) throws RefusedException {
    Check[] compiled = parts(parts);
    return has(compiled, Constant.NEVER)
        ? Constant.NEVER
        : joined(without(compiled, Constant.ALWAYS), Constant.ALWAYS, Check.All::new);
  }

  private Check any(List<Condition> parts) throws RefusedException {
    Check[] compiled = parts(parts);
    return has(compiled, Constant.ALWAYS)
        ? Constant.ALWAYS
        : joined(without(compiled, Constant.NEVER), Constant.NEVER, Check.Any::new);
  }

  private Check not(Check part) {
    if (!explains && isConstant(part)) {
      return Constant.of(part.equals(Constant.NEVER));
    }
    return new Check.Not(part);
  }

  private static Check joined(Check[] parts, Check ofNone, Function<Check[], Check> ofMany) {
    return parts.length == 0 ? ofNone : parts.length == 1 ? parts[0] : ofMany.apply(parts);
  }

  private static boolean has(Check[] parts, Check wanted) {
    return Arrays.stream(parts).anyMatch(wanted::equals);
  }

  private static Check[] without(Check[] parts, Check unwanted) {
    return Arrays.stream(parts).filter(part -> !unwanted.equals(part)).toArray(Check[]::new);
  }

  private static boolean isConstant(Check check) {
    return check instanceof Constant;
  }

  private Check segment(Condition.InSegment in) throws RefusedException {
    SegmentProgram segment =
        links.get(EntityId.segment(in.segment().value()), SegmentProgram.class);
    segmentDepth = Math.max(segmentDepth, segment.depth());
    addBoundaries(segment.boundaries());
    return new Check.InSegment(segment, in.negate());
  }

  private Check test(Condition.Test test) throws RefusedException {
    Check check = check(test);
    if (test.attribute().name().equals(AttributeRef.NOW)) {
      NowTest now = new NowTest(test);
      if (now.boundaryMicros() != Values.NO_INSTANT) {
        boundaries.add(now.boundaryMicros());
      }
      return !explains && now.isConstant() ? Constant.of(now.holds(Context.EMPTY, 0, null)) : now;
    }
    return check;
  }

  private Check check(Condition.Test test) throws RefusedException {
    checkPatterns(test);
    try {
      Attribute attribute = interned.attribute(test.attribute());
      TestCheck check = TestCheck.of(test, attribute);
      if (explains) {
        return check.showing(test);
      }
      return attribute.isConstant() ? Constant.of(check.holds(Context.EMPTY, 0, null)) : check;
    } catch (PatternSyntaxException e) {
      throw new RefusedException(
          Refusal.INVALID,
          "pattern: "
              + e.getMessage()
              + " (expected: an RE2 pattern) for attribute "
              + test.attribute().name());
    }
  }

  /**
   * How many checks a condition asks at most, segments unfolded, as it is written: what is left out
   * or asked together counts too, so that all regions and versions of the engine accept the same
   * documents.
   */
  long cost(@Nullable Condition condition) throws RefusedException {
    if (condition == null) {
      return 0;
    }
    if (condition instanceof Condition.All all) {
      return costOf(all.parts());
    }
    if (condition instanceof Condition.Any any) {
      return costOf(any.parts());
    }
    if (condition instanceof Condition.Not not) {
      return 1 + cost(not.part());
    }
    return condition instanceof Condition.InSegment in
        ? links.get(EntityId.segment(in.segment().value()), SegmentProgram.class).cost()
        : 1;
  }

  private long costOf(List<Condition> parts) throws RefusedException {
    long cost = 1;
    for (Condition part : parts) {
      cost += cost(part);
    }
    return cost;
  }

  private static void checkPatterns(Condition.Test test) throws RefusedException {
    if (test.operator() != Operator.MATCHES) {
      return;
    }
    for (Json pattern : test.values()) {
      long size = pattern instanceof Json.Str text ? PatternSize.of(text.value()) : 0;
      if (size > PatternSize.MAX) {
        throw new RefusedException(
            Refusal.TOO_LARGE,
            "pattern: "
                + Fields.shown(pattern)
                + " is of size "
                + size
                + " with its repetitions written out (expected: <= "
                + PatternSize.MAX
                + ")");
      }
    }
  }

  void addBoundaries(List<Long> more) {
    boundaries.addAll(more);
  }

  void addBoundary(@Nullable Long boundary) {
    if (boundary != null) {
      boundaries.add(boundary);
    }
  }

  List<Long> boundaries() {
    return List.copyOf(boundaries);
  }

  /** How many segments stand one in the other at most. */
  int segmentDepth() {
    return segmentDepth;
  }
}
