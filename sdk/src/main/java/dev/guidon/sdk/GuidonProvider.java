package dev.guidon.sdk;

import dev.guidon.engine.Context;
import dev.guidon.engine.Outcome;
import dev.guidon.engine.Reason;
import dev.guidon.model.ValueType;
import dev.guidon.model.json.Json;
import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.EventProvider;
import dev.openfeature.sdk.Hook;
import dev.openfeature.sdk.ImmutableMetadata;
import dev.openfeature.sdk.Metadata;
import dev.openfeature.sdk.ProviderEvaluation;
import dev.openfeature.sdk.ProviderEventDetails;
import dev.openfeature.sdk.TrackingEventDetails;
import dev.openfeature.sdk.Value;
import dev.openfeature.sdk.exceptions.FatalError;
import dev.openfeature.sdk.exceptions.GeneralError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Guidon as an OpenFeature provider. {@code initialize} waits for the first ruleset up to the
 * client's time limit; from disk it is there at once, and STALE is told until the server is heard.
 *
 * <pre>{@code
 * OpenFeatureAPI.getInstance().setProviderAndWait(
 *     new GuidonProvider(GuidonClient.builder().url("https://edge.example").key(key)));
 * }</pre>
 */
@SuppressWarnings("rawtypes") // The interface of OpenFeature has raw hooks.
public final class GuidonProvider extends EventProvider {
  static final String NAME = "guidon";

  private static final Logger log = LoggerFactory.getLogger(GuidonProvider.class);

  /** The SDK sets READY just after initialize returns, and gives no sign when it has. */
  private static final Duration AFTER_INITIALIZE = Duration.ofMillis(100);

  private final GuidonClient.@Nullable Builder builder;
  private final boolean describing;
  private final List<Hook> hooks;
  private final ReentrantLock lifecycle = new ReentrantLock();
  private volatile @Nullable GuidonClient client;
  private volatile boolean telling;
  private GuidonClient.@Nullable Subscription subscription;
  private volatile Answered answered = Answered.NOTHING;

  /**
   * Makes its own client when it is initialized, with the domain's own cache directory, and shuts
   * it down.
   */
  public GuidonProvider(GuidonClient.Builder client) {
    this(client, /* given= */ null, /* describing= */ true, List.of());
  }

  private GuidonProvider(
      GuidonClient.@Nullable Builder builder,
      @Nullable GuidonClient given,
      boolean describing,
      List<Hook> hooks) {
    this.builder = builder;
    this.client = given;
    this.describing = describing;
    this.hooks = hooks;
  }

  /** Over a client that exists. Shutting the provider down shuts the client down. */
  public static GuidonProvider of(GuidonClient client) {
    return new GuidonProvider(/* builder= */ null, client, /* describing= */ true, List.of());
  }

  /**
   * The same provider, not yet initialized, whose answers carry only the metadata that the flag
   * itself defines, and not {@code flagSetId}, {@code version}, {@code revision}, {@code ruleId}
   * and {@code bucket}.
   */
  public GuidonProvider withOwnMetadataOnly() {
    return new GuidonProvider(builder, client, /* describing= */ false, hooks);
  }

  /** The same provider, not yet initialized, with hooks that run for each of its evaluations. */
  public GuidonProvider withHooks(List<Hook> added) {
    return new GuidonProvider(builder, client, describing, List.copyOf(added));
  }

  @Override
  public Metadata getMetadata() {
    return () -> NAME;
  }

  @Override
  public List<Hook> getProviderHooks() {
    return hooks;
  }

  /**
   * With a cache on disk a provider belongs to one domain, whose name is part of the cache's place.
   */
  @Override
  public boolean isDomainScoped() {
    return builder != null && builder.keepsOnDisk();
  }

  // Life.

  @Override
  public void initialize(EvaluationContext context) {
    initialize(context, /* domain= */ null);
  }

  @Override
  public void initialize(EvaluationContext context, @Nullable String domain) {
    start(prepare(domain == null ? "" : domain));
  }

  private GuidonClient prepare(String domain) {
    lifecycle.lock();
    try {
      GuidonClient made = client;
      if (made == null && builder != null) {
        made = builder.build(domain);
        client = made;
      }
      if (made == null) {
        throw new GeneralError(
            "the provider was shut down and its client with it (expected: a new provider)");
      }
      if (subscription == null) {
        subscription = made.listen(this::forward);
      }
      return made;
    } finally {
      lifecycle.unlock();
    }
  }

