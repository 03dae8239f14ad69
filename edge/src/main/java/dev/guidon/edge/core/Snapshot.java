package dev.guidon.edge.core;

import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The bytes of a whole state or view, compressed at most once. Any thread. */
public final class Snapshot {
  private final Position position;
  private final Hash hash;
  private final byte[] bytes;
  private byte @Nullable [] gzipped;

  private Snapshot(Position position, byte[] bytes) {
    this.position = position;
    this.bytes = bytes;
    this.hash = Hash.of(bytes);
  }

  /** Takes the bytes over. */
  public static Snapshot of(Position position, byte[] bytes) {
    return new Snapshot(position, bytes);
  }

  public Position position() {
    return position;
  }

  /** Of the bytes before compression. */
  public Hash hash() {
    return hash;
  }

  /** Must not be changed. */
  public byte[] bytes() {
    return bytes;
  }

  /** The same compressed; takes its time when it is the first to ask. */
  public synchronized byte[] gzipped() {
    byte[] known = gzipped;
    if (known == null) {
      known = compress(bytes);
      gzipped = known;
    }
    return known;
  }

  private static byte[] compress(byte[] bytes) {
    var out = new ByteArrayOutputStream(bytes.length / 4 + 64);
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("compressing in memory", e);
    }
    return out.toByteArray();
  }
}
