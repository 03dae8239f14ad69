package dev.guidon.stream;

import dev.guidon.model.EntityId;
import dev.guidon.model.HashedMap;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A view: snapshots as {@link ViewSnapshot} has them, moved on by deltas. */
record ViewFormat(ScopeId scope, String region, StreamLimits limits) implements StateFormat<View> {
  @Override
  public byte[] snapshot(View view) {
    return ViewSnapshot.encode(view);
  }

  @Override
  public View readSnapshot(byte[] bytes, int from) {
    return requireOurs(ViewSnapshot.decode(bytes, from, limits));
  }

  View requireOurs(View view) {
    StateFormat.requireScope(view.scope(), scope);
    requireRegion(view.region());
    return view;
  }

  @Override
  public Position position(View view) {
    return view.position();
  }

  @Override
  public View replay(@Nullable View view, byte[] record) {
    ViewFrame.Delta delta = ViewFrames.readDelta(record, limits);
    if (view == null) {
      throw new StreamException(
          "delta from " + delta.from() + " (expected: a snapshot before any delta)");
    }
    return isPast(delta, view) ? view : apply(view, delta);
  }

  static boolean isPast(ViewFrame.Delta delta, View view) {
    boolean epochOnly = delta.from().equals(delta.to()) && delta.to().equals(view.position());
    return epochOnly
        ? delta.epoch() <= view.epoch()
        : StateFormat.isPast(delta.to(), view.position());
  }

  /** Throws when the delta does not start here or leads elsewhere than it says. */
  View apply(View view, ViewFrame.Delta delta) {
    requireRegion(delta.region());
    if (!delta.from().equals(view.position())) {
      throw new StreamException(
          "delta from " + delta.from() + " (expected: from " + view.position() + ")");
    }
    Map<EntityId, @Nullable ViewEntity> changes = new LinkedHashMap<>();
    for (ViewFrame.Changed change : delta.changes()) {
      changes.put(change.id(), change.shown());
    }
    HashedMap<ViewEntity> entities = view.entities().with(changes);
    if (!entities.root().equals(delta.view())) {
      throw new StreamException(
          "view hash at "
              + delta.to()
              + ": "
              + entities.root()
              + " (expected: "
              + delta.view()
              + ")");
    }
    return new View(scope, delta.to(), region, delta.epoch(), delta.timeMicros(), entities);
  }

  private void requireRegion(String found) {
    if (!found.equals(region)) {
      throw new StreamException("region: " + found + " (expected: " + region + ")");
    }
  }
}