  /** Waits without the lock, so that a shutdown need not wait for it. */
  private void start(GuidonClient made) {
    ClientStatus status = made.awaitReady();
    if (status == ClientStatus.FATAL) {
      throw new FatalError("the server refused the key");
    }
    if (Thread.currentThread().isInterrupted()) {
      // The API is shutting down, and may not ask a provider that was still starting to do so too.
      shutdown();
    }
    if (client != made) {
      throw new GeneralError("shut down while it waited for its first ruleset");
    }
    telling = true;
    if (!made.isReady()) {
      throw new GeneralError(
          "no ruleset within " + made.initTimeout().toMillis() + " ms; the client goes on trying");
    }
    made.source().later(AFTER_INITIALIZE, () -> tellIfStale(made));
  }

  private void tellIfStale(GuidonClient of) {
    if (telling && (of.status() == ClientStatus.STALE || of.status() == ClientStatus.NOT_READY)) {
      forward(new ClientEvent.Stale("started from disk; no server heard yet"));
    }
  }

  /** Spontaneous changes only: what happens within initialize the SDK tells by itself. */
  private void forward(ClientEvent event) {
    if (!telling) {
      return;
    }
    if (event instanceof ClientEvent.Ready) {
      var unused = emitProviderReady(ProviderEventDetails.builder().build());
    } else if (event instanceof ClientEvent.Changed changed) {
      List<String> flags = new ArrayList<>(new TreeSet<>(changed.flags()));
      var unused =
          emitProviderConfigurationChanged(
              ProviderEventDetails.builder().flagsChanged(flags).build());
    } else if (event instanceof ClientEvent.Stale stale) {
      var unused =
          emitProviderStale(ProviderEventDetails.builder().message(stale.reason()).build());
    } else if (event instanceof ClientEvent.Failed failed) {
      var unused =
          emitProviderError(
              ProviderEventDetails.builder()
                  .message(failed.message())
                  .errorCode(failed.fatal() ? ErrorCode.PROVIDER_FATAL : ErrorCode.GENERAL)
                  .build());
    }
  }

  /**
   * Reports what was counted and ends the client's threads. May be called again, and before
   * initialize.
   */
  @Override
  public void shutdown() {
    lifecycle.lock();
    try {
      telling = false;
      if (subscription != null) {
        subscription.close();
        subscription = null;
      }
      GuidonClient ended = client;
      client = null;
      answered = Answered.NOTHING;
      if (ended != null) {
        ended.shutdown();
      }
    } finally {
      lifecycle.unlock();
    }
    super.shutdown();
  }

  // Evaluation.

  @Override
  public ProviderEvaluation<Boolean> getBooleanEvaluation(
      String key, Boolean fallback, EvaluationContext context) {
    return evaluate(
        key,
        fallback,
        context,
        ValueType.BOOLEAN,
        json -> json instanceof Json.Bool b ? b.value() : null);
  }

  @Override
  public ProviderEvaluation<String> getStringEvaluation(
      String key, String fallback, EvaluationContext context) {
    return evaluate(
        key,
        fallback,
        context,
        ValueType.STRING,
        json -> json instanceof Json.Str s ? s.value() : null);
  }

  /** A number that is not whole or not within int is of another type: nothing is rounded. */
  @Override
  public ProviderEvaluation<Integer> getIntegerEvaluation(
      String key, Integer fallback, EvaluationContext context) {
    return evaluate(
        key,
        fallback,
        context,
        ValueType.NUMBER,
        json ->
            json instanceof Json.Num n && n.value() == (int) n.value()
                ? (Integer) (int) n.value()
                : null);
  }

  /**
   * A number that is not whole or beyond 2^53, where doubles have gaps, is of another type: nothing
   * is rounded.
   */
  @Override
  public ProviderEvaluation<Long> getLongEvaluation(
      String key, Long fallback, EvaluationContext context) {
    return evaluate(
        key,
        fallback,
        context,
        ValueType.NUMBER,
        json -> json instanceof Json.Num n && n.isSafeInteger() ? (Long) n.longValue() : null);
  }

  @Override
  public ProviderEvaluation<Double> getDoubleEvaluation(
      String key, Double fallback, EvaluationContext context) {
    return evaluate(
        key,
        fallback,
        context,
        ValueType.NUMBER,
        json -> json instanceof Json.Num n ? n.value() : null);
  }

  @Override
  public ProviderEvaluation<Value> getObjectEvaluation(
      String key, Value fallback, EvaluationContext context) {
    return evaluate(key, fallback, context, ValueType.OBJECT, OpenFeatureContexts::value);
  }

