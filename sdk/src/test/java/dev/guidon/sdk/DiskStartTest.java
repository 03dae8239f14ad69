package dev.guidon.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.guidon.engine.Context;
import dev.guidon.engine.Decision;
import dev.guidon.model.EntityId;
import dev.guidon.model.Instants;
import dev.guidon.model.Token;
import dev.guidon.model.json.Json;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Must show 4: a dead server costs neither a start nor a month. */
@Timeout(120)
class DiskStartTest {
  private static final int STARTS = 50;

  @TempDir private Path directory;

  private static Map<EntityId, Json.Obj> thousandFlags() {
    Map<EntityId, Json.Obj> flags = new LinkedHashMap<>();
    for (int i = 0; i < 1000; i++) {
      String key = "flag-" + i;
      flags.put(EntityId.flag(key), i % 2 == 0 ? Docs.forCountry(key, "DE") : Docs.split(key));
    }
    return flags;
  }

  @Test
  void thousandFlagsAreAnsweredFromDiskAtOnce() {
    try (FakeEdge edge = new FakeEdge()) {
      Token token = edge.putAll(thousandFlags());
      keep(edge, token, TimeSource.SYSTEM);
      edge.die();
      Context german = Context.builder().targetingKey("u1").put("country", "DE").build();

      List<Long> micros = new ArrayList<>();
      List<Long> cpuMicros = new ArrayList<>();
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      for (int i = 0; i < STARTS; i++) {
        long begun = System.nanoTime();
        long cpuBegun = threads.getCurrentThreadCpuTime();
        try (GuidonClient client = FollowingTest.builder(edge).cacheDirectory(directory).build()) {
          assertThat(client.booleanValue("flag-998", german, false)).isTrue();
          micros.add((System.nanoTime() - begun) / 1000);
          cpuMicros.add((threads.getCurrentThreadCpuTime() - cpuBegun) / 1000);
        }
      }

      micros.sort(null);
      cpuMicros.sort(null);
      System.out.printf(
          "CLAIM offline-start: from disk to the first answer, 1,000 flags, server dead, warm JVM, %d starts: median %.1f ms (%.1f ms of it computing), slowest %.1f ms%n",
          STARTS,
          micros.get(STARTS / 2) / 1000.0,
          cpuMicros.get(STARTS / 2) / 1000.0,
          micros.get(STARTS - 1) / 1000.0);
      assertThat(micros.get(STARTS / 2)).isLessThan(500_000);
    }
  }

  private void keep(FakeEdge edge, Token token, TimeSource time) {
    try (GuidonClient client =
        FollowingTest.builder(edge).cacheDirectory(directory).time(time).build()) {
      assertThat(client.awaitRevision(token, FollowingTest.SOON)).isTrue();
    }
  }

  @Test
  void monthOfflineChangesOnlyWhatSchedulesSay() {
    ShiftedTime time = new ShiftedTime();
    try (FakeEdge edge = new FakeEdge()) {
      edge.nowMicros = time::wallMicros;
      edge.putAll(thousandFlags());
      long due =
          time.wallMicros()
              + Duration.ofDays(10).toMillis() * 1000
              + Duration.ofHours(1).toMillis() * 1000;
      Token token = edge.flag("autumn", Docs.scheduled("autumn", Instants.text(due)));
      GuidonClient client =
          FollowingTest.builder(edge)
              .cacheDirectory(directory)
              .time(time)
              .following(FollowingTest.streamingOnly())
              .build();
      try (client) {
        assertThat(client.awaitRevision(token, FollowingTest.SOON)).isTrue();
        await().atMost(FollowingTest.SOON).until(() -> client.status() == ClientStatus.READY);
        List<ClientEvent> events = new CopyOnWriteArrayList<>();
        client.listen(events::add);
        String left = client.position().text();
        List<String> before = answers(client);
        edge.die();

        for (int day = 1; day <= 30; day++) {
          time.leap(Duration.ofDays(1));
          assertThat(answers(client)).as("day %d", day).isEqualTo(before);
          assertThat(client.booleanValue("autumn", Context.EMPTY, false))
              .as("day %d", day)
              .isEqualTo(day > 10);
        }
        await()
            .atMost(FollowingTest.SOON)
            .untilAsserted(
                () -> assertThat(events).contains(new ClientEvent.Changed(Set.of("autumn"))));
        assertThat(client.staleness()).isGreaterThan(Duration.ofDays(29));
        assertThat(client.status()).isIn(ClientStatus.STALE, ClientStatus.ERROR);

        Token missed = edge.flag("flag-0", Docs.bool("flag-0", true));
        edge.sent.clear();
        edge.start();

        assertThat(client.awaitRevision(missed, FollowingTest.SOON)).isTrue();
        await().atMost(FollowingTest.SOON).until(() -> client.status() == ClientStatus.READY);
        assertThat(edge.streams).last().isEqualTo(left);
        assertThat(edge.sent).contains("delta").doesNotContain("snapshot", "snapshot-ref");
        assertThat(client.booleanValue("flag-0", Context.EMPTY, false)).isTrue();
        System.out.printf(
            "CLAIM offline-month: %,d answers a day for 30 days without a server: none changed but the scheduled flag, on its day; back at %s with frames %s%n",
            before.size(), left.substring(left.indexOf('/') + 1), edge.sent);
      }
    }
  }

  /**
   * Every flag but the scheduled one, for some contexts: value, variant, rule, reason and bucket.
   */
  private static List<String> answers(GuidonClient client) {
    List<String> answers = new ArrayList<>();
    for (String country : List.of("DE", "FR")) {
      for (int user = 0; user < 5; user++) {
        Context context =
            Context.builder().targetingKey("u" + user).put("country", country).build();
        for (int i = 0; i < 1000; i++) {
          Decision decision = client.decision("flag-" + i, context);
          answers.add(
              decision.outcome().variant()
                  + decision.outcome().ruleId()
                  + decision.outcome().reason()
                  + decision.bucket());
        }
      }
    }
    return answers;
  }
}
