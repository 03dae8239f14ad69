package dev.guidon.stream;

import dev.guidon.model.EntityId;
import dev.guidon.model.Hash;
import dev.guidon.model.Hashed;
import dev.guidon.model.HashedMap;
import dev.guidon.model.Position;
import dev.guidon.model.Priority;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a copy of something that lives elsewhere: {@link LogFollower} a scope's state, {@link
 * ViewFollower} a region's view. A state machine: inputs are method calls, and each answers what
 * the driver has to do, in order. It never goes back within an era, never into another log, and
 * moves only by steps whose hashes it has recomputed.
 *
 * <h2>Time</h2>
 *
 * {@code nowMicros} is any monotonic clock in microseconds, always the same one. {@link #tick} is
 * due about once a second.
 *
 * <h2>Waiting</h2>
 *
 * A frame whose key lists are in blobs that are not here waits for them, and what comes after it
 * waits behind it, so that frames are applied in order. Nothing waits longer than {@link
 * FollowerSettings#blobMillisMax}, and nothing that stands in the way of an emergency waits at all:
 * it is applied without its blobs, which go on being fetched ({@link Output.BlobArrived}). Since an
 * emergency may also stand in the socket behind what was read, too much that waits for blobs stops
 * waiting too. Only for a snapshot does {@link #wantsMore} become false, so that the driver stops
 * reading from the socket until it is true again.
 *
 * <p>One thread at a time.
 */
public abstract sealed class Follower<S> permits LogFollower, ViewFollower {
  /** What is in the way from a frame to the state. */
  private static final class Pending<S> {
    private final Step<S> step;
    private final long bytes;
    private final long sinceMicros;
    private Set<Hash> blobs = Set.of();

    Pending(Step<S> step, long bytes, long sinceMicros) {
      this.step = step;
      this.bytes = bytes;
      this.sinceMicros = sinceMicros;
    }
  }

  /** What a frame means for a follower. */
  sealed interface Step<S> {
    /** A frame that moves the state on. */
    record Move<S>(Object frame) implements Step<S> {}

    /** A whole state. */
    record Whole<S>(S state) implements Step<S> {}

    /** A whole state that is still to be fetched. */
    record Awaited<S>(SnapshotRef ref) implements Step<S> {}

    record Head<S>(HeadFrame head) implements Step<S> {}

    record Bye<S>(Goodbye goodbye) implements Step<S> {}
  }

  /** What came of a move. */
  sealed interface Moved<S> {
    @SuppressWarnings("ArrayRecordComponent") // A carrier; never compared.
    record To<S>(S state, Set<EntityId> changed, Priority priority, byte[] record)
        implements Moved<S> {}

    /** Known already, or of an older era. */
    record Nothing<S>() implements Moved<S> {}

    /** Cannot be applied here. {@code everything}: what we have is in doubt. */
    record Refused<S>(Output.Code code, String detail, boolean everything) implements Moved<S> {}
  }

  private final FollowerSettings settings;
  private final Link<S> link;
  private final Blobs<S> blobs;
  private final Deque<Pending<S>> pending = new ArrayDeque<>();

  private @Nullable S state;
  private SseReader reader;
  private long readerConnection = -1;
  private long pendingBytes;

  /** How many pending frames are emergencies: what is before them waits for no blob. */
  private int emergencies;

  private boolean wantsEverything;
  private @Nullable Position acknowledged;
  private @Nullable HeadFrame awaitedHead;
  private @Nullable Position knownEra;
  private long freshAtMicros = Long.MIN_VALUE;
  private long fetchSinceMicros;

  Follower(
      @Nullable S start,
      FollowerSettings settings,
      Predicate<Hash> blobIsPresent,
      RandomGenerator random) {
    this.state = start;
    this.settings = settings;
    this.link = new Link<>(settings, random, this::resumePosition);
    this.blobs = new Blobs<>(blobIsPresent, settings, random);
    this.reader = new SseReader(settings.limits().eventBytesMax());
  }

  // What differs between the two kinds.

  abstract @Nullable Step<S> read(SseEvent event);

  /** A body of the polling twin, in order. */
  abstract List<Step<S>> readPolled(byte[] body);

  abstract S readSnapshot(byte[] bytes);

  abstract Moved<S> move(@Nullable S state, Object frame);

  /** Of a frame that moves the state on. */
  abstract Priority priorityOf(Object frame);

  abstract Position positionOf(S state);

  abstract long timeOf(S state);

  abstract HashedMap<? extends Hashed> entitiesOf(S state);

  /** A state equal to {@code whole} that has in common with an earlier one what is equal. */
  abstract S sharing(S whole, S before);

  abstract void collectBlobs(Step<S> step, Set<Hash> into);

  /** Whether a head at our own position contradicts what we have there. */
  abstract @Nullable String contradiction(S state, HeadFrame head);

  // What can be asked.

  /** The state, or {@code null} before the first one has come. */
  public final @Nullable S state() {
    return state;
  }

  public final @Nullable Position position() {
    return state == null ? null : positionOf(state);
  }

  /** The last position that is known to be on disk. */
  public final @Nullable Position acknowledged() {
    return acknowledged;
  }

  /** Whether the driver may go on reading from the socket. */
  public final boolean wantsMore() {
    return pendingBytes <= settings.limits().pendingBytesMax();
  }

  /** Whether frames are held back that may need blobs which the state does not name. */
  public final boolean isWaiting() {
    return !pending.isEmpty();
  }

  public final boolean isConnected() {
    return link.isOpen();
  }

  /**
   * Whether what is here was the newest there was by the newest word from upstream, on a connection
   * that still stands. What is unknown then is not merely late.
   */
  public final boolean isAtHead() {
    return link.isFresh() && awaitedHead == null;
  }

  public final boolean isPolling() {
    return link.isPolling();
  }

  /**
   * How old what we have may be: since then no linearizable read of the log's head has confirmed
   * it. {@link Long#MAX_VALUE} while there is nothing.
   *
   * @param correctedNowMicros by {@link ClockSync}, not by the monotonic clock
   */
  public final long stalenessMicros(long correctedNowMicros) {
    S current = state;
    if (current == null) {
      return Long.MAX_VALUE;
    }
    // At the time of a commit its state was the newest there was.
    return Math.max(0, correctedNowMicros - Math.max(freshAtMicros, timeOf(current)));
  }

  // Inputs.

  public final List<Output<S>> start(long nowMicros) {
    List<Output<S>> out = new ArrayList<>();
    link.start(nowMicros, out);
    fetchWhatTheStartLacks(out);
    return out;
  }

  /**
   * What was kept may be a state whose blobs had not come yet, or were lost. Its position will not
   * bring them up again.
   */
  private void fetchWhatTheStartLacks(List<Output<S>> out) {
    S current = state;
    if (current != null) {
      Set<Hash> needed = new TreeSet<>();
      collectBlobs(new Step.Whole<>(current), needed);
      blobs.fetchLate(blobs.missing(needed), link.upstream(), out);
    }
  }

  public final List<Output<S>> stop() {
    List<Output<S>> out = new ArrayList<>();
    clearPending();
    link.stop(out);
    return out;
  }

  /** The stream answered 200. */
  public final List<Output<S>> connected(long connection, long nowMicros) {
    if (link.isCurrent(connection)) {
      link.opened(nowMicros);
    }
    return List.of();
  }

  /**
   * The server answered something else than 200; {@code retryAfterMillis} is -1 when it named no
   * pause.
   */
  public final List<Output<S>> rejected(
      long connection, int status, long retryAfterMillis, long nowMicros) {
    List<Output<S>> out = new ArrayList<>();
    if (link.isCurrent(connection)) {
      reject(status, retryAfterMillis, nowMicros, out);
    }
    return out;
  }

  /** The connection could not be made, or ended. */
  public final List<Output<S>> disconnected(long connection, String reason, long nowMicros) {
    List<Output<S>> out = new ArrayList<>();
    if (link.isCurrent(connection)) {
      out.add(new Output.Report<>(Output.Code.CONNECTION_LOST, reason));
      reconnect(reason, nowMicros, out);
    }
    return out;
  }

  /** Bytes of the stream, cut anyhow. */
  public final List<Output<S>> received(long connection, byte[] chunk, long nowMicros) {
    List<Output<S>> out = new ArrayList<>();
    if (!link.isCurrent(connection)) {
      return out;
    }
    link.byteSeen(nowMicros);
    try {
      for (SseEvent event : readerOf(connection).feed(chunk)) {
        Step<S> step = read(event);
        if (step != null && link.isCurrent(connection)) {
          take(step, event.data().length, nowMicros, out);
        }
      }
    } catch (StreamException e) {
      corrupt(connection, e, nowMicros, out);
    }
    return out;
  }

  /** A connection's bytes must not meet what an earlier one left unfinished. */
  private SseReader readerOf(long connection) {
    if (readerConnection != connection) {
      reader = new SseReader(settings.limits().eventBytesMax());
      readerConnection = connection;
    }
    return reader;
  }

  private void take(Step<S> step, long bytes, long nowMicros, List<Output<S>> out) {
    if (step instanceof Step.Bye<S>) {
      // At once, since the server closes; what still waits for blobs comes again with the next
      // connection.
      carryOut(step, nowMicros, out);
      return;
    }
    enqueue(step, bytes, nowMicros, out);
    drain(nowMicros, out);
  }

  /**
   * The answer to a poll.
   *
   * @param body {@code null} or empty when nothing has changed
   * @param head as {@link HeadFrame#HEADER} carried it
   */
  public final List<Output<S>> polled(
      long connection, byte @Nullable [] body, @Nullable HeadFrame head, long nowMicros) {
    List<Output<S>> out = new ArrayList<>();
    if (!link.isCurrent(connection)) {
      return out;
    }
    link.byteSeen(nowMicros);
    try {
      List<Step<S>> steps = body == null || body.length == 0 ? List.of() : readPolled(body);
      for (Step<S> step : steps) {
        enqueue(step, body == null ? 0 : body.length / steps.size(), nowMicros, out);
      }
      if (head != null) {
        enqueue(new Step.Head<>(head), 0, nowMicros, out);
      }
      drain(nowMicros, out);
      if (link.isCurrent(connection)) {
        link.polled(nowMicros, out);
      }
    } catch (StreamException e) {
      corrupt(connection, e, nowMicros, out);
    }
    return out;
  }

  public final List<Output<S>> snapshotFetched(long connection, byte[] bytes, long nowMicros) {
    List<Output<S>> out = new ArrayList<>();
    Pending<S> first = pending.peekFirst();
    if (!link.isCurrent(connection)
        || first == null
        || !(first.step instanceof Step.Awaited<S> awaited)) {
      return out;
    }
    try {
      Hash hash = Hash.of(bytes);
      if (!hash.equals(awaited.ref().hash())) {
        throw new StreamException(
            "snapshot hash: " + hash + " (expected: " + awaited.ref().hash() + ")");
      }
      S fetched = readSnapshot(bytes);
      removeFirst();
      Pending<S> whole = new Pending<>(new Step.Whole<>(fetched), awaited.ref().bytes(), nowMicros);
      waitForBlobs(whole, out);
      pending.addFirst(whole);
      pendingBytes += whole.bytes;
      drain(nowMicros, out);
    } catch (StreamException e) {
      corrupt(connection, e, nowMicros, out);
    }
    return out;
  }

  /** Some bytes of a snapshot have come, so that a slow link is not taken for a dead one. */
  public final void snapshotProgress(long connection, long nowMicros) {
    if (link.isCurrent(connection)) {
      fetchSinceMicros = nowMicros;
    }
  }

  /** {@code status} is 0 when there was no answer. */
  public final List<Output<S>> snapshotFailed(
      long connection, int status, long retryAfterMillis, long nowMicros) {
    List<Output<S>> out = new ArrayList<>();
    if (link.isCurrent(connection)) {
      out.add(new Output.Report<>(Output.Code.SNAPSHOT_FAILED, "status " + status));
      reject(status, retryAfterMillis, nowMicros, out);
    }
    return out;
  }

  /** The blob is here now and the predicate given at construction says so. */
  public final List<Output<S>> blobFetched(Hash hash, long nowMicros) {
    List<Output<S>> out = new ArrayList<>();
    blobs.arrived(hash, link.upstream(), out);
    drain(nowMicros, out);
    return out;
  }

  /** 404 or 410: upstream says that it has no such blob, or that it was erased. */
  public final List<Output<S>> blobMissing(Hash hash, long nowMicros) {
    List<Output<S>> out = new ArrayList<>();
    blobs.giveUp(hash, "upstream does not have it", nowMicros, link.upstream(), out);
    drain(nowMicros, out);
    return out;
  }

  /** No answer, or another status, or bytes with another hash. */
  public final List<Output<S>> blobFailed(Hash hash, long nowMicros) {
    List<Output<S>> out = new ArrayList<>();
    blobs.failed(hash, nowMicros, link.upstream(), out);
    drain(nowMicros, out);
    return out;
  }

  /**
   * Blobs that the state needs were found not to be here, such as after a start from a disk that
   * lost them. They are fetched, and nothing waits for them.
   */
  public final List<Output<S>> blobsLost(Set<Hash> hashes) {
    List<Output<S>> out = new ArrayList<>();
    blobs.fetchLate(blobs.missing(hashes), link.upstream(), out);
    return out;
  }

  /** The state at this position has been synced to disk. */
  public final List<Output<S>> persisted(Position position) {
    if (acknowledged == null || acknowledged.isBefore(position)) {
      acknowledged = position;
      return List.of(new Output.Acknowledge<>(position));
    }
    return List.of();
  }

  public final List<Output<S>> tick(long nowMicros) {
    List<Output<S>> out = new ArrayList<>();
    long connection = link.connection();
    Pending<S> first = pending.peekFirst();
    boolean fetchHangs =
        first != null
            && first.step instanceof Step.Awaited<S>
            && nowMicros - fetchSinceMicros > settings.connectMillisMax() * 1000;
    if (first != null && !wantsMore()) {
      // We have stopped reading, so the silence is ours.
      link.byteSeen(nowMicros);
    }
    if (fetchHangs) {
      out.add(new Output.Report<>(Output.Code.SNAPSHOT_FAILED, "no answer"));
      reconnect("no snapshot", nowMicros, out);
    }
    link.tick(nowMicros, out);
    if (link.connection() != connection) {
      clearPending();
    }
    blobs.tick(nowMicros, link.upstream(), out);
    drain(nowMicros, out);
    return out;
  }

  // The way of a frame.

  private @Nullable Position resumePosition() {
    return wantsEverything || state == null ? null : positionOf(state);
  }

  private void enqueue(Step<S> step, long bytes, long nowMicros, List<Output<S>> out) {
    Pending<S> last = pending.peekLast();
    if (step instanceof Step.Head<S> && last != null && last.step instanceof Step.Head<S>) {
      // Only the newest head counts, and a queue of heads would grow while nothing else comes.
      pending.removeLast();
      pendingBytes -= last.bytes;
    }
    Pending<S> next = new Pending<>(step, bytes, nowMicros);
    waitForBlobs(next, out);
    pending.addLast(next);
    pendingBytes += bytes;
    emergencies += isEmergency(step) ? 1 : 0;
    if (step instanceof Step.Awaited<S> && pending.size() == 1) {
      fetch(nowMicros, out);
    }
  }

  private void waitForBlobs(Pending<S> next, List<Output<S>> out) {
    Set<Hash> needed = new TreeSet<>();
    collectBlobs(next.step, needed);
    next.blobs = blobs.missing(needed);
    blobs.want(next.blobs, link.upstream(), out);
  }

  private void drain(long nowMicros, List<Output<S>> out) {
    long connection = link.connection();
    while (link.connection() == connection) {
      Pending<S> first = pending.peekFirst();
      if (first == null) {
        return;
      }
      if (!first.blobs.stream().allMatch(blobs::isSettled)) {
        String hurry = reasonToHurry(first, nowMicros);
        if (hurry == null) {
          return;
        }
        blobs.stopWaiting(first.blobs, hurry, link.upstream(), out);
      }
      if (first.step instanceof Step.Awaited<S> awaited && isNews(awaited.ref().position())) {
        return;
      }
      removeFirst();
      carryOut(first.step, nowMicros, out);
      Pending<S> next = pending.peekFirst();
      if (next != null && next.step instanceof Step.Awaited<S>) {
        fetch(nowMicros, out);
      }
    }
  }

  /** Why a frame is to be applied without the blobs that it waits for, or {@code null}. */
  private @Nullable String reasonToHurry(Pending<S> first, long nowMicros) {
    if (emergencies > 0) {
      return "an emergency does not wait for it";
    }
    // A first state may be large by itself, and there is nothing yet that an emergency could mend.
    boolean isFirst = state == null && first.step instanceof Step.Whole<S>;
    long waiting = isFirst ? pendingBytes - first.bytes : pendingBytes;
    if (waiting > settings.limits().pendingBytesMax()) {
      return "too much waits for it";
    }
    return nowMicros - first.sinceMicros >= settings.blobMillisMax() * 1000
        ? "not here within " + settings.blobMillisMax() + " ms"
        : null;
  }

  private boolean isEmergency(Step<S> step) {
    return step instanceof Step.Move<S> move && priorityOf(move.frame()) == Priority.EMERGENCY;
  }

  private void removeFirst() {
    Pending<S> removed = pending.removeFirst();
    pendingBytes -= removed.bytes;
    emergencies -= isEmergency(removed.step) ? 1 : 0;
  }

  private void clearPending() {
    pending.clear();
    pendingBytes = 0;
    emergencies = 0;
    blobs.forgetQueued();
  }

  private void fetch(long nowMicros, List<Output<S>> out) {
    Pending<S> first = pending.peekFirst();
    if (first != null
        && first.step instanceof Step.Awaited<S> awaited
        && isNews(awaited.ref().position())) {
      fetchSinceMicros = nowMicros;
      out.add(new Output.FetchSnapshot<>(link.connection(), link.upstream(), awaited.ref()));
    }
  }

  /** Whether a whole state at a position would be taken, or at least has to be looked at. */
  private boolean isNews(Position at) {
    Position own = position();
    return own == null
        || !own.logId().equals(at.logId())
        || own.isBefore(at)
        || wantsEverything && own.equals(at);
  }

  private void carryOut(Step<S> step, long nowMicros, List<Output<S>> out) {
    if (step instanceof Step.Move<S> move) {
      carryOut(move(state, move.frame()), nowMicros, out);
    } else if (step instanceof Step.Whole<S> whole) {
      install(whole.state(), nowMicros, out);
    } else if (step instanceof Step.Head<S> head) {
      head(head.head(), nowMicros, out);
    } else if (step instanceof Step.Bye<S> bye) {
      out.add(new Output.Report<>(Output.Code.GOODBYE, bye.goodbye().reason()));
      clearPending();
      link.goodbye(bye.goodbye().reconnectAfterMillis(), nowMicros, out);
    } else {
      // A reference to a whole state that is no news any more.
      refuseBackwards(((Step.Awaited<S>) step).ref().position(), nowMicros, out);
    }
  }

  private void carryOut(Moved<S> moved, long nowMicros, List<Output<S>> out) {
    if (moved instanceof Moved.To<S> to) {
      Position before = position();
      state = to.state();
      tellEra(before, positionOf(to.state()), out);
      out.add(new Output.Applied<>(to.state(), to.changed(), to.priority()));
      out.add(new Output.Persist<>(to.record(), to.state()));
      reachHead(out);
    } else if (moved instanceof Moved.Refused<S> refused) {
      refuse(refused.code(), refused.detail(), refused.everything(), nowMicros, out);
    }
  }

  private void install(S whole, long nowMicros, List<Output<S>> out) {
    Position at = positionOf(whole);
    Position own = position();
    if (own != null && !own.logId().equals(at.logId()) && own.revision() > 0) {
      refuse(Output.Code.OTHER_LOG, otherLog(at, own), /* everything= */ false, nowMicros, out);
      return;
    }
    if (!isNews(at)) {
      refuseBackwards(at, nowMicros, out);
      return;
    }
    S before = state;
    Set<EntityId> changed = new TreeSet<>();
    difference(before == null ? null : entitiesOf(before), entitiesOf(whole), changed);
    S adopted = before == null ? whole : sharing(whole, before);
    state = adopted;
    wantsEverything = false;
    tellEra(own, at, out);
    out.add(new Output.Applied<>(adopted, changed, Priority.NORMAL));
    out.add(new Output.PersistSnapshot<>(adopted));
    reachHead(out);
  }

  static String otherLog(Position found, Position own) {
    return "log id " + found.logId() + " (expected: " + own.logId() + ", the log of what is here)";
  }

  private void refuseBackwards(Position at, long nowMicros, List<Output<S>> out) {
    if (wantsEverything) {
      refuse(
          Output.Code.BACKWARDS,
          "snapshot at " + at + " (expected: not before " + position() + ")",
          /* everything= */ true,
          nowMicros,
          out);
    }
  }

  private static void difference(
      @Nullable HashedMap<? extends Hashed> before,
      HashedMap<? extends Hashed> after,
      Set<EntityId> into) {
    for (Map.Entry<EntityId, ? extends Hashed> one : after) {
      Hashed old = before == null ? null : before.get(one.getKey());
      if (old == null || !old.hash().equals(one.getValue().hash())) {
        into.add(one.getKey());
      }
    }
    if (before != null) {
      for (Map.Entry<EntityId, ? extends Hashed> one : before) {
        if (after.get(one.getKey()) == null) {
          into.add(one.getKey());
        }
      }
    }
  }

  private void head(HeadFrame head, long nowMicros, List<Output<S>> out) {
    Position own = position();
    Position at = head.position();
    if (own != null && !own.logId().equals(at.logId()) && own.revision() > 0) {
      refuse(Output.Code.OTHER_LOG, otherLog(at, own), /* everything= */ false, nowMicros, out);
      return;
    }
    if (own != null && own.logId().equals(at.logId()) && at.era() < own.era()) {
      // From a server that has not heard of the recovery yet.
      return;
    }
    Long eraFrom = head.eraFrom();
    if (eraFrom != null) {
      knownEra = new Position(at.logId(), at.era(), eraFrom);
    }
    S current = state;
    if (current != null && own != null && own.equals(at)) {
      String contradiction = contradiction(current, head);
      if (contradiction != null) {
        refuse(codeOfContradiction(), contradiction, /* everything= */ true, nowMicros, out);
        return;
      }
    }
    if (awaitedHead == null || isReached(head)) {
      awaitedHead = head;
    }
    reachHead(out);
  }

  abstract Output.Code codeOfContradiction();

  /** A head of an older era says nothing about how fresh we are. */
  private boolean isReached(HeadFrame head) {
    Position own = position();
    return own != null
        && own.logId().equals(head.position().logId())
        && own.era() == head.position().era()
        && own.revision() >= head.position().revision();
  }

  private void reachHead(List<Output<S>> out) {
    HeadFrame head = awaitedHead;
    if (head != null && isReached(head)) {
      freshAtMicros = Math.max(freshAtMicros, head.readAtMicros());
      awaitedHead = null;
      link.fresh(out);
    }
  }

  private void tellEra(@Nullable Position from, Position to, List<Output<S>> out) {
    awaitedHead =
        awaitedHead != null && awaitedHead.position().era() < to.era() ? null : awaitedHead;
    if (from == null || from.era() >= to.era() || !from.logId().equals(to.logId())) {
      return;
    }
    Position known = knownEra;
    boolean isKnown = known != null && known.logId().equals(to.logId()) && known.era() == to.era();
    long eraFrom = isKnown && known != null ? known.revision() : to.revision();
    out.add(new Output.EraMoved<>(from, to, Math.max(0, from.revision() - eraFrom + 1)));
  }

  private void refuse(
      Output.Code code, String detail, boolean everything, long nowMicros, List<Output<S>> out) {
    wantsEverything = wantsEverything || everything;
    out.add(new Output.Report<>(code, detail));
    reconnect(detail, nowMicros, out);
  }

  private void corrupt(long connection, StreamException e, long nowMicros, List<Output<S>> out) {
    if (link.isCurrent(connection)) {
      out.add(new Output.Report<>(Output.Code.CORRUPT, String.valueOf(e.getMessage())));
      reconnect("corrupt", nowMicros, out);
    }
  }

  private void reject(int status, long retryAfterMillis, long nowMicros, List<Output<S>> out) {
    if (status == 401 || status == 403) {
      out.add(new Output.Report<>(Output.Code.UNAUTHORIZED, "status " + status));
    }
    clearPending();
    link.rejected(status, retryAfterMillis, nowMicros, out);
  }

  private void reconnect(String reason, long nowMicros, List<Output<S>> out) {
    clearPending();
    link.failed(reason, nowMicros, out);
  }
}
