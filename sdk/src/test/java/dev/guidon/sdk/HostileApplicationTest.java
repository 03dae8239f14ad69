package dev.guidon.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.guidon.engine.Context;
import dev.guidon.model.EntityId;
import dev.guidon.model.json.Json;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.MutableContext;
import dev.openfeature.sdk.MutableStructure;
import dev.openfeature.sdk.MutableTrackingEventDetails;
import dev.openfeature.sdk.OpenFeatureAPI;
import dev.openfeature.sdk.ProviderEvaluation;
import dev.openfeature.sdk.Structure;
import dev.openfeature.sdk.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever an application hands over, it gets an answer back and nothing thrown. */
@Timeout(60)
class HostileApplicationTest {
  private final InMemoryFlags flags = InMemoryFlags.none();

  HostileApplicationTest() {
    flags.put(EntityId.flag("german"), Docs.forCountry("german", "DE"));
  }

  /** Not copied: an immutable one would look into every value, and fail on its own. */
  private static EvaluationContext mutable(Map<String, Value> attributes) {
    return new MutableContext("u1", attributes);
  }

  private boolean german(Map<String, Value> attributes) {
    Map<String, Value> all = new HashMap<>(attributes);
    all.put("country", new Value("DE"));
    ProviderEvaluation<Boolean> answer =
        flags.provider().getBooleanEvaluation("german", false, mutable(all));
    return answer.getValue();
  }

  @Test
  void valuesWithoutEndAreLeftOutAndTheOthersCount() {
    List<Value> inItself = new ArrayList<>();
    inItself.add(new Value(inItself));
    MutableStructure round = new MutableStructure();
    round.add("self", round);

    assertThat(german(Map.of("list", new Value(inItself)))).isTrue();
    assertThat(german(Map.of("structure", new Value(round)))).isTrue();
  }

  @Test
  void valuesThatEndOnlyAfterEverybodyHasGoneAreCutShort() {
    List<Value> level = List.of(new Value("x"));
    for (int i = 0; i < 60; i++) {
      level = List.of(new Value(level), new Value(level));
    }
    Map<String, Value> attributes = Map.of("laughs", new Value(level));

    assertThatCode(() -> german(attributes)).doesNotThrowAnyException();
  }

  @Test
  void nullsAnywhereAreAbsences() {
    Map<String, Value> members = new HashMap<>();
    members.put("none", null);
    members.put("empty", new Value());
    members.put("list", new Value(new ArrayList<>(java.util.Arrays.asList(null, new Value()))));

    assertThat(german(members)).isTrue();
    assertThat(flags.provider().getBooleanEvaluation("german", false, null).getValue()).isFalse();
    assertThat(flags.provider().getBooleanEvaluation(null, true, null).getValue()).isTrue();
  }

  @Test
  void kindsThatCannotBeOnesAreLeftOut() {
    MutableStructure kinds = new MutableStructure();
    kinds.add("user", new MutableStructure().add("country", "FR"));
    kinds.add("", new MutableStructure().add("country", "FR"));
    kinds.add("organization", "acme");

    assertThat(german(Map.of("$kinds", new Value(kinds)))).isTrue();
    assertThat(german(Map.of("$kinds", new Value("organization")))).isTrue();
  }

  /** A structure of the application's own, such as one that reads a database. */
  private static final class Broken implements Structure {
    private final Throwable thrown;

    Broken(Throwable thrown) {
      this.thrown = thrown;
    }

    @Override
    public boolean isEmpty() {
      return false;
    }

    @Override
    public Map<String, Object> asObjectMap() {
      throw HostileApplicationTest.<RuntimeException>sneak(thrown);
    }

    @Override
    public Set<String> keySet() {
      throw HostileApplicationTest.<RuntimeException>sneak(thrown);
    }

    @Override
    public Value getValue(String key) {
      throw HostileApplicationTest.<RuntimeException>sneak(thrown);
    }

    @Override
    public Map<String, Value> asMap() {
      throw HostileApplicationTest.<RuntimeException>sneak(thrown);
    }

    @Override
    public Map<String, Value> asUnmodifiableMap() {
      throw HostileApplicationTest.<RuntimeException>sneak(thrown);
    }
  }

  private static Value broken(Throwable thrown) {
    return new Value((Structure) new Broken(thrown));
  }

