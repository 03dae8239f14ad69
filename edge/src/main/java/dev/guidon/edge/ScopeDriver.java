package dev.guidon.edge;

import dev.guidon.edge.core.EdgeScope;
import dev.guidon.edge.core.EvaluationCounts;
import dev.guidon.edge.core.KeyIndex;
import dev.guidon.edge.core.RegionView;
import dev.guidon.edge.core.Report;
import dev.guidon.edge.core.Snapshot;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.stream.Disk;
import dev.guidon.stream.FollowerSettings;
import dev.guidon.stream.HeadFrame;
import dev.guidon.stream.LogSource;
import dev.guidon.stream.Output;
import dev.guidon.stream.StreamException;
import dev.guidon.stream.UpstreamReply;
import dev.guidon.stream.ViewCursor;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives one {@link EdgeScope} its thread, its timers and its upstream. All inputs go through one
 * serial executor; what readers look at is published by the core.
 */
final class ScopeDriver implements EdgeScope.Io {
  private static final Logger LOG = LoggerFactory.getLogger(ScopeDriver.class);
  private static final long TICK_MILLIS = 1_000;
  private static final long QUEUED_BYTES_MAX = 4 << 20;
  private static final long BOUNDARY_MILLIS_MAX = 3_600_000;
  private static final long SOON_MILLIS = 300;
  private static final long REPORT_PAUSE_MILLIS_MAX = 600_000;
  private static final int BLOBS_ASKED_MAX = 256;

  private final Vertx vertx;
  private final EdgeRuntime runtime;
  private final Upstream upstream;
  private final RandomGenerator random;
  private final EdgeScope core;
  private final SerialExecutor serial;
  private final EvaluationCounts counts = new EvaluationCounts();
  private final List<Consumer<ScopeDriver>> listeners = new CopyOnWriteArrayList<>();
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicInteger blobsAsked = new AtomicInteger();
  private final AtomicBoolean making = new AtomicBoolean();
  private final CompletableFuture<@Nullable Void> loaded = new CompletableFuture<>();
  private long ticker;
  private long boundaryTimer = -1;
  private long connection;
  private Upstream.@Nullable Link link;
  private boolean paused;
  private boolean stopped;
  private int server;
  private boolean reporting;
  private long nextReportNanos;

  ScopeDriver(
      Vertx vertx,
      EdgeRuntime runtime,
      Upstream upstream,
      ScopeId scope,
      Disk disk,
      RandomGenerator random) {
    this.vertx = vertx;
    this.runtime = runtime;
    this.upstream = upstream;
    this.random = random;
    this.serial = new SerialExecutor("guidon-edge-" + scope.text());
    this.core =
        new EdgeScope(
            scope,
            disk,
            FollowerSettings.DEFAULT.withUpstreams(upstream.servers()),
            random,
            runtime.options.limits().regionsMax(),
            this);
  }

  /** Done when the disk has been read. */
  CompletableFuture<@Nullable Void> start() {
    nextReportNanos = runtime.time.monotonicNanos() + reportPauseNanos();
    serial.execute(() -> {
      try {
        core.start(runtime.options.region(), monotonicMicros(), runtime.nowMicros());
        rememberPast();
      } finally {
        loaded.complete(null);
      }
    });
    ticker = vertx.setPeriodic(TICK_MILLIS, _ -> serial.execute(this::tick));
    return loaded;
  }

  /**
   * After a restart too, edges that were only a little behind are sent entries and no whole state.
   */
  private void rememberPast() {
    ScopeState loaded = core.state();
    if (loaded != null) {
      try {
        core.remember(upstream.past(id(), loaded.position().revision(), EdgeScope.ENTRIES_KEPT));
      } catch (RuntimeException e) {
        LOG.warn("The entries before {} are not at hand: {}", loaded.position(), e.toString());
      }
    }
  }

  void stop() {
    vertx.cancelTimer(ticker);
    serial.execute(() -> {
      core.stop();
      stopped = true;
      closeLink();
    });
  }

  /** Tells of everything new, on any thread. */
  void onChange(Consumer<ScopeDriver> listener) {
    listeners.add(listener);
  }

  private void tick() {
    if (stopped) {
      return;
    }
    core.tick(monotonicMicros(), runtime.nowMicros());
    steer();
    if (runtime.time.monotonicNanos() - nextReportNanos >= 0) {
      report();
    }
  }

  private long monotonicMicros() {
    return runtime.time.monotonicNanos() / 1000;
  }

  private void input(Function<dev.guidon.stream.LogFollower, List<Output<ScopeState>>> input) {
    if (!stopped) {
      core.input(input, runtime.nowMicros());
      steer();
      tellListeners();
    }
  }

