package dev.guidon.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.guidon.engine.Context;
import dev.guidon.engine.Refusal;
import dev.guidon.model.EntityId;
import dev.guidon.model.Hash;
import dev.guidon.model.KeyChunks;
import dev.guidon.model.Token;
import dev.guidon.model.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nothing may stand between an off and those who obey it. */
@Timeout(120)
class KillSwitchTest {
  private final FakeEdge edge = new FakeEdge();
  private final byte[] chunk = KeyChunks.bytes(new TreeSet<>(Set.of("u1", "u2")));
  private final Hash hash = Hash.of(chunk);
  private GuidonClient client;

  @TempDir private Path directory;

  @AfterEach
  void end() {
    if (client != null) {
      client.shutdown();
    }
    edge.close();
  }

  private void ready(Token token) {
    client =
        FollowingTest.builder(edge)
            .following(FollowingTest.streamingOnly())
            .cacheDirectory(directory)
            .build();
    assertThat(client.awaitRevision(token, FollowingTest.SOON)).isTrue();
  }

  private Json.Obj vips() {
    return Docs.json(
        "{\"key\":\"vip\",\"kind\":\"user\",\"included\":{\"count\":2,\"chunks\":[\""
            + hash
            + "\"]},\"excluded\":[]}");
  }

  private static Json.Obj forVips(String key) {
    return Docs.bool(
        key,
        true,
        "[{\"id\":\"r\",\"if\":{\"segment\":\"vip\"},\"serve\":{\"variant\":\"on\"}}]",
        "off");
  }

  @Test
  void offIsObeyedWhileTheChunksOfASegmentBeforeItNeverCome() {
    ready(edge.flag("checkout", Docs.bool("checkout", true)));
    edge.blobsHang = true;
    edge.put(EntityId.segment("vip"), vips());
    edge.flag("vips", forVips("vips"));
    await().atMost(FollowingTest.SOON).until(() -> edge.requests.contains("GET /v1/blobs/" + hash));
    edge.emergency = true;

    long begun = System.nanoTime();
    Token off = edge.flag("checkout", Docs.off("checkout"));
    assertThat(client.awaitRevision(off, FollowingTest.SOON)).isTrue();

    // A request for a chunk is given up after ten seconds.
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
    assertThat(client.decision("checkout", Context.EMPTY).outcome().reason().name())
        .isEqualTo("DISABLED");
    assertThat(client.serving().live().refusals())
        .extracting(Refusal::code)
        .contains(Refusal.BLOB_MISSING);

    edge.blobs.put(hash, chunk);
    edge.blobsHang = false;
    await()
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(
            () -> assertThat(client.booleanValue("vips", Context.of("u1"), false)).isTrue());
    assertThat(client.serving().live().refusals()).isEmpty();
  }

  @Test
  void changeIsObeyedWhileChunksThatTheDiskHasLostDoNotComeBack() throws IOException {
    edge.blobs.put(hash, chunk);
    edge.put(EntityId.segment("vip"), vips());
    edge.flag("vips", forVips("vips"));
    ready(edge.flag("checkout", Docs.bool("checkout", true)));
    assertThat(client.booleanValue("vips", Context.of("u1"), false)).isTrue();
    client.shutdown();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(one -> one.endsWith(hash.hex())).toList()) {
        Files.write(file, new byte[] {1, 2, 3});
      }
    }
    edge.blobsHang = true;

    long begun = System.nanoTime();
    ready(edge.flag("checkout", Docs.bool("checkout", false)));

    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
    edge.blobsHang = false;
    await()
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(
            () -> assertThat(client.booleanValue("vips", Context.of("u1"), false)).isTrue());
  }

  @Test
  void listenerThatNeverReturnsHoldsUpNoChangeAndNoShutdown() throws InterruptedException {
    ready(edge.flag("checkout", Docs.bool("checkout", true)));
    CountDownLatch entered = new CountDownLatch(1);
    client.listen(event -> {
      entered.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    edge.flag("checkout", Docs.bool("checkout", false));
    entered.await();

    Token off = edge.flag("checkout", Docs.off("checkout"));

    assertThat(client.awaitRevision(off, FollowingTest.SOON)).isTrue();
    long begun = System.nanoTime();
    client.shutdown();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void listenerThatLagsHearsOfEveryFlagAndNotOfEveryChange() throws InterruptedException {
    ready(edge.flag("checkout", Docs.bool("checkout", true)));
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    List<String> heard = new java.util.concurrent.CopyOnWriteArrayList<>();
    java.util.concurrent.atomic.AtomicInteger events =
        new java.util.concurrent.atomic.AtomicInteger();
    client.listen(event -> {
      entered.countDown();
      try {
        free.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      events.incrementAndGet();
      if (event instanceof ClientEvent.Changed changed) {
        heard.addAll(changed.flags());
      }
    });
    Token last = null;
    for (int i = 0; i < 300; i++) {
      last = edge.flag("f" + i, Docs.bool("f" + i, true));
      if (i == 0) {
        entered.await();
      }
      assertThat(client.awaitRevision(last, FollowingTest.SOON)).isTrue();
    }

    free.countDown();

    await().atMost(FollowingTest.SOON).until(() -> heard.contains("f299"));
    for (int i = 0; i < 300; i++) {
      assertThat(heard).contains("f" + i);
    }
    assertThat(events.get()).isLessThan(150);
  }
}
