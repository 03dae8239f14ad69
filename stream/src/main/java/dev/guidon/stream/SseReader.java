package dev.guidon.stream;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of a server-sent event stream into events, however the network cut them. Lines
 * end with LF, CRLF or CR. Comments are heartbeats: they make no event, their bytes alone show that
 * the peer lives. One connection, one reader; after a {@link StreamException} the reader is of no
 * further use.
 */
public final class SseReader {
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final int eventBytesMax;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private boolean firstLine = true;
  private boolean afterCarriageReturn;
  private boolean hasData;
  private @Nullable String id;
  private String type = "";
  private long retryMillis = -1;

  /** Refuses lines and events larger than this. */
  public SseReader(int eventBytesMax) {
    this.eventBytesMax = eventBytesMax;
  }

  public List<SseEvent> feed(byte[] chunk) {
    return feed(chunk, 0, chunk.length);
  }

  /** The events that these bytes complete, in order; at most as many as there are bytes. */
  public List<SseEvent> feed(byte[] chunk, int from, int length) {
    List<SseEvent> events = new ArrayList<>();
    int start = from;
    for (int i = from; i < from + length; i++) {
      byte b = chunk[i];
      if (b == '\n' && afterCarriageReturn) {
        afterCarriageReturn = false;
        start = i + 1;
        continue;
      }
      afterCarriageReturn = b == '\r';
      if (b == '\n' || b == '\r') {
        take(chunk, start, i);
        start = i + 1;
        endLine(events);
      }
    }
    take(chunk, start, from + length);
    return events;
  }

  /**
   * The peer's last {@code retry:} wish, or -1. Followers have a backoff of their own and only log
   * it.
   */
  public long retryMillis() {
    return retryMillis;
  }

  private void take(byte[] chunk, int start, int end) {
    if (end - start > eventBytesMax - line.size() - data.size()) {
      throw new StreamException(
          "event: more than " + eventBytesMax + " bytes (expected: at most " + eventBytesMax + ")");
    }
    line.write(chunk, start, end - start);
  }

  private void endLine(List<SseEvent> events) {
    byte[] bytes = line.toByteArray();
    line.reset();
    int start = firstLine && startsWithMark(bytes) ? BYTE_ORDER_MARK.length : 0;
    firstLine = false;
    if (start == bytes.length) {
      dispatch(events);
    } else if (bytes[start] != ':') {
      field(bytes, start);
    }
  }

  private static boolean startsWithMark(byte[] bytes) {
    return bytes.length >= 3
        && bytes[0] == BYTE_ORDER_MARK[0]
        && bytes[1] == BYTE_ORDER_MARK[1]
        && bytes[2] == BYTE_ORDER_MARK[2];
  }

  private void dispatch(List<SseEvent> events) {
    if (hasData) {
      events.add(new SseEvent(id, type.isEmpty() ? "message" : type, data.toByteArray()));
    }
    data.reset();
    hasData = false;
    id = null;
    type = "";
  }

  private void field(byte[] bytes, int start) {
    int colon = start;
    while (colon < bytes.length && bytes[colon] != ':') {
      colon++;
    }
    int value = Math.min(bytes.length, colon + 1);
    if (value < bytes.length && bytes[value] == ' ') {
      value++;
    }
    switch (text(bytes, start, colon)) {
      case "data" -> addData(bytes, value);
      case "event" -> type = text(bytes, value, bytes.length);
      case "id" -> id = text(bytes, value, bytes.length);
      case "retry" -> retryMillis = retry(text(bytes, value, bytes.length));
      default -> {
        // Fields that we do not know are ignored, as the format asks.
      }
    }
  }

  private void addData(byte[] bytes, int value) {
    if (hasData) {
      data.write('\n');
    }
    hasData = true;
    data.write(bytes, value, bytes.length - value);
  }

  private long retry(String text) {
    boolean digits =
        !text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return digits ? Long.parseLong(text) : retryMillis;
  }

  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }
}
