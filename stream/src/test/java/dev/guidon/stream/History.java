package dev.guidon.stream;

import dev.guidon.model.Change;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Entry;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.Priority;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.View;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A log in memory, with the truth about every position that was ever committed, also of dropped
 * suffixes.
 */
public final class History {
  public static final ScopeId SCOPE = ScopeId.of("shop", "prod");
  public static final String REGION = "eu";
  public static final String LOG_ID = "0123456789abcdef0123456789abcdef";

  public final List<CommittedEntry> entries = new ArrayList<>();
  public final List<ScopeState> states = new ArrayList<>();
  public final Map<Position, Hash> chains = new HashMap<>();
  public final Map<Position, Hash> views = new HashMap<>();
  private long era = 1;
  private long eraFrom = 1;
  private long time = 1_000_000;

  public History() {
    states.add(ScopeState.empty(SCOPE, LOG_ID));
  }

  public ScopeState state() {
    return states.get(states.size() - 1);
  }

  public Position position() {
    return state().position();
  }

  public View view() {
    return View.of(state(), REGION);
  }

  public HeadFrame head(long readAtMicros) {
    return new HeadFrame(position(), state().chain(), readAtMicros, null, eraFrom);
  }

  public CommittedEntry commit(Priority priority, Change... changes) {
    ScopeState before = state();
    Position at = new Position(LOG_ID, era, before.position().revision() + 1);
    time += 1_000;
    CommittedEntry committed =
        new Entry(
                at,
                time,
                "ann",
                null,
                "k-" + at,
                priority,
                null,
                before.chain(),
                null,
                List.of(changes))
            .commit();
    ScopeState after = before.apply(committed);
    entries.add(committed);
    states.add(after);
    chains.put(at, committed.hash());
    views.put(at, View.of(after, REGION).hash());
    return committed;
  }

  public CommittedEntry commit() {
    return commit(Priority.NORMAL, flag("flag-" + position().revision(), "v" + position()));
  }

  public History commits(int count) {
    for (int i = 0; i < count; i++) {
      commit();
    }
    return this;
  }

  public CommittedEntry commitRandom(Random random) {
    Map<EntityId, Change> changes = new HashMap<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      Change change = randomChange(random);
      changes.put(change.id(), change);
    }
    Priority priority = random.nextInt(8) == 0 ? Priority.EMERGENCY : Priority.NORMAL;
    return commit(priority, changes.values().toArray(Change[]::new));
  }

  private Change randomChange(Random random) {
    String text = Long.toHexString(random.nextLong());
    return switch (random.nextInt(6)) {
      case 0 -> sdkKey("key-" + random.nextInt(5), text);
      case 1 -> gone("flag-" + random.nextInt(20));
      case 2 -> segment("seg-" + random.nextInt(5), List.of());
      default -> flag("flag-" + random.nextInt(20), text);
    };
  }

  /**
   * Cuts the log after a revision and goes on in the next era, as a restore from an older backup
   * does.
   */
  public void recoverAfter(int revision) {
    era++;
    eraFrom = revision + 1L;
    entries.subList(revision, entries.size()).clear();
    states.subList(revision + 1, states.size()).clear();
    commit();
  }

  public Change flag(String key, String text) {
    EntityId id = EntityId.flag(key);
    return new Change(
        id,
        EntityBody.live(
            id,
            position().revision() + 1,
            Json.Obj.of("key", Json.of(key), "text", Json.of(text))));
  }

  public Change gone(String key) {
    EntityId id = EntityId.flag(key);
    return new Change(id, EntityBody.gone(id, position().revision() + 1, "boolean", Hash.ZERO));
  }

  public Change sdkKey(String key, String text) {
    EntityId id = new EntityId(EntityKind.SDK_KEY, key);
    return new Change(
        id, EntityBody.live(id, position().revision() + 1, Json.Obj.of("text", Json.of(text))));
  }

  public Change segment(String key, List<Hash> chunks) {
    EntityId id = EntityId.segment(key);
    Json.Arr hashes = new Json.Arr(chunks.stream().<Json>map(hash -> Json.of(hash.hex())).toList());
    Json.Obj included = Json.Obj.of("count", Json.of(chunks.size()), "chunks", hashes);
    return new Change(
        id,
        EntityBody.live(
            id, position().revision() + 1, Json.Obj.of("key", Json.of(key), "included", included)));
  }

  public static Set<EntityId> changed(CommittedEntry committed) {
    Set<EntityId> changed = new HashSet<>();
    committed.entry().changes().forEach(change -> changed.add(change.id()));
    return changed;
  }
}
