package dev.guidon.stream;

import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A state on disk: a snapshot and a journal of the records that came after it. Whatever a crash
 * leaves there, {@link #load} finds the longest valid prefix, says what was lost, and never throws
 * because of content.
 *
 * <h2>Files</h2>
 *
 * {@code snapshot}: one line {@code guidon-snapshot 1 <sha256 of the rest>}, then the snapshot.
 * {@code journal}: records, each 4 bytes length, 4 bytes CRC-32C over length and payload, payload.
 * A snapshot is written under another name, synced, renamed and its name synced before the journal
 * is emptied. A crash in between leaves a journal whose records lie in the snapshot's past; they
 * are skipped.
 *
 * <p>An edge calls {@link #sync} before it acknowledges; an SDK syncs when it likes, which loses at
 * most the newest records. One thread at a time.
 */
public final class StateStore<S> {
  private static final String SNAPSHOT = "snapshot";
  private static final String JOURNAL = "journal";
  private static final String MAGIC = "guidon-snapshot 1 ";
  private static final int LINE_BYTES = MAGIC.length() + 64 + 1;
  private static final int RECORD_HEAD_BYTES = 8;
  private static final long JOURNAL_BYTES_BEFORE_COMPACTION = 256 * 1024;

  private final Disk disk;
  private final StateFormat<S> format;
  private long snapshotBytes;
  private long journalBytes;

  /** Something failed half-way: only a whole snapshot makes the files trustworthy again. */
  private boolean doubtful;

  /** Whether this process has made sure that the journal's name survives. */
  private boolean journalIsNamed;

  public StateStore(Disk disk, StateFormat<S> format) {
    this.disk = disk;
    this.format = format;
  }

  /**
   * What was found.
   *
   * @param state {@code null} when there is nothing usable
   * @param problems what was lost and why; empty after a clean stop
   */
  public record Loaded<S>(@Nullable S state, List<String> problems) {
    public Loaded {
      problems = List.copyOf(problems);
    }
  }

  /** To be called first, once. Cuts a torn tail, so that later records are found again. */
  public Loaded<S> load() {
    List<String> problems = new ArrayList<>();
    S state = null;
    try {
      state = loadSnapshot(problems);
      state = loadJournal(state, problems);
    } catch (IOException e) {
      doubtful = true;
      problems.add("disk: " + e.getMessage());
    }
    return new Loaded<>(state, problems);
  }

  private @Nullable S loadSnapshot(List<String> problems) throws IOException {
    byte[] file = disk.read(SNAPSHOT);
    if (file == null) {
      return null;
    }
    try {
      S state = format.readSnapshot(file, unwrap(file));
      snapshotBytes = file.length;
      return state;
    } catch (StreamException e) {
      problems.add("snapshot given up: " + e.getMessage());
      // Kept for whoever wants to know, out of the way of the next start.
      disk.rename(SNAPSHOT, SNAPSHOT + ".corrupt");
      disk.syncFolder("");
      return null;
    }
  }

  /** Where the snapshot begins, if it is what its first line says. */
  private static int unwrap(byte[] file) {
    if (file.length < LINE_BYTES || file[LINE_BYTES - 1] != '\n') {
      throw new StreamException(
          file.length + " bytes (expected: a first line " + MAGIC + "and a hash)");
    }
    Hash rest = Hash.of(file, LINE_BYTES, file.length);
    String line = new String(file, 0, LINE_BYTES - 1, StandardCharsets.ISO_8859_1);
    if (!line.equals(MAGIC + rest)) {
      throw new StreamException("first line (expected: " + MAGIC + rest + ")");
    }
    return LINE_BYTES;
  }

  private @Nullable S loadJournal(@Nullable S start, List<String> problems) throws IOException {
    byte[] file = disk.read(JOURNAL);
    if (file == null) {
      return start;
    }
    S state = start;
    int valid = 0;
    try {
      while (valid < file.length) {
        byte[] record = record(file, valid);
        state = format.replay(state, record);
        valid += RECORD_HEAD_BYTES + record.length;
      }
    } catch (StreamException e) {
      problems.add(
          "journal cut after " + valid + " of " + file.length + " bytes: " + e.getMessage());
      Durable.replace(disk, JOURNAL, Arrays.copyOf(file, valid));
    }
    journalBytes = valid;
    return state;
  }

  private static byte[] record(byte[] file, int at) {
    if (file.length - at < RECORD_HEAD_BYTES) {
      throw new StreamException("torn record");
    }
    ByteBuffer head = ByteBuffer.wrap(file, at, RECORD_HEAD_BYTES);
    int length = head.getInt();
    int crc = head.getInt();
    // A length of 0 is no record: a tail of zeros, as some file systems leave it, must not look
    // valid.
    if (length < 1 || length > file.length - at - RECORD_HEAD_BYTES) {
      throw new StreamException("torn record");
    }
    byte[] payload =
        Arrays.copyOfRange(file, at + RECORD_HEAD_BYTES, at + RECORD_HEAD_BYTES + length);
    if (crc(payload) != crc) {
      throw new StreamException("checksum of a record");
    }
    return payload;
  }

  private static int crc(byte[] payload) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(4).putInt(payload.length).flip());
    crc.update(payload);
    return (int) crc.getValue();
  }

  /**
   * Adds a record, or writes the state whole when the journal has outgrown the snapshot.
   *
   * @param after the state that the record leads to
   */
  public void append(byte[] record, S after) throws IOException {
    boolean outgrown =
        journalBytes + record.length > Math.max(snapshotBytes, JOURNAL_BYTES_BEFORE_COMPACTION);
    if (doubtful || outgrown) {
      snapshot(after);
      return;
    }
    byte[] framed =
        ByteBuffer.allocate(RECORD_HEAD_BYTES + record.length)
            .putInt(record.length)
            .putInt(crc(record))
            .put(record)
            .array();
    doubtful = true;
    disk.append(JOURNAL, framed);
    doubtful = false;
    journalBytes += framed.length;
  }

  /** Writes the state whole and empties the journal. Durable when it returns. */
  public void snapshot(S state) throws IOException {
    byte[] rest = format.snapshot(state);
    ByteArrayOutputStream file = new ByteArrayOutputStream(LINE_BYTES + rest.length);
    file.writeBytes((MAGIC + Hash.of(rest).hex() + "\n").getBytes(StandardCharsets.US_ASCII));
    file.writeBytes(rest);
    doubtful = true;
    Durable.replace(disk, SNAPSHOT, file.toByteArray());
    Durable.replace(disk, JOURNAL, new byte[0]);
    doubtful = false;
    journalIsNamed = true;
    snapshotBytes = file.size();
    journalBytes = 0;
  }

  /**
   * Returns when everything appended survives a crash; only then may a position be acknowledged.
   * After a failure of any write it throws until {@link #snapshot} has succeeded: what a failed
   * sync has lost, the next sync does not bring back.
   */
  public void sync() throws IOException {
    if (doubtful) {
      throw new IOException("a write failed before (expected: the state written whole since then)");
    }
    if (journalBytes == 0) {
      return;
    }
    doubtful = true;
    disk.sync(JOURNAL);
    if (!journalIsNamed) {
      disk.syncFolder("");
      journalIsNamed = true;
    }
    doubtful = false;
  }

  /** For metrics. */
  public long journalBytes() {
    return journalBytes;
  }

  /** The position that {@link Follower#persisted} wants to hear of. */
  public Position positionOf(S state) {
    return format.position(state);
  }
}