  private <T> ProviderEvaluation<T> evaluate(
      String key,
      T fallback,
      EvaluationContext context,
      ValueType wanted,
      Function<Json, @Nullable T> read) {
    try {
      GuidonClient current = client;
      Serving.Live live = current == null ? null : current.serving().live();
      if (current == null || live == null) {
        return notReady(current, fallback);
      }
      Context asked = OpenFeatureContexts.context(context);
      Outcome outcome = current.decide(live, key, asked);
      if (outcome == null) {
        return error(fallback, ErrorCode.GENERAL, "evaluation failed; the log says why");
      }
      ImmutableMetadata metadata = answered(live).metadata(outcome, asked, describing);
      return evaluation(outcome, fallback, wanted, read, metadata);
    } catch (Exception | Error e) {
      // The SDK would turn an exception into an error too, but a context of the application's own
      // making must not be able to end anything here, whatever it throws.
      OpenFeatureContexts.rethrowIfFatal(e);
      log.warn("Evaluation of flag \"{}\" failed; the caller's default stands.", key, e);
      return error(fallback, ErrorCode.GENERAL, String.valueOf(e.getMessage()));
    }
  }

  private static <T> ProviderEvaluation<T> evaluation(
      Outcome outcome,
      T fallback,
      ValueType wanted,
      Function<Json, @Nullable T> read,
      ImmutableMetadata metadata) {
    if (outcome.error() != null) {
      return failed(fallback, code(outcome.error()), message(outcome), metadata);
    }
    if (outcome.type() != wanted) {
      return mismatch(fallback, outcome, wanted.text(), metadata);
    }
    T value = fallback;
    if (outcome.value() != null) {
      value = read.apply(outcome.value());
      if (value == null) {
        return mismatch(
            fallback, outcome, "a whole number within the range of the type asked for", metadata);
      }
    }
    return new ProviderEvaluation<>(
        value,
        outcome.variant(),
        outcome.reason().name(),
        /* errorCode= */ null,
        /* errorMessage= */ null,
        metadata);
  }

  private static <T> ProviderEvaluation<T> failed(
      T fallback, ErrorCode code, String message, ImmutableMetadata metadata) {
    return new ProviderEvaluation<>(
        fallback, /* variant= */ null, Reason.ERROR.name(), code, message, metadata);
  }

  private static <T> ProviderEvaluation<T> mismatch(
      T fallback, Outcome outcome, String expected, ImmutableMetadata metadata) {
    ValueType type = outcome.type();
    String message =
        "flag \""
            + outcome.flag()
            + "\" is of type "
            + (type == null ? "unknown" : type.text())
            + " (expected: "
            + expected
            + ")";
    return failed(fallback, ErrorCode.TYPE_MISMATCH, message, metadata);
  }

  private static String message(Outcome outcome) {
    String detail = outcome.detail();
    return "flag \""
        + outcome.flag()
        + "\": "
        + (detail == null ? String.valueOf(outcome.error()) : detail);
  }

  private static <T> ProviderEvaluation<T> notReady(@Nullable GuidonClient current, T fallback) {
    return current != null && current.status() == ClientStatus.FATAL
        ? error(fallback, ErrorCode.PROVIDER_FATAL, "the server refused the key")
        : error(fallback, ErrorCode.PROVIDER_NOT_READY, "no ruleset yet");
  }

  private static <T> ProviderEvaluation<T> error(T fallback, ErrorCode code, String message) {
    return failed(fallback, code, message, ImmutableMetadata.EMPTY);
  }

  private static ErrorCode code(dev.guidon.engine.ErrorCode error) {
    return switch (error) {
      case PROVIDER_NOT_READY -> ErrorCode.PROVIDER_NOT_READY;
      case FLAG_NOT_FOUND -> ErrorCode.FLAG_NOT_FOUND;
      case PARSE_ERROR -> ErrorCode.PARSE_ERROR;
      case TYPE_MISMATCH -> ErrorCode.TYPE_MISMATCH;
      case TARGETING_KEY_MISSING -> ErrorCode.TARGETING_KEY_MISSING;
      case INVALID_CONTEXT -> ErrorCode.INVALID_CONTEXT;
      case GENERAL -> ErrorCode.GENERAL;
    };
  }

  private Answered answered(Serving.Live live) {
    Answered known = answered;
    if (known.isOf(live)) {
      return known;
    }
    Answered fresh = new Answered(live);
    answered = fresh;
    return fresh;
  }

  // Tracking.

  @Override
  public void track(String name, EvaluationContext context, TrackingEventDetails details) {
    GuidonClient current = client;
    if (current == null) {
      return;
    }
    try {
      Double value =
          details == null ? null : details.getValue().map(Number::doubleValue).orElse(null);
      Json attributes = details == null ? Json.Obj.of() : OpenFeatureContexts.json(details);
      current.track(name, OpenFeatureContexts.context(context), value, attributes);
    } catch (Exception | Error e) {
      // As with evaluations: what is tracked is of the application's own making.
      OpenFeatureContexts.rethrowIfFatal(e);
      log.warn("Tracking of \"{}\" failed; the event is dropped.", name, e);
    }
  }
}