  // What the core wants done.

  @Override
  public void carryOut(Output<ScopeState> output) {
    switch (output) {
      case Output.Connect<ScopeState> connect -> {
        begin(connect.connection(), connect.upstream());
        after(connect.afterMillis(), () -> connect(connect));
      }
      case Output.Poll<ScopeState> poll -> {
        begin(poll.connection(), poll.upstream());
        after(poll.afterMillis(), () -> poll(poll));
      }
      case Output.Disconnect<ScopeState> disconnect -> {
        if (disconnect.connection() == connection) {
          closeLink();
        }
      }
      case Output.FetchSnapshot<ScopeState> fetch -> fetchSnapshot(fetch);
      case Output.FetchBlob<ScopeState> fetch ->
          after(
              fetch.afterMillis(),
              () ->
                  upstream.blob(
                      fetch.upstream(),
                      fetch.hash(),
                      answer -> serial.execute(() -> blobAnswered(fetch.hash(), answer))));
      case Output.BlobArrived<ScopeState> _,
          Output.Applied<ScopeState> _,
          Output.Persist<ScopeState> _,
          Output.PersistSnapshot<ScopeState> _,
          Output.Acknowledge<ScopeState> _,
          Output.EraMoved<ScopeState> _,
          Output.Fresh<ScopeState> _,
          Output.Stale<ScopeState> _,
          Output.Report<ScopeState> _ ->
          throw new IllegalArgumentException(
              "output: " + output + " (expected: one that needs a network)");
    }
  }

  private void begin(long newConnection, int newServer) {
    closeLink();
    connection = newConnection;
    server = newServer;
  }

  private void closeLink() {
    Upstream.Link open = link;
    link = null;
    paused = false;
    if (open != null) {
      open.close();
    }
  }

  private void after(long millis, Runnable task) {
    if (millis <= 0) {
      serial.execute(task);
    } else {
      vertx.setTimer(millis, _ -> serial.execute(task));
    }
  }

  private void connect(Output.Connect<ScopeState> connect) {
    if (!stopped && connect.connection() == connection) {
      link =
          upstream.stream(
              connect.upstream(), id(), connect.resume(), new StreamListener(connect.connection()));
    }
  }

  private void poll(Output.Poll<ScopeState> poll) {
    if (!stopped && poll.connection() == connection) {
      upstream.poll(
          poll.upstream(),
          id(),
          poll.from(),
          answer -> serial.execute(() -> polled(poll.connection(), answer)));
    }
  }

  private void polled(long polledConnection, Upstream.Answer answer) {
    switch (answer) {
      case Upstream.Answer.Failed failed when failed.status() == 0 ->
          input(f -> f.disconnected(polledConnection, failed.detail(), monotonicMicros()));
      case Upstream.Answer.Failed failed ->
          input(f ->
              f.rejected(
                  polledConnection, failed.status(), failed.retryAfterMillis(), monotonicMicros()));
      case Upstream.Answer.Body body when body.isStream() ->
          input(f -> f.received(polledConnection, body.bytes(), monotonicMicros()));
      case Upstream.Answer.Body body -> {
        HeadFrame head = head(body.head());
        input(f -> f.polled(polledConnection, body.bytes(), head, monotonicMicros()));
      }
    }
  }

  private static @Nullable HeadFrame head(@Nullable String text) {
    try {
      return text == null ? null : HeadFrame.parse(text);
    } catch (StreamException _) {
      return null; // The entries count; how fresh they are stays unknown.
    }
  }

  private void fetchSnapshot(Output.FetchSnapshot<ScopeState> fetch) {
    upstream.snapshot(
        fetch.upstream(),
        id(),
        fetch.ref().url(),
        answer ->
            serial.execute(() -> {
              switch (answer) {
                case Upstream.Answer.Body body ->
                    input(f ->
                        f.snapshotFetched(fetch.connection(), body.bytes(), monotonicMicros()));
                case Upstream.Answer.Failed failed ->
                    input(f ->
                        f.snapshotFailed(
                            fetch.connection(),
                            failed.status(),
                            failed.retryAfterMillis(),
                            monotonicMicros()));
              }
            }));
  }

  private void blobAnswered(Hash hash, Upstream.Answer answer) {
    switch (answer) {
      case Upstream.Answer.Body body -> {
        core.blobFetched(hash, body.bytes(), monotonicMicros(), runtime.nowMicros());
        steer();
        tellListeners();
      }
      case Upstream.Answer.Failed failed when failed.status() == 404 || failed.status() == 410 ->
          input(f -> f.blobMissing(hash, monotonicMicros()));
      case Upstream.Answer.Failed _ -> input(f -> f.blobFailed(hash, monotonicMicros()));
    }
  }

