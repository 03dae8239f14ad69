package dev.guidon.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.guidon.engine.Context;
import dev.guidon.model.EntityId;
import dev.guidon.model.Token;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.FlagEvaluationDetails;
import dev.openfeature.sdk.Hook;
import dev.openfeature.sdk.HookContext;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.ImmutableStructure;
import dev.openfeature.sdk.MutableTrackingEventDetails;
import dev.openfeature.sdk.OpenFeatureAPI;
import dev.openfeature.sdk.ProviderEvaluation;
import dev.openfeature.sdk.ProviderState;
import dev.openfeature.sdk.Value;
import dev.openfeature.sdk.exceptions.FatalError;
import dev.openfeature.sdk.exceptions.GeneralError;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GuidonProviderTest {
  private static final EvaluationContext GERMAN =
      new ImmutableContext("u1", Map.of("country", new Value("DE")));

  private final OpenFeatureAPI api = OpenFeatureAPI.createIsolated();
  private final InMemoryFlags flags = InMemoryFlags.none();

  @TempDir private Path directory;

  @AfterEach
  void end() {
    api.shutdown();
  }

  private Client client() {
    api.setProviderAndWait(flags.provider());
    return api.getClient();
  }

  private void number(String key, double value) {
    flags.set(key, value);
  }

  // Values.

  @Test
  void wholeNumberServesAnInteger() {
    number("ten", 10.0);

    assertThat(client().getIntegerValue("ten", 1)).isEqualTo(10);
    assertThat(client().getDoubleValue("ten", 1.0)).isEqualTo(10.0);
  }

  @Test
  void nothingIsRounded() {
    number("pi", 3.14);
    number("wide", 3_000_000_000.0);
    number("vast", 1e300);
    Client client = client();
    GuidonProvider provider = flags.provider();

    assertThat(client.getIntegerDetails("pi", 1, null).getErrorCode())
        .isEqualTo(ErrorCode.TYPE_MISMATCH);
    assertThat(client.getIntegerDetails("wide", 1, null).getErrorCode())
        .isEqualTo(ErrorCode.TYPE_MISMATCH);
    assertThat(client.getIntegerDetails("pi", 1, null).getValue()).isEqualTo(1);
    assertThat(provider.getLongEvaluation("wide", 1L, null).getValue()).isEqualTo(3_000_000_000L);
    assertThat(provider.getLongEvaluation("vast", 1L, null).getErrorCode())
        .isEqualTo(ErrorCode.TYPE_MISMATCH);
    assertThat(provider.getLongEvaluation("pi", 1L, null).getErrorCode())
        .isEqualTo(ErrorCode.TYPE_MISMATCH);
  }

  @Test
  void objectsKeepTheirShape() {
    flags.set("box", Docs.json("{\"a\":[1,2.5,\"x\",true,null,{\"b\":{}}]}"));

    Value value = client().getObjectValue("box", new Value());

    List<Value> items = value.asStructure().getValue("a").asList();
    assertThat(items.get(0).asInteger()).isEqualTo(1);
    assertThat(items.get(1).asDouble()).isEqualTo(2.5);
    assertThat(items.get(2).asString()).isEqualTo("x");
    assertThat(items.get(3).asBoolean()).isTrue();
    assertThat(items.get(4).isNull()).isTrue();
    assertThat(items.get(5).asStructure().getValue("b").isStructure()).isTrue();
  }

  @Test
  void codeDefaultIsASuccessWithTheCallersValue() {
    flags.put(EntityId.flag("a"), Docs.of("a", "string", "{\"x\":\"y\"}", "null"));

    FlagEvaluationDetails<String> details = client().getStringDetails("a", "mine");

    assertThat(details.getValue()).isEqualTo("mine");
    assertThat(details.getVariant()).isNull();
    assertThat(details.getErrorCode()).isNull();
    assertThat(details.getReason()).isEqualTo("STATIC");
  }

  @Test
  void missingUnitOfASplitIsTargetingKeyMissing() {
    flags.put(EntityId.flag("half"), Docs.split("half"));

    FlagEvaluationDetails<Boolean> details = client().getBooleanDetails("half", true);

    assertThat(details.getErrorCode()).isEqualTo(ErrorCode.TARGETING_KEY_MISSING);
    assertThat(details.getValue()).isTrue();
  }

  @Test
  void unreadableFlagIsAParseError() {
    flags.put(EntityId.flag("future"), Docs.fromTheFuture("future"));

    assertThat(client().getBooleanDetails("future", true).getErrorCode())
        .isEqualTo(ErrorCode.PARSE_ERROR);
  }

  @Test
  void reasonStaleIsTold() {
    flags.put(EntityId.flag("a"), Docs.forCountry("a", "DE"));
    flags.put(EntityId.flag("a"), Docs.fromTheFuture("a"));

    assertThat(client().getBooleanDetails("a", false, GERMAN).getReason()).isEqualTo("STALE");
  }

  @Test
  void metadataSaysWhereTheAnswerComesFrom() {
    flags.put(EntityId.flag("half"), Docs.split("half"));
    flags.put(EntityId.flag("half"), Docs.split("half"));

    FlagEvaluationDetails<Boolean> details = client().getBooleanDetails("half", false, GERMAN);

    assertThat(details.getReason()).isEqualTo("SPLIT");
    assertThat(details.getFlagMetadata().getString("flagSetId")).isEqualTo("test/memory");
    assertThat(details.getFlagMetadata().getString("version")).isEqualTo("2");
    assertThat(details.getFlagMetadata().getString("ruleId")).isEqualTo("half");
    assertThat(details.getFlagMetadata().getLong("revision"))
        .isEqualTo(flags.client().position().revision());
    assertThat(details.getFlagMetadata().getInteger("bucket")).isBetween(0, 99_999);
  }

  @Test
  void errorsCarryMetadataToo() {
    flags.set("text", "x");

    assertThat(client().getBooleanDetails("text", true).getFlagMetadata().getString("flagSetId"))
        .isEqualTo("test/memory");
    assertThat(client().getBooleanDetails("none", true).getFlagMetadata().getString("flagSetId"))
        .isEqualTo("test/memory");
  }

  // Contexts.

  @Test
  void everyKindOfAttributeReachesTheEngine() {
    EvaluationContext context =
        new ImmutableContext(
            "u1",
            Map.of(
                "n", new Value(3),
                "d", new Value(2.5),
                "b", new Value(true),
                "at", new Value(Instant.EPOCH),
                "roles", new Value(List.of(new Value("admin"))),
                "address", new Value(new ImmutableStructure(Map.of("city", new Value("Kiel")))),
                "$kinds",
                    new Value(
                        new ImmutableStructure(
                            Map.of(
                                "organization",
                                new Value(
                                    new ImmutableStructure(
                                        Map.of("targetingKey", new Value("acme")))))))));

    Context converted = OpenFeatureContexts.context(context);

    assertThat(converted)
        .isEqualTo(
            Context.builder()
                .targetingKey("u1")
                .put("n", 3)
                .put("d", 2.5)
                .put("b", true)
                .put("at", Instant.EPOCH)
                .put("roles", List.of("admin"))
                .put("address", Map.of("city", "Kiel"))
                .kind("organization", Context.of("acme"))
                .build());
  }

  @Test
  void flagThatStopsBeingForEverybodySeesTheContextAgain() {
    flags.set("a", false);
    Client client = client();
    assertThat(client.getBooleanValue("a", true, GERMAN)).isFalse();

    flags.put(EntityId.flag("a"), Docs.forCountry("a", "DE"));

    assertThat(client.getBooleanValue("a", false, GERMAN)).isTrue();
    assertThat(client.getBooleanValue("a", false)).isFalse();
  }

  // Life and events.

  @Test
  void nameIsGuidon() {
    assertThat(flags.provider().getMetadata().getName()).isEqualTo("guidon");
  }

  @Test
  void changedFlagsAreNamed() {
    flags.set("a", true).set("b", true);
    Client client = client();
    List<List<String>> changed = new CopyOnWriteArrayList<>();
    client.onProviderConfigurationChanged(event -> changed.add(event.getFlagsChanged()));

    flags.set("b", false);

    await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(() -> assertThat(changed).containsExactly(List.of("b")));
  }

  @Test
  void beforeInitializeThereIsNoAnswer() {
    GuidonProvider provider = new GuidonProvider(GuidonClient.builder().environment(name -> null));

    ProviderEvaluation<Boolean> evaluation =
        provider.getBooleanEvaluation("a", true, new ImmutableContext());

    assertThat(evaluation.getErrorCode()).isEqualTo(ErrorCode.PROVIDER_NOT_READY);
    assertThat(evaluation.getValue()).isTrue();
    provider.shutdown();
    provider.shutdown();
  }

  @Test
  void wrongKeyIsFatalAtInitialize() {
    try (FakeEdge edge = new FakeEdge()) {
      GuidonProvider provider =
          new GuidonProvider(FollowingTest.builder(edge).key("gdn_srv_wrong"));

      assertThatThrownBy(() -> provider.initialize(new ImmutableContext()))
          .isInstanceOf(FatalError.class);
      assertThat(provider.getBooleanEvaluation("a", true, null).getErrorCode())
          .isEqualTo(ErrorCode.PROVIDER_FATAL);
      provider.shutdown();
    }
  }

  @Test
  void initializeGivesUpAtItsTimeLimitAndReadyIsToldLater() {
    try (FakeEdge edge = new FakeEdge()) {
      edge.flag("a", Docs.bool("a", true));
      edge.die();
      GuidonProvider provider =
          new GuidonProvider(FollowingTest.builder(edge).initTimeout(Duration.ofMillis(200)));
      assertThatThrownBy(() -> api.setProviderAndWait(provider)).isInstanceOf(GeneralError.class);
      Client client = api.getClient();
      assertThat(client.getProviderState()).isEqualTo(ProviderState.ERROR);

      edge.start();

      await()
          .atMost(FollowingTest.SOON)
          .until(() -> client.getProviderState() == ProviderState.READY);
      assertThat(client.getBooleanValue("a", false)).isTrue();
    }
  }

  @Test
  void fromDiskItIsReadyThenStaleThenReady() {
    List<String> told = new CopyOnWriteArrayList<>();
    try (FakeEdge edge = new FakeEdge()) {
      Token token = edge.flag("a", Docs.bool("a", true));
      GuidonClient.Builder builder = FollowingTest.builder(edge).cacheDirectory(directory);
      try (GuidonClient client = builder.build("web")) {
        assertThat(client.awaitRevision(token, FollowingTest.SOON)).isTrue();
      }
      edge.die();
      api.onProviderReady(event -> told.add("READY"));
      api.onProviderStale(event -> told.add("STALE"));

      GuidonProvider provider = new GuidonProvider(builder);
      api.setProviderAndWait("web", provider);
      Client client = api.getClient("web");

      assertThat(client.getBooleanValue("a", false)).isTrue();
      await()
          .atMost(FollowingTest.SOON)
          .until(() -> client.getProviderState() == ProviderState.STALE);
      edge.start();
      await()
          .atMost(FollowingTest.SOON)
          .until(() -> client.getProviderState() == ProviderState.READY);
      assertThat(told.subList(0, 2)).containsExactly("READY", "STALE");
      assertThat(provider.isDomainScoped()).isTrue();
    }
  }

  @Test
  void providerWorksAgainAfterShutdown() {
    try (FakeEdge edge = new FakeEdge()) {
      edge.flag("a", Docs.bool("a", true));
      GuidonProvider provider = new GuidonProvider(FollowingTest.builder(edge));
      provider.initialize(new ImmutableContext());
      await()
          .atMost(FollowingTest.SOON)
          .until(() -> provider.getBooleanEvaluation("a", false, null).getValue());
      provider.shutdown();
      assertThat(provider.getBooleanEvaluation("a", false, null).getErrorCode())
          .isEqualTo(ErrorCode.PROVIDER_NOT_READY);

      provider.initialize(new ImmutableContext());

      await()
          .atMost(FollowingTest.SOON)
          .until(() -> provider.getBooleanEvaluation("a", false, null).getValue());
      provider.shutdown();
    }
  }

  @Test
  @SuppressWarnings("rawtypes") // The interface of OpenFeature has raw hooks.
  void providerHooksRun() {
    flags.set("a", true);
    List<String> seen = new ArrayList<>();
    Hook<Object> hook =
        new Hook<>() {
          @Override
          public Optional<EvaluationContext> before(
              HookContext<Object> context, Map<String, Object> hints) {
            seen.add(context.getFlagKey());
            return Optional.empty();
          }
        };
    api.setProviderAndWait(flags.provider().withHooks(List.<Hook>of(hook)));

    api.getClient().getBooleanValue("a", false);

    assertThat(seen).containsExactly("a");
  }

  // Tracking.

  @Test
  void trackedEventsWaitUpToABound() {
    Client client = client();

    for (int i = 0; i < Tracking.MAX + 5; i++) {
      client.track("bought", GERMAN, new MutableTrackingEventDetails(9.5).add("currency", "EUR"));
    }

    assertThat(flags.client().trackedDropped()).isEqualTo(5);
    List<TrackedEvent> kept = flags.client().tracking().drain();
    assertThat(kept).hasSize(Tracking.MAX);
    assertThat(kept.get(0).unit()).isEqualTo("u1");
    assertThat(kept.get(0).value()).isEqualTo(9.5);
    assertThat(kept.get(0).attributes()).isEqualTo(Docs.json("{\"currency\":\"EUR\"}"));
  }
}
