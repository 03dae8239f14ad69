package dev.guidon.engine;

import dev.guidon.model.AttributeRef;
import dev.guidon.model.Segment;
import java.util.function.Supplier;

/** Compiles one segment. */
final class SegmentCompiler {
  private SegmentCompiler() {}

  /**
   * @param written reads the same document once more, for whoever asks why
   */
  static SegmentProgram compile(
      Segment segment,
      Supplier<Segment> written,
      boolean isStale,
      Links links,
      Interned interned,
      KeyLoader keys)
      throws RefusedException {
    ConditionCompiler conditions = new ConditionCompiler(links, interned, /* explains= */ false);
    Check when = segment.when() == null ? Constant.NEVER : conditions.compile(segment.when());
    long cost = 1 + conditions.cost(segment.when());
    int depth = 1 + conditions.segmentDepth();
    Limits.check(cost, depth);
    return new SegmentProgram(
        segment.key().value(),
        interned.attribute(new AttributeRef(segment.kind(), AttributeRef.TARGETING_KEY)),
        keys.load(segment.included()),
        keys.load(segment.excluded()),
        when,
        cost,
        depth,
        conditions.boundaries(),
        isStale || links.areStale(),
        new SegmentProgram.Origin(written, links, interned));
  }

  /** The same segment as it is written, with nothing left out. Its key lists are not read again. */
  static SegmentProgram compileExplained(
      SegmentProgram serving, SegmentProgram.Origin origin, Links links) throws RefusedException {
    Segment segment = origin.written().get();
    ConditionCompiler conditions =
        new ConditionCompiler(links, origin.interned(), /* explains= */ true);
    return serving.with(
        segment.when() == null ? Constant.NEVER : conditions.compile(segment.when()));
  }
}
