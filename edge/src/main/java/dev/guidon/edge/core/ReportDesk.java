package dev.guidon.edge.core;

import dev.guidon.model.ScopeId;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Takes the reports of consumers in and makes one of them for the next server up. Every part is
 * bounded; what does not fit is counted as dropped. Any thread.
 */
public final class ReportDesk {
  private static final int PRESENCE_MAX = 10_000;
  private static final long PRESENCE_MICROS = 300_000_000L;

  private final RandomGenerator random;
  private final Map<String, Presence> presence =
      new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true);
  private final Map<ScopeId, Pending> pending =
      new TreeMap<>(java.util.Comparator.comparing(ScopeId::text));

  public ReportDesk(RandomGenerator random) {
    this.random = random;
  }

  /** What waits for the next report of a scope. */
  private static final class Pending {
    private final Map<CountKey, Long> counts = new LinkedHashMap<>();
    private final List<Json> samples = new ArrayList<>();
    private long samplesSeen;
    private long dropped;
    private long since;
  }

  private record CountKey(
      String flag, @Nullable String variant, @Nullable String rule, long revision) {}

  /** Takes a consumer's report in. */
  public synchronized void accept(Report report, String keyName, long nowMicros) {
    String id = report.scope().text() + " " + keyName + " " + report.client().id();
    long evaluations = report.counts().stream().mapToLong(Report.Count::n).sum();
    Presence before = presence.get(id);
    presence.put(
        id,
        new Presence(
            report.client(),
            keyName,
            report.scope(),
            report.region(),
            report.applied(),
            report.refusals(),
            nowMicros,
            evaluations + (before == null ? 0 : before.evaluations())));
    forgetAbsent(nowMicros);
    Pending waiting = pendingOf(report.scope(), nowMicros);
    waiting.dropped += report.dropped();
    report.counts().forEach(count -> add(waiting, count));
    report.samples().forEach(sample -> addSample(waiting, sample));
  }

  /** Counts what this edge evaluated itself. */
  public synchronized void count(
      ScopeId scope, List<Report.Count> counts, long dropped, long nowMicros) {
    Pending waiting = pendingOf(scope, nowMicros);
    waiting.dropped += dropped;
    counts.forEach(count -> add(waiting, count));
  }

  /** Takes back what could not be delivered. */
  public synchronized void giveBack(Report undelivered, long nowMicros) {
    Pending waiting = pendingOf(undelivered.scope(), nowMicros);
    waiting.since = Math.min(waiting.since, undelivered.countsFrom());
    waiting.dropped += undelivered.dropped();
    undelivered.counts().forEach(count -> add(waiting, count));
  }

  /** One report about a scope: this edge's own state, and the sum of what waits. */
  public synchronized Report drain(
      Report.Client self,
      ScopeId scope,
      String region,
      Report.@Nullable Applied applied,
      List<Report.Refused> own,
      long nowMicros) {
    Pending waiting = pending.remove(scope);
    List<Report.Count> counts = new ArrayList<>();
    if (waiting != null) {
      waiting.counts.forEach((key, n) ->
          counts.add(new Report.Count(key.flag, key.variant, key.rule, key.revision, n)));
    }
    return new Report(
        self,
        scope,
        region,
        applied,
        allRefusals(scope, own),
        counts,
        waiting == null ? nowMicros : waiting.since,
        nowMicros,
        waiting == null ? List.of() : waiting.samples,
        waiting == null ? 0 : waiting.dropped,
        nowMicros);
  }

  /** The consumers that reported lately, most recent last. */
  public synchronized List<Presence> presence(long nowMicros) {
    forgetAbsent(nowMicros);
    return List.copyOf(presence.values());
  }

  private Pending pendingOf(ScopeId scope, long nowMicros) {
    return pending.computeIfAbsent(
        scope,
        _ -> {
          var fresh = new Pending();
          fresh.since = nowMicros;
          return fresh;
        });
  }

  private static void add(Pending waiting, Report.Count count) {
    var key = new CountKey(count.flag(), count.variant(), count.rule(), count.revision());
    if (waiting.counts.containsKey(key) || waiting.counts.size() < Report.COUNTS_MAX) {
      waiting.counts.merge(key, count.n(), Long::sum);
    } else {
      waiting.dropped += count.n();
    }
  }

  /** Every sample has the same chance to be among those that are passed on. */
  private void addSample(Pending waiting, Json sample) {
    waiting.samplesSeen++;
    if (waiting.samples.size() < Report.SAMPLES_MAX) {
      waiting.samples.add(sample);
      return;
    }
    long slot = random.nextLong(waiting.samplesSeen);
    if (slot < Report.SAMPLES_MAX) {
      waiting.samples.set((int) slot, sample);
    }
    waiting.dropped++;
  }

  private List<Report.Refused> allRefusals(ScopeId scope, List<Report.Refused> own) {
    Map<String, Report.Refused> all = new LinkedHashMap<>();
    own.forEach(refused -> all.put("self " + refused.entity(), refused));
    for (Presence each : presence.values()) {
      if (!each.scope().equals(scope)) {
        continue;
      }
      String sdk = each.client().name() + "/" + each.client().version();
      for (Report.Refused refused : each.refusals()) {
        String by = refused.sdk() == null ? sdk : refused.sdk();
        all.merge(
            by + " " + refused.entity() + " " + refused.version() + " " + refused.code(),
            new Report.Refused(
                refused.entity(),
                refused.version(),
                refused.code(),
                refused.detail(),
                by,
                refused.clients()),
            (a, b) ->
                new Report.Refused(
                    a.entity(),
                    a.version(),
                    a.code(),
                    a.detail(),
                    a.sdk(),
                    a.clients() + b.clients()));
      }
    }
    return all.values().stream().limit(Report.REFUSALS_MAX).toList();
  }

  private void forgetAbsent(long nowMicros) {
    var oldest = presence.values().iterator();
    while (oldest.hasNext()) {
      Presence next = oldest.next();
      if (presence.size() <= PRESENCE_MAX && next.seenAt() > nowMicros - PRESENCE_MICROS) {
        return;
      }
      oldest.remove();
    }
  }
}
