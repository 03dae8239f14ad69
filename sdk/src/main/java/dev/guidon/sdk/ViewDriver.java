package dev.guidon.sdk;

import dev.guidon.engine.Compilation;
import dev.guidon.engine.Refusal;
import dev.guidon.engine.Ruleset;
import dev.guidon.model.Hash;
import dev.guidon.model.KeyChunks;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.View;
import dev.guidon.stream.FollowerSettings;
import dev.guidon.stream.HeadFrame;
import dev.guidon.stream.Output;
import dev.guidon.stream.SnapshotRef;
import dev.guidon.stream.StreamException;
import dev.guidon.stream.ViewFollower;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what a {@link ViewFollower} asks for: one thread with the stream's socket, and the
 * writing behind to disk. Compiles what arrives and puts it in service. Chunks of key lists are
 * fetched by another thread: a server that is slow with them must not hold up what the stream
 * brings.
 */
final class ViewDriver implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(ViewDriver.class);

  /** How long a read waits at most before the follower's clock is looked at again. */
  private static final int READ_MILLIS_MAX = 1000;

  /** The same while another thread may bring something at any moment. */
  private static final int READ_MILLIS_MAX_FETCHING = 20;

  /** Chunks that come late come in flocks, and each would compile their list again. */
  private static final long RECOMPILE_MICROS = 200_000;

  private static final int ANSWER_MILLIS_MAX = 10_000;
  private static final long TICK_MICROS = 1_000_000;
  private static final long PROBE_BACKOFF_MILLIS = 250;
  private static final long PROBE_BACKOFF_MILLIS_CAP = 30_000;
  private static final int HEADER_LINE_BYTES_MAX = 64 * 1024;

  private final Settings settings;
  private final FollowerSettings following;
  private final Wire wire;
  private final Serving serving;
  private final CorrectedClock clock;
  private final @Nullable Cache cache;
  private final Chunks chunks;
  private final Housekeeper fetcher;
  private final EraMoves onEraMoved;
  private final Runnable onStale;
  private final Runnable onFatal;

  /** What the fetching thread has brought, to be dealt with by this one. */
  private final Queue<Runnable> brought = new ConcurrentLinkedQueue<>();

  private final AtomicInteger fetching = new AtomicInteger();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition woken = lock.newCondition();
  private volatile boolean stopping;

  private @Nullable ViewFollower follower;
  private Wire.@Nullable Exchange stream;
  private long streamConnection;
  private @Nullable Due attempt;
  private @Nullable Due snapshotFetch;
  private long recompileAtMicros = Long.MAX_VALUE;
  private int readMillisMax = READ_MILLIS_MAX;
  private int refusals;
  private final Map<Integer, String> etags = new HashMap<>();
  private final byte[] buffer = new byte[32 * 1024];
  private @Nullable View uninstalled;
  private final List<Runnable> unwritten = new ArrayList<>();
  private long lastTickMicros = Long.MIN_VALUE;

  private volatile int upstream;
  private volatile boolean connected;
  private volatile long headReadAtMicros = -1;

  ViewDriver(
      Settings settings,
      FollowerSettings following,
      Wire wire,
      Serving serving,
      CorrectedClock clock,
      @Nullable Cache cache,
      Housekeeper fetcher,
      EraMoves onEraMoved,
      Runnable onStale,
      Runnable onFatal) {
    this.settings = settings;
    this.following = following;
    this.wire = wire;
    this.serving = serving;
    this.clock = clock;
    this.cache = cache;
    this.chunks = new Chunks(cache == null ? null : cache.disk());
    this.fetcher = fetcher;
    this.onEraMoved = onEraMoved;
    this.onStale = onStale;
    this.onFatal = onFatal;
  }

  /** Who is told that the log was restored from a backup. */
  interface EraMoves {
    void moved(ScopeId scope, Position from, Position to, long dropped);
  }

  /** Something to begin at a monotonic time. */
  private record Due(long atMicros, Runnable action) {}

  // What other threads ask.

  /** The edge that answered last. */
  URI upstream() {
    return settings.urls().get(upstream);
  }

  boolean isConnected() {
    return connected;
  }

  long headReadAtMicros() {
    return headReadAtMicros;
  }

  void stop() {
    lock.lock();
    try {
      stopping = true;
      woken.signalAll();
    } finally {
      lock.unlock();
    }
  }

  // Before the thread.

  /** Puts what is on disk in service, if that can be done. */
  void startFromDisk() {
    try {
      startFrom(cache);
    } catch (RuntimeException | StackOverflowError e) {
      // The application is being started, and must not fail because of an old file.
      log.warn("What is on disk cannot be put in service; starting without.", e);
    }
  }

  private void startFrom(@Nullable Cache cache) {
    View kept = cache == null ? null : cache.load();
    if (kept == null) {
      return;
    }
    ViewFollower starting = follow(new ViewHeader(kept.scope(), kept.region()), kept);
    install(kept);
    publishAge(starting);
    serving.ready();
    serving.stale("started from disk; no server heard yet");
  }

  private ViewFollower follow(ViewHeader whose, @Nullable View start) {
    ViewFollower made =
        new ViewFollower(
            whose.scope(),
            whose.region(),
            start,
            following.withUpstreams(settings.urls().size()),
            chunks::has,
            settings.randomness());
    follower = made;
    return made;
  }

  // The thread.

  @Override
  public void run() {
    try {
      ViewFollower ours = follower == null ? probe() : follower;
      if (ours != null) {
        carryOut(ours.start(monotonic()));
        askForWhatIsLost(ours);
        while (!stopping) {
          step(ours);
        }
      }
    } finally {
      closeStream();
      if (cache != null) {
        cache.close();
      }
    }
  }

  private void step(ViewFollower ours) {
    try {
      tick(ours);
      runDue();
      Wire.Exchange open = stream;
      if (open != null && ours.wantsMore()) {
        readSome(ours, open);
      } else {
        pause(untilNextDueMicros());
      }
    } catch (RuntimeException | Error e) {
      startOver(ours, e);
    }
  }

  /**
   * A mistake of ours, or a machine in trouble, must cost a reconnect and not the thread: the
   * application would silently stay on old flags.
   */
  private void startOver(ViewFollower ours, Throwable e) {
    View waiting = uninstalled;
    try {
      log.error(
          "The flag client's stream failed in a way it should not; starting the connection over.",
          e);
      uninstalled = null;
      unwritten.clear();
      closeStream();
      carryOut(ours.disconnected(streamConnection, "internal error", monotonic()));
    } catch (RuntimeException | Error again) {
      log.error("The flag client's connection cannot be started over yet.", again);
    }
    if (uninstalled == null) {
      // The follower stands at it and will not be sent it again: it is tried again with each tick.
      uninstalled = waiting;
    }
    pauseFor(TICK_MICROS);
  }

  private void tick(ViewFollower ours) {
    long now = monotonic();
    if (now - lastTickMicros >= TICK_MICROS || lastTickMicros == Long.MIN_VALUE) {
      lastTickMicros = now;
      carryOut(ours.tick(now));
      askForWhatIsLost(ours);
      wire.endHangingWrites();
      publishAge(ours);
    }
  }

  private void publishAge(ViewFollower ours) {
    long now = clock.nowMicros();
    long age = ours.stalenessMicros(now);
    headReadAtMicros = age == Long.MAX_VALUE ? -1 : now - age;
  }

  private void runDue() {
    Due next = attempt;
    if (next != null && next.atMicros() <= monotonic()) {
      attempt = null;
      next.action().run();
    }
    Due fetch = snapshotFetch;
    if (fetch != null && !stopping) {
      snapshotFetch = null;
      fetch.action().run();
    }
    takeWhatWasBrought();
    if (recompileAtMicros <= monotonic()) {
      recompile();
    }
  }

  private void takeWhatWasBrought() {
    for (Runnable one = brought.poll(); one != null && !stopping; one = brought.poll()) {
      one.run();
    }
  }

  private long untilNextDueMicros() {
    long next = Math.min(monotonic() + TICK_MICROS, recompileAtMicros);
    if (attempt != null) {
      next = Math.min(next, attempt.atMicros());
    }
    return snapshotFetch == null ? Math.max(0, next - monotonic()) : 0;
  }

  private void readSome(ViewFollower ours, Wire.Exchange open) {
    long connection = streamConnection;
    try {
      listenAsOftenAsNeeded(open);
      int n = open.body().read(buffer);
      if (n < 0) {
        lost();
        carryOut(ours.disconnected(connection, "the server closed the stream", monotonic()));
      } else {
        carryOut(ours.received(connection, Arrays.copyOf(buffer, n), monotonic()));
        publishAge(ours);
      }
    } catch (SocketTimeoutException e) {
      // Silence. The follower counts it by its own clock, on the next tick.
      return;
    } catch (IOException e) {
      lost();
      carryOut(ours.disconnected(connection, String.valueOf(e.getMessage()), monotonic()));
    }
  }

  private void listenAsOftenAsNeeded(Wire.Exchange open) throws IOException {
    boolean soon = fetching.get() > 0 || !brought.isEmpty() || recompileAtMicros != Long.MAX_VALUE;
    int wanted = soon ? READ_MILLIS_MAX_FETCHING : READ_MILLIS_MAX;
    if (wanted != readMillisMax) {
      open.readMillisMax(wanted);
      readMillisMax = wanted;
    }
  }

  /** From the fetching thread. */
  private void bring(Runnable what) {
    lock.lock();
    try {
      brought.add(what);
      woken.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void pause(long micros) {
    lock.lock();
    try {
      long left = TimeUnit.MICROSECONDS.toNanos(micros);
      while (!stopping && left > 0 && brought.isEmpty()) {
        left = woken.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      // Only shutdown ends this thread; someone who interrupts it means the same.
      stopping = true;
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private long monotonic() {
    return settings.time().monotonicMicros();
  }

  // Outputs of the follower.

  private void carryOut(List<Output<View>> outputs) {
    outputs.forEach(this::carryOut);
    install();
  }

  private void carryOut(Output<View> output) {
    if (output instanceof Output.Applied<View> applied) {
      uninstalled = applied.state();
    } else if (output instanceof Output.Persist<View> persist) {
      if (cache != null) {
        unwritten.add(() -> cache.append(persist.record(), persist.state()));
      }
    } else if (output instanceof Output.PersistSnapshot<View> persist) {
      if (cache != null) {
        unwritten.add(() -> cache.snapshot(persist.state()));
      }
    } else if (output instanceof Output.Connect<View> connect) {
      closeStream();
      plan(connect.afterMillis(), () -> connect(connect));
    } else if (output instanceof Output.Poll<View> poll) {
      closeStream();
      plan(poll.afterMillis(), () -> poll(poll));
    } else if (output instanceof Output.Disconnect<View>) {
      lost();
    } else if (output instanceof Output.FetchSnapshot<View> fetch) {
      snapshotFetch = new Due(monotonic(), () -> fetchSnapshot(fetch));
    } else if (output instanceof Output.FetchBlob<View> fetch) {
      fetching.incrementAndGet();
      fetcher.later(fetch.afterMillis() * 1000, () -> fetchBlob(fetch.hash(), fetch.upstream()));
    } else {
      tell(output);
    }
  }

  private void tell(Output<View> output) {
    // What became of the state comes before what is said about it.
    install();
    if (output instanceof Output.Fresh<View>) {
      connected = true;
      serving.ready();
    } else if (output instanceof Output.Stale<View> stale) {
      serving.stale(stale.reason());
      onStale.run();
    } else if (output instanceof Output.BlobArrived<View>) {
      if (recompileAtMicros == Long.MAX_VALUE) {
        recompileAtMicros = monotonic() + RECOMPILE_MICROS;
      }
    } else if (output instanceof Output.EraMoved<View> moved) {
      eraMoved(moved);
    } else if (output instanceof Output.Report<View> report) {
      report(report);
    }
    // Acknowledge is for edges: an SDK reports what it serves, not what its disk holds.
  }

  private void report(Output.Report<View> report) {
    switch (report.code()) {
      case UNAUTHORIZED -> unauthorized(report.detail());
      case OTHER_LOG -> serving.error("the server serves another log: " + report.detail());
      case CORRUPT, GAP, CHAIN_BROKEN, VIEW_MISMATCH, BACKWARDS, BLOB_MISSING, SNAPSHOT_FAILED ->
          log.warn("Flag stream, {}: {}", report.code(), report.detail());
      case CONNECTION_LOST, GOODBYE, POLLING ->
          log.info("Flag stream, {}: {}", report.code(), report.detail());
    }
  }

  private void eraMoved(Output.EraMoved<View> moved) {
    log.warn(
        "The log was recovered: moved from {} to {}; {} revisions seen here are not part of it.",
        moved.from(),
        moved.to(),
        moved.dropped());
    View own = follower == null ? null : follower.state();
    if (own != null) {
      onEraMoved.moved(own.scope(), moved.from(), moved.to(), moved.dropped());
    }
    serving.eraMoved(moved.from(), moved.to(), moved.dropped());
  }

  /** One server may be wrong about a key. When all have refused it in a row, it is refused. */
  private void unauthorized(String detail) {
    refusals++;
    if (refusals < settings.urls().size()) {
      log.warn("One of the servers refused the key: {}", detail);
    } else if (serving.live() == null) {
      serving.fatal("the server refused the key: " + detail);
      stopping = true;
      onFatal.run();
    } else {
      serving.error("the server refuses the key: " + detail);
    }
  }

  private void plan(long afterMillis, Runnable action) {
    attempt = new Due(monotonic() + afterMillis * 1000, action);
  }

  /** The stream is gone, and not because a poll or another stream takes its place. */
  private void lost() {
    connected = false;
    closeStream();
  }

  private void closeStream() {
    Wire.Exchange open = stream;
    stream = null;
    if (open != null) {
      open.close();
    }
  }

  // Serving.

  private void install() {
    View next = uninstalled;
    if (next != null) {
      install(next);
      uninstalled = null;
      ViewFollower ours = follower;
      if (ours != null && !ours.isWaiting()) {
        // What waits may have fetched chunks that the view does not know yet.
        chunks.prune(next);
      }
    }
    List<Runnable> writes = List.copyOf(unwritten);
    unwritten.clear();
    writes.forEach(Runnable::run);
  }

  private void install(View view) {
    Serving.Live before = serving.live();
    Compilation compilation =
        Ruleset.compile(view, chunks, before == null ? null : before.ruleset());
    serving.install(compilation);
    if (!compilation.refusals().isEmpty()) {
      log.warn(
          "At {} refused, and the last usable version in its place: {}",
          view.position(),
          compilation.refusals());
    }
    if (before != null) {
      serving.tellChanged(compilation.changedFlags());
    }
    if (compilation.refusals().stream().anyMatch(r -> r.code().equals(Refusal.BLOB_MISSING))) {
      chunksAreMissing = true;
    }
  }

  private void recompile() {
    recompileAtMicros = Long.MAX_VALUE;
    Serving.Live current = serving.live();
    if (current != null) {
      install(current.ruleset().view());
    }
  }

  /**
   * The disk may have lost chunks of what is in service. The follower knows only what it applied,
   * and has to be told.
   */
  private void askForWhatIsLost(ViewFollower ours) {
    View state = ours.state();
    if (!chunksAreMissing || state == null) {
      return;
    }
    chunksAreMissing = false;
    Set<Hash> lost = new TreeSet<>();
    for (Hash hash : Documents.chunks(state)) {
      if (!chunks.has(hash)) {
        lost.add(hash);
      }
    }
    carryOut(ours.blobsLost(lost));
  }

  private boolean chunksAreMissing;

  // Requests.

  private void connect(Output.Connect<View> connect) {
    ViewFollower ours = follower;
    if (ours == null) {
      return;
    }
    Map<String, String> headers = headers();
    headers.put("Accept", "text/event-stream");
    headers.put("Cache-Control", "no-store");
    if (connect.resume() != null) {
      headers.put("Last-Event-ID", connect.resume().text());
    }
    try {
      Wire.Exchange opened =
          wire.send(
              Wire.Request.get(viewUri(connect.upstream(), null), headers, ANSWER_MILLIS_MAX));
      if (opened.status() != 200) {
        opened.close();
        connected = false;
        carryOut(
            ours.rejected(
                connect.connection(), opened.status(), retryAfterMillis(opened), monotonic()));
        return;
      }
      opened.stream(READ_MILLIS_MAX);
      readMillisMax = READ_MILLIS_MAX;
      refusals = 0;
      stream = opened;
      streamConnection = connect.connection();
      upstream = connect.upstream();
      connected = true;
      carryOut(ours.connected(connect.connection(), monotonic()));
    } catch (IOException e) {
      connected = false;
      carryOut(ours.disconnected(connect.connection(), told(e), monotonic()));
    }
  }

  private void poll(Output.Poll<View> poll) {
    ViewFollower ours = follower;
    if (ours == null) {
      return;
    }
    Map<String, String> headers = headers();
    headers.put("Accept", "application/x-ndjson");
    headers.put("Accept-Encoding", "gzip");
    String etag = poll.from() == null ? null : etags.get(poll.upstream());
    if (etag != null) {
      headers.put("If-None-Match", etag);
    }
    try (Wire.Exchange answer =
        wire.send(
            Wire.Request.get(viewUri(poll.upstream(), poll.from()), headers, ANSWER_MILLIS_MAX))) {
      int status = answer.status();
      if (status != 200 && status != 204 && status != 304) {
        connected = false;
        carryOut(ours.rejected(poll.connection(), status, retryAfterMillis(answer), monotonic()));
        return;
      }
      byte[] body = status == 200 ? body(answer, following.limits().snapshotBytesMax()) : null;
      String head = answer.header(HeadFrame.HEADER.toLowerCase(java.util.Locale.ROOT));
      upstream = poll.upstream();
      refusals = 0;
      connected = true;
      rememberEtag(poll.upstream(), answer);
      carryOut(
          ours.polled(
              poll.connection(), body, head == null ? null : HeadFrame.parse(head), monotonic()));
      publishAge(ours);
    } catch (IOException | StreamException e) {
      connected = false;
      carryOut(ours.disconnected(poll.connection(), told(e), monotonic()));
    }
  }

  private void rememberEtag(int of, Wire.Exchange answer) {
    String etag = answer.header("etag");
    if (etag == null) {
      etags.remove(of);
    } else {
      etags.put(of, etag);
    }
  }

  private void fetchSnapshot(Output.FetchSnapshot<View> fetch) {
    ViewFollower ours = follower;
    if (ours == null) {
      return;
    }
    SnapshotRef ref = fetch.ref();
    Map<String, String> headers = headers();
    headers.put("Accept-Encoding", "gzip");
    try (Wire.Exchange answer =
        wire.send(Wire.Request.get(uri(fetch.upstream(), ref.url()), headers, ANSWER_MILLIS_MAX))) {
      if (answer.status() == 200) {
        byte[] bytes = body(answer, following.limits().snapshotBytesMax());
        carryOut(ours.snapshotFetched(fetch.connection(), bytes, monotonic()));
        publishAge(ours);
      } else {
        carryOut(
            ours.snapshotFailed(
                fetch.connection(), answer.status(), retryAfterMillis(answer), monotonic()));
      }
    } catch (IOException e) {
      log.info("A snapshot of the flags could not be fetched: {}", told(e));
      carryOut(
          ours.snapshotFailed(
              fetch.connection(), /* status= */ 0, /* retryAfterMillis= */ -1, monotonic()));
    }
  }

  /** On the fetching thread. */
  private void fetchBlob(Hash hash, int from) {
    int status = 0;
    try {
      status = getBlob(hash, from);
    } finally {
      int became = status;
      bring(() -> blobBrought(hash, became));
      fetching.decrementAndGet();
    }
  }

  private void blobBrought(Hash hash, int status) {
    ViewFollower ours = follower;
    if (ours == null) {
      return;
    }
    if (status == 200) {
      carryOut(ours.blobFetched(hash, monotonic()));
    } else if (status == 404 || status == 410) {
      carryOut(ours.blobMissing(hash, monotonic()));
    } else {
      carryOut(ours.blobFailed(hash, monotonic()));
    }
  }

  /**
   * The status of the answer; 200 only when the bytes are right and kept; 0 when there was none.
   */
  private int getBlob(Hash hash, int from) {
    try (Wire.Exchange answer =
        wire.send(Wire.Request.get(uri(from, "/v1/blobs/" + hash), headers(), ANSWER_MILLIS_MAX))) {
      if (answer.status() != 200) {
        return answer.status();
      }
      byte[] bytes = body(answer, KeyChunks.CHUNK_BYTES_MAX);
      if (!Hash.of(bytes).equals(hash)) {
        log.warn("Chunk {} came with other bytes; it is fetched again.", hash);
        return 0;
      }
      chunks.put(hash, bytes);
      return 200;
    } catch (IOException e) {
      log.info("Chunk {} could not be fetched: {}", hash, told(e));
      return 0;
    }
  }

  private static byte[] body(Wire.Exchange answer, int max) throws IOException {
    if (!"gzip".equals(answer.header("content-encoding"))) {
      return answer.bytes(max);
    }
    try (GZIPInputStream in = new GZIPInputStream(answer.body(), 16 * 1024)) {
      byte[] bytes = in.readNBytes(max);
      if (bytes.length == max && in.read() >= 0) {
        throw new IOException("body of more than " + max + " bytes");
      }
      return bytes;
    }
  }

  private static long retryAfterMillis(Wire.Exchange answer) {
    String text = answer.header("retry-after");
    boolean seconds =
        text != null
            && !text.isEmpty()
            && text.length() <= 6
            && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return seconds && text != null ? Long.parseLong(text) * 1000 : -1;
  }

  private Map<String, String> headers() {
    return Remote.headers(settings.key());
  }

  private URI viewUri(int of, @Nullable Position from) {
    List<String> query = new ArrayList<>();
    String region = follower == null ? settings.region() : regionOf(follower);
    if (region != null) {
      query.add("region=" + URLEncoder.encode(region, StandardCharsets.UTF_8));
    }
    if (from != null) {
      query.add("from=" + URLEncoder.encode(from.text(), StandardCharsets.UTF_8));
    }
    return uri(of, "/v1/view" + (query.isEmpty() ? "" : "?" + String.join("&", query)));
  }

  /** The region is kept once it is known: another edge must not change it. */
  private @Nullable String regionOf(ViewFollower ours) {
    View state = ours.state();
    if (state != null) {
      return state.region();
    }
    return learnedRegion == null ? settings.region() : learnedRegion;
  }

  private @Nullable String learnedRegion;

  private URI uri(int of, String pathAndQuery) {
    return URI.create(settings.urls().get(of) + pathAndQuery);
  }

  private static String told(Exception e) {
    return e.getClass().getSimpleName() + ": " + e.getMessage();
  }

  // The first start of all.

  /**
   * Asks the servers, one after the other, whose view the key opens: only they know its
   * environment, and the region where none is configured. {@code null} when the client ends before
   * that is known.
   */
  private @Nullable ViewFollower probe() {
    for (int attempts = 0; !stopping; attempts++) {
      int of = attempts % settings.urls().size();
      try {
        ViewHeader header = probe(of);
        if (header != null) {
          upstream = of;
          learnedRegion = header.region();
          return follow(header, /* start= */ null);
        }
      } catch (IOException | RuntimeException e) {
        log.info("No answer yet from {}: {}", settings.urls().get(of), told(e));
      }
      int round = Math.min(attempts / settings.urls().size(), 20);
      long window = Math.min(PROBE_BACKOFF_MILLIS << round, PROBE_BACKOFF_MILLIS_CAP);
      pauseFor(settings.randomness().nextLong(window + 1) * 1000);
    }
    return null;
  }

  private void pauseFor(long micros) {
    long until = monotonic() + micros;
    for (long left = micros; left > 0 && !stopping; left = until - monotonic()) {
      pause(Math.min(left, TICK_MICROS));
    }
  }

  private @Nullable ViewHeader probe(int of) throws IOException {
    Map<String, String> headers = headers();
    headers.put("Accept", "application/x-ndjson");
    try (Wire.Exchange answer =
        wire.send(Wire.Request.get(viewUri(of, null), headers, ANSWER_MILLIS_MAX))) {
      if (answer.status() == 401 || answer.status() == 403) {
        unauthorized("status " + answer.status());
        return null;
      }
      refusals = 0;
      if (answer.status() != 200) {
        throw new IOException("status " + answer.status() + " (expected: 200)");
      }
      ViewHeader header = ViewHeader.of(firstLine(answer));
      String wanted = settings.region();
      if (wanted != null && !wanted.equals(header.region())) {
        throw new IOException("region " + header.region() + " (expected: " + wanted + ")");
      }
      return header;
    }
  }

  private static String firstLine(Wire.Exchange answer) throws IOException {
    byte[] line = new byte[HEADER_LINE_BYTES_MAX];
    int length = 0;
    while (length < line.length) {
      int n = answer.body().read(line, length, line.length - length);
      if (n < 0) {
        return Cache.firstLine(Arrays.copyOf(line, length), 0);
      }
      for (int i = length; i < length + n; i++) {
        if (line[i] == '\n') {
          return Cache.firstLine(line, 0);
        }
      }
      length += n;
    }
    throw new IOException(
        "first line of more than " + line.length + " bytes (expected: a view header)");
  }
}
