package dev.guidon.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Makes the documents of a view small while nobody reads them: deflated one by one, against a text
 * that has the phrases which every flag repeats. One thread; to be closed.
 */
public final class Packer implements AutoCloseable {
  /** Never leaves this process, and may therefore change from version to version. */
  private static final byte[] PHRASES =
      ("{\"chunks\":[\"\"],\"count\":},\"excluded\":[],\"included\":[],\"staleness\":{\"seconds\":"
              + "\"from\":\"2026-01-01T00:00:00Z\",\"until\":\"\"ignoreCase\":true,\"negate\":true,"
              + "{\"segment\":\"\"semverGte\"\"inCidr\"\"contains\"\"startsWith\"\"endsWith\"\"lte\""
              + "\"kind\":\"organization\",\"boolean\",\"variants\":{\"off\":false,\"on\":true}},"
              + "{\"clientVisible\":true,\"default\":{\"split\":{\"shares\":[{\"variant\":\"on\","
              + "\"weight\":50000},{\"variant\":\"off\",\"weight\":50000}],\"unit\":\"targetingKey\"}}"
              + "{\"clientVisible\":false,\"default\":{\"variant\":\"off\"},\"envelope\":{\"key\":\""
              + "\",\"offVariant\":\"off\",\"on\":true,\"type\":\"string\",\"variants\":{\"off\":\""
              + "\"}},\"layer\":\"\",\"metadata\":{},\"prerequisites\":[],\"rules\":[{\"id\":\""
              + "\",\"serve\":{\"variant\":\"on\"}}],\"salt\":\"\",\"targets\":[]}"
              + "\"serve\":{\"split\":{\"salt\":\"\",\"shares\":[{\"variant\":\"on\",\"weight\":"
              + "\"serve\":{\"variant\":\"off\"}},{\"id\":\"rule-\",\"if\":{\"all\":[{\"attribute\":"
              + "\"country\",\"op\":\"in\",\"values\":[\"\",\"\"]},{\"attribute\":\"version\","
              + "\"op\":\"gte\",\"values\":[]}]},\"serve\":{\"variant\":\"on\"}},{\"id\":\"")
          .getBytes(StandardCharsets.US_ASCII);

  private static final int HEAD_BYTES = 4;

  private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, /* nowrap= */ true);
  private byte[] buffer = new byte[8 * 1024];

  /** The part of these bytes in small; {@link #unpack} makes it whole again. */
  byte[] pack(byte[] bytes, int from, int to) {
    int length = to - from;
    if (buffer.length < length + HEAD_BYTES) {
      buffer = new byte[length + HEAD_BYTES];
    }
    deflater.reset();
    deflater.setDictionary(PHRASES);
    deflater.setInput(bytes, from, length);
    deflater.finish();
    int size = deflater.deflate(buffer, HEAD_BYTES, length);
    boolean smaller = deflater.finished();
    if (!smaller) {
      System.arraycopy(bytes, from, buffer, HEAD_BYTES, length);
      size = length;
    }
    int head = smaller ? length : -1;
    for (int i = 0; i < HEAD_BYTES; i++) {
      buffer[i] = (byte) (head >>> (24 - 8 * i));
    }
    return Arrays.copyOf(buffer, HEAD_BYTES + size);
  }

  static byte[] unpack(byte[] packed) {
    int length = 0;
    for (int i = 0; i < HEAD_BYTES; i++) {
      length = length << 8 | packed[i] & 0xFF;
    }
    if (length < 0) {
      return Arrays.copyOfRange(packed, HEAD_BYTES, packed.length);
    }
    Inflater inflater = new Inflater(/* nowrap= */ true);
    try {
      inflater.setDictionary(PHRASES);
      inflater.setInput(packed, HEAD_BYTES, packed.length - HEAD_BYTES);
      byte[] bytes = new byte[length];
      int read = 0;
      while (read < length) {
        int n = inflater.inflate(bytes, read, length - read);
        if (n == 0) {
          throw new IllegalStateException("packed document: " + read + " of " + length + " bytes");
        }
        read += n;
      }
      return bytes;
    } catch (DataFormatException e) {
      throw new IllegalStateException("packed document: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
  }

  @Override
  public void close() {
    deflater.end();
  }
}
