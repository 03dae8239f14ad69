package dev.guidon.server;

import dev.guidon.control.EvaluationCounts;
import dev.guidon.edge.core.Report;
import dev.guidon.model.ScopeId;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How often flags were evaluated, as edges report it, by the hour and for a month. Kept in memory:
 * after a restart it fills again from what comes.
 */
final class EvaluationLedger implements EvaluationCounts {
  private static final long HOUR_MICROS = 3_600_000_000L;
  private static final int HOURS_KEPT = 31 * 24;
  private static final int FLAGS_MAX = 50_000;

  private final Map<Key, ArrayDeque<Hour>> flags =
      new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true);

  /** When the first report of a scope came. */
  private final Map<ScopeId, Long> firstReports = new HashMap<>();

  private record Key(ScopeId scope, String flag) {}

  /**
   * @param lastMicros when the latest of them was reported
   */
  private record Hour(long startMicros, long lastMicros, long count) {}

  synchronized void add(Report report, long nowMicros) {
    firstReports.putIfAbsent(report.scope(), nowMicros);
    for (Report.Count count : report.counts()) {
      if (count.n() > 0) {
        add(
            flags.computeIfAbsent(new Key(report.scope(), count.flag()), _ -> new ArrayDeque<>()),
            count.n(),
            nowMicros);
      }
    }
    Iterator<Key> leastRecent = flags.keySet().iterator();
    while (flags.size() > FLAGS_MAX) {
      leastRecent.next();
      leastRecent.remove();
    }
  }

  private static void add(ArrayDeque<Hour> hours, long n, long nowMicros) {
    long start = nowMicros - Math.floorMod(nowMicros, HOUR_MICROS);
    Hour last = hours.peekLast();
    long before = 0;
    if (last != null && last.startMicros() == start) {
      before = last.count();
      hours.removeLast();
    }
    hours.addLast(new Hour(start, nowMicros, before + n));
    if (hours.size() > HOURS_KEPT) {
      hours.removeFirst();
    }
  }

  /**
   * Counts whole hours: an hour belongs to the time after an instant when something in it was
   * reported later.
   */
  @Override
  public synchronized long since(ScopeId scope, String flag, long sinceMicros) {
    ArrayDeque<Hour> hours = flags.get(new Key(scope, flag));
    return hours == null
        ? 0
        : hours.stream()
            .filter(hour -> hour.lastMicros() >= sinceMicros)
            .mapToLong(Hour::count)
            .sum();
  }

  @Override
  public synchronized @Nullable Long countedSince(ScopeId scope) {
    return firstReports.get(scope);
  }
}
