package dev.guidon.log;

import dev.guidon.model.Checkpoint;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Entry;
import dev.guidon.model.Hash;
import dev.guidon.model.InvalidDocumentException;
import dev.guidon.model.Position;
import org.jspecify.annotations.Nullable;

/** What must hold between an entry and the head it is appended to, whatever the engine. */
final class AppendLaws {
  private AppendLaws() {}

  /**
   * Throws {@link IllegalArgumentException} that names the law broken by an entry of the running
   * era.
   */
  static void checkAppend(Head expected, CommittedEntry committed) {
    check(expected, committed, expected.position().era());
  }

  /**
   * The same for an entry that begins an era. Eras may be skipped: a log restored from a copy does
   * not know those that began after the copy was made.
   */
  static void checkRecovery(Head expected, CommittedEntry committed) {
    long era = committed.position().era();
    long before = expected.position().era();
    require(era > before, "era: " + era, "higher than " + before, expected);
    check(expected, committed, era);
    int changes = committed.entry().changes().size();
    require(changes == 0, "changes: " + changes, "none in an entry that begins an era", expected);
  }

  private static void check(Head expected, CommittedEntry committed, long era) {
    checkBytes(expected, committed);
    Entry entry = committed.entry();
    Position at = entry.position();
    Position next = new Position(expected.position().logId(), era, expected.revision() + 1);
    require(at.equals(next), "position: " + at, next.text(), expected);
    require(
        entry.previous().equals(expected.chain()),
        "previous: " + entry.previous(),
        expected.chain().hex(),
        expected);
    require(
        entry.timeMicros() > expected.timeMicros(),
        "time: " + entry.timeMicros(),
        "later than " + expected.timeMicros(),
        expected);
    checkCheckpoint(expected, entry);
  }

  private static void checkBytes(Head expected, CommittedEntry committed) {
    int length = committed.bytes().length;
    require(length <= Entry.BYTES_MAX, "bytes: " + length, "at most " + Entry.BYTES_MAX, expected);
    Hash hash = Hash.of(committed.bytes());
    require(
        committed.hash().equals(hash),
        "hash: " + committed.hash(),
        "that of the bytes, " + hash,
        expected);
    Entry read;
    try {
      read = Entry.read(committed.bytes()).entry();
    } catch (InvalidDocumentException e) {
      throw new IllegalArgumentException("bytes (expected: an entry) after " + expected, e);
    }
    require(
        read.equals(committed.entry()),
        "bytes of another entry",
        "those of the entry given",
        expected);
  }

  private static void checkCheckpoint(Head expected, Entry entry) {
    Checkpoint checkpoint = entry.checkpoint();
    if (isCheckpointDue(entry.position().revision())) {
      require(
          checkpoint != null && checkpoint.revision() == expected.revision(),
          "checkpoint: " + shown(checkpoint),
          "one of revision "
              + expected.revision()
              + ", as every "
              + Checkpoint.EVERY
              + "th entry has",
          expected);
    } else {
      require(
          checkpoint == null,
          "checkpoint: " + shown(checkpoint),
          "none but at multiples of " + Checkpoint.EVERY,
          expected);
    }
  }

  static boolean isCheckpointDue(long revision) {
    return revision % Checkpoint.EVERY == 0;
  }

  private static String shown(@Nullable Checkpoint checkpoint) {
    return checkpoint == null ? "absent" : "of revision " + checkpoint.revision();
  }

  private static void require(boolean holds, String found, String wanted, Head expected) {
    if (!holds) {
      throw new IllegalArgumentException(
          found + " (expected: " + wanted + ") in the entry after " + expected);
    }
  }

  static void checkBlob(Hash hash, byte[] bytes) {
    if (bytes.length > Log.BLOB_BYTES_MAX) {
      throw new IllegalArgumentException(
          "blob: "
              + bytes.length
              + " bytes (expected: at most "
              + Log.BLOB_BYTES_MAX
              + ") for hash "
              + hash);
    }
    Hash actual = Hash.of(bytes);
    if (!actual.equals(hash)) {
      throw new IllegalArgumentException(
          "blob hash: " + hash + " (expected: that of the bytes, " + actual + ")");
    }
  }
}
