package dev.guidon.fuzz;

import dev.guidon.edge.Edge;
import dev.guidon.edge.EdgeOptions;
import dev.guidon.edge.LocalUpstream;
import dev.guidon.edge.TimeSource;
import dev.guidon.edge.core.Report;
import dev.guidon.engine.Context;
import dev.guidon.engine.Decision;
import dev.guidon.model.Change;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.Priority;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.ViewEntity;
import dev.guidon.model.json.Json;
import dev.guidon.sdk.GuidonClient;
import dev.guidon.stream.HeadFrame;
import dev.guidon.stream.History;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The shipped client as an application has it, its counters on, behind a real edge over a log in
 * memory: a version comes as a commit, an entry, a delta, an incremental compile and a swap.
 */
final class ServedClient implements Concurrency.Subject {
  private static final String SECRET = "gdn_srv_of-the-concurrency-proof";
  private static final Duration REPORT = Duration.ofSeconds(1);
  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Vertx vertx = Vertx.vertx();
  private final Path folder;
  private final Served served = new Served();
  private final LocalUpstream upstream = new LocalUpstream(served);
  private final Edge edge;
  private final GuidonClient client;

  ServedClient(Versions.Version first) throws IOException {
    folder = Files.createTempDirectory("guidon-concurrency");
    // The key is part of the first commit, so that revisions are those of the versions.
    served.commit(first, List.of(key()));
    EdgeOptions.Timing usual = EdgeOptions.Timing.DEFAULT;
    edge =
        Edge.start(
            vertx,
            EdgeOptions.of("edge")
                .withAddress("127.0.0.1", 0)
                .withRegion(History.REGION)
                .withScopes(Set.of(History.SCOPE))
                .withTiming(
                    new EdgeOptions.Timing(
                        usual.heartbeat(),
                        usual.stall(),
                        usual.request(),
                        REPORT,
                        usual.catchUp(),
                        usual.tlsCheck(),
                        usual.behindAfter())),
            upstream,
            folder,
            TimeSource.system(),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    client =
        GuidonClient.builder()
            .url("http://127.0.0.1:" + edge.port())
            .key(SECRET)
            .region(History.REGION)
            .reportEvery(REPORT)
            .build();
    await(
        () -> client.position() != null && revision() == first.revision(),
        "the client at its first version");
  }

  private static Change key() {
    Json.Obj hash =
        Json.Obj.of(
            "hash", Json.of(Hash.of(SECRET).hex()), "created", Json.of("2026-01-01T00:00:00Z"));
    Json.Obj doc =
        Json.Obj.of("key", Json.of("backend"), "kind", Json.of("server"), "hashes", Json.arr(hash));
    EntityId id = new EntityId(EntityKind.SDK_KEY, "backend");
    return new Change(id, EntityBody.live(id, 1, doc));
  }

  private interface Condition {
    boolean holds();
  }

  private static boolean await(Condition condition, String what) {
    long deadline = System.nanoTime() + WAIT_NANOS;
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("not within a minute: " + what);
      }
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }
    return true;
  }

  /** A log in memory, and where the counts arrive. */
  private static final class Served implements LocalUpstream.Log {
    private final History history = new History();
    private final AtomicLong counted = new AtomicLong();

    synchronized void commit(Versions.Version version, List<Change> more) {
      List<Change> changes = new ArrayList<>(more);
      for (Map.Entry<EntityId, @Nullable ViewEntity> one : version.changes().entrySet()) {
        EntityId id = one.getKey();
        ViewEntity shown = one.getValue();
        changes.add(
            new Change(
                id,
                shown == null
                    ? EntityBody.gone(id, version.revision(), "boolean", Hash.ZERO)
                    : EntityBody.live(id, version.revision(), shown.doc())));
      }
      history.commit(Priority.NORMAL, changes.toArray(Change[]::new));
    }

    @Override
    public synchronized HeadFrame head(ScopeId scope) {
      return history.head(System.currentTimeMillis() * 1000);
    }

    @Override
    public synchronized List<CommittedEntry> read(ScopeId scope, long afterRevision, int max) {
      return history.entries.stream().skip(afterRevision).limit(max).toList();
    }

    @Override
    public synchronized ScopeState state(ScopeId scope) {
      return history.state();
    }

    @Override
    public byte @Nullable [] blob(Hash hash) {
      return null;
    }

    @Override
    public long report(Report report) {
      report.counts().forEach(count -> counted.addAndGet(count.n()));
      return System.currentTimeMillis() * 1000;
    }
  }

  @Override
  public Decision decision(String flag, Context context) {
    Decision decision = client.decision(flag, context);
    if (decision == null) {
      throw new IllegalStateException("no ruleset in service");
    }
    return decision;
  }

  @Override
  public boolean booleanValue(String flag, Context context, boolean fallback) {
    return client.booleanValue(flag, context, fallback);
  }

  @Override
  public long revision() {
    Position position = client.position();
    return position == null ? 0 : position.revision();
  }

  @Override
  public void bring(Versions.Version version) {
    served.commit(version, List.of());
    upstream.appended(History.SCOPE);
  }

  /** What has arrived at the log's side, once the client has said all and nothing more comes. */
  @Override
  public long counted() {
    client.close();
    long last = -1;
    long quietSince = System.nanoTime();
    while (System.nanoTime() - quietSince < 5 * REPORT.toNanos()) {
      long now = served.counted.get();
      if (now != last) {
        last = now;
        quietSince = System.nanoTime();
      }
      java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
    }
    return last;
  }

  @Override
  public void close() throws Exception {
    client.close();
    edge.close(Duration.ZERO);
    upstream.close();
    var _ = vertx.close().await(10, TimeUnit.SECONDS);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
