package dev.guidon.edge;

import dev.guidon.edge.core.Report;
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
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import dev.guidon.stream.HeadFrame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A log of one scope in memory: real entries, real chain, real fold. */
final class FakeLog implements LocalUpstream.Log {
  static final ScopeId PROD = ScopeId.of("shop", "prod");

  private final TimeSource time = TimeSource.system();
  private final List<CommittedEntry> entries = new ArrayList<>();
  private final Map<Hash, byte[]> blobs = new HashMap<>();
  private ScopeState state = ScopeState.empty(PROD, "0123456789abcdef0123456789abcdef");
  private long eraFrom = 1;
  private boolean dead;
  private boolean knowsBlobs = true;
  final List<Report> reports = new CopyOnWriteArrayList<>();
  private @Nullable LocalUpstream upstream;

  LocalUpstream upstream() {
    var made = new LocalUpstream(this);
    upstream = made;
    return made;
  }

  static Json.Obj json(String text) {
    return (Json.Obj) JsonReader.read(text.replace('\'', '"'), JsonLimits.DEFAULT);
  }

  FakeLog put(EntityId id, String doc) {
    return commit(Priority.NORMAL, id, json(doc));
  }

  FakeLog flag(String doc) {
    Json.Obj flag = json(doc);
    var envelope = (Json.Obj) flag.get("envelope");
    return commit(Priority.NORMAL, EntityId.flag(((Json.Str) envelope.get("key")).value()), flag);
  }

  FakeLog key(String name, String kind, String secret, String more) {
    return put(
        new EntityId(EntityKind.SDK_KEY, name),
        "{'key':'"
            + name
            + "','kind':'"
            + kind
            + "','hashes':[{'hash':'"
            + Hash.of(secret).hex()
            + "','created':'2026-01-01T00:00:00Z'}]"
            + more
            + "}");
  }

  private FakeLog commit(Priority priority, EntityId id, Json.Obj doc) {
    EntityBody old = state.entities().get(id);
    long version = old == null ? 1 : old.version() + 1;
    return append(priority, new Change(id, EntityBody.live(id, version, doc)));
  }

  FakeLog delete(EntityId id) {
    EntityBody old = state.entities().get(id);
    return append(
        Priority.NORMAL, new Change(id, EntityBody.gone(id, old.version(), null, old.hash())));
  }

  synchronized FakeLog append(Priority priority, Change change) {
    Position at = state.position().next();
    append(at, priority, change);
    return this;
  }

  private void append(Position at, Priority priority, Change change) {
    long now = Math.max(time.nowMicros(), state.timeMicros() + 1);
    CommittedEntry entry =
        new Entry(
                at,
                now,
                "test",
                null,
                "k" + at.era() + "." + at.revision(),
                priority,
                null,
                state.chain(),
                null,
                List.of(change))
            .commit();
    entries.add(entry);
    state = state.apply(entry);
    if (upstream != null) {
      upstream.appended(PROD);
    }
  }

  /** Loses the newest entries and goes on in the next era, as a restore from a backup does. */
  synchronized FakeLog recoverWithout(int lost, EntityId id, String doc) {
    List<CommittedEntry> kept = List.copyOf(entries.subList(0, entries.size() - lost));
    entries.clear();
    state = ScopeState.empty(PROD, state.position().logId());
    for (CommittedEntry entry : kept) {
      entries.add(entry);
      state = state.apply(entry);
    }
    Position at = state.position();
    eraFrom = at.revision() + 1;
    append(
        new Position(at.logId(), at.era() + 1, at.revision() + 1),
        Priority.NORMAL,
        new Change(id, EntityBody.live(id, 100, json(doc))));
    return this;
  }

  synchronized void dead(boolean isDead) {
    dead = isDead;
  }

  synchronized void knowsBlobs(boolean knows) {
    knowsBlobs = knows;
  }

  synchronized Hash blob(byte[] bytes) {
    Hash hash = Hash.of(bytes);
    blobs.put(hash, bytes);
    return hash;
  }

  synchronized ScopeState state() {
    return state;
  }

  synchronized List<CommittedEntry> entries() {
    return List.copyOf(entries);
  }

  private void requireAlive() {
    if (dead) {
      throw new IllegalStateException("the log is down");
    }
  }

  private volatile boolean pastIsHidden;

  /** As if every entry until now had been cut off. */
  void hidePast() {
    pastIsHidden = true;
  }

  @Override
  public synchronized @Nullable HeadFrame head(ScopeId scope) {
    requireAlive();
    return new HeadFrame(state.position(), state.chain(), time.nowMicros(), null, eraFrom);
  }

  @Override
  public synchronized List<CommittedEntry> read(ScopeId scope, long afterRevision, int max) {
    if (pastIsHidden) {
      return List.of();
    }
    requireAlive();
    return entries.stream()
        .filter(e -> e.position().revision() > afterRevision)
        .limit(max)
        .toList();
  }

  @Override
  public synchronized @Nullable ScopeState state(ScopeId scope) {
    requireAlive();
    return state;
  }

  @Override
  public synchronized byte @Nullable [] blob(Hash hash) {
    requireAlive();
    return knowsBlobs ? blobs.get(hash) : null;
  }

  @Override
  public long report(Report report) {
    requireAlive();
    reports.add(report);
    return time.nowMicros();
  }
}
