package dev.guidon.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.guidon.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScopeSnapshotTest {
  private static final String LOG_ID = "0123456789abcdef0123456789abcdef";

  private static ScopeState state(String... flags) {
    Map<EntityId, EntityBody> entities = new LinkedHashMap<>();
    for (String flag : flags) {
      EntityId id = EntityId.flag(flag);
      entities.put(id, EntityBody.live(id, 3, Json.Obj.of("on", Json.of(true))));
    }
    EntityId gone = EntityId.flag("gone");
    entities.put(gone, EntityBody.gone(gone, 7, "boolean", Hash.of("last")));
    EntityId coming = EntityId.segment("coming");
    Versioned candidate = new Versioned(1, Json.Obj.of("n", Json.of(1L)));
    entities.put(coming, EntityBody.present(coming, /* live= */ null, candidate));
    HashedMap<EntityBody> map = HashedMap.<EntityBody>empty().with(entities);
    return new ScopeState(
        ScopeId.of("shop", "prod"),
        new Position(LOG_ID, 2, 41),
        Hash.of("chain"),
        1_700_000_000_000_001L,
        map);
  }

  @Test
  void aStateComesBackWhole() {
    ScopeState state = state("a", "b", "ünïcode");

    ScopeState read = ScopeSnapshot.decode(ScopeSnapshot.encode(state));

    assertThat(read.scope()).isEqualTo(state.scope());
    assertThat(read.position()).isEqualTo(state.position());
    assertThat(read.chain()).isEqualTo(state.chain());
    assertThat(read.timeMicros()).isEqualTo(state.timeMicros());
    assertThat(read.entities().root()).isEqualTo(state.entities().root());
    assertThat(read.entities().size()).isEqualTo(5);
    assertThat(read.entities().get(EntityId.flag("gone")))
        .isEqualTo(state.entities().get(EntityId.flag("gone")));
  }

  @Test
  void anEmptyStateComesBackEmpty() {
    ScopeState empty = ScopeState.empty(ScopeId.of("shop", "prod"), LOG_ID);

    ScopeState read = ScopeSnapshot.decode(ScopeSnapshot.encode(empty));

    assertThat(read.position()).isEqualTo(empty.position());
    assertThat(read.entities().size()).isZero();
  }

  @Test
  void equalStatesMakeEqualBytes() {
    assertThat(ScopeSnapshot.encode(state("a", "b", "c")))
        .isEqualTo(ScopeSnapshot.encode(state("c", "a", "b")));
  }

  @Test
  void theFirstLineIsTheHeader() {
    String header =
        new String(ScopeSnapshot.encode(state("a")), StandardCharsets.UTF_8)
            .lines()
            .findFirst()
            .orElseThrow();

    assertThat(header)
        .isEqualTo(
            "{\"chain\":\""
                + Hash.of("chain")
                + "\",\"count\":3,\"position\":\""
                + LOG_ID
                + "/2.41\",\"scope\":\"shop/prod\",\"state\":\""
                + state("a").entities().root()
                + "\",\"time\":1700000000000001,\"v\":1}");
  }

  @Test
  void anyChangedByteOfAnEntityIsFound() {
    byte[] bytes = ScopeSnapshot.encode(state("a", "b"));
    int header = new String(bytes, StandardCharsets.UTF_8).indexOf('\n');

    for (int at = header + 1; at < bytes.length; at++) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 0x01;
      assertThatThrownBy(() -> ScopeSnapshot.decode(damaged))
          .isInstanceOf(InvalidDocumentException.class);
    }
  }

  @Test
  void aSnapshotCutAnywhereIsRefused() {
    byte[] bytes = ScopeSnapshot.encode(state("a", "b"));

    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> ScopeSnapshot.decode(cut))
          .isInstanceOf(InvalidDocumentException.class);
    }
  }

  @Test
  void anEntityTwiceIsRefused() {
    String text = new String(ScopeSnapshot.encode(state("a")), StandardCharsets.UTF_8);
    String last = text.lines().reduce((first, second) -> second).orElseThrow();

    assertThatThrownBy(
            () -> ScopeSnapshot.decode((text + last + "\n").getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("each entity once");
  }

  @Test
  void anotherFormatIsRefused() {
    String text =
        new String(ScopeSnapshot.encode(state("a")), StandardCharsets.UTF_8)
            .replace("\"v\":1}", "\"v\":2}");

    assertThatThrownBy(() -> ScopeSnapshot.decode(text.getBytes(StandardCharsets.UTF_8)))
        .hasMessageContaining("format");
  }
}
