package dev.guidon.server.durability;

import dev.guidon.edge.Edge;
import dev.guidon.edge.EdgeOptions;
import dev.guidon.edge.HttpUpstream;
import dev.guidon.edge.TimeSource;
import dev.guidon.edge.core.EdgeKeys;
import dev.guidon.edge.core.ReaderKey;
import dev.guidon.log.Log;
import dev.guidon.log.LogVerifier;
import dev.guidon.log.SqliteLog;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Hash;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.View;
import dev.guidon.model.json.Json;
import dev.guidon.sdk.AppliedViews;
import dev.guidon.sdk.GuidonClient;
import dev.guidon.server.DataFolder;
import dev.guidon.server.TestServer;
import dev.guidon.server.demo.RestClient;
import dev.guidon.server.demo.ServerProcess;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Kills a server (SIGKILL) again and again while eight writers write, an edge follows and an
 * application holds a ruleset; then holds what everyone saw against the log.
 *
 * <p>Run by {@link KillCampaignTest} with 25 kills; with more by {@code ./guidon test --kills 200}.
 */
final class KillCampaign implements AutoCloseable {
  static final int WRITERS = 8;
  private static final ScopeId SCOPE = ScopeId.of("default", "dev");
  private static final String FLAGS = "/api/v1/projects/default/environments/dev/flags/";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Of all kills, those that wait for the watched writer to have sent its request. */
  private static final double AIMED = 0.6;

  /** About as long as a write takes, so that aimed kills fall into all its phases. */
  private static final long AIM_NANOS_MAX = 4_000_000;

  private static final long LOOSE_NANOS_MAX = 120_000_000;

  /** Eight writers are one credential here. */
  private static final String[] FAST = {"--control-requests-per-second", "100000"};

  private static final String RECORDER_KEY = "gdn_edg_recorder";

  private final Path data;
  private final SplittableRandom random;
  private final KillHistogram histogram = new KillHistogram(WRITERS);
  private final AtomicBoolean open = new AtomicBoolean(true);
  private final List<Writer> writers = new ArrayList<>();
  private final Vertx vertx = Vertx.vertx();
  private ServerProcess server;
  private final ServerProcess.Ready ready;
  private final RestClient api;
  private final EdgeOptions edgeOptions;
  private final Path edgeFolder;
  private final HttpUpstream upstream;
  private Edge edge;

  /** Behind the edge. */
  private final ReplicationRecorder recorder;

  /** In the place of an edge, at the server itself. */
  private final ReplicationRecorder directRecorder;

  private final GuidonClient sdk;
  private final AppliedViews views;

  /** What the campaign found. */
  record Findings(
      KillHistogram histogram,
      int acknowledged,
      long entries,
      List<ReplicationRecorder.Seen> replicated,
      List<ReplicationRecorder.Seen> direct,
      int sdkViews,
      List<String> violations) {
    static long snapshots(List<ReplicationRecorder.Seen> all) {
      return all.stream().filter(seen -> seen.entities() != null).count();
    }
  }

  KillCampaign(Path folder, long seed) throws Exception {
    this.data = folder.resolve("data");
    this.random = new SplittableRandom(seed);
    this.server = TestServer.start(data, FAST);
    this.ready = server.awaitReady(PATIENCE);
    this.api = new RestClient(ready.api(), ready.adminToken());
    for (int i = 0; i < WRITERS; i++) {
      Json.Obj declaration = Json.Obj.of("key", Json.of("kill-" + i), "type", Json.of("boolean"));
      api.send("POST", "/api/v1/projects/default/flags", declaration, Map.of()).orThrow();
      writers.add(new Writer(i, api, FLAGS + "kill-" + i, random.split(), open));
    }
    this.edgeFolder = folder.resolve("edge");
    String edgeKey = edgeKey();
    this.upstream = HttpUpstream.of(vertx, List.of(ready.delivery()), edgeKey, null);
    this.directRecorder = new ReplicationRecorder(ready.delivery(), SCOPE, edgeKey);
    EdgeOptions anyPort =
        EdgeOptions.of("follower")
            .withAddress("127.0.0.1", 0)
            .withEventLoops(1)
            .withScopes(Set.of(SCOPE))
            .withEdgeKeys(readers());
    this.edge = startEdge(anyPort);
    this.edgeOptions = anyPort.withAddress("127.0.0.1", edge.port());
    this.recorder =
        new ReplicationRecorder(URI.create("http://127.0.0.1:" + edge.port()), SCOPE, RECORDER_KEY);
    this.sdk = AppliedViews.eagerClient(ready.delivery().toString(), ready.sdkKey());
    sdk.awaitReady(PATIENCE);
    this.views = AppliedViews.of(sdk);
  }

