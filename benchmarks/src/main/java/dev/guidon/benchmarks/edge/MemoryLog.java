package dev.guidon.benchmarks.edge;

import dev.guidon.edge.LocalUpstream;
import dev.guidon.edge.TimeSource;
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
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A log of one scope in memory, so that an edge can be measured without a disk beside it. */
final class MemoryLog implements LocalUpstream.Log {
  public static final ScopeId SCOPE = ScopeId.of("shop", "prod");

  private final TimeSource time = TimeSource.system();
  private final LocalUpstream upstream = new LocalUpstream(this);
  private final List<CommittedEntry> entries = new ArrayList<>();
  private ScopeState state = ScopeState.empty(SCOPE, "0123456789abcdef0123456789abcdef");

  public LocalUpstream upstream() {
    return upstream;
  }

  /** Commits a flag; single quotes stand for double ones. */
  public void flag(String key, String doc) {
    commit(EntityId.flag(key), doc);
  }

  /** Commits a server key with this secret. */
  public void serverKey(String name, String secret) {
    commit(
        new EntityId(EntityKind.SDK_KEY, name),
        "{'key':'%s','kind':'server','hashes':[{'hash':'%s','created':'2026-01-01T00:00:00Z'}]}"
            .formatted(name, Hash.of(secret).hex()));
  }

  private void commit(EntityId id, String doc) {
    Json.Obj json = (Json.Obj) JsonReader.read(doc.replace('\'', '"'), JsonLimits.DEFAULT);
    synchronized (this) {
      EntityBody old = state.entities().get(id);
      long version = old == null ? 1 : old.version() + 1;
      Position at = state.position().next();
      CommittedEntry entry =
          new Entry(
                  at,
                  Math.max(time.nowMicros(), state.timeMicros() + 1),
                  "benchmark",
                  null,
                  "k" + at.revision(),
                  Priority.NORMAL,
                  null,
                  state.chain(),
                  null,
                  List.of(new Change(id, EntityBody.live(id, version, json))))
              .commit();
      entries.add(entry);
      state = state.apply(entry);
    }
    upstream.appended(SCOPE);
  }

  public synchronized Position position() {
    return state.position();
  }

  @Override
  public synchronized HeadFrame head(ScopeId scope) {
    return new HeadFrame(state.position(), state.chain(), time.nowMicros(), null, 1L);
  }

  @Override
  public synchronized List<CommittedEntry> read(ScopeId scope, long afterRevision, int max) {
    int from = (int) Math.min(afterRevision, entries.size());
    return List.copyOf(entries.subList(from, Math.min(entries.size(), from + max)));
  }

  @Override
  public synchronized ScopeState state(ScopeId scope) {
    return state;
  }

  @Override
  public byte @Nullable [] blob(Hash hash) {
    return null;
  }

  @Override
  public long report(Report report) {
    return time.nowMicros();
  }
}
