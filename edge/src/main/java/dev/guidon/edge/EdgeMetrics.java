package dev.guidon.edge;

import dev.guidon.engine.Outcome;
import dev.guidon.model.ScopeId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What an edge counts and times. Labels come from small closed sets; unit keys and contexts never
 * become labels.
 */
final class EdgeMetrics {
  private static final int FLAG_SERIES_MAX = 1_000;

  private final MeterRegistry registry;
  private final boolean flagLabels;
  private final Map<EvaluationKey, Counter> evaluations = new ConcurrentHashMap<>();
  private final Map<FlagKey, Counter> flagEvaluations = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> streams = new ConcurrentHashMap<>();
  private final Map<RequestKey, Counter> requests = new ConcurrentHashMap<>();
  private volatile @Nullable Counter singleAnswered;

  EdgeMetrics(MeterRegistry registry, String version, boolean flagLabels) {
    this.registry = registry;
    this.flagLabels = flagLabels;
    Gauge.builder("guidon.build.info", () -> 1)
        .tags("version", version, "java", Runtime.version().toString())
        .description("Always 1; the labels tell what runs")
        .register(registry);
  }

  private record EvaluationKey(String scope, String reason, String error) {}

  private record FlagKey(String scope, String flag, String variant, String reason) {}

  private record RequestKey(String route, int status) {}

  void evaluated(String scope, String flag, Outcome outcome) {
    evaluations(scope, outcome).increment();
    if (flagLabels) {
      countFlag(scope, flag, outcome);
    }
  }

  /** Whether flags have series of their own, so that {@link #evaluations} is not all. */
  boolean hasFlagLabels() {
    return flagLabels;
  }

  /** The series of an outcome, for those who count it often. */
  Counter evaluations(String scope, Outcome outcome) {
    String error = outcome.error() == null ? "none" : outcome.error().name();
    var key = new EvaluationKey(scope, outcome.reason().name(), error);
    Counter counter = evaluations.get(key);
    if (counter == null) {
      counter = evaluations.computeIfAbsent(key, this::evaluationCounter);
    }
    return counter;
  }

  private Counter evaluationCounter(EvaluationKey key) {
    return Counter.builder("guidon.evaluations")
        .tags("scope", key.scope(), "reason", key.reason(), "error", key.error())
        .description("Evaluations answered over OFREP")
        .register(registry);
  }

  private void countFlag(String scope, String flag, Outcome outcome) {
    String variant = outcome.variant();
    var key = new FlagKey(scope, flag, variant == null ? "" : variant, outcome.reason().name());
    Counter counter = flagEvaluations.get(key);
    if (counter == null && flagEvaluations.size() < FLAG_SERIES_MAX) {
      counter =
          flagEvaluations.computeIfAbsent(
              key,
              k ->
                  Counter.builder("guidon.flag.evaluations")
                      .tags(
                          "scope",
                          k.scope(),
                          "flag",
                          k.flag(),
                          "variant",
                          k.variant(),
                          "reason",
                          k.reason())
                      .description("Evaluations answered over OFREP, per flag; only when asked for")
                      .register(registry));
    }
    if (counter != null) {
      counter.increment();
    }
  }

  void answered(Route route, int status) {
    if (status == 200 && route instanceof Route.OfrepSingle) {
      singleAnswered().increment(); // By far the most.
      return;
    }
    var key = new RequestKey(route.label(), status);
    Counter counter = requests.get(key);
    if (counter == null) {
      counter = requests.computeIfAbsent(key, this::requestCounter);
    }
    counter.increment();
  }

  private Counter singleAnswered() {
    Counter known = singleAnswered;
    if (known == null) {
      known = requestCounter(new RequestKey(new Route.OfrepSingle("-").label(), 200));
      singleAnswered = known; // Registering twice answers the same counter.
    }
    return known;
  }

  private Counter requestCounter(RequestKey key) {
    return Counter.builder("guidon.requests")
        .tags("route", key.route(), "status", Integer.toString(key.status()))
        .description("Requests answered, streams when they open")
        .register(registry);
  }

  /** Adds to the number of open streams of a kind. */
  void streams(String kind, int change) {
    streams
        .computeIfAbsent(
            kind,
            k -> {
              var open = new AtomicLong();
              Gauge.builder("guidon.streams", open, AtomicLong::get)
                  .tags("kind", k)
                  .description("Open event streams")
                  .register(registry);
              return open;
            })
        .addAndGet(change);
  }

  /** Publishes numbers of a scope that are read when someone looks. */
  void scope(ScopeId scope, ScopeDriver driver) {
    gauge(
        "guidon.state.revision",
        "Revision of the state that is served",
        scope,
        driver,
        ScopeDriver::revision);
    gauge("guidon.state.era", "Era of the state that is served", scope, driver, ScopeDriver::era);
    gauge(
        "guidon.staleness",
        "Age of the last linearizable look at the log's head",
        scope,
        driver,
        ScopeDriver::stalenessSeconds,
        "seconds");
    gauge(
        "guidon.refusals",
        "Entities that this edge could not take over",
        scope,
        driver,
        ScopeDriver::refusalCount);
    gauge(
        "guidon.synced",
        "1 while the upstream is connected and nothing is missing",
        scope,
        driver,
        d -> d.isSynced() ? 1 : 0);
  }

  private void gauge(
      String name,
      String text,
      ScopeId scope,
      ScopeDriver driver,
      ToDoubleFunction<ScopeDriver> read) {
    gauge(name, text, scope, driver, read, null);
  }

  private void gauge(
      String name,
      String text,
      ScopeId scope,
      ScopeDriver driver,
      ToDoubleFunction<ScopeDriver> read,
      @Nullable String unit) {
    Gauge.builder(name, driver, read)
        .tags(Tags.of("scope", scope.text()))
        .description(text)
        .baseUnit(unit)
        .register(registry);
  }

  /** From the time of a commit to the moment at which this edge serves it. */
  void propagated(ScopeId scope, long micros) {
    Timer.builder("guidon.propagation")
        .tags("scope", scope.text())
        .description("From the time of a commit until this edge served it")
        .serviceLevelObjectives(
            Duration.ofMillis(5),
            Duration.ofMillis(10),
            Duration.ofMillis(25),
            Duration.ofMillis(50),
            Duration.ofMillis(100),
            Duration.ofMillis(250),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofMinutes(5))
        .register(registry)
        .record(Duration.ofNanos(Math.max(0, micros) * 1000));
  }

  /**
   * The text for Prometheus, or {@code null} when the registry is of another kind. Slow: not on an
   * event loop.
   */
  @Nullable String scrape() {
    return registry instanceof PrometheusMeterRegistry prometheus ? prometheus.scrape() : null;
  }
}
