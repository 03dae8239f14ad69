package dev.guidon.sdk;

import dev.guidon.engine.Outcome;
import dev.guidon.engine.Refusal;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Operator;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.View;
import dev.guidon.stream.StreamException;
import dev.guidon.stream.UpstreamReply;
import dev.guidon.stream.UpstreamReport;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client tells upstream: where it stands, what it refused, how often it gave which answer,
 * and a few redacted contexts. The first thing that is given up when the server is busy: counts
 * wait for the next report, up to a bound, and samples are dropped. One thread, but for {@link
 * #eraMoved}.
 */
final class Reporter {
  /** What this engine can do grows with this number. */
  static final int ENGINE_VERSION = 1;

  private static final Logger log = LoggerFactory.getLogger(Reporter.class);
  private static final int ROWS_MAX = UpstreamReport.COUNTS_MAX;
  private static final int REFUSALS_MAX = 100;
  private static final int ERA_MOVES_MAX = 10;
  private static final int DETAIL_CHARS_MAX = 500;
  private static final int REPLY_BYTES_MAX = 64 * 1024;
  static final int ANSWER_MILLIS_MAX = 5_000;

  private final Settings settings;
  private final String clientId;
  private final Serving serving;
  private final Samples samples;
  private final CorrectedClock clock;
  private final Map<Row, Long> counts = new LinkedHashMap<>();
  private final Queue<UpstreamReport.Refused> eraMoves = new ConcurrentLinkedQueue<>();
  private List<Serving.Live> ending = List.of();
  private long countsFromMicros;
  private long dropped;

  /** What is counted apart. */
  private record Row(String flag, @Nullable String variant, @Nullable String rule, long revision) {}

  Reporter(
      Settings settings, String clientId, Serving serving, Samples samples, CorrectedClock clock) {
    this.settings = settings;
    this.clientId = clientId;
    this.serving = serving;
    this.samples = samples;
    this.clock = clock;
    this.countsFromMicros = clock.nowMicros();
  }

  /** Takes the counts out of the rulesets that were in use since the last time. */
  void gather() {
    // An evaluation that began before its ruleset was replaced may count after: such rulesets are
    // looked at twice.
    ending.forEach(this::take);
    ending = serving.takeRetired();
    ending.forEach(this::take);
    Serving.Live live = serving.live();
    if (live != null) {
      take(live);
    }
  }

  private void take(Serving.Live of) {
    long revision = of.ruleset().position().revision();
    of.tally().drain((outcome, n) -> add(outcome, revision, n));
  }

  private void add(Outcome outcome, long revision, long n) {
    Row row = new Row(outcome.flag(), outcome.variant(), outcome.ruleId(), revision);
    if (counts.size() < ROWS_MAX || counts.containsKey(row)) {
      counts.merge(row, n, Long::sum);
    } else {
      dropped += n;
    }
  }

  /**
   * The log was restored from a backup: reported once, as if the environment itself had been
   * refused, so that people see who had been ahead. Any thread.
   */
  void eraMoved(ScopeId scope, Position from, Position to, long dropped) {
    if (eraMoves.size() < ERA_MOVES_MAX) {
      eraMoves.add(
          new UpstreamReport.Refused(
              new EntityId(EntityKind.ENVIRONMENT, scope.text()),
              to.era(),
              "ERA_MOVED",
              dropped + " revisions dropped, moved from " + from + " to " + to));
    }
  }

  boolean hasCounts() {
    return !counts.isEmpty();
  }

  /**
   * Sends one report.
   *
   * @return how many milliseconds the server wants to be left alone, 0 when it does not say, -1
   *     when it was not reached
   */
  long send(Wire wire, URI upstream, int answerMillisMax) {
    Serving.Live live = serving.live();
    if (live == null) {
      return -1;
    }
    List<UpstreamReport.Refused> told = List.copyOf(eraMoves);
    byte[] body = report(live, told).bytes();
    Map<String, String> headers = Remote.headers(settings.key());
    headers.put("Content-Type", "application/json");
    headers.put("Accept", "application/json");
    long sent = settings.time().monotonicMicros();
    Wire.Request request =
        new Wire.Request(
            "POST", URI.create(upstream + "/v1/upstream"), headers, body, answerMillisMax);
    try (Wire.Exchange answer = wire.send(request)) {
      byte[] reply = answer.bytes(REPLY_BYTES_MAX);
      if (answer.status() / 100 != 2) {
        throw new IOException("status " + answer.status() + " (expected: 200)");
      }
      long received = settings.time().monotonicMicros();
      reported();
      eraMoves.removeAll(told);
      return read(reply, sent, received);
    } catch (IOException e) {
      log.debug("A report to {} failed; its counts go with the next one.", upstream, e);
      return -1;
    }
  }

  private void reported() {
    counts.clear();
    dropped = 0;
    countsFromMicros = clock.nowMicros();
  }

  private long read(byte[] reply, long sentMicros, long receivedMicros) throws IOException {
    try {
      UpstreamReply told = UpstreamReply.read(reply);
      clock.ping(sentMicros, receivedMicros, told.nowMicros(), told.boundMicros());
      return told.nextAfterMillis();
    } catch (StreamException e) {
      throw new IOException("reply to a report: " + e.getMessage(), e);
    }
  }

  private UpstreamReport report(Serving.Live live, List<UpstreamReport.Refused> eraMoves) {
    List<UpstreamReport.Refused> refused = new ArrayList<>(eraMoves);
    refused.addAll(refusals(live.refusals()));
    View view = live.ruleset().view();
    long now = clock.nowMicros();
    return new UpstreamReport(
        new UpstreamReport.Client(
            clientId, "sdk", settings.name(), version(), ENGINE_VERSION, capabilities()),
        view.scope(),
        view.region(),
        new UpstreamReport.Applied(view.position(), view.hash(), live.sinceMicros()),
        refused,
        counts(),
        countsFromMicros,
        now,
        samples.drain(),
        dropped,
        now);
  }

  /** Of the jar; a build that is not packaged has none. */
  static String version() {
    String version = Reporter.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }

  private static List<String> capabilities() {
    List<String> names = new ArrayList<>();
    for (Operator operator : Operator.values()) {
      names.add("op." + operator.text());
    }
    names.add("serve.variant");
    names.add("serve.split");
    return names;
  }

  private static List<UpstreamReport.Refused> refusals(List<Refusal> all) {
    List<UpstreamReport.Refused> rows = new ArrayList<>();
    for (Refusal refusal : all.subList(0, Math.min(all.size(), REFUSALS_MAX))) {
      String detail = refusal.detail();
      String cut = detail.substring(0, Math.min(detail.length(), DETAIL_CHARS_MAX));
      rows.add(
          new UpstreamReport.Refused(refusal.entity(), refusal.version(), refusal.code(), cut));
    }
    return rows;
  }

  private List<UpstreamReport.Count> counts() {
    List<UpstreamReport.Count> rows = new ArrayList<>();
    counts.forEach((row, n) ->
        rows.add(
            new UpstreamReport.Count(row.flag(), row.variant(), row.rule(), row.revision(), n)));
    return rows;
  }
}
