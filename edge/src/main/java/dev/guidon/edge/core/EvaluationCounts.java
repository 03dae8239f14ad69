package dev.guidon.edge.core;

import dev.guidon.engine.Outcome;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts evaluations by flag, variant, rule and revision without a lock. Any thread may count; one
 * drains. A count that races with the removal of a long unused line may be lost: these are
 * statistics, not bookkeeping.
 */
public final class EvaluationCounts {
  private static final int LINES_MAX = 20_000;

  private final Map<Line, LongAdder> lines = new ConcurrentHashMap<>();
  private final LongAdder beyond = new LongAdder();

  private record Line(
      String flag, @Nullable String variant, @Nullable String rule, long revision) {}

  public void add(String flag, Outcome outcome, long revision) {
    var line = new Line(flag, outcome.variant(), outcome.ruleId(), revision);
    LongAdder adder = lines.get(line);
    if (adder == null) {
      if (lines.size() >= LINES_MAX) {
        beyond.increment();
        return;
      }
      adder = lines.computeIfAbsent(line, _ -> new LongAdder());
    }
    adder.increment();
  }

  /** What was counted since the last time. */
  public List<Report.Count> drain() {
    List<Report.Count> counts = new ArrayList<>();
    for (Iterator<Map.Entry<Line, LongAdder>> all = lines.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<Line, LongAdder> next = all.next();
      long n = next.getValue().sumThenReset();
      if (n == 0) {
        all.remove();
      } else {
        Line line = next.getKey();
        counts.add(new Report.Count(line.flag(), line.variant(), line.rule(), line.revision(), n));
      }
    }
    return counts;
  }

  /** How many evaluations since the last time found no line free. */
  public long drainBeyond() {
    return beyond.sumThenReset();
  }
}
