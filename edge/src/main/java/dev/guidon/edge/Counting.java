package dev.guidon.edge;

import dev.guidon.edge.core.EvaluationCounts;
import dev.guidon.edge.ofrep.FlagAnswers;
import dev.guidon.edge.ofrep.Ofrep;
import dev.guidon.engine.Outcome;
import io.micrometer.core.instrument.Counter;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts what one ruleset of one scope answered, for reports and in metrics. Each outcome finds its
 * counters once; then a count is one look-up and two additions. One event loop.
 */
final class Counting implements Ofrep.Evaluated {
  /** Outcomes are made with their ruleset, so that there are no more than it has. */
  private static final int OUTCOMES_MAX = 20_000;

  private final EdgeMetrics metrics;
  private final EvaluationCounts counts;
  private final FlagAnswers flags;
  private final String scope;
  private final long revision;
  private final IdentityHashMap<Outcome, Counted> known = new IdentityHashMap<>();

  private record Counted(EvaluationCounts.Cell cell, Counter series) {}

  Counting(EdgeMetrics metrics, ScopeDriver scope, FlagAnswers flags) {
    this.metrics = metrics;
    this.counts = scope.counts();
    this.flags = flags;
    this.scope = scope.id().text();
    this.revision = flags.ruleset().position().revision();
  }

  @SuppressWarnings("ReferenceEquality") // Every compilation makes its own.
  boolean isOf(FlagAnswers other) {
    return flags == other;
  }

  @Override
  public void evaluated(String flagKey, Outcome outcome) {
    Counted counted = known.get(outcome);
    if (counted != null && counted.cell().add()) {
      counted.series().increment();
      return;
    }
    EvaluationCounts.Cell cell = counts.cell(flagKey, outcome, revision);
    counts.add(flagKey, outcome, revision);
    metrics.evaluated(scope, flagKey, outcome);
    remember(outcome, cell);
  }

  private void remember(Outcome outcome, EvaluationCounts.@Nullable Cell cell) {
    if (cell != null && !metrics.hasFlagLabels() && known.size() < OUTCOMES_MAX) {
      known.put(outcome, new Counted(cell, metrics.evaluations(scope, outcome)));
    }
  }
}
