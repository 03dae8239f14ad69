package dev.guidon.sdk;

import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.FlagEvaluationDetails;
import dev.openfeature.sdk.Hook;
import dev.openfeature.sdk.HookContext;
import dev.openfeature.sdk.ImmutableMetadata;
import dev.openfeature.sdk.Structure;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.trace.Span;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An OpenFeature hook that emits one {@code feature_flag.evaluation} log event for each evaluation,
 * by the semantic conventions 1.44 of OpenTelemetry. Works with any provider. Needs {@code
 * opentelemetry-api} on the class path, which this SDK does not bring.
 *
 * <p>A value is told only where the provider names no variant, or when asked for; it then passes
 * the redaction.
 */
public final class GuidonTelemetryHook implements Hook<Object> {
  static final String EVENT = "feature_flag.evaluation";
  static final AttributeKey<String> KEY = AttributeKey.stringKey("feature_flag.key");
  static final AttributeKey<String> VARIANT = AttributeKey.stringKey("feature_flag.result.variant");
  static final AttributeKey<Value<?>> VALUE = AttributeKey.valueKey("feature_flag.result.value");
  static final AttributeKey<String> REASON = AttributeKey.stringKey("feature_flag.result.reason");
  static final AttributeKey<String> PROVIDER = AttributeKey.stringKey("feature_flag.provider.name");
  static final AttributeKey<String> CONTEXT_ID = AttributeKey.stringKey("feature_flag.context.id");
  static final AttributeKey<String> SET_ID = AttributeKey.stringKey("feature_flag.set.id");
  static final AttributeKey<String> VERSION = AttributeKey.stringKey("feature_flag.version");
  static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
  static final AttributeKey<String> ERROR_MESSAGE =
      AttributeKey.stringKey("feature_flag.error.message");

  private final Logger logger;
  private final Set<String> excluded;
  private final boolean errorMessages;
  private final boolean values;
  private final boolean spanEvents;
  private final UnaryOperator<Object> redaction;
  private final Function<HookContext<Object>, Attributes> mapper;

  private GuidonTelemetryHook(Builder builder) {
    this.logger = builder.telemetry.getLogsBridge().get("dev.guidon.sdk");
    this.excluded = Set.copyOf(builder.excluded);
    this.errorMessages = builder.errorMessages;
    this.values = builder.values;
    this.spanEvents = builder.spanEvents;
    this.redaction = builder.redaction;
    this.mapper = builder.mapper;
  }

  public static GuidonTelemetryHook of(OpenTelemetry telemetry) {
    return builder(telemetry).build();
  }

  public static Builder builder(OpenTelemetry telemetry) {
    return new Builder(telemetry);
  }

  @Override
  public void finallyAfter(
      HookContext<Object> context,
      FlagEvaluationDetails<Object> details,
      Map<String, Object> hints) {
    Attributes attributes = attributes(context, details);
    logger.logRecordBuilder().setEventName(EVENT).setAllAttributes(attributes).emit();
    if (spanEvents) {
      Span.current().addEvent(EVENT, attributes);
    }
  }

  private Attributes attributes(
      HookContext<Object> context, FlagEvaluationDetails<Object> details) {
    AttributesBuilder out = Attributes.builder();
    out.putAll(mapper.apply(context));
    put(out, KEY, context.getFlagKey());
    put(out, PROVIDER, context.getProviderMetadata().getName());
    putResult(out, details);
    ImmutableMetadata metadata = details.getFlagMetadata();
    String contextId = metadata == null ? null : metadata.getString("contextId");
    put(out, CONTEXT_ID, contextId == null ? context.getCtx().getTargetingKey() : contextId);
    if (metadata != null) {
      put(out, SET_ID, metadata.getString("flagSetId"));
      put(out, VERSION, metadata.getString("version"));
    }
    return out.build();
  }

  private void putResult(AttributesBuilder out, FlagEvaluationDetails<Object> details) {
    put(out, VARIANT, details.getVariant());
    put(out, REASON, reason(details));
    ErrorCode error = details.getErrorCode();
    if (error != null) {
      put(out, ERROR_TYPE, error.name().toLowerCase(Locale.ROOT));
      put(out, ERROR_MESSAGE, errorMessages ? details.getErrorMessage() : null);
    }
    if ((values || details.getVariant() == null)
        && details.getValue() != null
        && !excluded.contains(VALUE.getKey())) {
      out.put(VALUE, value(redaction.apply(details.getValue())));
    }
  }

  private void put(AttributesBuilder out, AttributeKey<String> key, @Nullable String value) {
    if (value != null && !excluded.contains(key.getKey())) {
      out.put(key, value);
    }
  }

  private static String reason(FlagEvaluationDetails<Object> details) {
    if (details.getErrorCode() != null) {
      return "error";
    }
    return details.getReason() == null ? "unknown" : details.getReason().toLowerCase(Locale.ROOT);
  }

  /**
   * The value in the form of OpenTelemetry; structures as text, since they are for people to read.
   */
  private static Value<?> value(Object value) {
    if (value instanceof Boolean b) {
      return Value.of(b.booleanValue());
    }
    if (value instanceof Integer || value instanceof Long) {
      return Value.of(((Number) value).longValue());
    }
    if (value instanceof Double d) {
      return Value.of(d.doubleValue());
    }
    if (value instanceof dev.openfeature.sdk.Value v) {
      Object bare = v.isStructure() ? structureText(v.asStructure()) : v.asObject();
      return bare == null ? Value.empty() : value(bare);
    }
    return Value.of(String.valueOf(value));
  }

  private static String structureText(Structure structure) {
    return String.valueOf(structure.asObjectMap());
  }

  /** One thread. */
  public static final class Builder {
    private final OpenTelemetry telemetry;
    private final Set<String> excluded = new HashSet<>();
    private boolean errorMessages = true;
    private boolean values;
    private boolean spanEvents;
    private UnaryOperator<Object> redaction = UnaryOperator.identity();
    private Function<HookContext<Object>, Attributes> mapper = context -> Attributes.empty();

    private Builder(OpenTelemetry telemetry) {
      this.telemetry = telemetry;
    }

    /** Leaves an attribute out, such as {@code feature_flag.context.id} where it names people. */
    public Builder excludeAttribute(String name) {
      excluded.add(name);
      return this;
    }

    /** Leaves out {@code feature_flag.error.message}; the error's type is still told. */
    public Builder excludeErrorMessages() {
      errorMessages = false;
      return this;
    }

    /** Tells the value also where a variant is told. */
    public Builder includeValues() {
      values = true;
      return this;
    }

    /** Adds the event to the current span too, for backends that do not yet read log events. */
    public Builder alsoSpanEvents() {
      spanEvents = true;
      return this;
    }

    /** What is told in place of a value. Must not return null. */
    public Builder redactValues(UnaryOperator<Object> with) {
      redaction = with;
      return this;
    }

    /** Further attributes; those of the conventions win over them. */
    public Builder attributes(Function<HookContext<Object>, Attributes> from) {
      mapper = from;
      return this;
    }

    public GuidonTelemetryHook build() {
      return new GuidonTelemetryHook(this);
    }
  }
}
