package dev.guidon.stream;

import dev.guidon.model.EntityId;
import dev.guidon.model.ScopeId;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Makes one report of many: counts are added up, refusals kept once per entity, version and code,
 * samples drawn evenly from all that came (a reservoir). Bounded in every direction; what does not
 * fit is counted as dropped. For one scope and region. One thread.
 */
public final class ReportAggregator {
  private record CountKey(
      String flag, @Nullable String variant, @Nullable String rule, long revision) {}

  private record RefusalKey(EntityId entity, long version, String code) {}

  private final ScopeId scope;
  private final String region;
  private final RandomGenerator random;
  private final Map<CountKey, Long> counts = new LinkedHashMap<>();
  private final Map<RefusalKey, UpstreamReport.Refused> refusals = new LinkedHashMap<>();
  private final List<Json> samples = new ArrayList<>();
  private long samplesSeen;
  private long dropped;
  private long fromMicros = Long.MAX_VALUE;
  private long toMicros;

  /** {@code random} draws the samples. */
  public ReportAggregator(ScopeId scope, String region, RandomGenerator random) {
    this.scope = scope;
    this.region = region;
    this.random = random;
  }

  public void add(UpstreamReport report) {
    report.counts().forEach(this::add);
    report.refusals().forEach(this::add);
    report.samples().forEach(this::sample);
    dropped += report.dropped();
    if (!report.counts().isEmpty()) {
      fromMicros = Math.min(fromMicros, report.countsFromMicros());
      toMicros = Math.max(toMicros, report.countsToMicros());
    }
  }

  public void add(UpstreamReport.Count count) {
    CountKey key = new CountKey(count.flag(), count.variant(), count.rule(), count.revision());
    if (counts.containsKey(key) || counts.size() < UpstreamReport.COUNTS_MAX) {
      counts.merge(key, count.n(), ReportAggregator::added);
    } else {
      dropped = added(dropped, count.n());
    }
  }

  public void add(UpstreamReport.Refused refused) {
    RefusalKey key = new RefusalKey(refused.entity(), refused.version(), refused.code());
    if (refusals.containsKey(key) || refusals.size() < UpstreamReport.REFUSALS_MAX) {
      refusals.putIfAbsent(key, refused);
    } else {
      dropped++;
    }
  }

  /** A redacted context. */
  public void sample(Json context) {
    samplesSeen++;
    if (samples.size() < UpstreamReport.SAMPLES_MAX) {
      samples.add(context);
      return;
    }
    long place = random.nextLong(samplesSeen);
    if (place < samples.size()) {
      samples.set((int) place, context);
    }
  }

  public boolean isEmpty() {
    return counts.isEmpty() && refusals.isEmpty() && samples.isEmpty() && dropped == 0;
  }

  /**
   * Everything since the last time, and starts anew. If sending fails, {@link #add(UpstreamReport)}
   * puts it back.
   */
  public UpstreamReport take(
      UpstreamReport.Client client, UpstreamReport.@Nullable Applied applied, long nowMicros) {
    List<UpstreamReport.Count> all = new ArrayList<>(counts.size());
    counts.forEach((key, n) ->
        all.add(
            new UpstreamReport.Count(key.flag(), key.variant(), key.rule(), key.revision(), n)));
    UpstreamReport report =
        new UpstreamReport(
            client,
            scope,
            region,
            applied,
            List.copyOf(refusals.values()),
            all,
            Math.min(fromMicros, nowMicros),
            Math.max(toMicros, Math.min(fromMicros, nowMicros)),
            samples,
            dropped,
            nowMicros);
    clear();
    return report;
  }

  private void clear() {
    counts.clear();
    refusals.clear();
    samples.clear();
    samplesSeen = 0;
    dropped = 0;
    fromMicros = Long.MAX_VALUE;
    toMicros = 0;
  }

  /** Stops at what JSON can carry instead of wrapping around. */
  private static long added(long a, long b) {
    return Math.min(Json.Num.SAFE_INTEGER_MAX, a + b);
  }
}
