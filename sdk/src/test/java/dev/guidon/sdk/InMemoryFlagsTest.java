package dev.guidon.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.guidon.engine.Context;
import dev.guidon.model.EntityId;
import dev.guidon.model.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InMemoryFlagsTest {
  @TempDir private Path directory;

  @Test
  void twoLinesAreEnough() {
    InMemoryFlags flags = InMemoryFlags.of("checkout", true);
    GuidonClient client = flags.client();

    assertThat(client.booleanValue("checkout", Context.EMPTY, false)).isTrue();
  }

  @Test
  void everyTypeCanBeSet() {
    GuidonClient client =
        InMemoryFlags.of("text", "x")
            .set("number", 7)
            .set("object", Json.arr(Json.of(1)))
            .set("switch", true)
            .client();

    assertThat(client.stringValue("text", Context.EMPTY, "")).isEqualTo("x");
    assertThat(client.longValue("number", Context.EMPTY, 0)).isEqualTo(7);
    assertThat(client.doubleValue("number", Context.EMPTY, 0)).isEqualTo(7);
    assertThat(client.objectValue("object", Context.EMPTY, Json.NULL))
        .isEqualTo(Json.arr(Json.of(1)));
    assertThat(client.booleanValue("switch", Context.EMPTY, false)).isTrue();
  }

  @Test
  void changeIsInForceAndToldWhenTheMethodReturns() {
    InMemoryFlags flags = InMemoryFlags.of("checkout", true);
    List<ClientEvent> events = new ArrayList<>();
    flags.client().listen(events::add);

    flags.set("checkout", false);

    assertThat(flags.client().booleanValue("checkout", Context.EMPTY, true)).isFalse();
    assertThat(events).containsExactly(new ClientEvent.Changed(Set.of("checkout")));
  }

  @Test
  void sameValueAgainChangesNothing() {
    InMemoryFlags flags = InMemoryFlags.of("checkout", true);
    List<ClientEvent> events = new ArrayList<>();
    flags.client().listen(events::add);

    flags.put(
        EntityId.segment("unused"),
        Docs.json("{\"key\":\"unused\",\"kind\":\"user\",\"included\":[],\"excluded\":[]}"));

    assertThat(events).isEmpty();
  }

  @Test
  void removedFlagGivesTheFallback() {
    InMemoryFlags flags = InMemoryFlags.of("checkout", true);

    flags.remove("checkout");

    assertThat(flags.client().booleanValue("checkout", Context.EMPTY, false)).isFalse();
  }

  @Test
  void explanationNamesTheRule() {
    InMemoryFlags flags = InMemoryFlags.none().put(EntityId.flag("a"), Docs.forCountry("a", "DE"));

    String why =
        flags
            .client()
            .explain("a", Context.builder().put("country", "DE").build())
            .toJson()
            .toString();

    assertThat(why).contains("r1");
  }

  @Test
  void evaluationNeverThrows() {
    GuidonClient client =
        InMemoryFlags.none().put(EntityId.flag("a"), Docs.forCountry("a", "DE")).client();
    Context hostile = Context.builder().put("country", new Thrower()).build();

    assertThat(client.booleanValue("a", hostile, true)).isTrue();
    assertThat(client.booleanValue("a", hostile, false)).isFalse();
    assertThat(client.booleanValue((String) null, null, true)).isTrue();
    // No context is an empty one.
    assertThat(client.booleanValue("a", null, true)).isFalse();
    assertThat(client.stringValue("a", Context.EMPTY, "mine")).isEqualTo("mine");
  }

  private static final class Thrower extends java.util.AbstractList<Object> {
    @Override
    public Object get(int index) {
      throw new IllegalStateException("a list that misbehaves");
    }

    @Override
    public int size() {
      return 3;
    }
  }

  @Test
  void listenerThatThrowsHarmsNobody() {
    InMemoryFlags flags = InMemoryFlags.of("a", true);
    List<ClientEvent> events = new ArrayList<>();
    flags
        .client()
        .listen(event -> {
          throw new IllegalStateException("a listener that misbehaves");
        });
    flags.client().listen(events::add);

    flags.set("a", false);

    assertThat(events).hasSize(1);
  }

  @Test
  void fileOfDocumentsIsEnoughToAnswerOffline() throws IOException {
    Path file = directory.resolve("flags.json");
    Files.writeString(
        file,
        Docs.json("{}")
            .with("flags", Json.arr(Docs.forCountry("a", "DE")))
            .with("segments", Json.arr())
            .members()
            .entrySet()
            .stream()
            .map(member ->
                "\""
                    + member.getKey()
                    + "\":"
                    + dev.guidon.model.json.CanonicalJson.text(member.getValue()))
            .collect(java.util.stream.Collectors.joining(",", "{", "}")));

    GuidonClient client = GuidonClient.offline(file);

    assertThat(client.booleanValue("a", Context.builder().put("country", "DE").build(), false))
        .isTrue();
    assertThat(client.status()).isEqualTo(ClientStatus.READY);
  }

  @Test
  void snapshotOfAViewIsEnoughToAnswerOffline() throws IOException {
    try (FakeEdge edge = new FakeEdge()) {
      edge.putAll(Map.of(EntityId.flag("a"), Docs.bool("a", true)));
      Path file =
          Files.write(
              directory.resolve("view"), dev.guidon.stream.ViewSnapshot.encode(edge.view()));

      GuidonClient client = GuidonClient.offline(file);

      assertThat(client.booleanValue("a", Context.EMPTY, false)).isTrue();
      assertThat(client.position()).isEqualTo(edge.view().position());
    }
  }

  @Test
  void fileThatIsNeitherIsRefused() throws IOException {
    Path file = Files.writeString(directory.resolve("flags.json"), "{\"flags\":{}}");

    assertThatThrownBy(() -> GuidonClient.offline(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected");
  }
}