  private String edgeKey() throws Exception {
    Json.Obj wanted =
        Json.Obj.of(
            "name",
            Json.of("edge"),
            "kind",
            Json.of("edge"),
            "environments",
            Json.arr(Json.of(SCOPE.text())));
    return ((Json.Str)
            api.send("POST", "/api/v1/credentials", wanted, Map.of()).orThrow().at("secret"))
        .value();
  }

  private static EdgeKeys readers() {
    ReaderKey.Secret secret = new ReaderKey.Secret(Hash.of(RECORDER_KEY), null);
    ReaderKey reader = new ReaderKey(ReaderKey.Kind.EDGE, "recorder", List.of(secret), null, null);
    return hash -> hash.equals(secret.hash()) ? new EdgeKeys.EdgeKey(reader, Set.of("*")) : null;
  }

  private Edge startEdge(EdgeOptions options) {
    return Edge.start(
        vertx, options, upstream, edgeFolder, TimeSource.system(), new SimpleMeterRegistry());
  }

  /**
   * It comes back from its disk; also because an edge that met many failures takes its time to
   * connect again. Its reader has everything first: afterwards the edge has a state and no entries
   * before it.
   */
  private void stopEdge() {
    await(
        () ->
            edge.state(SCOPE) == null
                || recorder.revision() >= edge.state(SCOPE).position().revision(),
        () -> "the recorder at " + recorder.revision());
    edge.close(Duration.ZERO);
  }

  Findings run(int kills) throws Exception {
    writers.forEach(Writer::start);
    for (int i = 0; i < kills; i++) {
      killOnce();
      boolean edgeToo = i == kills - 1 || random.nextBoolean();
      if (edgeToo) {
        stopEdge();
      }
      server = restart();
      server.awaitReady(PATIENCE);
      if (edgeToo) {
        edge = startEdge(edgeOptions);
      }
    }
    awaitAcknowledgements(WRITERS);
    open.set(false);
    for (Writer writer : writers) {
      writer.join();
    }
    return findings();
  }

  private ServerProcess restart() throws java.io.IOException {
    List<String> flags = new ArrayList<>(List.of(FAST));
    flags.addAll(List.of(TestServer.samePorts(ready.api(), ready.delivery())));
    return TestServer.start(data, flags.toArray(String[]::new));
  }

  private void killOnce() {
    awaitAcknowledgements(WRITERS);
    Writer target = writers.get(random.nextInt(WRITERS));
    if (random.nextDouble() < AIMED) {
      await(() -> target.inFlight() == null);
      await(() -> target.inFlight() != null);
      LockSupport.parkNanos(random.nextLong(AIM_NANOS_MAX));
    } else {
      LockSupport.parkNanos(random.nextLong(LOOSE_NANOS_MAX));
    }
    List<String> before = writers.stream().map(Writer::inFlight).toList();
    server.kill();
    // In flight is only what this process, now gone, did not acknowledge in its last moment either.
    Map<Writer, String> cut = new HashMap<>();
    for (int i = 0; i < WRITERS; i++) {
      if (before.get(i) != null && !writers.get(i).isAcknowledged(before.get(i))) {
        cut.put(writers.get(i), before.get(i));
      }
    }
    histogram.add(new KillHistogram.Kill(cut.containsKey(target), cut.size()));
    fates.add(cut);
  }

  private final List<Map<Writer, String>> fates = new ArrayList<>();

  private void awaitAcknowledgements(int more) {
    long wanted = acknowledged() + more;
    await(() -> acknowledged() >= wanted || failures().iterator().hasNext());
  }

  private long acknowledged() {
    return writers.stream().mapToLong(writer -> writer.acknowledged().size()).sum();
  }

  private List<String> failures() {
    return writers.stream().map(Writer::failure).filter(java.util.Objects::nonNull).toList();
  }

  private static void await(BooleanSupplier condition) {
    await(condition, () -> "a writer");
  }

