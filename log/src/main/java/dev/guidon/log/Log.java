package dev.guidon.log;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Entry;
import dev.guidon.model.Hash;
import dev.guidon.model.KeyChunks;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The truth: for each scope one chain of entries, and beside them the blobs that entries name and
 * snapshots that shorten replay. Blocking, and safe for any number of threads and, where the engine
 * allows it, processes.
 *
 * <h2>Promises, which {@code LogCompliance} holds every engine to</h2>
 *
 * <ul>
 *   <li><b>Linearizable.</b> Each operation takes effect at one instant between call and return.
 *       Once {@link #append} has answered {@link AppendResult.Committed}, every {@link #read},
 *       {@link #head} and {@link #byKey} that starts later sees the entry, whoever asks.
 *   <li><b>Dense and chained.</b> Revisions are 1, 2, 3, …; each entry names the hash of the one
 *       before. All of it is checked inside the append, against the head as it is at that instant.
 *   <li><b>Durable.</b> A {@code Committed}, a {@link #putBlob}, {@link #eraseBlob} or {@link
 *       #create} that returned survives the death of the process and of the machine's power. So a
 *       blob that was put before an entry is there whenever the entry is.
 *   <li><b>Verified.</b> Entries and blobs are hashed again on every read; what does not match is a
 *       {@link CorruptLogException}, never an answer.
 *   <li><b>Atomic.</b> An operation that threw {@link LogUnavailableException} has changed nothing,
 *       ever.
 * </ul>
 *
 * <h2>No answer</h2>
 *
 * A time limit, a broken connection or an I/O error at the moment of committing leaves an append
 * <em>indeterminate</em>: {@link IndeterminateAppendException}. It may be in the log, may still
 * arrive, or never. No engine retries by itself; {@code AppendCore} knows how to find out.
 */
public interface Log extends AutoCloseable {
  /** The largest blob, in bytes. The largest entry is {@link Entry#BYTES_MAX}. */
  int BLOB_BYTES_MAX = KeyChunks.CHUNK_BYTES_MAX;

  /** How long an idempotency key is remembered, in scope log time: 48 hours. */
  long KEY_KEPT_MICROS = 48L * 60 * 60 * 1_000_000;

  /**
   * Gives the scope a log. When it has one, whatever its id, that one stays and its head is the
   * answer.
   *
   * @param logId random, from the caller
   */
  Head create(ScopeId scope, String logId);

  /**
   * Gives the scope a log that goes on after entries kept elsewhere, as an import of a truncated
   * log needs. Refused when the scope has a log.
   */
  Head createAt(Head base);

  /**
   * Adds one entry if the head is the expected one. In this order:
   *
   * <ol>
   *   <li>the entry must follow {@code expected}: same log id and era, revision one higher, {@code
   *       previous} its chain, a later time, and a {@link dev.guidon.model.Checkpoint} exactly at
   *       multiples of its step; its bytes must read as the entry, hash to its hash and be at most
   *       {@link Entry#BYTES_MAX}. Otherwise {@link IllegalArgumentException}: the caller broke a
   *       law;
   *   <li>an entry with the same idempotency key, not older than {@link #KEY_KEPT_MICROS} before
   *       this entry's time: {@link AppendResult.KeyTaken};
   *   <li>another head than {@code expected}: {@link AppendResult.Conflict};
   *   <li>otherwise it is written: {@link AppendResult.Committed}.
   * </ol>
   *
   * @throws IndeterminateAppendException when nobody knows what became of it
   * @throws LogUnavailableException when it certainly was not written
   * @throws UnknownScopeException when the scope has no log
   */
  AppendResult append(ScopeId scope, Head expected, CommittedEntry entry);

  /**
   * Adds the entry that begins a new era: as {@link #append}, but its era is higher than that of
   * {@code expected} and it changes nothing. {@code LogRecovery} makes such entries. An engine that
   * remembers eras apart from its entries has done so before the entry is there.
   */
  AppendResult recover(ScopeId scope, Head expected, CommittedEntry entry);

  /**
   * The highest era that is known to have begun in the scope's log. Above that of the head when the
   * log was replaced by a copy from before a recovery, and the engine remembers eras apart from
   * what was replaced.
   *
   * @throws UnknownScopeException when the scope has no log
   */
  default long highestEra(ScopeId scope) {
    Head head = head(scope);
    if (head == null) {
      throw new UnknownScopeException(scope);
    }
    return head.position().era();
  }

  /**
   * The entries after a revision, in order, at most so many; empty at the end of the log.
   *
   * @throws TruncatedException when the first of them was truncated
   */
  List<CommittedEntry> read(ScopeId scope, long afterRevision, int max);

  /**
   * Entries from a revision on, as they come. Starting beyond the head is refused with {@link
   * IllegalArgumentException}.
   */
  Tail tail(ScopeId scope, long afterRevision);

  /** A linearizable look at the end of the log; {@code null} when the scope has none. */
  @Nullable Head head(ScopeId scope);

  /** The ends of all logs at one instant; one cheap look. */
  Map<ScopeId, Head> heads();

  /** The place up to which entries were truncated: what the first entry that is here follows. */
  Head base(ScopeId scope);

  /** The entry with an idempotency key, while keys are kept. */
  @Nullable CommittedEntry byKey(ScopeId scope, String idempotencyKey);

  /**
   * Keeps bytes under their hash. Putting them again changes nothing; putting them after an erasure
   * brings them back, since whoever has the bytes has a new reason to keep them.
   *
   * @throws IllegalArgumentException when the hash is of other bytes, or there are more than {@link
   *     #BLOB_BYTES_MAX}
   */
  void putBlob(Hash hash, byte[] bytes);

  BlobResult getBlob(Hash hash);

  /** Removes the bytes for good and remembers the erasure, also of a blob that never was here. */
  void eraseBlob(Hash hash);

  /**
   * The hashes of blobs, erased ones too, in order, after {@code after} ({@link Hash#ZERO} to
   * begin).
   */
  List<Hash> blobs(Hash after, int max);

  /**
   * Keeps a snapshot of the scope at a position of its log. A snapshot only saves time: it may be
   * lost, and who reads it must check it, as {@code Replay} does.
   */
  void putSnapshot(ScopeId scope, Position position, byte[] bytes);

  /** The newest undamaged snapshot of a revision or of one before. */
  @Nullable StoredSnapshot latestSnapshot(ScopeId scope, long atOrBeforeRevision);

  /** Where snapshots were put, oldest first, damaged ones too. */
  List<Position> snapshots(ScopeId scope);

  /**
   * Deletes the entries up to a revision, and snapshots before it. For {@code LogRetention}, which
   * has an export verified first. Refused with {@link IllegalArgumentException} when no snapshot at
   * or after the revision is here, or when a key that is still kept belongs to one of the entries.
   */
  void truncate(ScopeId scope, long upToRevision);

  /**
   * Ends all tails with {@link Tail.Reason#LOG_CLOSED} and lets go of everything. Again: nothing.
   */
  @Override
  void close();
}
