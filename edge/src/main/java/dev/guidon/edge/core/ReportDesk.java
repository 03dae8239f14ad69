package dev.guidon.edge.core;

import dev.guidon.model.ScopeId;
import dev.guidon.model.json.CanonicalJson;
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
  private static final int REFUSALS_PER_SDK_MAX = 100;

  /** Together well below what a server takes as a body. */
  private static final int COUNTS_BYTES_MAX = 400 << 10;

  private static final int REFUSALS_BYTES_MAX = 200 << 10;
  private static final int SAMPLE_BYTES_MAX = 2 << 10;
  private static final long PRESENCE_MICROS = 300_000_000L;

  private final RandomGenerator random;

  /** By key, so that one key's consumers push out only each other. */
  private final Map<String, Map<String, Presence>> presence = new LinkedHashMap<>();

  private int present;
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
    Map<String, Presence> ofKey =
        presence.computeIfAbsent(
            report.scope().text() + " " + keyName,
            _ -> new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true));
    long evaluations = 0;
    for (Report.Count count : report.counts()) {
      evaluations = added(evaluations, count.n());
    }
    Presence before = ofKey.get(report.client().id());
    boolean isEdge = report.client().kind().equals("edge");
    ofKey.put(
        report.client().id(),
        new Presence(
            report.client(),
            keyName,
            report.scope(),
            report.region(),
            report.applied(),
            isEdge
                ? report.refusals()
                : report.refusals().stream().limit(REFUSALS_PER_SDK_MAX).toList(),
            nowMicros,
            added(evaluations, before == null ? 0 : before.evaluations())));
    present += before == null ? 1 : 0;
    forgetAbsent(nowMicros);
    Pending waiting = pendingOf(report.scope(), nowMicros);
    waiting.dropped = added(waiting.dropped, report.dropped());
    report.counts().forEach(count -> add(waiting, count));
    report.samples().forEach(sample -> addSample(waiting, sample));
  }

  /** Counts what this edge evaluated itself. */
  public synchronized void count(
      ScopeId scope, List<Report.Count> counts, long dropped, long nowMicros) {
    Pending waiting = pendingOf(scope, nowMicros);
    waiting.dropped = added(waiting.dropped, dropped);
    counts.forEach(count -> add(waiting, count));
  }

  /** Takes back what could not be delivered. */
  public synchronized void giveBack(Report undelivered, long nowMicros) {
    Pending waiting = pendingOf(undelivered.scope(), nowMicros);
    waiting.since = Math.min(waiting.since, undelivered.countsFrom());
    waiting.dropped = added(waiting.dropped, undelivered.dropped());
    undelivered.counts().forEach(count -> add(waiting, count));
  }

  /**
   * One report about a scope: this edge's own state, and the sum of what waits, as far as it fits.
   */
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
      takeCounts(waiting, counts);
      keepRest(scope, waiting);
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

  private static void takeCounts(Pending waiting, List<Report.Count> into) {
    long bytes = 0;
    var all = waiting.counts.entrySet().iterator();
    while (all.hasNext() && bytes < COUNTS_BYTES_MAX) {
      Map.Entry<CountKey, Long> next = all.next();
      CountKey key = next.getKey();
      var count = new Report.Count(key.flag, key.variant, key.rule, key.revision, next.getValue());
      bytes += CanonicalJson.bytes(Report.json(count)).length + 1;
      into.add(count);
      all.remove();
    }
  }

  private void keepRest(ScopeId scope, Pending waiting) {
    if (!waiting.counts.isEmpty()) {
      var rest = new Pending();
      rest.since = waiting.since;
      rest.counts.putAll(waiting.counts);
      pending.put(scope, rest);
    }
  }

  /** The consumers that reported lately, most recent last. */
  public synchronized List<Presence> presence(long nowMicros) {
    forgetAbsent(nowMicros);
    return presence.values().stream()
        .flatMap(ofKey -> ofKey.values().stream())
        .sorted(java.util.Comparator.comparingLong(Presence::seenAt))
        .toList();
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
      waiting.counts.merge(key, count.n(), ReportDesk::added);
    } else {
      waiting.dropped = added(waiting.dropped, count.n());
    }
  }

  /** Stops at what JSON can carry. */
  private static long added(long a, long b) {
    return Math.min(Json.Num.SAFE_INTEGER_MAX, a + Math.min(b, Json.Num.SAFE_INTEGER_MAX));
  }

  /** Every sample has the same chance to be among those that are passed on. */
  private void addSample(Pending waiting, Json sample) {
    if (CanonicalJson.bytes(sample).length > SAMPLE_BYTES_MAX) {
      waiting.dropped = added(waiting.dropped, 1);
      return;
    }
    waiting.samplesSeen++;
    if (waiting.samples.size() < Report.SAMPLES_MAX) {
      waiting.samples.add(sample);
      return;
    }
    long slot = random.nextLong(waiting.samplesSeen);
    if (slot < Report.SAMPLES_MAX) {
      waiting.samples.set((int) slot, sample);
    }
    waiting.dropped = added(waiting.dropped, 1);
  }

  private List<Report.Refused> allRefusals(ScopeId scope, List<Report.Refused> own) {
    Map<String, Report.Refused> all = new LinkedHashMap<>();
    own.forEach(refused -> all.put("self " + refused.entity(), refused));
    List<Presence> here =
        presence.values().stream()
            .flatMap(ofKey -> ofKey.values().stream())
            .filter(each -> each.scope().equals(scope))
            .toList();
    for (Presence each : here) {
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
    List<Report.Refused> fitting = new ArrayList<>();
    long bytes = 0;
    for (Report.Refused refused : all.values()) {
      bytes += CanonicalJson.bytes(Report.json(refused)).length + 1;
      if (fitting.size() == Report.REFUSALS_MAX || bytes > REFUSALS_BYTES_MAX) {
        break;
      }
      fitting.add(refused);
    }
    return fitting;
  }

  private void forgetAbsent(long nowMicros) {
    presence
        .values()
        .removeIf(ofKey -> {
          var oldest = ofKey.values().iterator();
          while (oldest.hasNext() && oldest.next().seenAt() <= nowMicros - PRESENCE_MICROS) {
            oldest.remove();
            present--;
          }
          return ofKey.isEmpty();
        });
    while (present > PRESENCE_MAX) {
      Map<String, Presence> most =
          java.util.Collections.max(
              presence.values(), java.util.Comparator.comparingInt(Map::size));
      most.remove(most.keySet().iterator().next());
      present--;
    }
  }
}
