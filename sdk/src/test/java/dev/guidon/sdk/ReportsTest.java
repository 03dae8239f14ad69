package dev.guidon.sdk;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.guidon.engine.AttributeSource;
import dev.guidon.engine.Compilation;
import dev.guidon.engine.Context;
import dev.guidon.engine.Outcome;
import dev.guidon.engine.Ruleset;
import dev.guidon.model.Token;
import dev.guidon.stream.UpstreamReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReportsTest {
  private static final Context GERMAN =
      Context.builder()
          .targetingKey("u1")
          .put("country", "DE")
          .put("email", "anna@example.com")
          .put("address", Map.of("street", "Hauptstrasse 1", "city", "Kiel"))
          .kind(
              "organization",
              Context.builder().targetingKey("acme").put("email", "post@acme.example").build())
          .build();

  private static long counted(FakeEdge edge, UpstreamReport.Count like) {
    return edge.reports.stream()
        .flatMap(report -> report.counts().stream())
        .filter(count ->
            new UpstreamReport.Count(
                    count.flag(), count.variant(), count.rule(), count.revision(), like.n())
                .equals(like))
        .mapToLong(UpstreamReport.Count::n)
        .sum();
  }

  @Test
  void everyAnswerIsCountedByFlagVariantRuleAndRevision() {
    try (FakeEdge edge = new FakeEdge()) {
      Token first = edge.flag("checkout", Docs.forCountry("checkout", "DE"));
      GuidonClient client = FollowingTest.builder(edge).build();
      assertThat(client.awaitRevision(first, FollowingTest.SOON)).isTrue();
      evaluate(client, 300);
      Token second = edge.flag("other", Docs.bool("other", true));
      assertThat(client.awaitRevision(second, FollowingTest.SOON)).isTrue();
      evaluate(client, 200);

      client.shutdown();

      assertThat(counted(edge, new UpstreamReport.Count("checkout", "on", "r1", 1, 0)))
          .isEqualTo(300);
      assertThat(counted(edge, new UpstreamReport.Count("checkout", "off", null, 1, 0)))
          .isEqualTo(300);
      assertThat(counted(edge, new UpstreamReport.Count("checkout", "on", "r1", 2, 0)))
          .isEqualTo(200);
      assertThat(
              edge.reports.stream()
                  .flatMap(report -> report.counts().stream())
                  .map(UpstreamReport.Count::flag))
          .doesNotContain("made-up");
    }
  }

  private static void evaluate(GuidonClient client, int times) {
    for (int i = 0; i < times; i++) {
      client.booleanValue("checkout", GERMAN, false);
      client.booleanValue("checkout", Context.of("u2"), false);
      client.booleanValue("made-up", GERMAN, false);
    }
  }

  @Test
  void countsWaitWhileTheServerTakesNone() {
    try (FakeEdge edge = new FakeEdge()) {
      edge.upstreamRefused = true;
      Token token = edge.flag("checkout", Docs.forCountry("checkout", "DE"));
      try (GuidonClient client = FollowingTest.builder(edge).build()) {
        assertThat(client.awaitRevision(token, FollowingTest.SOON)).isTrue();
        evaluate(client, 50);
        await()
            .atMost(FollowingTest.SOON)
            .until(() ->
                edge.requests.stream().filter(request -> request.startsWith("POST")).count() >= 3);

        edge.upstreamRefused = false;

        UpstreamReport.Count expected = new UpstreamReport.Count("checkout", "on", "r1", 1, 0);
        await()
            .atMost(FollowingTest.SOON)
            .untilAsserted(() -> assertThat(counted(edge, expected)).isEqualTo(50));
      }
    }
  }

  @Test
  void positionAndViewHashAreReported() {
    try (FakeEdge edge = new FakeEdge()) {
      Token token = edge.flag("checkout", Docs.forCountry("checkout", "DE"));
      try (GuidonClient client = FollowingTest.builder(edge).name("shop-cart").build()) {
        assertThat(client.awaitRevision(token, FollowingTest.SOON)).isTrue();

        await()
            .atMost(FollowingTest.SOON)
            .untilAsserted(() ->
                assertThat(edge.reports)
                    .anySatisfy(report -> {
                      assertThat(report.applied().position()).isEqualTo(edge.view().position());
                      assertThat(report.applied().view()).isEqualTo(edge.view().hash());
                      assertThat(report.client().name()).isEqualTo("shop-cart");
                      assertThat(report.region()).isEqualTo(FakeEdge.REGION);
                    }));
      }
    }
  }

  @Test
  void privateAttributesNeverLeave() {
    try (FakeEdge edge = new FakeEdge()) {
      Token token = edge.flag("checkout", Docs.forCountry("checkout", "DE"));
      try (GuidonClient client =
          FollowingTest.builder(edge).privateAttributes("email", "/address/street").build()) {
        assertThat(client.awaitRevision(token, FollowingTest.SOON)).isTrue();
        evaluate(client, 100);

        await()
            .atMost(FollowingTest.SOON)
            .untilAsserted(
                () -> assertThat(edge.reports).anyMatch(report -> !report.samples().isEmpty()));
      }
      List<String> samples =
          edge.reports.stream()
              .flatMap(report -> report.samples().stream())
              .map(String::valueOf)
              .toList();
      assertThat(samples).isNotEmpty();
      assertThat(String.join("\n", samples))
          .contains("Kiel", "acme", "DE")
          .doesNotContain("anna@", "post@", "Hauptstrasse");
    }
  }

  private static Samples samples() {
    return Samples.of(new Redaction(List.of()), new SplittableRandom(7));
  }

  @Test
  void samplesAreFewHoweverManyEvaluations() {
    Samples samples = samples();

    for (int i = 0; i < 1_000_000; i++) {
      int unused = samples.offer(GERMAN, i * 100L);
    }

    assertThat(samples.drain()).hasSize(Samples.MAX);
    assertThat(samples.drain()).isEmpty();
  }

  /** A million a second for ten seconds, then one a second. */
  @Test
  void busyThreadIsSeldomAskedAndOftenEnough() {
    Samples samples = samples();
    int asked = 0;
    long skip = 0;
    for (int i = 0; i < 10_000_000; i++) {
      if (skip-- == 0) {
        skip = samples.offer(GERMAN, i);
        asked++;
      }
    }
    int busy = samples.drain().size();
    for (int i = 0; i < 1000; i++) {
      if (skip-- <= 0) {
        skip = samples.offer(GERMAN, 10_000_000 + i * 1_000_000L);
      }
    }

    assertThat(asked).isLessThan(10_000_000 / 200);
    assertThat(busy).isBetween(18, 20);
    assertThat(samples.drain()).hasSize(Samples.MAX);
  }

  @Test
  void contextThatCannotBeReadWholeIsNoSampleAndItsFlagIsAnswered() {
    InMemoryFlags flags = InMemoryFlags.of("flag", true);
    Ruleset ruleset = requireNonNull(flags.client().serving().live()).ruleset();
    Serving serving = new Serving(() -> 0L, samples(), /* counting= */ true);
    serving.install(new Compilation(ruleset, List.of(), Set.of()));
    Context broken =
        Context.over(
            new AttributeSource() {
              @Override
              public Object attribute(String name) {
                throw new IllegalStateException("broken");
              }

              @Override
              public Context kind(String kind) {
                throw new IllegalStateException("broken");
              }

              @Override
              public Context copy() {
                throw new IllegalStateException("broken");
              }
            });

    Outcome outcome = serving.decide("flag", broken);

    assertThat(requireNonNull(outcome).booleanValue(false)).isTrue();
  }

  @Test
  void serversTimeCorrectsOurs() {
    try (FakeEdge edge = new FakeEdge()) {
      edge.nowMicros =
          () -> System.currentTimeMillis() * 1000 + Duration.ofHours(3).toMillis() * 1000;
      edge.flag("checkout", Docs.forCountry("checkout", "DE"));
      try (GuidonClient client = FollowingTest.builder(edge).build()) {
        client.awaitReady(FollowingTest.SOON);

        await()
            .atMost(FollowingTest.SOON)
            .untilAsserted(() ->
                assertThat(
                        Duration.ofMillis(
                                (client.source().nowMicros() - edge.nowMicros.getAsLong()) / 1000)
                            .abs())
                    .isLessThan(Duration.ofSeconds(2)));
      }
    }
  }
}
