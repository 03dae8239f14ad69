package dev.guidon.stream;

import dev.guidon.model.EntityId;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.Priority;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an edge tells an SDK. Written and read by {@link ViewFrames}. */
public sealed interface ViewFrame
    permits ViewFrame.Snapshot, ViewFrame.Delta, SnapshotRef, HeadFrame, Goodbye {

  /** A whole view, for small ones; its hash has been verified. */
  record Snapshot(View view) implements ViewFrame {}

  /**
   * The difference between two positions of one view.
   *
   * @param from what it can be applied onto; equal to {@code to} when only the epoch moves
   * @param timeMicros scope log time of {@code to}
   * @param priority the most urgent of the commits in between
   * @param view the hash of the view afterwards
   */
  record Delta(
      Position from,
      Position to,
      String region,
      long epoch,
      long timeMicros,
      Priority priority,
      List<Changed> changes,
      Hash view)
      implements ViewFrame {
    public Delta {
      changes = List.copyOf(changes);
      if (!from.logId().equals(to.logId()) || to.isBefore(from)) {
        throw new IllegalArgumentException(
            "delta to: " + to + " (expected: a position of the same log, not before " + from + ")");
      }
    }
  }

  /**
   * One entity of a delta.
   *
   * @param shown {@code null}: the view shows it no more
   */
  record Changed(EntityId id, @Nullable ViewEntity shown) {}
}
