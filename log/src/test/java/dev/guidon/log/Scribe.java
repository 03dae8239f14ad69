package dev.guidon.log;

import dev.guidon.model.Change;
import dev.guidon.model.Checkpoint;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.Entry;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.Priority;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.json.Json;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes a scope's log as control would: it folds what it wrote, and so knows checkpoints. One
 * thread.
 */
final class Scribe {
  static final ScopeId SHOP = ScopeId.of("shop", "prod");
  static final long SECOND = 1_000_000;

  private final Log log;
  private ScopeState state;
  private long stepMicros = SECOND;

  Scribe(Log log, ScopeId scope) {
    this.log = log;
    Head head = log.create(scope, logId(scope.text()));
    this.state = Replay.state(log, scope, head.revision());
  }

  static Scribe of(Log log) {
    return new Scribe(log, SHOP);
  }

  /** 32 digits, the same for the same seed. */
  static String logId(String seed) {
    return Hash.of(seed).hex().substring(0, 32);
  }

  static Change flag(String key, long version, boolean on) {
    EntityId id = EntityId.flag(key);
    return new Change(id, EntityBody.live(id, version, Json.Obj.of("on", Json.of(on))));
  }

  /** A segment whose keys are in these blobs. */
  static Change segment(String key, long version, Hash... chunks) {
    EntityId id = EntityId.segment(key);
    List<Json> hashes =
        java.util.Arrays.stream(chunks).<Json>map(hash -> Json.of(hash.hex())).toList();
    Json.Obj included =
        Json.Obj.of("count", Json.of((long) chunks.length), "chunks", new Json.Arr(hashes));
    return new Change(id, EntityBody.live(id, version, Json.Obj.of("included", included)));
  }

  /** An entry that may follow a head, below the first checkpoint. */
  static CommittedEntry next(Head head, String key, Change... changes) {
    return next(head, key, head.timeMicros() + SECOND, /* checkpoint= */ null, changes);
  }

  static CommittedEntry next(
      Head head, String key, long timeMicros, @Nullable Checkpoint checkpoint, Change... changes) {
    return new Entry(
            head.position().next(),
            timeMicros,
            "ada",
            /* reason= */ "because",
            key,
            Priority.NORMAL,
            /* catalogRevision= */ null,
            head.chain(),
            checkpoint,
            List.of(changes))
        .commit();
  }

  /** A copy of an entry with something else in it. */
  static Entry altered(
      Entry entry,
      Position position,
      long timeMicros,
      Hash previous,
      @Nullable Checkpoint checkpoint) {
    return new Entry(
        position,
        timeMicros,
        entry.actor(),
        entry.reason(),
        entry.key(),
        entry.priority(),
        entry.catalogRevision(),
        previous,
        checkpoint,
        entry.changes());
  }

  /** From now on entries are so far apart. */
  Scribe stepping(long micros) {
    stepMicros = micros;
    return this;
  }

  CommittedEntry write(Change... changes) {
    return writeAs(
        String.format(
            Locale.ROOT, "key-%d-%d", state.position().era(), state.position().revision() + 1),
        changes);
  }

  CommittedEntry writeAs(String key, Change... changes) {
    long revision = state.position().revision() + 1;
    Checkpoint checkpoint =
        revision % Checkpoint.EVERY == 0
            ? new Checkpoint(revision - 1, state.entities().root())
            : null;
    CommittedEntry entry = next(head(), key, state.timeMicros() + stepMicros, checkpoint, changes);
    AppendResult result = log.append(state.scope(), head(), entry);
    if (!(result instanceof AppendResult.Committed)) {
      throw new AssertionError("scribe is not alone: " + result);
    }
    state = state.apply(entry);
    return entry;
  }

  /** Many entries, each turning one of a few flags. */
  Scribe writeMany(int count) {
    for (int i = 0; i < count; i++) {
      long revision = state.position().revision() + 1;
      write(flag("flag-" + revision % 7, revision, revision % 2 == 0));
    }
    return this;
  }

  Head head() {
    return new Head(state.scope(), state.position(), state.chain(), state.timeMicros());
  }

  ScopeState state() {
    return state;
  }
}
