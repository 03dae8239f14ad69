package dev.guidon.stream;

import dev.guidon.model.EntityId;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.Priority;
import dev.guidon.model.ScopeState;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an edge sends to the SDKs of one scope and region. A stream is state and not a queue: the
 * feed keeps the present view and the last frames, each encoded once; a connection keeps a {@link
 * ViewCursor}; and {@link #next} answers what leads from there to the present. However slow a
 * reader is, it costs no more than its cursor.
 *
 * <h2>Which way to the present</h2>
 *
 * Few frames behind: those frames. Many, or an emergency behind other frames: one merged frame, so
 * that the emergency does not wait for what came before it. Beyond the frames kept, or more changed
 * than a snapshot is worth: a snapshot, followed by the frames since it was made. A snapshot is
 * made only when there is none recent enough.
 *
 * <p>Safe for use by several threads.
 */
public final class ViewFeed {
  /** Where the snapshots are that this feed refers to; the hash follows. */
  public static final String SNAPSHOT_PATH = "/v1/view/snapshot/";

  private static final int SNAPSHOTS_KEPT = 3;
  private static final int MERGED_KEPT = 64;
  private static final long OTHER_LOG_PAUSE_MILLIS = 60_000;

  /** One commit, or one jump of the edge itself. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Framed(
      Position from, Position to, Priority priority, Set<EntityId> changed, byte[] bytes) {}

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Snapshot(Position position, long sequence, Hash hash, byte[] bytes) {}

  /** A merged frame; without bytes when a snapshot is the better way. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Merged(byte @Nullable [] bytes, Priority priority) {}

  private final ViewFeedSettings settings;
  private final Framed[] ring;
  private final Map<Position, Long> sequenceOf = new HashMap<>();
  private final Map<Hash, Snapshot> snapshots = new LinkedHashMap<>();
  private final Map<Long, Merged> merged = new HashMap<>();
  private View view;
  private long first;
  private long end;
  private long ringBytes;
  private @Nullable Snapshot newest;
  private @Nullable HeadFrame head;
  private long heads;
  private byte @Nullable [] headBytes;

  public ViewFeed(View start, ViewFeedSettings settings) {
    this.view = start;
    this.settings = settings;
    this.ring = new Framed[settings.frames()];
  }

  public synchronized View view() {
    return view;
  }

  /** Moves on by one commit. A state that is not later than the view is ignored. */
  public synchronized void apply(ScopeState state, Iterable<EntityId> changed, Priority priority) {
    if (!view.position().isBefore(state.position())) {
      return;
    }
    View next = view.advance(state, changed);
    Set<EntityId> differing = new TreeSet<>();
    for (EntityId id : changed) {
      if (differs(view, next, id)) {
        differing.add(id);
      }
    }
    push(next, differing, priority);
  }

  /**
   * Moves to a view that was not reached by single commits: after a snapshot, an era move, a time
   * boundary.
   */
  public synchronized void replace(View next) {
    if (!next.position().logId().equals(view.position().logId())) {
      forgetAll();
      view = next;
      return;
    }
    boolean later = view.position().isBefore(next.position());
    boolean laterEpoch = view.position().equals(next.position()) && next.epoch() > view.epoch();
    if (later || laterEpoch) {
      push(next, difference(view, next), Priority.NORMAL);
    }
  }

  /**
   * Whether {@link #next} would have to encode the whole view for this connection, because it is
   * new or too far behind and there is no recent snapshot.
   */
  public synchronized boolean lacksSnapshot(ViewCursor cursor) {
    Position at = cursor.position();
    if (recentOrNull() != null
        || at != null && at.revision() > 0 && !at.logId().equals(view.position().logId())) {
      return false;
    }
    ViewCursor placed = place(cursor);
    if (!placed.isPlaced()) {
      return at == null
          || at.era() != view.position().era()
          || !view.position().isBefore(at); // Whoever is ahead gets nothing.
    }
    Merged way = placed.sequence() < end ? merged.get(placed.sequence()) : null;
    return way != null && way.bytes() == null;
  }

  /** Makes the snapshot that is lacking. The feed goes on meanwhile; callers make one at a time. */
  public void makeSnapshot() {
    View encoded;
    long sequence;
    synchronized (this) {
      encoded = view;
      sequence = end;
    }
    byte[] bytes = ViewSnapshot.encode(encoded);
    Snapshot made = new Snapshot(encoded.position(), sequence, Hash.of(bytes), bytes);
    synchronized (this) {
      if (encoded.position().logId().equals(view.position().logId())) {
        keep(made);
      }
    }
  }

  /** The newest head that the edge has heard of from its upstream. */
  public synchronized void head(HeadFrame heard) {
    if (head == null || head.readAtMicros() < heard.readAtMicros()) {
      head = heard;
      headBytes = null;
      heads++;
    }
  }

  /** What leads this connection to the present; empty when it is there. */
  public synchronized FeedStep<ViewCursor> next(ViewCursor cursor) {
    Position at = cursor.position();
    if (at != null && at.revision() > 0 && !at.logId().equals(view.position().logId())) {
      return otherLog(cursor);
    }
    List<byte[]> bytes = new ArrayList<>();
    ViewCursor before = cursor;
    if (at != null && at.era() < view.position().era()) {
      // Before anything of the new era, so that the follower can tell how much of the old one was
      // dropped.
      before = addHead(before, bytes, /* evenIfAhead= */ true);
    }
    ViewCursor placed = place(before);
    Priority priority = Priority.NORMAL;
    if (!placed.isPlaced()) {
      if (at != null && at.era() == view.position().era() && view.position().isBefore(at)) {
        // The reader has been at an edge that was ahead of this one. It waits for us to catch up.
        return step(bytes, addHead(placed, bytes, /* evenIfAhead= */ false), priority);
      }
      placed = addSnapshot(placed, bytes);
    }
    if (placed.sequence() < end) {
      Merged way = wayFrom(placed.sequence());
      if (way != null && way.bytes() == null) {
        placed = addSnapshot(placed, bytes);
        way = null;
      }
      priority = addFrames(placed.sequence(), way, bytes);
      placed = new ViewCursor(view.position(), end, placed.heads());
    }
    return step(bytes, addHead(placed, bytes, /* evenIfAhead= */ false), priority);
  }

  /**
   * The same for a reader that polls: a delta, a snapshot, or no bytes when it is at the present.
   *
   * @param from what the reader has
   */
  public synchronized byte[] poll(@Nullable Position from) {
    if (from != null && from.equals(view.position())) {
      return new byte[0];
    }
    ViewCursor placed = place(ViewCursor.at(from));
    boolean ahead =
        from != null && from.era() == view.position().era() && view.position().isBefore(from);
    if (ahead) {
      return new byte[0];
    }
    if (from != null && placed.isPlaced()) {
      byte[] delta = ViewFrames.deltaBytes(difference(placed.sequence(), from));
      if (delta.length <= settings.mergedBytesMax()) {
        return delta;
      }
    }
    return ViewSnapshot.encode(view);
  }

  /**
   * The newest head, for {@link HeadFrame#HEADER}; {@code null} while there is none or this view is
   * behind it.
   */
  public synchronized @Nullable HeadFrame reachedHead() {
    HeadFrame newestHead = head;
    return newestHead != null && isReached(newestHead) ? withView(newestHead) : null;
  }

  /** The bytes behind a reference that {@link #next} gave out; {@code null} when it is too old. */
  public synchronized byte @Nullable [] snapshot(Hash hash) {
    Snapshot kept = snapshots.get(hash);
    return kept == null ? null : kept.bytes();
  }

  private static boolean differs(View before, View after, EntityId id) {
    ViewEntity old = before.entities().get(id);
    ViewEntity now = after.entities().get(id);
    return old == null ? now != null : now == null || !old.hash().equals(now.hash());
  }

  private static Set<EntityId> difference(View before, View after) {
    Set<EntityId> differing = new TreeSet<>();
    after
        .entities()
        .forEach((EntityId id, ViewEntity shown) -> addIfDiffers(before, after, id, differing));
    before
        .entities()
        .forEach((EntityId id, ViewEntity shown) -> addIfDiffers(before, after, id, differing));
    return differing;
  }

  private static void addIfDiffers(View before, View after, EntityId id, Set<EntityId> into) {
    if (differs(before, after, id)) {
      into.add(id);
    }
  }

  private void push(View next, Set<EntityId> changed, Priority priority) {
    Position from = view.position();
    view = next;
    byte[] bytes = ViewFrames.encode(delta(from, changed, priority));
    while (end > first
        && (end - first == ring.length || ringBytes + bytes.length > settings.frameBytes())) {
      dropFirst();
    }
    ring[slot(end)] = new Framed(from, next.position(), priority, changed, bytes);
    sequenceOf.putIfAbsent(from, end);
    ringBytes += bytes.length;
    end++;
    merged.clear();
    headBytes = null;
  }

  private void dropFirst() {
    Framed dropped = ring[slot(first)];
    sequenceOf.remove(dropped.from(), first);
    ringBytes -= dropped.bytes().length;
    first++;
  }

  private int slot(long sequence) {
    return (int) (sequence % ring.length);
  }

  private void forgetAll() {
    first = end;
    ringBytes = 0;
    sequenceOf.clear();
    merged.clear();
    snapshots.clear();
    newest = null;
    head = null;
    headBytes = null;
  }

  private ViewFrame.Delta delta(Position from, Set<EntityId> changed, Priority priority) {
    List<ViewFrame.Changed> changes = new ArrayList<>(changed.size());
    for (EntityId id : changed) {
      changes.add(new ViewFrame.Changed(id, view.entities().get(id)));
    }
    return new ViewFrame.Delta(
        from,
        view.position(),
        view.region(),
        view.epoch(),
        view.timeMicros(),
        priority,
        changes,
        view.hash());
  }

  /** Finds the frame that leads on from the cursor, if it is still kept. */
  private ViewCursor place(ViewCursor cursor) {
    Position at = cursor.position();
    if (at == null || cursor.sequence() >= first) {
      return cursor;
    }
    Long sequence = sequenceOf.get(at);
    if (sequence == null && at.equals(view.position())) {
      sequence = end;
    }
    return new ViewCursor(at, sequence == null ? -1 : sequence, cursor.heads());
  }

  /** {@code null}: the frames themselves. */
  private @Nullable Merged wayFrom(long sequence) {
    long count = end - sequence;
    boolean few =
        count <= settings.concatenatedMax() && bytesFrom(sequence) <= settings.mergedBytesMax();
    if (few && (count == 1 || priorityFrom(sequence) != Priority.EMERGENCY)) {
      return null;
    }
    Merged known = merged.get(sequence);
    if (known != null) {
      return known;
    }
    Merged made = merge(sequence);
    if (merged.size() < MERGED_KEPT) {
      merged.put(sequence, made);
    }
    return made;
  }

  private Merged merge(long sequence) {
    ViewFrame.Delta delta = difference(sequence, ring[slot(sequence)].from());
    byte[] bytes = ViewFrames.encode(delta);
    return new Merged(bytes.length > settings.mergedBytesMax() ? null : bytes, delta.priority());
  }

  private ViewFrame.Delta difference(long sequence, Position from) {
    Set<EntityId> changed = new TreeSet<>();
    for (long i = sequence; i < end; i++) {
      changed.addAll(ring[slot(i)].changed());
    }
    return delta(from, changed, priorityFrom(sequence));
  }

  private long bytesFrom(long sequence) {
    long bytes = 0;
    for (long i = sequence; i < end; i++) {
      bytes += ring[slot(i)].bytes().length;
    }
    return bytes;
  }

  private Priority priorityFrom(long sequence) {
    Priority most = sequence < end ? Priority.BULK : Priority.NORMAL;
    for (long i = sequence; i < end; i++) {
      Priority priority = ring[slot(i)].priority();
      most = priority.compareTo(most) < 0 ? priority : most;
    }
    return most;
  }

  private Priority addFrames(long sequence, @Nullable Merged way, List<byte[]> bytes) {
    if (way != null && way.bytes() != null) {
      bytes.add(way.bytes());
      return way.priority();
    }
    for (long i = sequence; i < end; i++) {
      bytes.add(ring[slot(i)].bytes());
    }
    return priorityFrom(sequence);
  }

  private ViewCursor addSnapshot(ViewCursor cursor, List<byte[]> bytes) {
    Snapshot snapshot = recentSnapshot();
    bytes.add(
        snapshot.bytes().length <= settings.inlineBytesMax()
            ? ViewFrames.snapshot(snapshot.position(), snapshot.bytes())
            : ViewFrames.encode(
                new SnapshotRef(
                    snapshot.position(),
                    SNAPSHOT_PATH + snapshot.hash(),
                    snapshot.hash(),
                    snapshot.bytes().length)));
    return new ViewCursor(snapshot.position(), snapshot.sequence(), cursor.heads());
  }

  /** One that a few frames lead on from; a new one only when there is none. */
  private Snapshot recentSnapshot() {
    Snapshot known = recentOrNull();
    if (known != null) {
      return known;
    }
    byte[] bytes = ViewSnapshot.encode(view);
    Snapshot made = new Snapshot(view.position(), end, Hash.of(bytes), bytes);
    keep(made);
    return made;
  }

  private @Nullable Snapshot recentOrNull() {
    Snapshot known = newest;
    return known != null
            && known.sequence() >= first
            && end - known.sequence() <= settings.concatenatedMax()
        ? known
        : null;
  }

  private void keep(Snapshot made) {
    newest = made;
    snapshots.put(made.hash(), made);
    if (snapshots.size() > SNAPSHOTS_KEPT) {
      snapshots.remove(snapshots.keySet().iterator().next());
    }
  }

  private ViewCursor addHead(ViewCursor cursor, List<byte[]> bytes, boolean evenIfAhead) {
    HeadFrame newestHead = head;
    if (newestHead == null || cursor.heads() == heads || !evenIfAhead && !isReached(newestHead)) {
      return cursor;
    }
    byte[] encoded = headBytes;
    if (encoded == null) {
      encoded = ViewFrames.encode(withView(newestHead));
      headBytes = encoded;
    }
    bytes.add(encoded);
    // One that was sent ahead of what it speaks of is sent again afterwards.
    return evenIfAhead ? cursor : new ViewCursor(cursor.position(), cursor.sequence(), heads);
  }

  private HeadFrame withView(HeadFrame heard) {
    return heard.withView(heard.position().equals(view.position()) ? view.hash() : null);
  }

  private boolean isReached(HeadFrame heard) {
    return heard.position().logId().equals(view.position().logId())
        && !view.position().isBefore(heard.position());
  }

  private FeedStep<ViewCursor> otherLog(ViewCursor cursor) {
    String reason = "the log id here is " + view.position().logId();
    byte[] bytes = ViewFrames.encode(new Goodbye(OTHER_LOG_PAUSE_MILLIS, reason));
    return new FeedStep<>(List.of(bytes), cursor, Priority.NORMAL, /* close= */ true);
  }

  private static FeedStep<ViewCursor> step(
      List<byte[]> bytes, ViewCursor cursor, Priority priority) {
    return new FeedStep<>(bytes, cursor, priority, /* close= */ false);
  }
}
