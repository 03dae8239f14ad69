package dev.guidon.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.guidon.engine.Context;
import dev.guidon.engine.Reason;
import dev.guidon.model.EntityId;
import dev.guidon.model.Hash;
import dev.guidon.model.KeyChunks;
import dev.guidon.model.Token;
import dev.guidon.model.json.Json;
import dev.guidon.stream.FollowerSettings;
import dev.guidon.stream.SseWriter;
import dev.guidon.stream.ViewFeedSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client and the server it follows, through the changes and mishaps of both. */
@Timeout(60)
class FollowingTest {
  static final Duration SOON = Duration.ofSeconds(10);
  private static final Context GERMAN =
      Context.builder().targetingKey("u1").put("country", "DE").build();

  private final FakeEdge edge = new FakeEdge();
  private GuidonClient client;

  @TempDir private Path directory;

  @AfterEach
  void end() {
    if (client != null) {
      client.shutdown();
    }
    edge.close();
  }

  /** Impatient, so that tests need not wait. */
  static GuidonClient.Builder builder(FakeEdge edge) {
    return GuidonClient.builder()
        .environment(name -> null)
        .url(edge.url())
        .key(FakeEdge.KEY)
        .following(impatient())
        .reportEvery(Duration.ofMillis(100));
  }

  static FollowerSettings streamingOnly() {
    return impatient()
        .withPolling(/* afterFailures= */ 0, /* everyMillis= */ 100, /* tryStreamingMillis= */ 100);
  }

  static FollowerSettings impatient() {
    FollowerSettings usual = FollowerSettings.DEFAULT;
    return new FollowerSettings(
        1,
        /* silenceMillisMax= */ 3_000,
        usual.connectMillisMax(),
        /* backoffMillis= */ 50,
        /* backoffMillisCap= */ 500,
        /* backoffMillisCapLater= */ 500,
        usual.unauthorizedMillis(),
        /* stableMillis= */ 100,
        /* pollAfterFailures= */ 3,
        /* pollMillis= */ 100,
        /* streamAgainMillis= */ 60_000,
        /* staleAfterMillis= */ 300,
        usual.blobAttemptsMax(),
        usual.limits());
  }

  private GuidonClient ready(GuidonClient.Builder builder) {
    client = builder.build();
    assertThat(client.awaitReady(SOON))
        .isIn(ClientStatus.READY, ClientStatus.STALE, ClientStatus.NOT_READY);
    assertThat(client.isReady()).isTrue();
    return client;
  }

  private void awaitStatus(ClientStatus status) {
    await().atMost(SOON).untilAsserted(() -> assertThat(client.status()).isEqualTo(status));
  }

  /** What arrived is written behind the answers. */
  private void awaitKept() {
    await()
        .atMost(SOON)
        .until(() -> {
          try (Stream<Path> files = Files.walk(directory)) {
            return files.anyMatch(file -> file.endsWith("snapshot"));
          }
        });
  }

