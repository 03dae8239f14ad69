package dev.guidon.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScopeStateTest {
  private static final ScopeId SCOPE = ScopeId.of("shop", "prod");

  @Test
  void anEntryReadsBackFromItsBytes() {
    CommittedEntry first = first("log1");

    CommittedEntry again = Entry.read(first.bytes());

    assertThat(again.entry()).isEqualTo(first.entry());
    assertThat(again.hash()).isEqualTo(first.hash());
  }

  @Test
  void theFoldIsPutAndDelete() {
    ScopeState empty = ScopeState.empty(SCOPE, "log1");
    ScopeState one = empty.apply(first("log1"));
    EntityId id = EntityId.flag("a");
    CommittedEntry second =
        next(one, 1, List.of(new Change(id, EntityBody.gone(id, 1, "boolean", Hash.of("x")))));

    ScopeState two = one.apply(second);

    assertThat(one.live(id)).isNotNull();
    assertThat(two.live(id)).isNull();
    assertThat(two.entities().get(id)).isInstanceOf(EntityBody.Gone.class);
    assertThat(two.position().revision()).isEqualTo(2);
  }

  @Test
  void whatDoesNotFollowIsRefused() {
    ScopeState one = ScopeState.empty(SCOPE, "log1").apply(first("log1"));
    CommittedEntry gap = committed(new Position("log1", 1, 3), one.chain(), List.of());
    CommittedEntry otherChain = committed(new Position("log1", 1, 2), Hash.of("other"), List.of());
    CommittedEntry otherLog = committed(new Position("log2", 1, 2), one.chain(), List.of());

    assertKind(one, gap, ChainException.Kind.GAP);
    assertKind(one, otherChain, ChainException.Kind.CHAIN);
    assertKind(one, otherLog, ChainException.Kind.OTHER_LOG);
  }

  @Test
  void anOlderEraIsRefusedAndANewerOneFollowed() {
    ScopeState one = ScopeState.empty(SCOPE, "log1").apply(first("log1"));
    ScopeState inEraTwo = one.apply(next(one, 2, List.of()));
    CommittedEntry old = next(inEraTwo, 1, List.of());

    assertThat(inEraTwo.position()).isEqualTo(new Position("log1", 2, 2));
    assertKind(inEraTwo, old, ChainException.Kind.OLD_ERA);
  }

  @Test
  void aWrongCheckpointStopsTheFold() {
    ScopeState one = ScopeState.empty(SCOPE, "log1").apply(first("log1"));
    Entry good = next(one, 1, List.of()).entry();
    Entry wrong =
        new Entry(
            good.position(),
            2,
            "ana",
            null,
            "k2",
            Priority.NORMAL,
            null,
            one.chain(),
            new Checkpoint(1, Hash.of("no")),
            List.of());
    Entry right =
        new Entry(
            good.position(),
            2,
            "ana",
            null,
            "k2",
            Priority.NORMAL,
            null,
            one.chain(),
            new Checkpoint(1, one.entities().root()),
            List.of());

    assertKind(one, wrong.commit(), ChainException.Kind.STATE);
    assertThat(one.apply(right.commit()).position().revision()).isEqualTo(2);
  }

  @Test
  void equalContentHasEqualRootsWhateverTheWayThere() {
    long seed = 7;
    var random = new Random(seed);
    HashedMap<EntityBody> bySteps = HashedMap.empty();
    Map<EntityId, EntityBody> all = new HashMap<>();
    for (int i = 0; i < 2_000; i++) {
      EntityId id = EntityId.flag("f" + random.nextInt(300));
      EntityBody body = random.nextInt(4) == 0 ? null : EntityBody.live(id, i, Json.Obj.of());
      Map<EntityId, EntityBody> step = new HashMap<>();
      step.put(id, body);
      bySteps = bySteps.with(step);
      if (body == null) {
        all.remove(id);
      } else {
        all.put(id, body);
      }
    }

    HashedMap<EntityBody> atOnce = HashedMap.<EntityBody>empty().with(all);

    assertThat(bySteps.root()).as("seed %d", seed).isEqualTo(atOnce.root());
    assertThat(bySteps.size()).isEqualTo(all.size());
    assertThat(HashedMap.<EntityBody>empty().root()).isNotEqualTo(atOnce.root());
  }

  @Test
  void oneChangedByteOfAnEntityChangesTheRoot() {
    EntityId id = EntityId.flag("a");
    var one =
        HashedMap.<EntityBody>empty()
            .with(Map.of(id, EntityBody.live(id, 1, Json.Obj.of("x", Json.of(1)))));
    var two =
        HashedMap.<EntityBody>empty()
            .with(Map.of(id, EntityBody.live(id, 1, Json.Obj.of("x", Json.of(2)))));

    assertThat(one.root()).isNotEqualTo(two.root());
  }

  @Test
  void aViewMovedForwardEqualsAViewMadeAnew() {
    ScopeState one = ScopeState.empty(SCOPE, "log1").apply(first("log1"));
    View before = View.of(one, "fra1");
    EntityId b = EntityId.flag("b");
    EntityId key = new EntityId(EntityKind.SDK_KEY, "server");
    ScopeState two =
        one.apply(
            next(
                one,
                1,
                List.of(
                    new Change(b, EntityBody.live(b, 1, Json.Obj.of())),
                    new Change(key, EntityBody.live(key, 1, Json.Obj.of())))));

    View after = before.advance(two, List.of(b, key));

    assertThat(after)
        .usingRecursiveComparison()
        .ignoringFields("entities")
        .isEqualTo(View.of(two, "fra1"));
    assertThat(after.hash()).isEqualTo(View.of(two, "fra1").hash());
    assertThat(after.entities().get(key)).as("keys never leave edges").isNull();
  }

  private static void assertKind(ScopeState state, CommittedEntry entry, ChainException.Kind kind) {
    assertThatThrownBy(() -> state.apply(entry))
        .isInstanceOfSatisfying(ChainException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  static CommittedEntry first(String logId) {
    EntityId id = EntityId.flag("a");
    return committed(
        new Position(logId, 1, 1),
        Hash.ZERO,
        List.of(new Change(id, EntityBody.live(id, 1, Json.Obj.of("x", Json.of("ü"))))));
  }

  private static CommittedEntry next(ScopeState state, long era, List<Change> changes) {
    Position at = new Position(state.position().logId(), era, state.position().revision() + 1);
    return committed(at, state.chain(), changes);
  }

  private static CommittedEntry committed(Position at, Hash previous, List<Change> changes) {
    return new Entry(
            at,
            at.revision(),
            "ana",
            "because",
            "k" + at.revision(),
            Priority.NORMAL,
            null,
            previous,
            null,
            new ArrayList<>(changes))
        .commit();
  }
}