  /** As Kotlin and others do: what is declared nowhere can be thrown all the same. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> E sneak(Throwable thrown) throws E {
    throw (E) thrown;
  }

  @Test
  void structureThatThrowsIsTheCallersDefault() {
    for (Throwable thrown :
        List.of(
            new IllegalStateException("x"),
            new java.io.IOException("x"),
            new StackOverflowError("x"),
            new AssertionError("x"),
            new NoSuchMethodError("x"))) {
      EvaluationContext context = mutable(Map.of("country", broken(thrown)));

      ProviderEvaluation<Boolean> answer =
          flags.provider().getBooleanEvaluation("german", true, context);

      assertThat(answer.getValue()).as(thrown.toString()).isTrue();
      assertThat(answer.getErrorCode()).as(thrown.toString()).isNotNull();
      assertThat(german(Map.of("other", broken(thrown)))).as("not asked for").isTrue();
    }
  }

  @Test
  void trackingThrowsNothing() {
    MutableStructure round = new MutableStructure();
    round.add("self", round);
    MutableTrackingEventDetails details = new MutableTrackingEventDetails(1.0);
    details.add("round", round);
    details.add("broken", broken(new IllegalStateException("x")));
    GuidonProvider provider = flags.provider();
    EvaluationContext context = mutable(Map.of("b", broken(new AssertionError("x"))));

    assertThatCode(
            () -> {
              provider.track("bought", context, details);
              provider.track("bought", null, null);
            })
        .doesNotThrowAnyException();
  }

  @Test
  void timesThatNobodyCanWaitForAreWaitedForAsLongAsNeeded() {
    assertThat(flags.client().awaitReady(Duration.ofSeconds(Long.MAX_VALUE)))
        .isEqualTo(ClientStatus.READY);
  }

  @Test
  void thousandsOfFlagsAndMuchMetadataAreAnswered() {
    StringBuilder metadata = new StringBuilder("{");
    for (int i = 0; i < 64; i++) {
      metadata.append(i == 0 ? "" : ",").append("\"m").append(i).append("\":\"");
      metadata.append("x".repeat(16_000)).append('"');
    }
    Json.Obj heavy = withMetadata(Docs.split("heavy"), Docs.json(metadata.append('}').toString()));
    flags.put(EntityId.flag("heavy"), heavy);
    Map<EntityId, Json.Obj> many = new HashMap<>();
    for (int i = 0; i < 5_000; i++) {
      many.put(EntityId.flag("f" + i), Docs.bool("f" + i, true));
    }
    flags.putAll(many);
    GuidonProvider provider = flags.provider();

    ProviderEvaluation<Boolean> answer =
        provider.getBooleanEvaluation("heavy", false, new ImmutableContext("u1"));

    assertThat(answer.getErrorCode()).isNull();
    assertThat(answer.getFlagMetadata().getString("m63")).hasSize(16_000);
    for (int i = 0; i < 5_000; i++) {
      assertThat(flags.client().booleanValue("f" + i, Context.EMPTY, false)).isTrue();
    }
  }

  private static Json.Obj withMetadata(Json.Obj flag, Json metadata) {
    Json.Obj.Builder out = Json.Obj.builder();
    flag.members()
        .forEach((name, value) -> {
          if (!name.equals("metadata")) {
            out.put(name, value);
          }
        });
    return out.put("metadata", metadata).build();
  }

  @Test
  void lifeInAnyOrderAnswersAndThrowsNothing() {
    OpenFeatureAPI api = OpenFeatureAPI.createIsolated();
    GuidonProvider first = flags.provider();
    Client client = api.getClient();
    assertThat(client.getBooleanValue("german", true)).isTrue();

    api.setProviderAndWait(first);
    api.setProviderAndWait("other", flags.provider());
    EvaluationContext german = mutable(Map.of("country", new Value("DE")));
    assertThat(client.getBooleanValue("german", false, german)).isTrue();
    assertThat(api.getClient("other").getBooleanValue("german", false, german)).isTrue();

    first.initialize(german);
    first.initialize(german);
    assertThat(client.getBooleanValue("german", false, german)).isTrue();

    api.setProviderAndWait(flags.provider());
    assertThat(first.getBooleanEvaluation("german", true, german).getValue()).isTrue();
    first.shutdown();
    first.shutdown();
    api.shutdown();
    assertThat(client.getBooleanValue("german", true, german)).isTrue();
    api.shutdown();
  }
}
