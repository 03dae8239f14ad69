package dev.guidon.sdk;

import dev.guidon.engine.Context;
import dev.guidon.engine.Decision;
import dev.guidon.engine.Explanation;
import dev.guidon.engine.FlagHandle;
import dev.guidon.engine.Outcome;
import dev.guidon.engine.Ruleset;
import dev.guidon.model.Position;
import dev.guidon.model.Token;
import dev.guidon.model.json.Json;
import dev.guidon.stream.FollowerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides flags in this process. It keeps the ruleset of one environment as its region sees it,
 * follows every change of it, and starts from disk when no server answers.
 *
 * <p>Evaluations are lock-free, wait for nobody and never throw: what goes wrong is the caller's
 * fallback. All methods may be called from any thread. One client per environment is enough for a
 * process; make it once and keep it.
 *
 * <pre>{@code
 * GuidonClient client = GuidonClient.builder().url("https://edge.example").key(key).build();
 * boolean on = client.booleanValue("checkout", Context.of("u1"), false);
 * }</pre>
 */
public final class GuidonClient implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GuidonClient.class);

  private final Serving serving;
  private final Source source;
  private final Tracking tracking;
  private final Redaction redaction;
  private final Duration initTimeout;
  private final AtomicBoolean shutDown = new AtomicBoolean();

  GuidonClient(Serving serving, Source source, Redaction redaction, Duration initTimeout) {
    this.serving = serving;
    this.source = source;
    this.tracking = new Tracking();
    this.redaction = redaction;
    this.initTimeout = initTimeout;
  }

  /** What brings rulesets to a client and tells how old they are. */
  interface Source {
    void start();

    /** Ends every thread; returns when they have ended, at the latest after a second or two. */
    void stop();

    /** Corrected time of this client. */
    long nowMicros();

    /** Log time of the last reading of the log's head that is known here; -1 without any. */
    long headReadAtMicros();

    /** Runs a task later, on a thread that may be used for short work. */
    void later(Duration delay, Runnable task);
  }

  /** What a listener got hold of its registration by. */
  public interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  public static Builder builder() {
    return new Builder();
  }

  /**
   * A client that reads a file once and connects to nothing: a snapshot of a view as the server
   * writes it, or JSON {@code {"flags":[…],"segments":[…],"layers":[…]}} with documents as the API
   * has them.
   *
   * @throws IOException when the file cannot be read or is neither
   */
  public static GuidonClient offline(Path file) throws IOException {
    return OfflineFile.client(file);
  }

  // Evaluation. The fallback is what the caller wants where Guidon has no answer: the flag is
  // unknown or of another
  // type, says "the code default", or the client has no ruleset yet.

  public boolean booleanValue(String flag, Context context, boolean fallback) {
    Outcome outcome = decide(flag, context);
    return outcome == null ? fallback : outcome.booleanValue(fallback);
  }

  /** The fallback stands in for numbers that are not whole. */
  public long longValue(String flag, Context context, long fallback) {
    Outcome outcome = decide(flag, context);
    return outcome == null ? fallback : outcome.longValue(fallback);
  }

  public double doubleValue(String flag, Context context, double fallback) {
    Outcome outcome = decide(flag, context);
    return outcome == null ? fallback : outcome.doubleValue(fallback);
  }

  public String stringValue(String flag, Context context, String fallback) {
    Outcome outcome = decide(flag, context);
    return outcome == null ? fallback : outcome.stringValue(fallback);
  }

  public Json objectValue(String flag, Context context, Json fallback) {
    Outcome outcome = decide(flag, context);
    return outcome == null ? fallback : outcome.objectValue(fallback);
  }

  /**
   * The whole answer: value, variant, reason, rule, bucket. {@code null} while there is no ruleset.
   */
  public @Nullable Decision decision(String flag, Context context) {
    return withBucket(decide(flag, context), context);
  }

  // The same by handles: a flag that is asked for again and again is looked up once a ruleset.

  public boolean booleanValue(FlagHandle flag, Context context, boolean fallback) {
    Outcome outcome = decide(flag, context);
    return outcome == null ? fallback : outcome.booleanValue(fallback);
  }

  public long longValue(FlagHandle flag, Context context, long fallback) {
    Outcome outcome = decide(flag, context);
    return outcome == null ? fallback : outcome.longValue(fallback);
  }

  public double doubleValue(FlagHandle flag, Context context, double fallback) {
    Outcome outcome = decide(flag, context);
    return outcome == null ? fallback : outcome.doubleValue(fallback);
  }

  public String stringValue(FlagHandle flag, Context context, String fallback) {
    Outcome outcome = decide(flag, context);
    return outcome == null ? fallback : outcome.stringValue(fallback);
  }

  public Json objectValue(FlagHandle flag, Context context, Json fallback) {
    Outcome outcome = decide(flag, context);
    return outcome == null ? fallback : outcome.objectValue(fallback);
  }

  public @Nullable Decision decision(FlagHandle flag, Context context) {
    return withBucket(decide(flag, context), context);
  }

  private static @Nullable Decision withBucket(@Nullable Outcome outcome, Context context) {
    return outcome == null ? null : new Decision(outcome, Ruleset.bucketOf(outcome, context));
  }

  /**
   * Why a flag answers what it answers, by the evaluator itself. Not counted. {@code null} while
   * there is no ruleset.
   */
  public @Nullable Explanation explain(String flag, Context context) {
    try {
      return serving.explain(flag, context);
    } catch (RuntimeException | StackOverflowError e) {
      logFailure(flag, e);
      return null;
    }
  }

  private @Nullable Outcome decide(String flag, Context context) {
    try {
      return serving.decide(flag, context);
    } catch (RuntimeException | StackOverflowError e) {
      // The engine is total. This stands against its mistakes, against a context whose lists and
      // maps misbehave, and
      // against null where none belongs: a flag must not be able to end a request of the
      // application.
      logFailure(flag, e);
      return null;
    }
  }

  private @Nullable Outcome decide(FlagHandle flag, Context context) {
    try {
      return serving.decide(flag, context);
    } catch (RuntimeException | StackOverflowError e) {
      logFailure(String.valueOf(flag), e);
      return null;
    }
  }

  /** By a ruleset that was in service a moment ago. */
  @Nullable Outcome decide(Serving.Live live, String flag, Context context) {
    try {
      return serving.decide(live, flag, context);
    } catch (RuntimeException | StackOverflowError e) {
      logFailure(flag, e);
      return null;
    }
  }

  private static void logFailure(String flag, Throwable e) {
    log.warn("Evaluation of flag \"{}\" failed; the caller's fallback stands.", flag, e);
  }

  // State.

  /** Whether there is a ruleset, fresh or not. */
  public boolean isReady() {
    return serving.live() != null && status() != ClientStatus.SHUT_DOWN;
  }

  public ClientStatus status() {
    return serving.status();
  }

  /** Waits for the first ruleset as long as was configured; from disk it is there at once. */
  public ClientStatus awaitReady() {
    return awaitReady(initTimeout);
  }

  public ClientStatus awaitReady(Duration timeout) {
    return serving.awaitFirst(timeout);
  }

  /** Where in the log the ruleset stands; {@code null} while there is none. */
  public @Nullable Position position() {
    return serving.position();
  }

  /**
   * How long ago the ruleset was known to be the newest: the age of the last reading of the log's
   * head that reached this client. {@code null} when none ever did. It keeps growing while the
   * connection is lost.
   */
  public @Nullable Duration staleness() {
    long readAt = source.headReadAtMicros();
    return readAt < 0
        ? null
        : Duration.of(
            Math.max(0, source.nowMicros() - readAt), java.time.temporal.ChronoUnit.MICROS);
  }

  /**
   * Waits until the ruleset contains a write, given the token that the write returned.
   *
   * @return false when time was up, the waiting thread was interrupted, or the token is of another
   *     scope
   */
  public boolean awaitRevision(Token token, Duration timeout) {
    return serving.awaitRevision(token, timeout);
  }

  /** Tells a listener every event from now on. See {@link ClientEvent} for the thread. */
  public Subscription listen(Consumer<? super ClientEvent> listener) {
    serving.listen(listener);
    return () -> serving.unlisten(listener);
  }

  // Tracking.

  /**
   * Keeps an event for the transport that will carry it, which is yet to come; at most {@value
   * Tracking#MAX}.
   */
  public void track(String name, Context context, @Nullable Double value, Json attributes) {
    try {
      String unit = context.targetingKey();
      tracking.add(
          new TrackedEvent(name, unit, value, redaction.redact(attributes), source.nowMicros()));
    } catch (RuntimeException | StackOverflowError e) {
      // Like an evaluation, tracking must not be able to end a request of the application.
      log.warn("Tracking of \"{}\" failed; the event is dropped.", name, e);
    }
  }

  /** Tracked events that were dropped because too many waited. */
  public long trackedDropped() {
    return tracking.dropped();
  }

  Tracking tracking() {
    return tracking;
  }

  Serving serving() {
    return serving;
  }

  Source source() {
    return source;
  }

  Duration initTimeout() {
    return initTimeout;
  }

  // End.

  /**
   * Reports what was counted, ends every thread and returns within a second or two. May be called
   * again.
   */
  public void shutdown() {
    if (shutDown.compareAndSet(/* expectedValue= */ false, /* newValue= */ true)) {
      source.stop();
      serving.shutDown();
    }
  }

  @Override
  public void close() {
    shutdown();
  }

  /**
   * Collects what a client is told. What is left out is taken from the environment: {@code
   * GUIDON_URL} (several are separated by commas), {@code GUIDON_KEY}, {@code GUIDON_REGION},
   * {@code GUIDON_CACHE_DIR}. One thread.
   */
  public static final class Builder {
    private final List<String> urls = new ArrayList<>();
    private final List<String> privateAttributes = new ArrayList<>();
    private @Nullable String key;
    private @Nullable String region;
    private @Nullable Path cacheDirectory;
    private @Nullable Path trust;
    private @Nullable Path chain;
    private @Nullable Path privateKey;
    private String name = "java";
    private Duration initTimeout = Duration.ofSeconds(5);
    private Duration grace = Duration.ofSeconds(30);
    private Duration reportEvery = Duration.ofSeconds(10);
    private boolean samples = true;
    private TimeSource time = TimeSource.SYSTEM;
    private @Nullable RandomGenerator randomness;
    private FollowerSettings following = FollowerSettings.DEFAULT;
    private UnaryOperator<@Nullable String> environment = System::getenv;

    private Builder() {}

    /**
     * The base address of an edge. Given more than once: further edges, tried in this order when
     * one fails.
     */
    public Builder url(String url) {
      urls.add(url);
      return this;
    }

    /** The SDK key; it names the environment. */
    public Builder key(String key) {
      this.key = key;
      return this;
    }

    /**
     * The region whose view is served, whichever edge serves it. Left out: the first edge's, kept
     * from then on.
     */
    public Builder region(String region) {
      this.region = region;
      return this;
    }

    /**
     * Where to keep the last ruleset. Clients of several keys or regions may share it. Left out:
     * nothing is kept.
     */
    public Builder cacheDirectory(Path directory) {
      this.cacheDirectory = directory;
      return this;
    }

    /**
     * How long {@link #awaitReady()} and the OpenFeature provider's initialization wait; 5 s unless
     * said otherwise.
     */
    public Builder initTimeout(Duration timeout) {
      this.initTimeout = timeout;
      return this;
    }

    /**
     * How long a connection may be lost before {@link ClientEvent.Failed} is told; 30 s unless said
     * otherwise.
     */
    public Builder errorAfter(Duration grace) {
      this.grace = grace;
      return this;
    }

    /** How often counts and samples go upstream; 10 s unless said otherwise. */
    public Builder reportEvery(Duration interval) {
      this.reportEvery = interval;
      return this;
    }

    /** The name of the application in the server's lists. */
    public Builder name(String name) {
      this.name = name;
      return this;
    }

    /**
     * Attributes that never leave this process, not in samples and not with tracked events. A plain
     * name is removed wherever it stands; a name that begins with '/' is a JSON pointer into the
     * context.
     */
    public Builder privateAttributes(String... names) {
      privateAttributes.addAll(List.of(names));
      return this;
    }

    /** Sends no sample contexts at all. */
    public Builder withoutSamples() {
      this.samples = false;
      return this;
    }

    /** Trusts the authorities in a PEM file instead of those of the Java platform. */
    public Builder trust(Path authoritiesPem) {
      this.trust = authoritiesPem;
      return this;
    }

    /**
     * Shows a certificate to the server. The key is unencrypted PKCS#8. Files are read again when
     * they change.
     */
    public Builder identity(Path certificateChainPem, Path privateKeyPem) {
      this.chain = certificateChainPem;
      this.privateKey = privateKeyPem;
      return this;
    }

    public Builder time(TimeSource time) {
      this.time = time;
      return this;
    }

    /** Spreads reconnects and reports. Used from the client's threads only. */
    public Builder randomness(RandomGenerator randomness) {
      this.randomness = randomness;
      return this;
    }

    Builder environment(UnaryOperator<@Nullable String> environment) {
      this.environment = environment;
      return this;
    }

    Builder following(FollowerSettings following) {
      this.following = following;
      return this;
    }

    boolean keepsOnDisk() {
      return new Settings.Reader(environment).cacheDirectory(cacheDirectory) != null;
    }

    /**
     * Makes the client and starts it. With a ruleset on disk it answers from the first call on.
     *
     * @throws IllegalArgumentException saying everything that is missing or wrong
     */
    public GuidonClient build() {
      return build(/* domain= */ "");
    }

    /**
     * @param domain keeps caches of several clients with the same key apart
     */
    GuidonClient build(String domain) {
      GuidonClient client = Remote.client(settings(), following, domain);
      client.source.start();
      return client;
    }

    private Settings settings() {
      Settings.Reader reader = new Settings.Reader(environment);
      Settings settings =
          new Settings(
              reader.urls(urls),
              reader.key(key),
              reader.region(region),
              reader.cacheDirectory(cacheDirectory),
              name,
              initTimeout,
              grace,
              reportEvery,
              List.copyOf(privateAttributes),
              samples,
              new Tls(trust, chain, privateKey),
              time,
              randomness == null ? new java.util.SplittableRandom() : randomness);
      reader.throwIfAny();
      return settings;
    }
  }
}