  /** Lets the socket run or rest, by what is already waiting. */
  private void steer() {
    Upstream.Link open = link;
    if (open == null) {
      return;
    }
    boolean full = !core.wantsMore() || queuedBytes.get() > QUEUED_BYTES_MAX;
    if (full && !paused) {
      paused = true;
      open.pause();
    } else if (!full && paused) {
      paused = false;
      open.resume();
    }
  }

  /** Brings what one connection says onto the scope's thread. */
  private final class StreamListener implements Upstream.Listener {
    private final long id;

    StreamListener(long id) {
      this.id = id;
    }

    @Override
    public void connected() {
      serial.execute(() -> input(f -> f.connected(id, monotonicMicros())));
    }

    @Override
    public void received(byte[] chunk) {
      if (queuedBytes.addAndGet(chunk.length) > QUEUED_BYTES_MAX) {
        serial.execute(ScopeDriver.this::steer);
      }
      serial.execute(() -> {
        queuedBytes.addAndGet(-chunk.length);
        input(f -> f.received(id, chunk, monotonicMicros()));
      });
    }

    @Override
    public void rejected(int status, long retryAfterMillis) {
      serial.execute(() -> input(f -> f.rejected(id, status, retryAfterMillis, monotonicMicros())));
    }

    @Override
    public void disconnected(String reason) {
      serial.execute(() -> input(f -> f.disconnected(id, reason, monotonicMicros())));
    }
  }

  @Override
  public void served(long commitMicros) {
    if (commitMicros > 0) {
      runtime.metrics.propagated(id(), runtime.nowMicros() - commitMicros);
    }
    tellListeners();
    planBoundary();
  }

  private void tellListeners() {
    listeners.forEach(listener -> listener.accept(this));
  }

  /**
   * A schedule's beginning or end changes answers without any commit: tell those who wait for
   * changes.
   */
  private void planBoundary() {
    if (boundaryTimer >= 0) {
      vertx.cancelTimer(boundaryTimer);
      boundaryTimer = -1;
    }
    long now = runtime.nowMicros();
    long next = Long.MAX_VALUE;
    for (RegionView region : core.regions()) {
      next =
          Math.min(
              next, region.isReady() ? region.answers().ruleset().nextBoundaryMicros(now) : next);
    }
    if (next != Long.MAX_VALUE) {
      long millis = Math.clamp((next - now + 999) / 1000, 1, BOUNDARY_MILLIS_MAX);
      boundaryTimer =
          vertx.setTimer(
              millis,
              _ ->
                  serial.execute(() -> {
                    tellListeners();
                    planBoundary();
                  }));
    }
  }

  @Override
  public void acknowledged(Position position) {
    // Whoever waits for this commit to arrive everywhere should not wait for the next regular
    // report.
    long soon = runtime.time.monotonicNanos() + SOON_MILLIS * 1_000_000;
    if (nextReportNanos - soon > 0) {
      nextReportNanos = soon;
      after(SOON_MILLIS + random.nextInt(50), this::tick);
    }
  }

  @Override
  public void told(String code, String detail) {
    LOG.atInfo()
        .addKeyValue("scope", id().text())
        .addKeyValue("code", code)
        .addKeyValue("detail", detail)
        .log("scope");
  }

  // Reports.

  private long reportPauseNanos() {
    long period = runtime.options.timing().report().toNanos();
    return period - period / 5 + random.nextLong(1 + 2 * period / 5);
  }

  private void report() {
    nextReportNanos = runtime.time.monotonicNanos() + reportPauseNanos();
    if (reporting) {
      return;
    }
    long now = runtime.nowMicros();
    runtime.desk.count(id(), counts.drain(), counts.drainBeyond(), now);
    Position acknowledged = core.acknowledged();
    Report report =
        runtime.desk.drain(
            runtime.self,
            id(),
            runtime.options.region(),
            acknowledged == null ? null : new Report.Applied(acknowledged, /* view= */ null, now),
            core.refusals(),
            now);
    byte[] body = CanonicalJson.bytes(report.json());
    reporting = true;
    long sent = runtime.time.monotonicNanos();
    upstream.report(
        server,
        body,
        answer -> {
          long received = runtime.time.monotonicNanos();
          serial.execute(() -> reported(report, sent, received, answer));
        });
  }

