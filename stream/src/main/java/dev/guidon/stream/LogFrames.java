package dev.guidon.stream;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Entry;
import dev.guidon.model.InvalidDocumentException;
import dev.guidon.model.Texts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The frames of the replication stream as bytes. Event types that a reader does not know are
 * ignored.
 */
public final class LogFrames {
  private static final String ENTRY = "entry";
  private static final int HASH_CHARS = 64;

  private LogFrames() {}

  /** The event as it goes over the wire. */
  public static byte[] encode(LogFrame frame) {
    if (frame instanceof LogFrame.EntryFrame entry) {
      return SseWriter.event(entry.committed().position().text(), ENTRY, line(entry.committed()));
    }
    return SharedFrames.encode(frame);
  }

  /**
   * {@code <hash> <entry>} without a line end: what an event carries and what polling answers, one
   * per line.
   */
  public static byte[] line(CommittedEntry committed) {
    byte[] hash = (committed.hash().hex() + " ").getBytes(StandardCharsets.US_ASCII);
    byte[] line = Arrays.copyOf(hash, hash.length + committed.bytes().length);
    System.arraycopy(committed.bytes(), 0, line, hash.length, committed.bytes().length);
    return line;
  }

  /**
   * The frame of an event, or {@code null} for a type that is not known. Throws {@link
   * StreamException}.
   */
  public static @Nullable LogFrame decode(SseEvent event) {
    return switch (event.type()) {
      case ENTRY -> new LogFrame.EntryFrame(readLine(event.data()));
      case SharedFrames.SNAPSHOT_REF -> SharedFrames.snapshotRef(event);
      case SharedFrames.HEAD -> SharedFrames.head(event);
      case SharedFrames.GOODBYE -> SharedFrames.goodbye(event);
      default -> null;
    };
  }

  /**
   * Reads what {@link #line} wrote; throws {@link StreamException}, also when the hash is not that
   * of the bytes.
   */
  public static CommittedEntry readLine(byte[] line) {
    if (line.length <= HASH_CHARS || line[HASH_CHARS] != ' ') {
      throw new StreamException(
          "entry: " + line.length + " bytes (expected: a hash, a space and the entry)");
    }
    String hash = new String(line, 0, HASH_CHARS, StandardCharsets.ISO_8859_1);
    CommittedEntry committed = readEntry(Arrays.copyOfRange(line, HASH_CHARS + 1, line.length));
    if (!committed.hash().hex().equals(hash)) {
      throw new StreamException(
          "entry hash: " + Texts.shown(hash) + " (expected: " + committed.hash() + ")");
    }
    return committed;
  }

  /** A polled body: one entry per line. */
  public static List<CommittedEntry> readLines(byte[] body) {
    List<CommittedEntry> entries = new ArrayList<>();
    for (byte[] line : Lines.of(body)) {
      entries.add(readLine(line));
    }
    return entries;
  }

  static CommittedEntry readEntry(byte[] bytes) {
    if (bytes.length > Entry.BYTES_MAX) {
      throw new StreamException(
          "entry: " + bytes.length + " bytes (expected: at most " + Entry.BYTES_MAX + ")");
    }
    try {
      return Entry.read(bytes);
    } catch (InvalidDocumentException e) {
      throw new StreamException("entry: " + e.getMessage(), e);
    }
  }
}
