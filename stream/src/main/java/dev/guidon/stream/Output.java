package dev.guidon.stream;

import dev.guidon.model.EntityId;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.Priority;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Follower} wants done. The driver carries outputs out in their order; what takes
 * time comes back later as an input. Inputs that name a connection other than the last one are
 * ignored, so nothing need be cancelled in time.
 *
 * @param <S> what is followed: a scope's state or a view
 */
public sealed interface Output<S> {

  /**
   * Open the stream, after a pause.
   *
   * @param connection names this attempt in the inputs about it; every attempt before it is to be
   *     closed
   * @param upstream index of the server to use, of those that the settings count
   * @param resume {@code Last-Event-ID}; {@code null} asks for everything
   */
  record Connect<S>(long connection, int upstream, @Nullable Position resume, long afterMillis)
      implements Output<S> {}

  /** Ask the polling twin once, after a pause. */
  record Poll<S>(long connection, int upstream, @Nullable Position from, long afterMillis)
      implements Output<S> {}

  /** Close this connection. What comes next is another output, now or at a later tick. */
  record Disconnect<S>(long connection, String reason) implements Output<S> {}

  /** Get these bytes from the current upstream; the answer is a snapshot input. */
  record FetchSnapshot<S>(long connection, int upstream, SnapshotRef ref) implements Output<S> {}

  /**
   * Get a blob, check its hash, keep it; the answer is a blob input. Asked at most once at a time.
   */
  record FetchBlob<S>(Hash hash, int upstream, long afterMillis) implements Output<S> {}

  /**
   * A blob that came too late to be waited for: what was compiled without it can be compiled again.
   */
  record BlobArrived<S>(Hash hash) implements Output<S> {}

  /**
   * The state has moved; serve it.
   *
   * @param changed entities that may differ from before
   */
  record Applied<S>(S state, Set<EntityId> changed, Priority priority) implements Output<S> {
    public Applied {
      // In order, not in the order of a hash that differs from process to process.
      changed = Collections.unmodifiableSet(new TreeSet<>(changed));
    }
  }

  /**
   * Append this record to the journal ({@link StateStore#append}); the state is the one after it.
   * Records may be left out only if a later state is written whole.
   */
  @SuppressWarnings("ArrayRecordComponent") // A carrier to the disk; never compared.
  record Persist<S>(byte[] record, S state) implements Output<S> {}

  /** Write the state whole ({@link StateStore#snapshot}): no journal record leads to it. */
  record PersistSnapshot<S>(S state) implements Output<S> {}

  /** This position is on disk and may be reported upstream. */
  record Acknowledge<S>(Position position) implements Output<S> {}

  /**
   * The log was recovered and this follower has moved into its new era.
   *
   * @param dropped how many revisions that this follower had applied are not part of the new era;
   *     at least so many when the server did not say where the era began
   */
  record EraMoved<S>(Position from, Position to, long dropped) implements Output<S> {}

  /** Everything up to a recent head of the log is here. */
  record Fresh<S>() implements Output<S> {}

  /** No word from upstream for longer than the settings tolerate. */
  record Stale<S>(String reason) implements Output<S> {}

  /** Something to log and to report upstream; the follower has already dealt with it. */
  record Report<S>(Code code, String detail) implements Output<S> {}

  /** What kind of trouble a report is about. */
  enum Code {
    /** Bytes that are not what the format says. */
    CORRUPT,
    /** An entry or frame that does not follow from where we are. */
    GAP,
    /** An entry whose chain or checkpoint contradicts ours. */
    CHAIN_BROKEN,
    /** A view whose hash is not that of the server; a whole view is fetched. */
    VIEW_MISMATCH,
    /** The server serves another log, scope or region than the one we follow. */
    OTHER_LOG,
    /** The server answered a wish for everything with less than we have. */
    BACKWARDS,
    /** 401 or 403: what is here stays in service, and the attempts go on slowly. */
    UNAUTHORIZED,
    /** A blob that upstream does not have or that could not be got for long. */
    BLOB_MISSING,
    SNAPSHOT_FAILED,
    CONNECTION_LOST,
    GOODBYE,
    /** Streaming fails again and again; polling takes its place for a while. */
    POLLING
  }
}
