package dev.guidon.stream;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Position;
import dev.guidon.model.Priority;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server sends to an edge that replicates from it: every entry verbatim, in portions; a
 * reference to a whole state where entries cannot lead the follower to the present. Keeps nothing
 * itself.
 *
 * <h2>Eras</h2>
 *
 * A position of the head's own era is on the way to the head. A position of an older era is so only
 * if the log still has that very entry; otherwise a recovery has dropped it, and the follower needs
 * a state of the new era.
 */
public final class LogFeed {
  private static final long PAUSE_MILLIS = 60_000;

  private final LogSource source;
  private final int entriesMax;
  private final long bytesMax;
  private final long snapshotBeyond;

  /**
   * @param entriesMax in one portion
   * @param bytesMax in one portion, exceeded by one entry at most
   * @param snapshotBeyond a follower that is farther behind is given a whole state, where there is
   *     one
   */
  public LogFeed(LogSource source, int entriesMax, long bytesMax, long snapshotBeyond) {
    this.source = source;
    this.entriesMax = entriesMax;
    this.bytesMax = bytesMax;
    this.snapshotBeyond = snapshotBeyond;
  }

  public LogFeed(LogSource source) {
    this(source, /* entriesMax= */ 256, /* bytesMax= */ 512 << 10, /* snapshotBeyond= */ 5_000);
  }

  /** The next portion; empty when there is nothing to say. Call again until it is. */
  public FeedStep<LogCursor> next(LogCursor cursor) {
    HeadFrame head = source.head();
    if (head == null) {
      return step(List.of(), cursor, Priority.NORMAL);
    }
    Position at = cursor.position();
    if (at == null || at.revision() == 0) {
      return advance(new Position(head.position().logId(), 1, 0), cursor, head);
    }
    if (!at.logId().equals(head.position().logId())) {
      return goodbye(cursor, "the log id here is " + head.position().logId());
    }
    if (at.era() > head.position().era()) {
      // The follower knows of a recovery that we do not know of yet.
      return step(List.of(), cursor, Priority.NORMAL);
    }
    if (at.era() < head.position().era() && !isOnTheWay(at)) {
      return snapshot(cursor, head);
    }
    return advance(at, cursor, head);
  }

  /**
   * The same for a follower that polls: lines, none when it is at the head, or {@code null} when it
   * needs the bytes of a snapshot instead.
   */
  public byte @Nullable [] poll(@Nullable Position resume) {
    HeadFrame head = source.head();
    if (head == null) {
      return new byte[0];
    }
    Position from = resume == null ? new Position(head.position().logId(), 1, 0) : resume;
    boolean sameLog = from.logId().equals(head.position().logId());
    boolean current = from.revision() == 0 || from.era() >= head.position().era();
    if (!sameLog || !current && !isOnTheWay(from)) {
      return null;
    }
    List<CommittedEntry> entries = portion(from);
    if (entries.isEmpty() && from.isBefore(head.position())) {
      return null;
    }
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (CommittedEntry entry : entries) {
      lines.writeBytes(LogFrames.line(entry));
      lines.write('\n');
    }
    return lines.toByteArray();
  }

  private boolean isOnTheWay(Position at) {
    List<CommittedEntry> there = source.read(at.revision() - 1, 1);
    return !there.isEmpty() && there.get(0).position().equals(at);
  }

  private FeedStep<LogCursor> advance(Position at, LogCursor cursor, HeadFrame head) {
    if (!at.isBefore(head.position())) {
      return head(at, cursor, head);
    }
    if (head.position().revision() - at.revision() > snapshotBeyond
        && isAhead(source.snapshot(), at)) {
      return snapshot(cursor, head);
    }
    List<CommittedEntry> entries = portion(at);
    if (entries.isEmpty()) {
      return snapshot(cursor, head);
    }
    List<byte[]> bytes = new ArrayList<>();
    Priority priority = Priority.BULK;
    Position sent = at;
    for (CommittedEntry entry : entries) {
      bytes.add(LogFrames.encode(new LogFrame.EntryFrame(entry)));
      Priority own = entry.entry().priority();
      priority = own.compareTo(priority) < 0 ? own : priority;
      sent = entry.position();
    }
    return step(bytes, new LogCursor(sent, cursor.headReadAtMicros()), priority);
  }

  /** None when the next entry is not kept any more. */
  private List<CommittedEntry> portion(Position at) {
    List<CommittedEntry> portion = new ArrayList<>();
    long bytes = 0;
    long expected = at.revision() + 1;
    for (CommittedEntry entry : source.read(at.revision(), entriesMax)) {
      if (entry.position().revision() != expected || bytes >= bytesMax) {
        break;
      }
      portion.add(entry);
      bytes += entry.bytes().length;
      expected++;
    }
    return portion;
  }

  private FeedStep<LogCursor> head(Position at, LogCursor cursor, HeadFrame head) {
    if (head.readAtMicros() <= cursor.headReadAtMicros()) {
      return step(List.of(), cursor, Priority.NORMAL);
    }
    Position sent = cursor.position() == null ? null : at;
    return step(
        List.of(LogFrames.encode(head)), new LogCursor(sent, head.readAtMicros()), Priority.NORMAL);
  }

  private FeedStep<LogCursor> snapshot(LogCursor cursor, HeadFrame head) {
    SnapshotRef ref = source.snapshot();
    Position at = cursor.position();
    if (ref == null || !isAhead(ref, at)) {
      return goodbye(cursor, "no snapshot that leads on from " + at);
    }
    // The head first: it says where the era began, and so how much of an older one was dropped.
    return step(
        List.of(LogFrames.encode(head), LogFrames.encode(ref)),
        new LogCursor(ref.position(), cursor.headReadAtMicros()),
        Priority.NORMAL);
  }

  private static boolean isAhead(@Nullable SnapshotRef ref, @Nullable Position at) {
    return ref != null && (at == null || at.revision() == 0 || at.isBefore(ref.position()));
  }

  private static FeedStep<LogCursor> goodbye(LogCursor cursor, String reason) {
    byte[] bytes = LogFrames.encode(new Goodbye(PAUSE_MILLIS, reason));
    return new FeedStep<>(List.of(bytes), cursor, Priority.NORMAL, /* close= */ true);
  }

  private static FeedStep<LogCursor> step(List<byte[]> bytes, LogCursor cursor, Priority priority) {
    return new FeedStep<>(bytes, cursor, priority, /* close= */ false);
  }
}