  @Test
  void changeArrivesWithoutAsking() {
    Token first = edge.flag("checkout", Docs.bool("checkout", false));
    ready(builder(edge));
    List<ClientEvent> events = new CopyOnWriteArrayList<>();
    assertThat(client.awaitRevision(first, SOON)).isTrue();
    client.listen(events::add);

    Token second = edge.flag("checkout", Docs.bool("checkout", true));

    assertThat(client.awaitRevision(second, SOON)).isTrue();
    assertThat(client.booleanValue("checkout", Context.EMPTY, false)).isTrue();
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(events).contains(new ClientEvent.Changed(Set.of("checkout"))));
  }

  @Test
  void regionOfTheFirstEdgeIsKept() {
    ready(builder(edge));
    edge.flag("a", Docs.bool("a", true));
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(client.booleanValue("a", Context.EMPTY, false)).isTrue());

    edge.die();
    edge.start();

    await().atMost(SOON).until(() -> edge.streams.size() >= 2);
    assertThat(
            edge.requests.stream().filter(request -> request.startsWith("GET /v1/view")).toList())
        .last()
        .asString()
        .contains("region=" + FakeEdge.REGION);
  }

  @Test
  void deadServerCostsNoAnswer() {
    Token token = edge.flag("checkout", Docs.forCountry("checkout", "DE"));
    ready(builder(edge));
    assertThat(client.awaitRevision(token, SOON)).isTrue();
    awaitStatus(ClientStatus.READY);

    edge.die();

    awaitStatus(ClientStatus.STALE);
    assertThat(client.booleanValue("checkout", GERMAN, false)).isTrue();
    assertThat(client.decision("checkout", GERMAN).outcome().reason())
        .isEqualTo(Reason.TARGETING_MATCH);
    assertThat(client.staleness()).isNotNull();
  }

  @Test
  void reconnectResumesFromItsPosition() {
    Token token = edge.flag("checkout", Docs.bool("checkout", false));
    ready(builder(edge).following(streamingOnly()));
    assertThat(client.awaitRevision(token, SOON)).isTrue();
    awaitStatus(ClientStatus.READY);
    String left = client.position().text();
    List<ClientEvent> events = new CopyOnWriteArrayList<>();
    client.listen(events::add);

    edge.die();
    awaitStatus(ClientStatus.STALE);
    Token missed = edge.flag("checkout", Docs.bool("checkout", true));
    edge.start();

    assertThat(client.awaitRevision(missed, SOON)).isTrue();
    awaitStatus(ClientStatus.READY);
    assertThat(edge.streams).last().isEqualTo(left);
    assertThat(events)
        .anyMatch(ClientEvent.Stale.class::isInstance)
        .contains(new ClientEvent.Ready(), new ClientEvent.Changed(Set.of("checkout")));
  }

  @Test
  void errorIsToldAfterTheGraceTime() {
    edge.flag("a", Docs.bool("a", true));
    ready(builder(edge).errorAfter(Duration.ofMillis(200)));
    awaitStatus(ClientStatus.READY);

    edge.die();

    awaitStatus(ClientStatus.ERROR);
    assertThat(client.booleanValue("a", Context.EMPTY, false)).isTrue();
    edge.start();
    awaitStatus(ClientStatus.READY);
  }

  @Test
  void pollingTakesOverWhereStreamsAreRefused() {
    edge.streamsRefused = true;
    edge.flag("a", Docs.bool("a", false));
    ready(builder(edge));

    Token token = edge.flag("a", Docs.bool("a", true));

    assertThat(client.awaitRevision(token, SOON)).isTrue();
    awaitStatus(ClientStatus.READY);
    assertThat(edge.streams).isEmpty();
  }

  @Test
  void secondServerIsUsedWhenTheFirstIsDead() {
    try (FakeEdge other = new FakeEdge()) {
      edge.flag("a", Docs.bool("a", true));
      ready(builder(edge).url(other.url()));
      awaitStatus(ClientStatus.READY);
      other.flag("a", Docs.bool("a", true));
      Token later = other.flag("a", Docs.bool("a", false));

      edge.die();

      assertThat(client.awaitRevision(later, SOON)).isTrue();
      awaitStatus(ClientStatus.READY);
    }
  }

  @Test
  void neverGoesBackToAServerThatIsBehind() {
    try (FakeEdge behind = new FakeEdge()) {
      behind.flag("a", Docs.bool("a", false));
      edge.flag("a", Docs.bool("a", false));
      Token newest = edge.flag("a", Docs.bool("a", true));
      ready(builder(edge).url(behind.url()));
      assertThat(client.awaitRevision(newest, SOON)).isTrue();
      awaitStatus(ClientStatus.READY);

      edge.die();

      await().atMost(SOON).until(() -> !behind.streams.isEmpty());
      assertThat(client.position().revision()).isEqualTo(2);
      assertThat(client.booleanValue("a", Context.EMPTY, false)).isTrue();
    }
  }

  @Test
  void refusedKeyIsFatalBeforeThereIsAnyRuleset() {
    client = builder(edge).key("gdn_srv_another").build();

    ClientStatus status = client.awaitReady(SOON);

    assertThat(status).isEqualTo(ClientStatus.FATAL);
    assertThat(client.booleanValue("a", Context.EMPTY, true)).isTrue();
  }

  @Test
  void keyThatOneOfTwoServersRefusesIsNotRefused() {
    try (FakeEdge other = new FakeEdge()) {
      edge.keyRefused = true;
      Token token = other.flag("a", Docs.bool("a", true));

      client = builder(edge).url(other.url()).following(streamingOnly()).build();

      assertThat(client.awaitRevision(token, SOON)).isTrue();
      awaitStatus(ClientStatus.READY);

      other.keyRefused = true;
      other.die();
      other.start();
      awaitStatus(ClientStatus.ERROR);
      assertThat(client.booleanValue("a", Context.EMPTY, false)).isTrue();
    }
  }

  @Test
  void firstStartDownloadsOneLineAndNotAView() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      AtomicLong written = new AtomicLong();
      CompletableFuture<Void> served =
          CompletableFuture.runAsync(() -> {
            try (Socket socket = server.accept()) {
              assertThat(socket.getInputStream().read(new byte[4096])).isPositive();
              OutputStream out = socket.getOutputStream();
              out.write(
                  "HTTP/1.1 200 OK\r\n\r\n{\"scope\":\"shop/prod\",\"region\":\"eu\"}\n"
                      .getBytes(StandardCharsets.UTF_8));
              byte[] more = new byte[1 << 16];
              java.util.Arrays.fill(more, (byte) 'x');
              while (written.get() < 64 << 20) {
                out.write(more);
                written.addAndGet(more.length);
              }
            } catch (IOException e) {
              return; // The client has hung up, as it should.
            }
          });

      client =
          GuidonClient.builder()
              .environment(name -> null)
              .url("http://127.0.0.1:" + server.getLocalPort())
              .key(FakeEdge.KEY)
              .build();
      served.get(20, java.util.concurrent.TimeUnit.SECONDS);

      // What the system's buffers hold is under way anyway.
      assertThat(written.get()).isLessThan(16 << 20);
    }
  }

  @Test
  void newEraIsToldAndReported() {
    edge.flag("a", Docs.bool("a", true));
    Token lost = edge.flag("b", Docs.bool("b", true));
    ready(builder(edge));
    assertThat(client.awaitRevision(lost, SOON)).isTrue();
    awaitStatus(ClientStatus.READY);
    List<ClientEvent> events = new CopyOnWriteArrayList<>();
    client.listen(events::add);

    Token restored = edge.newEra(2, Map.of(EntityId.flag("a"), Docs.bool("a", false)));

    assertThat(client.awaitRevision(restored, SOON)).isTrue();
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(events)
                .anyMatch(event ->
                    event instanceof ClientEvent.EraMoved moved
                        && moved.dropped() == 1
                        && moved.to().era() == 2));
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(edge.reports.stream().flatMap(report -> report.refusals().stream()))
                .anyMatch(refused ->
                    refused.code().equals("ERA_MOVED")
                        && refused.version() == 2
                        && refused.entity().text().equals("environment:shop/prod")
                        && refused.detail().startsWith("1 revisions dropped")));
    int after = edge.reports.size() + 3;
    await().atMost(SOON).until(() -> edge.reports.size() > after);
    assertThat(edge.reports.get(edge.reports.size() - 1).refusals()).isEmpty();
  }

  @Test
  void newEraIsMovedInto() {
    edge.flag("a", Docs.bool("a", true));
    Token lost = edge.flag("b", Docs.bool("b", true));
    ready(builder(edge));
    assertThat(client.awaitRevision(lost, SOON)).isTrue();

    Token restored = edge.newEra(1, Map.of(EntityId.flag("a"), Docs.bool("a", false)));

    assertThat(client.awaitRevision(restored, SOON)).isTrue();
    assertThat(client.booleanValue("a", Context.EMPTY, true)).isFalse();
    assertThat(client.position().era()).isEqualTo(2);
    assertThat(client.booleanValue("b", Context.EMPTY, false)).isFalse();
  }

  @Test
  void largeViewIsFetchedByReference() {
    try (FakeEdge large =
        new FakeEdge(new ViewFeedSettings(16, 1 << 20, 8, 1 << 20, /* inlineBytesMax= */ 10))) {
      Token token = large.flag("a", Docs.bool("a", true));

      ready(builder(large));

      assertThat(client.awaitRevision(token, SOON)).isTrue();
      assertThat(client.booleanValue("a", Context.EMPTY, false)).isTrue();
      assertThat(large.requests).anyMatch(request -> request.startsWith("GET /v1/view/snapshot/"));
    }
  }

  @Test
  void keyListsAreFetchedBeforeTheyAreUsedAndKept() {
    byte[] chunk = KeyChunks.bytes(new java.util.TreeSet<>(Set.of("u1", "u2")));
    Hash hash = Hash.of(chunk);
    edge.blobs.put(hash, chunk);
    edge.put(
        EntityId.segment("vip"),
        Docs.json(
            "{\"key\":\"vip\",\"kind\":\"user\",\"included\":{\"count\":2,\"chunks\":[\""
                + hash
                + "\"]},\"excluded\":[]}"));
    Token token =
        edge.flag(
            "vips",
            Docs.bool(
                "vips",
                true,
                "[{\"id\":\"r\",\"if\":{\"segment\":\"vip\"},\"serve\":{\"variant\":\"on\"}}]",
                "off"));
    ready(builder(edge).cacheDirectory(directory));
    assertThat(client.awaitRevision(token, SOON)).isTrue();
    assertThat(client.booleanValue("vips", Context.of("u1"), false)).isTrue();
    assertThat(client.booleanValue("vips", Context.of("u3"), false)).isFalse();
    client.shutdown();
    edge.die();

    ready(builder(edge).cacheDirectory(directory));

    assertThat(client.booleanValue("vips", Context.of("u2"), false)).isTrue();
    assertThat(client.serving().live().refusals()).isEmpty();
  }

  @Test
  void startsFromDiskWithTheServerDeadAndIsStale() {
    Token token = edge.flag("checkout", Docs.bool("checkout", true));
    ready(builder(edge).cacheDirectory(directory));
    assertThat(client.awaitRevision(token, SOON)).isTrue();
    client.shutdown();
    edge.die();

    client = builder(edge).cacheDirectory(directory).build();

    assertThat(client.isReady()).isTrue();
    assertThat(client.status()).isEqualTo(ClientStatus.STALE);
    assertThat(client.booleanValue("checkout", Context.EMPTY, false)).isTrue();
    edge.start();
    awaitStatus(ClientStatus.READY);
  }

  @Test
  void damagedDiskIsAStartWithoutDisk() throws Exception {
    Token token = edge.flag("checkout", Docs.bool("checkout", true));
    ready(builder(edge).cacheDirectory(directory));
    assertThat(client.awaitRevision(token, SOON)).isTrue();
    client.shutdown();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.write(file, "not what was here\nat all\n".getBytes(StandardCharsets.UTF_8));
      }
    }

    ready(builder(edge).cacheDirectory(directory));

    assertThat(client.awaitRevision(token, SOON)).isTrue();
    assertThat(client.booleanValue("checkout", Context.EMPTY, false)).isTrue();
  }

  @Test
  void cachesOfTwoKeysDoNotMeet() {
    edge.flag("checkout", Docs.bool("checkout", true));
    ready(builder(edge).cacheDirectory(directory));
    awaitStatus(ClientStatus.READY);
    client.shutdown();
    edge.die();

    client = builder(edge).key("gdn_srv_of_another_environment").cacheDirectory(directory).build();

    assertThat(client.isReady()).isFalse();
  }

  @Test
  void secondClientOfADirectoryOnlyReadsIt() {
    Token token = edge.flag("checkout", Docs.bool("checkout", true));
    ready(builder(edge).cacheDirectory(directory));
    assertThat(client.awaitRevision(token, SOON)).isTrue();
    awaitKept();

    try (GuidonClient second = builder(edge).cacheDirectory(directory).build()) {
      assertThat(second.isReady()).isTrue();
      Token next = edge.flag("checkout", Docs.bool("checkout", false));
      assertThat(second.awaitRevision(next, SOON)).isTrue();
      assertThat(client.awaitRevision(next, SOON)).isTrue();
    }
    client.shutdown();
    edge.die();
    client = builder(edge).cacheDirectory(directory).build();
    assertThat(client.position().revision()).isEqualTo(2);
  }

  @Test
  void nonsenseFromTheServerChangesNothing() {
    Token token = edge.flag("checkout", Docs.bool("checkout", true));
    ready(builder(edge).following(streamingOnly()));
    assertThat(client.awaitRevision(token, SOON)).isTrue();
    List<byte[]> all =
        List.of(
            SseWriter.event("x", "delta", "{\"v\":1}"),
            SseWriter.event(null, "snapshot", "{}"),
            SseWriter.event("a/1.1", "snapshot-ref", "{\"v\":1,\"url\":\"http://elsewhere/\"}"),
            "data: \u0000\uFFFF\n\n\n\n".getBytes(StandardCharsets.UTF_8),
            new byte[10_000],
            "no stream at all".getBytes(StandardCharsets.UTF_8));

    for (byte[] nonsense : all) {
      int before = edge.streams.size();
      edge.nonsense = nonsense;
      edge.die();
      edge.start();
      await().atMost(SOON).until(() -> edge.streams.size() > before);
    }

    assertThat(client.booleanValue("checkout", Context.EMPTY, false)).isTrue();
    edge.nonsense = null;
    Token after = edge.flag("checkout", Docs.bool("checkout", false));
    assertThat(client.awaitRevision(after, SOON)).isTrue();
  }

  @Test
  void anotherLogIsRefused() {
    Token token = edge.flag("checkout", Docs.bool("checkout", true));
    try (FakeEdge foreign = new FakeEdge(ViewFeedSettings.DEFAULT, "b".repeat(32))) {
      foreign.flag("checkout", Docs.bool("checkout", false));
      ready(builder(edge).url(foreign.url()));
      assertThat(client.awaitRevision(token, SOON)).isTrue();
      awaitStatus(ClientStatus.READY);

      edge.die();

      await().atMost(SOON).until(() -> !foreign.streams.isEmpty());
      awaitStatus(ClientStatus.ERROR);
      assertThat(client.booleanValue("checkout", Context.EMPTY, false)).isTrue();
    }
  }

  /** Must show 6. */
  @Test
  void versionThatCannotBeCompiledKeepsTheLastOneAndOffIsStillObeyed() {
    edge.flag("checkout", Docs.forCountry("checkout", "DE"));
    ready(builder(edge));
    Token future = edge.flag("checkout", Docs.fromTheFuture("checkout"));

    assertThat(client.awaitRevision(future, SOON)).isTrue();
    assertThat(client.booleanValue("checkout", GERMAN, false)).isTrue();
    assertThat(client.decision("checkout", GERMAN).outcome().reason()).isEqualTo(Reason.STALE);
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(edge.reports)
                .anySatisfy(report -> {
                  assertThat(report.client().engine()).isEqualTo(Reporter.ENGINE_VERSION);
                  assertThat(report.refusals())
                      .singleElement()
                      .satisfies(refused -> {
                        assertThat(refused.entity()).isEqualTo(EntityId.flag("checkout"));
                        assertThat(refused.version()).isEqualTo(2);
                        assertThat(refused.code()).isEqualTo("UNSUPPORTED");
                      });
                }));
    Json.Obj off = Docs.fromTheFuture("checkout");
    Json.Obj envelope = ((Json.Obj) off.get("envelope")).with("on", Json.of(false));
    Token killed = edge.flag("checkout", off.with("envelope", envelope));

    assertThat(client.awaitRevision(killed, SOON)).isTrue();
    assertThat(client.booleanValue("checkout", GERMAN, true)).isFalse();
    assertThat(client.decision("checkout", GERMAN).outcome().reason()).isEqualTo(Reason.DISABLED);
  }
}
