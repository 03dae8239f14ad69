package dev.guidon.stream;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes server-sent events: {@code id}, {@code event}, {@code data}, blank line. */
public final class SseWriter {
  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

  private SseWriter() {}

  /** A comment, due every 15 s. The array is shared; do not change it. */
  public static byte[] heartbeat() {
    return HEARTBEAT;
  }

  public static byte[] event(@Nullable String id, String type, String data) {
    return event(id, type, data.getBytes(StandardCharsets.UTF_8));
  }

  /** Each line of the data becomes a {@code data:} line; a line feed at the very end is dropped. */
  public static byte[] event(@Nullable String id, String type, byte[] data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(data.length + 160);
    if (id != null) {
      out.writeBytes(("id: " + id + "\n").getBytes(StandardCharsets.UTF_8));
    }
    out.writeBytes(("event: " + type + "\n").getBytes(StandardCharsets.UTF_8));
    int length = data.length > 0 && data[data.length - 1] == '\n' ? data.length - 1 : data.length;
    int start = 0;
    for (int i = 0; i <= length; i++) {
      if (i == length || data[i] == '\n') {
        out.writeBytes(DATA);
        out.write(data, start, i - start);
        out.write('\n');
        start = i + 1;
      }
    }
    out.write('\n');
    return out.toByteArray();
  }
}
