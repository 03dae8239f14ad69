package dev.guidon.stream;

import dev.guidon.model.ChainException;
import dev.guidon.model.Change;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.Hash;
import dev.guidon.model.Hashed;
import dev.guidon.model.HashedMap;
import dev.guidon.model.Position;
import dev.guidon.model.Priority;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** An edge's copy of a scope: every entry in order, its chain and its checkpoints verified. */
public final class LogFollower extends Follower<ScopeState> {
  private final ScopeId scope;
  private final StateFormat<ScopeState> format;

  /**
   * @param start from disk, or {@code null}
   * @param blobIsPresent asked often; must be cheap
   * @param random for jitter only
   */
  public LogFollower(
      ScopeId scope,
      @Nullable ScopeState start,
      FollowerSettings settings,
      Predicate<Hash> blobIsPresent,
      RandomGenerator random) {
    super(start, settings, blobIsPresent, random);
    this.format = StateFormat.ofScope(scope, settings.limits());
    this.scope = scope;
  }

  @Override
  @Nullable Step<ScopeState> read(SseEvent event) {
    LogFrame frame = LogFrames.decode(event);
    if (frame instanceof LogFrame.EntryFrame entry) {
      return new Step.Move<>(entry.committed());
    }
    if (frame instanceof SnapshotRef ref) {
      return new Step.Awaited<>(ref);
    }
    if (frame instanceof HeadFrame head) {
      return new Step.Head<>(head);
    }
    return frame instanceof Goodbye goodbye ? new Step.Bye<>(goodbye) : null;
  }

  /** Lines of entries begin with a hash; a body that begins with an object is a snapshot. */
  @Override
  List<Step<ScopeState>> readPolled(byte[] body) {
    if (body[0] == '{') {
      return List.of(new Step.Whole<>(readSnapshot(body)));
    }
    List<Step<ScopeState>> steps = new ArrayList<>();
    for (CommittedEntry committed : LogFrames.readLines(body)) {
      steps.add(new Step.Move<>(committed));
    }
    return steps;
  }

  @Override
  ScopeState readSnapshot(byte[] bytes) {
    return format.readSnapshot(bytes);
  }

  @Override
  Moved<ScopeState> move(@Nullable ScopeState state, Object frame) {
    CommittedEntry committed = (CommittedEntry) frame;
    Position at = committed.position();
    boolean empty = state == null || state.position().revision() == 0;
    ScopeState base = empty ? ScopeState.empty(scope, at.logId()) : state;
    if (base == null) {
      throw new IllegalStateException("no state to move from");
    }
    Position own = base.position();
    if (!at.logId().equals(own.logId())) {
      return new Moved.Refused<>(Output.Code.OTHER_LOG, otherLog(at, own), /* everything= */ false);
    }
    if (!empty && StateFormat.isPast(at, own)) {
      return new Moved.Nothing<>();
    }
    if (at.revision() != own.revision() + 1) {
      return new Moved.Refused<>(
          Output.Code.GAP,
          "entry " + at + " (expected: " + own.next() + ")",
          /* everything= */ false);
    }
    try {
      return new Moved.To<>(
          base.apply(committed),
          changed(committed),
          committed.entry().priority(),
          committed.bytes());
    } catch (ChainException e) {
      // Both sides cannot be right, and only a whole state, verified against the log, can tell.
      return new Moved.Refused<>(
          Output.Code.CHAIN_BROKEN, String.valueOf(e.getMessage()), /* everything= */ true);
    }
  }

  @Override
  Priority priorityOf(Object frame) {
    return ((CommittedEntry) frame).entry().priority();
  }

  private static Set<EntityId> changed(CommittedEntry committed) {
    Set<EntityId> changed = new TreeSet<>();
    for (Change change : committed.entry().changes()) {
      changed.add(change.id());
    }
    return changed;
  }

  @Override
  Position positionOf(ScopeState state) {
    return state.position();
  }

  @Override
  long timeOf(ScopeState state) {
    return state.timeMicros();
  }

  @Override
  ScopeState sharing(ScopeState whole, ScopeState before) {
    return whole;
  }

  @Override
  HashedMap<? extends Hashed> entitiesOf(ScopeState state) {
    return state.entities();
  }

  @Override
  void collectBlobs(Step<ScopeState> step, Set<Hash> into) {
    if (step instanceof Step.Move<ScopeState> move) {
      for (Change change : ((CommittedEntry) move.frame()).entry().changes()) {
        ChunkRefs.collect(change.id(), change.body(), into);
      }
    } else if (step instanceof Step.Whole<ScopeState> whole) {
      whole
          .state()
          .entities()
          .forEach((EntityId id, EntityBody body) -> ChunkRefs.collect(id, body, into));
    }
  }

  @Override
  @Nullable String contradiction(ScopeState state, HeadFrame head) {
    return state.chain().equals(head.chain())
        ? null
        : "chain at "
            + head.position()
            + ": "
            + state.chain()
            + " (expected: "
            + head.chain()
            + ")";
  }

  @Override
  Output.Code codeOfContradiction() {
    return Output.Code.CHAIN_BROKEN;
  }
}
