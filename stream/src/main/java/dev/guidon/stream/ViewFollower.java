package dev.guidon.stream;

import dev.guidon.model.EntityId;
import dev.guidon.model.Hash;
import dev.guidon.model.Hashed;
import dev.guidon.model.HashedMap;
import dev.guidon.model.Position;
import dev.guidon.model.Priority;
import dev.guidon.model.ScopeId;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** An SDK's copy of what its region sees: the view's hash is recomputed after every frame. */
public final class ViewFollower extends Follower<View> {
  private final ViewFormat format;
  private final StreamLimits limits;

  /**
   * @param region of this consumer, whichever edge serves it
   * @param start from disk, or {@code null}
   * @param blobIsPresent asked often; must be cheap
   * @param random for jitter only
   */
  public ViewFollower(
      ScopeId scope,
      String region,
      @Nullable View start,
      FollowerSettings settings,
      Predicate<Hash> blobIsPresent,
      RandomGenerator random) {
    super(start, settings, blobIsPresent, random);
    this.limits = settings.limits();
    this.format = new ViewFormat(scope, region, limits);
  }

  @Override
  @Nullable Step<View> read(SseEvent event) {
    ViewFrame frame = ViewFrames.decode(event, limits);
    if (frame instanceof ViewFrame.Delta delta) {
      return new Step.Move<>(delta);
    }
    if (frame instanceof ViewFrame.Snapshot snapshot) {
      return new Step.Whole<>(format.requireOurs(snapshot.view()));
    }
    if (frame instanceof SnapshotRef ref) {
      return new Step.Awaited<>(ref);
    }
    if (frame instanceof HeadFrame head) {
      return new Step.Head<>(head);
    }
    return frame instanceof Goodbye goodbye ? new Step.Bye<>(goodbye) : null;
  }

  /** One line is a delta; more, or a header alone, are a snapshot. */
  @Override
  List<Step<View>> readPolled(byte[] body) {
    byte[] first = Lines.of(body).stream().findFirst().orElse(new byte[0]);
    boolean delta = Reading.of("polled body", first, limits.json(), fields -> fields.has("from"));
    return List.of(
        delta
            ? new Step.Move<>(ViewFrames.readDelta(first, limits))
            : new Step.Whole<>(format.readSnapshot(body)));
  }

  @Override
  View readSnapshot(byte[] bytes) {
    return format.readSnapshot(bytes);
  }

  @Override
  Moved<View> move(@Nullable View view, Object frame) {
    ViewFrame.Delta delta = (ViewFrame.Delta) frame;
    if (view == null) {
      return new Moved.Refused<>(
          Output.Code.GAP,
          "delta from " + delta.from() + " (expected: a snapshot first)",
          /* everything= */ true);
    }
    Position own = view.position();
    if (!delta.to().logId().equals(own.logId())) {
      return new Moved.Refused<>(
          Output.Code.OTHER_LOG, otherLog(delta.to(), own), /* everything= */ false);
    }
    if (ViewFormat.isPast(delta, view)) {
      return new Moved.Nothing<>();
    }
    if (!delta.from().equals(own)) {
      return new Moved.Refused<>(
          Output.Code.GAP,
          "delta from " + delta.from() + " (expected: from " + own + ")",
          /* everything= */ false);
    }
    return moved(view, delta);
  }

  @Override
  Priority priorityOf(Object frame) {
    return ((ViewFrame.Delta) frame).priority();
  }

  private Moved<View> moved(View view, ViewFrame.Delta delta) {
    View next;
    try {
      next = format.apply(view, delta);
    } catch (StreamException e) {
      return new Moved.Refused<>(
          Output.Code.VIEW_MISMATCH, String.valueOf(e.getMessage()), /* everything= */ true);
    }
    Set<EntityId> changed = new TreeSet<>();
    for (ViewFrame.Changed change : delta.changes()) {
      changed.add(change.id());
    }
    return new Moved.To<>(next, changed, delta.priority(), ViewFrames.deltaBytes(delta));
  }

  @Override
  Position positionOf(View view) {
    return view.position();
  }

  @Override
  long timeOf(View view) {
    return view.timeMicros();
  }

  @Override
  View sharing(View whole, View before) {
    return new View(
        whole.scope(),
        whole.position(),
        whole.region(),
        whole.epoch(),
        whole.timeMicros(),
        whole.entities().sharing(before.entities()));
  }

  @Override
  HashedMap<? extends Hashed> entitiesOf(View view) {
    return view.entities();
  }

  @Override
  void collectBlobs(Step<View> step, Set<Hash> into) {
    if (step instanceof Step.Move<View> move) {
      for (ViewFrame.Changed change : ((ViewFrame.Delta) move.frame()).changes()) {
        ViewEntity shown = change.shown();
        if (shown != null && shown.mayNameChunks()) {
          ChunkRefs.collect(change.id(), shown.doc(), into);
        }
      }
    } else if (step instanceof Step.Whole<View> whole) {
      whole
          .state()
          .entities()
          .forEach((EntityId id, ViewEntity shown) -> {
            if (shown.mayNameChunks()) {
              ChunkRefs.collect(id, shown.doc(), into);
            }
          });
    }
  }

  @Override
  @Nullable String contradiction(View view, HeadFrame head) {
    return head.view() == null || view.hash().equals(head.view())
        ? null
        : "view hash at "
            + head.position()
            + ": "
            + view.hash()
            + " (expected: "
            + head.view()
            + ")";
  }

  @Override
  Output.Code codeOfContradiction() {
    return Output.Code.VIEW_MISMATCH;
  }
}
