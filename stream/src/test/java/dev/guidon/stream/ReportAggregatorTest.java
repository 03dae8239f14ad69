package dev.guidon.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.EntityId;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.json.Json;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReportAggregatorTest {
  private static final UpstreamReport.Client CLIENT =
      new UpstreamReport.Client("c1", "sdk", "java", "0.1.0", 1, List.of("re2"));

  private static UpstreamReport report(
      List<UpstreamReport.Count> counts, List<UpstreamReport.Refused> refusals) {
    return new UpstreamReport(
        CLIENT,
        History.SCOPE,
        "eu",
        new UpstreamReport.Applied(new Position(History.LOG_ID, 2, 7), Hash.of("v"), 55),
        refusals,
        counts,
        10,
        20,
        List.of(Json.Obj.of("country", Json.of("DE"))),
        3,
        99);
  }

  private static UpstreamReport.Count count(String flag, long n) {
    return new UpstreamReport.Count(flag, "on", null, 7, n);
  }

  private static UpstreamReport.Refused refused(String flag) {
    return new UpstreamReport.Refused(EntityId.flag(flag), 2, "UNSUPPORTED", "operator \"near\"");
  }

  @Test
  void aReportComesBackAsItWasSent() {
    UpstreamReport report = report(List.of(count("a", 5)), List.of(refused("b")));

    assertThat(UpstreamReport.read(report.bytes())).isEqualTo(report);
  }

  @Test
  void aReplyComesBackAsItWasSentAndKnowsAnOlderForm() {
    UpstreamReply reply = new UpstreamReply(5, 6, 7);

    assertThat(UpstreamReply.read(reply.bytes())).isEqualTo(reply);
    assertThat(
            UpstreamReply.read(
                "{\"now\":5,\"nextAfterMillis\":7}"
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .isEqualTo(new UpstreamReply(5, 0, 7));
  }

  @Test
  void countsAddUpAndRefusalsAreKeptOnce() {
    ReportAggregator aggregator = new ReportAggregator(History.SCOPE, "eu", new Random(1));
    aggregator.add(report(List.of(count("a", 5), count("b", 1)), List.of(refused("x"))));
    aggregator.add(report(List.of(count("a", 7)), List.of(refused("x"), refused("y"))));

    UpstreamReport sum = aggregator.take(CLIENT, null, 100);

    assertThat(sum.counts()).containsExactlyInAnyOrder(count("a", 12), count("b", 1));
    assertThat(sum.refusals()).hasSize(2);
    assertThat(sum.dropped()).isEqualTo(6);
    assertThat(sum.countsFromMicros()).isEqualTo(10);
    assertThat(sum.countsToMicros()).isEqualTo(20);
    assertThat(aggregator.isEmpty()).isTrue();
  }

  @Test
  void whatCouldNotBeSentIsPutBackWithoutLoss() {
    ReportAggregator aggregator = new ReportAggregator(History.SCOPE, "eu", new Random(1));
    aggregator.add(report(List.of(count("a", 5)), List.of()));
    UpstreamReport failed = aggregator.take(CLIENT, null, 100);
    aggregator.add(count("a", 1));

    aggregator.add(failed);

    assertThat(aggregator.take(CLIENT, null, 200).counts()).containsExactly(count("a", 6));
  }

  @Test
  void whateverComesTheReportStaysBoundedAndCountsWhatItDropped() {
    ReportAggregator aggregator = new ReportAggregator(History.SCOPE, "eu", new Random(1));
    for (int i = 0; i < UpstreamReport.COUNTS_MAX + 50; i++) {
      aggregator.add(count("flag-" + i, 2));
      aggregator.add(refused("flag-" + i));
      aggregator.sample(Json.of(i));
    }

    UpstreamReport sum = aggregator.take(CLIENT, null, 100);

    assertThat(sum.counts()).hasSize(UpstreamReport.COUNTS_MAX);
    assertThat(sum.refusals()).hasSize(UpstreamReport.REFUSALS_MAX);
    assertThat(sum.samples()).hasSize(UpstreamReport.SAMPLES_MAX);
    assertThat(sum.dropped())
        .isEqualTo(2 * 50 + UpstreamReport.COUNTS_MAX + 50 - UpstreamReport.REFUSALS_MAX);
    assertThat(UpstreamReport.read(sum.bytes())).isEqualTo(sum);
  }

  @Test
  void samplesAreDrawnEvenly() {
    long sum = 0;
    for (int run = 0; run < 50; run++) {
      ReportAggregator aggregator = new ReportAggregator(History.SCOPE, "eu", new Random(run));
      for (int i = 0; i < 1_000; i++) {
        aggregator.sample(Json.of(i));
      }
      for (Json sample : aggregator.take(CLIENT, null, 1).samples()) {
        sum += ((Json.Num) sample).longValue();
      }
    }

    assertThat(sum / (50 * UpstreamReport.SAMPLES_MAX)).isBetween(470L, 530L);
  }
}