  private static void await(BooleanSupplier condition, Supplier<String> who) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("nothing moved for " + PATIENCE + ": " + who.get());
      }
      LockSupport.parkNanos(50_000);
    }
  }

  private Findings findings() throws Exception {
    long head = headRevision();
    await(
        () -> recorder.revision() >= head || !recorder.violations().isEmpty(),
        () ->
            "the recorder at "
                + recorder.revision()
                + ", the edge at "
                + String.valueOf(edge.state(SCOPE) == null ? null : edge.state(SCOPE).position())
                + " of "
                + head);
    await(
        () -> directRecorder.revision() >= head || !directRecorder.violations().isEmpty(),
        () -> "the recorder at the server at " + directRecorder.revision() + " of " + head);
    await(
        () -> sdk.position() != null && sdk.position().revision() >= head,
        () -> "the SDK at " + sdk.position() + " of " + head);
    server.terminate();
    server.awaitExit(PATIENCE);
    fates.forEach(cut -> cut.forEach((writer, key) -> histogram.addFate(writer.wasReplayed(key))));
    List<String> violations = new ArrayList<>(failures());
    violations.addAll(recorder.violations());
    violations.addAll(directRecorder.violations());
    try (Log log = SqliteLog.open(new DataFolder(data).log(), SqliteLog.Options.READ_ONLY)) {
      LogVerifier.verify(log)
          .problems()
          .forEach(problem -> violations.add("log verify: " + problem));
      List<CommittedEntry> entries = log.read(SCOPE, 0, Integer.MAX_VALUE);
      violations.addAll(checkAcknowledged(entries));
      violations.addAll(checkReplicated(entries));
      violations.addAll(checkViews(entries));
      return new Findings(
          histogram,
          Math.toIntExact(acknowledged()),
          entries.size(),
          recorder.seen(),
          directRecorder.seen(),
          views.list().size(),
          violations);
    }
  }

  private long headRevision() throws Exception {
    Json token =
        api.get(FLAGS + "kill-0")
            .orThrow()
            .raw()
            .headers()
            .firstValue("Guidon-Token")
            .map(Json::of)
            .orElseThrow();
    return dev.guidon.model.Token.parse(((Json.Str) token).value()).revision();
  }

  /**
   * Every acknowledged commit is there exactly once, where it was said to be; no key is there
   * twice.
   */
  private List<String> checkAcknowledged(List<CommittedEntry> entries) {
    Map<String, List<Long>> revisions = new HashMap<>();
    entries.forEach(entry ->
        revisions
            .computeIfAbsent(entry.entry().key(), _ -> new ArrayList<>())
            .add(entry.position().revision()));
    List<String> violations = new ArrayList<>();
    for (Writer writer : writers) {
      writer
          .acknowledged()
          .forEach((key, revision) -> {
            if (!List.of(revision).equals(revisions.get(key))) {
              violations.add(
                  key + ": acknowledged at " + revision + ", in the log at " + revisions.get(key));
            }
          });
      for (String key : writer.attempted().keySet()) {
        if (revisions.getOrDefault(key, List.of()).size() > 1) {
          violations.add(key + ": in the log at " + revisions.get(key));
        }
      }
    }
    return violations;
  }

  /**
   * Each state that the edge passed on, by entry or by snapshot, is that of the log at the same
   * revision.
   */
  private List<String> checkReplicated(List<CommittedEntry> entries) {
    Map<Long, ScopeState> states = new HashMap<>();
    ScopeState state = ScopeState.empty(SCOPE, entries.getFirst().position().logId());
    for (CommittedEntry entry : entries) {
      state = state.apply(entry);
      states.put(state.position().revision(), state);
    }
    List<String> violations = new ArrayList<>();
    List<ReplicationRecorder.Seen> all = new ArrayList<>(recorder.seen());
    all.addAll(directRecorder.seen());
    for (ReplicationRecorder.Seen seen : all) {
      ScopeState expected = states.get(seen.position().revision());
      boolean same =
          expected != null
              && seen.chain().equals(expected.chain())
              && (seen.entities() == null || seen.entities().equals(expected.entities().root()));
      if (!same) {
        violations.add("the edge passed on " + seen + " (expected: " + expected + ")");
      }
    }
    ScopeState held = edge.state(SCOPE);
    if (held == null || !held.chain().equals(state.chain())) {
      violations.add(
          "the edge holds "
              + (held == null ? "nothing" : held.position())
              + " of "
              + state.position());
    }
    return violations;
  }

  /**
   * The application's views are those of the log at the same revision, and never of an earlier one
   * than before.
   */
  private List<String> checkViews(List<CommittedEntry> entries) {
    Map<Long, Hash> expected = new HashMap<>();
    ScopeState state = ScopeState.empty(SCOPE, entries.getFirst().position().logId());
    for (CommittedEntry entry : entries) {
      state = state.apply(entry);
      expected.put(state.position().revision(), View.of(state, "local").hash());
    }
    List<String> violations = new ArrayList<>();
    long last = 0;
    for (AppliedViews.Applied view : views.list()) {
      long revision = view.position().revision();
      if (!view.hash().equals(expected.get(revision))) {
        violations.add("the application's view at " + view.position() + " is " + view.hash());
      }
      if (revision < last) {
        violations.add("the application went back from " + last + " to " + revision);
      }
      last = revision;
    }
    return violations;
  }

  @Override
  public void close() throws Exception {
    open.set(false);
    sdk.close();
    recorder.close();
    directRecorder.close();
    edge.close(Duration.ZERO);
    api.close();
    server.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
