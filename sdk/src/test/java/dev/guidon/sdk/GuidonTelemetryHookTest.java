package dev.guidon.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.EntityId;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.OpenFeatureAPI;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Semantic conventions 1.44, feature_flag.evaluation. */
class GuidonTelemetryHookTest {
  @RegisterExtension
  static final OpenTelemetryExtension TELEMETRY = OpenTelemetryExtension.create();

  private final OpenFeatureAPI api = OpenFeatureAPI.createIsolated();
  private final InMemoryFlags flags = InMemoryFlags.none().put(EntityId.flag("a"), Docs.split("a"));

  @AfterEach
  void end() {
    api.shutdown();
  }

  private Client client(GuidonTelemetryHook hook) {
    api.setProviderAndWait(flags.provider());
    Client client = api.getClient();
    client.addHooks(hook);
    return client;
  }

  private static Attributes emitted() {
    assertThat(TELEMETRY.getLogRecords()).hasSize(1);
    assertThat(TELEMETRY.getLogRecords().get(0).getEventName())
        .isEqualTo("feature_flag.evaluation");
    return TELEMETRY.getLogRecords().get(0).getAttributes();
  }

  private static AttributeKey<String> key(String name) {
    return AttributeKey.stringKey(name);
  }

  private static OpenTelemetry telemetry() {
    return TELEMETRY.getOpenTelemetry();
  }

  @Test
  void evaluationIsAnEvent() {
    Client client = client(GuidonTelemetryHook.of(telemetry()));

    boolean value = client.getBooleanValue("a", false, new ImmutableContext("u1"));

    Attributes attributes = emitted();
    assertThat(attributes.get(key("feature_flag.key"))).isEqualTo("a");
    assertThat(attributes.get(key("feature_flag.provider.name"))).isEqualTo("guidon");
    assertThat(attributes.get(key("feature_flag.result.variant"))).isEqualTo(value ? "on" : "off");
    assertThat(attributes.get(key("feature_flag.result.reason"))).isEqualTo("split");
    assertThat(attributes.get(key("feature_flag.context.id"))).isEqualTo("u1");
    assertThat(attributes.get(key("feature_flag.set.id"))).isEqualTo("test/memory");
    assertThat(attributes.get(key("feature_flag.version"))).isEqualTo("1");
    assertThat(attributes.get(key("error.type"))).isNull();
    assertThat(attributes.asMap().keySet())
        .noneMatch(name -> name.getKey().equals("feature_flag.result.value"));
  }

  @Test
  void errorHasATypeAndAMessageAndTheValueServed() {
    Client client = client(GuidonTelemetryHook.of(telemetry()));

    client.getStringValue("none", "mine");

    Attributes attributes = emitted();
    assertThat(attributes.get(key("error.type"))).isEqualTo("flag_not_found");
    assertThat(attributes.get(key("feature_flag.error.message"))).contains("none");
    assertThat(attributes.get(key("feature_flag.result.reason"))).isEqualTo("error");
    assertThat(attributes.get(GuidonTelemetryHook.VALUE).asString()).isEqualTo("mine");
  }

  @Test
  void attributesCanBeLeftOutAddedAndRedacted() {
    Client client =
        client(
            GuidonTelemetryHook.builder(telemetry())
                .excludeAttribute("feature_flag.context.id")
                .excludeErrorMessages()
                .includeValues()
                .redactValues(value -> "***")
                .attributes(context -> Attributes.of(key("shop"), "kiel"))
                .build());

    client.getStringValue("none", "secret", new ImmutableContext("u1"));

    Attributes attributes = emitted();
    assertThat(attributes.get(key("feature_flag.context.id"))).isNull();
    assertThat(attributes.get(key("feature_flag.error.message"))).isNull();
    assertThat(attributes.get(key("shop"))).isEqualTo("kiel");
    assertThat(attributes.get(GuidonTelemetryHook.VALUE).asString()).isEqualTo("***");
  }

  @Test
  void spanEventIsAddedWhenAskedFor() {
    Client client = client(GuidonTelemetryHook.builder(telemetry()).alsoSpanEvents().build());
    var span = telemetry().getTracer("test").spanBuilder("request").startSpan();

    try (var scope = span.makeCurrent()) {
      assertThat(scope).isNotNull();
      client.getBooleanValue("a", false, new ImmutableContext("u1"));
    }
    span.end();

    assertThat(TELEMETRY.getSpans().get(0).getEvents())
        .anyMatch(event -> event.getName().equals("feature_flag.evaluation"));
  }
}
