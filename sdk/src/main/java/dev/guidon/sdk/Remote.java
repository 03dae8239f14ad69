package dev.guidon.sdk;

import dev.guidon.engine.Ruleset;
import dev.guidon.stream.FollowerSettings;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rulesets from a server: one thread follows the stream, one does what is due from time to time.
 * Both are daemons and end with {@link #stop}.
 */
final class Remote implements GuidonClient.Source {
  private static final Logger log = LoggerFactory.getLogger(Remote.class);
  private static final int CONNECT_MILLIS_MAX = 5_000;
  private static final int FAREWELL_MILLIS_MAX = 500;
  private static final long JOIN_MILLIS_MAX = 2_000;
  private static final long CLOCK_CHECK_MICROS = 1_000_000;
  private static final long NEXT_REPORT_MILLIS_MAX = 300_000;

  private final Settings settings;
  private final Serving serving;
  private final CorrectedClock clock;
  private final Wire wire;
  private final Reporter reporter;
  private final ViewDriver driver;
  private final Housekeeper housekeeper;
  private final Thread streamThread;
  private final Thread housekeepingThread;
  private final Object reporting = new Object();

  /** Of the housekeeping thread alone; the other one has the generator that was given. */
  private final SplittableRandom spread;

  private long epochMicros;

  private Remote(
      Settings settings,
      FollowerSettings following,
      String domain,
      Serving serving,
      Samples samples,
      CorrectedClock clock) {
    this.settings = settings;
    this.serving = serving;
    this.clock = clock;
    this.wire = new Wire(settings.tls(), CONNECT_MILLIS_MAX);
    this.reporter = new Reporter(settings, clientId(settings), serving, samples, clock);
    this.housekeeper = new Housekeeper(settings.time());
    Cache cache = Cache.open(settings.cacheDirectory(), settings.key(), settings.region(), domain);
    this.driver =
        new ViewDriver(
            settings,
            following,
            wire,
            serving,
            clock,
            cache,
            this::errorAfterGrace,
            housekeeper::stop);
    this.streamThread = daemon("guidon-stream", driver);
    this.housekeepingThread = daemon("guidon-housekeeping", housekeeper);
    this.epochMicros = clock.nowMicros();
    this.spread = new SplittableRandom(settings.randomness().nextLong());
  }

  static GuidonClient client(Settings settings, FollowerSettings following, String domain) {
    CorrectedClock clock = new CorrectedClock(settings.time());
    Redaction redaction = new Redaction(settings.privateAttributes());
    Samples samples = new Samples(redaction, settings.samples());
    Serving serving = new Serving(clock::nowMicros, samples, /* counting= */ true);
    Remote remote = new Remote(settings, following, domain, serving, samples, clock);
    serving.ageOfState(remote::headReadAtMicros);
    return new GuidonClient(serving, remote, redaction, settings.initTimeout());
  }

  private static String clientId(Settings settings) {
    byte[] id = new byte[8];
    settings.randomness().nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  private static Thread daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  static Map<String, String> headers(String key) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Authorization", "Bearer " + key);
    headers.put("User-Agent", "guidon-java/" + Reporter.version());
    return headers;
  }

  @Override
  public void start() {
    driver.startFromDisk();
    streamThread.start();
    housekeepingThread.start();
    errorAfterGrace();
    housekeeper.later(CLOCK_CHECK_MICROS, this::checkTime);
    // Soon, so that the server knows of a new client and the client knows of the time.
    planReport(Math.min(1000, settings.reportEvery().toMillis()));
  }

  @Override
  public void stop() {
    boolean wasConnected = driver.isConnected();
    driver.stop();
    housekeeper.stop();
    wire.close();
    join(streamThread);
    join(housekeepingThread);
    if (wasConnected) {
      sayFarewell();
    }
  }

  private static void join(Thread thread) {
    if (thread == Thread.currentThread()) {
      // A listener shuts its own client down; the thread ends when it returns.
      return;
    }
    try {
      thread.join(JOIN_MILLIS_MAX);
      if (thread.isAlive()) {
        log.warn(
            "Thread {} of the flag client is still waiting for the system; it ends by itself.",
            thread.getName());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The last counts, if the server takes them at once. */
  private void sayFarewell() {
    synchronized (reporting) {
      reporter.gather();
      if (reporter.hasCounts()) {
        try (Wire brief = new Wire(settings.tls(), FAREWELL_MILLIS_MAX)) {
          long unused = reporter.send(brief, driver.upstream(), FAREWELL_MILLIS_MAX);
        }
      }
    }
  }

  @Override
  public long nowMicros() {
    return clock.nowMicros();
  }

  @Override
  public long headReadAtMicros() {
    return driver.headReadAtMicros();
  }

  @Override
  public void later(Duration delay, Runnable task) {
    housekeeper.later(delay.toNanos() / 1000, task);
  }

  // What is due from time to time.

  private void errorAfterGrace() {
    later(
        settings.grace(),
        () -> {
          ClientStatus status = serving.status();
          if (status == ClientStatus.STALE || status == ClientStatus.NOT_READY) {
            serving.error("no server heard for " + settings.grace().toSeconds() + " s");
          }
        });
  }

  private void planReport(long afterMillis) {
    long tenth = afterMillis / 10;
    housekeeper.later((afterMillis - tenth / 2 + spread.nextLong(tenth + 1)) * 1000, this::report);
  }

  private void report() {
    long wanted = 0;
    synchronized (reporting) {
      reporter.gather();
      if (driver.isConnected()) {
        wanted = reporter.send(wire, driver.upstream(), Reporter.ANSWER_MILLIS_MAX);
      }
    }
    planReport(
        Math.min(NEXT_REPORT_MILLIS_MAX, Math.max(settings.reportEvery().toMillis(), wanted)));
  }

  /** Keeps the clock honest and tells of instants that flags name and that have passed. */
  private void checkTime() {
    clock.check();
    long now = clock.nowMicros();
    Serving.Live live = serving.live();
    if (live != null && now > epochMicros) {
      Ruleset ruleset = live.ruleset();
      if (ruleset.epoch(now) != ruleset.epoch(epochMicros)) {
        Set<String> flags = Documents.flagsNamingInstants(ruleset.view(), epochMicros, now);
        serving.tellChanged(flags);
      }
    }
    epochMicros = now;
    housekeeper.later(untilNextCheck(live, now), this::checkTime);
  }

  private static long untilNextCheck(
      Serving.@org.jspecify.annotations.Nullable Live live, long now) {
    long boundary = live == null ? Long.MAX_VALUE : live.ruleset().nextBoundaryMicros(now);
    return boundary - now > CLOCK_CHECK_MICROS
        ? CLOCK_CHECK_MICROS
        : Math.max(1000, boundary - now);
  }
}
