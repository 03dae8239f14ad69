package dev.guidon.server.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.guidon.engine.Context;
import dev.guidon.model.Token;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import dev.guidon.sdk.GuidonClient;
import dev.guidon.server.demo.RestClient;
import dev.guidon.server.demo.ServerProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A key that joins a segment of a million moves a chunk over each link, not the million. */
@Timeout(600)
class SegmentLinkTest {
  private static final String ENVIRONMENT = "/api/v1/projects/default/environments/dev";

  /** A list holds a million at most, so that the key that is added is the last that fits. */
  private static final int KEYS = 999_999;

  private static final int CHUNKS_MAX = 2;
  private static final Duration READY_MAX = Duration.ofMinutes(1);
  private static final Duration LOADED_MAX = Duration.ofMinutes(3);

  @TempDir private Path folder;

  @Test
  void oneKeyMoreInAMillionMovesAtMostTwoChunksOverEachLink() throws Exception {
    try (ServerProcess control = Fleet.control(folder.resolve("data"))) {
      ServerProcess.Ready ready = control.awaitReady(READY_MAX);
      try (RestClient api = new RestClient(ready.api(), ready.adminToken());
          CountingProxy toControl = new CountingProxy(ready.delivery());
          ServerProcess edge = Fleet.edge(api, toControl.address(), folder);
          CountingProxy toEdge = new CountingProxy(edge.awaitReady(READY_MAX).delivery())) {
        Token loaded = writeSegment(ready, api);
        awaitState(toEdge.address(), ready.sdkKey());
        try (GuidonClient sdk =
            GuidonClient.builder().url(toEdge.address().toString()).key(ready.sdkKey()).build()) {
          assertThat(sdk.awaitRevision(loaded, LOADED_MAX)).as("at %s", sdk.position()).isTrue();
          await()
              .atMost(LOADED_MAX)
              .until(() -> isMember(sdk, "user-0") && isMember(sdk, "user-" + (KEYS - 1)));
          assertThat(isMember(sdk, "the new one")).isFalse();
          Moved whole = new Moved(toControl, toEdge);
          assertThat(whole.chunksToEdge()).as("the counter counts").isGreaterThan(100);
          assertThat(whole.chunksToSdk()).isGreaterThan(100);

          toControl.reset();
          toEdge.reset();
          long begun = System.nanoTime();
          edit(api, "{'add':['the new one']}");
          await()
              .atMost(READY_MAX)
              .pollInterval(Duration.ofMillis(2))
              .until(() -> isMember(sdk, "the new one"));
          long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
          Moved one = new Moved(toControl, toEdge);

          toControl.reset();
          toEdge.reset();
          edit(api, "{'add':['another'],'remove':['user-7']}");
          await()
              .atMost(READY_MAX)
              .until(() -> isMember(sdk, "another") && !isMember(sdk, "user-7"));
          Moved exchanged = new Moved(toControl, toEdge);

          for (Moved moved : List.of(one, exchanged)) {
            assertThat(moved.chunksToEdge()).isBetween(1, CHUNKS_MAX);
            assertThat(moved.chunksToSdk()).isBetween(1, CHUNKS_MAX);
            assertThat(moved.snapshots()).isZero();
          }
          assertThat(one.chunksToEdge()).isEqualTo(1);
          assertThat(one.chunksToSdk()).isEqualTo(1);
          System.out.printf(
              "CLAIM segment-one-key: key 1,000,000 added to a segment: control to edge %s, edge to SDK %s (for all keys before: %s and"
                  + " %s); member in the SDK after %d ms; one key exchanged for another: %s and %s%n",
              one.toEdge(),
              one.toSdk(),
              whole.toEdge(),
              whole.toSdk(),
              millis,
              exchanged.toEdge(),
              exchanged.toSdk());
        }
      }
    }
  }

  /**
   * What came over both links since they were reset: chunks, whole states and bytes, headers and
   * heartbeats too.
   */
  private record Moved(
      int chunksToEdge, int chunksToSdk, int snapshots, long bytesToEdge, long bytesToSdk) {
    Moved(CountingProxy toControl, CountingProxy toEdge) {
      this(
          toControl.requests("/v1/blobs/").size(),
          toEdge.requests("/v1/blobs/").size(),
          toControl.requests("/v1/replication/snapshot").size()
              + toEdge.requests("/v1/view/snapshot").size(),
          toControl.bytesDown(),
          toEdge.bytesDown());
    }

    String toEdge() {
      return "%d chunks, %,d bytes".formatted(chunksToEdge, bytesToEdge);
    }

    String toSdk() {
      return "%d chunks, %,d bytes".formatted(chunksToSdk, bytesToSdk);
    }
  }

  /** The segment and a flag that is on for its members. */
  private static Token writeSegment(ServerProcess.Ready ready, RestClient api) throws Exception {
    Json.Obj declaration = Json.Obj.of("key", Json.of("vip"), "type", Json.of("boolean"));
    api.send("POST", "/api/v1/projects/default/flags", declaration, Map.of()).orThrow();
    String keys =
        IntStream.range(0, KEYS)
            .mapToObj(i -> "\"user-" + i + "\"")
            .collect(Collectors.joining(",", "[", "]"));
    put(
        ready,
        ENVIRONMENT + "/segments/million",
        "{\"key\":\"million\",\"included\":" + keys + "}");
    Json.Obj flag =
        json(
            """
            {'envelope':{'on':true},
             'rules':[{'id':'members','if':{'segment':'million'},'serve':{'variant':'on'}}],
             'default':{'variant':'off'}}
            """);
    return Token.parse(
        api.send("PATCH", ENVIRONMENT + "/flags/vip", flag, Map.of())
            .orThrow()
            .header("Guidon-Token"));
  }

  /** Not with {@link RestClient}, whose patience is that of ordinary requests. */
  private static void put(ServerProcess.Ready ready, String path, String body) throws Exception {
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(ready.api().resolve(path))
              .timeout(LOADED_MAX)
              .header("Authorization", "Bearer " + ready.adminToken())
              .header("Content-Type", "application/json")
              .PUT(HttpRequest.BodyPublishers.ofString(body))
              .build();
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }
  }

  private static Token edit(RestClient api, String keys) throws Exception {
    RestClient.Answer answer =
        api.send("POST", ENVIRONMENT + "/segments/million/keys", json(keys), Map.of()).orThrow();
    return Token.parse(answer.header("Guidon-Token"));
  }

  /**
   * A key that an edge does not know yet is refused, so an application that comes too early gives
   * up.
   */
  private static void awaitState(URI edge, String key) {
    await()
        .atMost(LOADED_MAX)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> {
          try (RestClient client = new RestClient(edge, key)) {
            Json.Obj question = Json.Obj.of("context", Json.Obj.of("targetingKey", Json.of("u1")));
            return client
                .send("POST", "/ofrep/v1/evaluate/flags/vip", question, Map.of())
                .isSuccess();
          }
        });
  }

  private static boolean isMember(GuidonClient sdk, String key) {
    return sdk.booleanValue("vip", Context.of(key), false);
  }

  private static Json.Obj json(String text) {
    return (Json.Obj) JsonReader.read(text.replace('\'', '"'), JsonLimits.DEFAULT);
  }
}
