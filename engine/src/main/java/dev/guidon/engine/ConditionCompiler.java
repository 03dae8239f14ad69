package dev.guidon.engine;

import com.google.re2j.PatternSyntaxException;
import dev.guidon.model.AttributeRef;
import dev.guidon.model.Condition;
import dev.guidon.model.EntityId;
import dev.guidon.model.Fields;
import dev.guidon.model.Operator;
import dev.guidon.model.json.Json;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compiles the conditions of one document, and notes what they depend on. */
final class ConditionCompiler {
  private final Links links;
  private final String region;
  private final TreeSet<Long> boundaries = new TreeSet<>();
  private int segmentDepth;

  ConditionCompiler(Links links, String region) {
    this.links = links;
    this.region = region;
  }

  Check compile(Condition condition) throws RefusedException {
    if (condition instanceof Condition.All all) {
      return new Check.All(parts(all.parts()));
    }
    if (condition instanceof Condition.Any any) {
      return new Check.Any(parts(any.parts()));
    }
    if (condition instanceof Condition.Not not) {
      return new Check.Not(compile(not.part()));
    }
    if (condition instanceof Condition.InSegment in) {
      return segment(in);
    }
    return test((Condition.Test) condition);
  }

  @Nullable Check compileNullable(@Nullable Condition condition) throws RefusedException {
    return condition == null ? null : compile(condition);
  }

  private Check[] parts(List<Condition> parts) throws RefusedException {
    Check[] compiled = new Check[parts.size()];
    for (int i = 0; i < compiled.length; i++) {
      compiled[i] = compile(parts.get(i));
    }
    return compiled;
  }

  private Check segment(Condition.InSegment in) throws RefusedException {
    SegmentProgram segment =
        links.get(EntityId.segment(in.segment().value()), SegmentProgram.class);
    segmentDepth = Math.max(segmentDepth, segment.depth());
    addBoundaries(segment.boundaries());
    return new Check.InSegment(segment, in.negate());
  }

  private Check test(Condition.Test test) throws RefusedException {
    if (test.attribute().name().equals(AttributeRef.NOW)) {
      NowTest now = new NowTest(test);
      if (now.boundaryMicros() != Values.NO_INSTANT) {
        boundaries.add(now.boundaryMicros());
      }
      return now;
    }
    checkPatterns(test);
    try {
      return TestCheck.of(test, Attribute.of(test.attribute(), region));
    } catch (PatternSyntaxException e) {
      throw new RefusedException(
          Refusal.INVALID,
          "pattern: "
              + e.getMessage()
              + " (expected: an RE2 pattern) for attribute "
              + test.attribute().name());
    }
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
