package dev.guidon.sdk;

import dev.guidon.engine.Ruleset;
import dev.guidon.stream.FollowerSettings;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rulesets from a server. One thread follows the stream and waits for nothing else; one fetches
 * chunks of key lists; one does what is due from time to time; one tells listeners, so that none of
 * them can hold a change up. All are daemons and end with {@link #stop}.
 */
final class Remote implements GuidonClient.Source {
  private static final Logger log = LoggerFactory.getLogger(Remote.class);
  private static final int CONNECT_MILLIS_MAX = 5_000;
  private static final int FAREWELL_MILLIS_MAX = 500;
  private static final long FAREWELL_ALTOGETHER_MILLIS_MAX = 800;
  private static final long JOIN_NANOS_MAX = 1_500_000_000L;
  private static final long LAST_REPORT_NANOS_MAX = 300_000_000L;
  private static final long LISTENER_NANOS_MAX = 300_000_000L;
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
  private final Housekeeper fetcher;
  private final Housekeeper events;
  private final Thread fetchThread;
  private final Thread eventThread;

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
    this.fetcher = new Housekeeper(settings.time());
    this.events = new Housekeeper(settings.time());
    Cache cache = Cache.open(settings.cacheDirectory(), settings.key(), settings.region(), domain);
    this.driver =
        new ViewDriver(
            settings,
            following,
            wire,
            serving,
            clock,
            cache,
            fetcher,
            reporter::eraMoved,
            this::errorAfterGrace,
            this::stopHelpers);
    this.streamThread = daemon("guidon-stream", driver);
    this.housekeepingThread = daemon("guidon-housekeeping", housekeeper);
    this.fetchThread = daemon("guidon-fetch", fetcher);
    this.eventThread = daemon("guidon-events", events);
    this.epochMicros = clock.nowMicros();
    this.spread = new SplittableRandom(settings.randomness().nextLong());
  }

  static GuidonClient client(Settings settings, FollowerSettings following, String domain) {
    CorrectedClock clock = new CorrectedClock(settings.time());
    Redaction redaction = new Redaction(settings.privateAttributes());
    Samples samples =
        settings.samples()
            ? Samples.of(redaction, new SplittableRandom(settings.randomness().nextLong()))
            : Samples.none();
    Serving serving = new Serving(clock::nowMicros, samples, /* counting= */ true);
    Remote remote = new Remote(settings, following, domain, serving, samples, clock);
    serving.ageOfState(remote::headReadAtMicros);
    serving.tellOn(task -> remote.events.later(0, task));
    return new GuidonClient(serving, remote, redaction, settings.initTimeout());
  }

  private static String clientId(Settings settings) {
    byte[] id = new byte[8];
    settings.randomness().nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  /** The key is refused for good. What is still to be told is told. */
  private void stopHelpers() {
    housekeeper.stop();
    fetcher.stop();
    events.later(0, events::stop);
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
    eventThread.start();
    streamThread.start();
    fetchThread.start();
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
    fetcher.stop();
    if (wasConnected) {
      // A report that is on its way is let through: cut off, its counts would be told again.
      await(housekeepingThread, System.nanoTime() + LAST_REPORT_NANOS_MAX);
    }
    wire.close();
    events.stop();
    long until = System.nanoTime() + JOIN_NANOS_MAX;
    join(streamThread, until);
    join(housekeepingThread, until);
    join(fetchThread, until);
    if (wasConnected && !housekeepingThread.isAlive()) {
      sayFarewell();
    }
    endListening();
  }

  /** A listener may wait for something that will never come. */
  private void endListening() {
    if (!await(eventThread, System.nanoTime() + LISTENER_NANOS_MAX)) {
      eventThread.interrupt();
      join(eventThread, System.nanoTime() + LISTENER_NANOS_MAX);
    }
  }

  private static void join(Thread thread, long untilNanos) {
    if (!await(thread, untilNanos)) {
      log.warn(
          "Thread {} of the flag client is still waiting for something; it ends by itself.",
          thread.getName());
    }
  }

  private static boolean await(Thread thread, long untilNanos) {
    if (thread == Thread.currentThread()) {
      // A listener shuts its own client down; the thread ends when it returns.
      return true;
    }
    try {
      thread.join(Math.max(1, (untilNanos - System.nanoTime()) / 1_000_000));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }

  /**
   * The last counts, if the server takes them at once. On a thread of its own, since a name service
   * that does not answer cannot be interrupted.
   */
  private void sayFarewell() {
    reporter.gather();
    if (!reporter.hasCounts()) {
      return;
    }
    Wire brief = new Wire(settings.tls(), FAREWELL_MILLIS_MAX);
    Thread farewell =
        daemon(
            "guidon-farewell",
            () -> {
              long unused = reporter.send(brief, driver.upstream(), FAREWELL_MILLIS_MAX);
            });
    farewell.start();
    try {
      farewell.join(FAREWELL_ALTOGETHER_MILLIS_MAX);
      brief.close();
      farewell.join(FAREWELL_MILLIS_MAX);
    } catch (InterruptedException e) {
      brief.close();
      Thread.currentThread().interrupt();
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
    try {
      reporter.gather();
      if (driver.isConnected()) {
        wanted = reporter.send(wire, driver.upstream(), Reporter.ANSWER_MILLIS_MAX);
      }
    } finally {
      // Whatever became of this one, others follow.
      planReport(
          Math.min(NEXT_REPORT_MILLIS_MAX, Math.max(settings.reportEvery().toMillis(), wanted)));
    }
  }

  /** Keeps the clock honest and tells of instants that flags name and that have passed. */
  private void checkTime() {
    long now = clock.nowMicros();
    try {
      wire.endHangingWrites();
      if (clock.check()) {
        housekeeper.later(0, this::askTime);
      }
      now = clock.nowMicros();
      Serving.Live live = serving.live();
      if (live != null && now > epochMicros) {
        Ruleset ruleset = live.ruleset();
        if (ruleset.epoch(now) != ruleset.epoch(epochMicros)) {
          serving.tellChanged(ruleset.flagsWithBoundaryIn(epochMicros, now));
        }
      }
    } finally {
      epochMicros = now;
      housekeeper.later(untilNextCheck(serving.live(), now), this::checkTime);
    }
  }

  /** A report brings the server's time back with it. */
  private void askTime() {
    if (driver.isConnected()) {
      reporter.gather();
      long unused = reporter.send(wire, driver.upstream(), Reporter.ANSWER_MILLIS_MAX);
    }
  }

  private static long untilNextCheck(
      Serving.@org.jspecify.annotations.Nullable Live live, long now) {
    long boundary = live == null ? Long.MAX_VALUE : live.ruleset().nextBoundaryMicros(now);
    return boundary - now > CLOCK_CHECK_MICROS
        ? CLOCK_CHECK_MICROS
        : Math.max(1000, boundary - now);
  }
}
