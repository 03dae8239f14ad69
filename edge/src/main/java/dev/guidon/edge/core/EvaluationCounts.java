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

  private final Map<Line, Cell> lines = new ConcurrentHashMap<>();
  private final LongAdder beyond = new LongAdder();

  private record Line(
      String flag, @Nullable String variant, @Nullable String rule, long revision) {}

  /** Where one line is counted; to be kept by those who count it often. */
  public static final class Cell {
    private final LongAdder adder = new LongAdder();
    private volatile boolean isRemoved;

    /** Counts one; {@code false} when the line is gone and {@link #cell} gives a new one. */
    public boolean add() {
      if (isRemoved) {
        return false;
      }
      adder.increment();
      return true;
    }
  }

  public void add(String flag, Outcome outcome, long revision) {
    Cell cell = cell(flag, outcome, revision);
    if (cell == null || !cell.add()) {
      beyond.increment();
    }
  }

  /** Where these evaluations are counted; {@code null} when there are too many lines. */
  public @Nullable Cell cell(String flag, Outcome outcome, long revision) {
    var line = new Line(flag, outcome.variant(), outcome.ruleId(), revision);
    Cell cell = lines.get(line);
    if (cell != null || lines.size() >= LINES_MAX) {
      return cell;
    }
    return lines.computeIfAbsent(line, _ -> new Cell());
  }

  /** What was counted since the last time. */
  public List<Report.Count> drain() {
    List<Report.Count> counts = new ArrayList<>();
    for (Iterator<Map.Entry<Line, Cell>> all = lines.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<Line, Cell> next = all.next();
      Cell cell = next.getValue();
      long n = cell.adder.sumThenReset();
      if (n == 0) {
        cell.isRemoved = true;
        all.remove();
        n = cell.adder.sumThenReset(); // Of those who counted meanwhile.
      }
      if (n > 0) {
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