  private void reported(Report report, long sentNanos, long receivedNanos, Upstream.Answer answer) {
    reporting = false;
    switch (answer) {
      case Upstream.Answer.Body body -> {
        try {
          UpstreamReply reply = UpstreamReply.read(body.bytes());
          runtime.ping(sentNanos, receivedNanos, reply);
          long millis = Math.clamp(reply.nextAfterMillis(), 0, REPORT_PAUSE_MILLIS_MAX);
          nextReportNanos = Math.max(nextReportNanos, receivedNanos + millis * 1_000_000);
        } catch (StreamException e) {
          told("REPORT", String.valueOf(e.getMessage()));
        }
      }
      case Upstream.Answer.Failed failed when failed.status() == 400 || failed.status() == 413 ->
          told("REPORT", "refused: " + failed.detail()); // It would be refused again.
      case Upstream.Answer.Failed _ -> runtime.desk.giveBack(report, runtime.nowMicros());
    }
  }

  // What the routes ask for, on any thread.

  ScopeId id() {
    return core.id();
  }

  EvaluationCounts counts() {
    return counts;
  }

  KeyIndex keys() {
    return core.keys();
  }

  @Nullable ScopeState state() {
    return core.state();
  }

  List<Report.Refused> refusals() {
    return core.refusals();
  }

  double revision() {
    ScopeState state = core.state();
    return state == null ? 0 : state.position().revision();
  }

  double era() {
    ScopeState state = core.state();
    return state == null ? 0 : state.position().era();
  }

  int refusalCount() {
    return core.refusals().size();
  }

  double stalenessSeconds() {
    long micros = core.stalenessMicros(runtime.nowMicros());
    return micros == Long.MAX_VALUE ? Double.POSITIVE_INFINITY : micros / 1e6;
  }

  long stalenessMicros(long nowMicros) {
    return core.stalenessMicros(nowMicros);
  }

  /** Whether an unknown key is unknown, and not just newer than what is here. */
  boolean isSynced() {
    return core.isConnected()
        && core.isAtHead()
        && stalenessSeconds() * 1e9 < runtime.options.timing().behindAfter().toNanos();
  }

  @Nullable HeadFrame head() {
    return core.head();
  }

  @Nullable RegionView regionNow(String name) {
    RegionView ready = core.regionNow(name);
    if (ready != null) {
      ready.used(monotonicMicros());
    }
    return ready;
  }

  /**
   * Makes a region ready and hands it on, or {@code null} when there is no room for it.
   *
   * @param forClient whether a client key asks, which anybody may hold
   */
  void region(String name, boolean forClient, Consumer<@Nullable RegionView> then) {
    serial.execute(() -> {
      RegionView made = core.region(name, forClient, monotonicMicros());
      planBoundary();
      then.accept(made);
    });
  }

  @Nullable Snapshot viewSnapshot(Hash hash) {
    for (RegionView region : core.regions()) {
      Snapshot found = region.snapshot(hash);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  boolean refersTo(Hash blob) {
    return core.refersTo(blob);
  }

  /**
   * Reads a blob, or answers {@code false} when too many are asked for: the thread that reads them
   * is the one that takes commits over.
   */
  boolean blob(Hash hash, Consumer<byte @Nullable []> then) {
    if (blobsAsked.incrementAndGet() > BLOBS_ASKED_MAX) {
      blobsAsked.decrementAndGet();
      return false;
    }
    serial.execute(() -> {
      byte[] bytes = null;
      try {
        bytes = core.blob(hash);
      } finally {
        blobsAsked.decrementAndGet();
        then.accept(bytes);
      }
    });
    return true;
  }

  /**
   * Whether a stream at a position needs a whole state that nobody has made yet. If so it is being
   * made, and listeners are told when it is there.
   */
  boolean awaitsWholeState(@Nullable Position at) {
    if (!core.lacksWholeState(at)) {
      return false;
    }
    if (making.compareAndSet(false, true)) {
      Thread.startVirtualThread(() -> {
        try {
          core.wholeState();
        } finally {
          making.set(false);
          tellListeners();
        }
      });
    }
    return true;
  }

  /**
   * The same for the view that a newcomer gets. Views are encoded where they are read while they
   * are small.
   */
  boolean awaitsSnapshot(RegionView region, ViewCursor cursor) {
    if (!region.lacksSnapshot(cursor)) {
      return false;
    }
    region.makeSnapshot(this::tellListeners);
    return true;
  }

  LogSource logSource() {
    return core.logSource();
  }

  @Nullable Snapshot wholeState() {
    return core.wholeState();
  }

  @Nullable Snapshot wholeState(Hash hash) {
    return core.wholeState(hash);
  }
}
