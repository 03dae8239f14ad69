package dev.guidon.sdk;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/**
 * A socket on which an answer has to make progress. A limit on the silence between two bytes alone
 * would let a server that sends one byte now and then hold a thread for days, in the handshake of
 * TLS too, which reads from here.
 */
final class PacedSocket extends Socket {
  /** Slower than any link that an answer is worth waiting for on. */
  private static final long BYTES_PER_MILLI_MIN = 8;

  private static final long NONE = Long.MIN_VALUE;

  private final long graceMillis;
  private volatile boolean paced = true;
  private volatile long begunNanos = System.nanoTime();
  private volatile long writeDueNanos = NONE;

  /**
   * @param graceMillis what an answer may take apart from its size
   */
  PacedSocket(long graceMillis) {
    this.graceMillis = graceMillis;
  }

  /** Connecting had its own limit. */
  void begin() {
    begunNanos = System.nanoTime();
  }

  /** Silence means nothing from now on. */
  void unpaced() {
    paced = false;
  }

  /** A request is being written from now on, or is written: -1. */
  void writesUntil(long millis) {
    writeDueNanos = millis < 0 ? NONE : System.nanoTime() + millis * 1_000_000;
  }

  boolean isWriteOverdue() {
    long due = writeDueNanos;
    return due != NONE && System.nanoTime() - due > 0;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new Paced(super.getInputStream());
  }

  private final class Paced extends FilterInputStream {
    private long bytes;

    Paced(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      count(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int n = super.read(into, offset, length);
      count(Math.max(0, n));
      return n;
    }

    private void count(int more) throws IOException {
      bytes += more;
      long millis = (System.nanoTime() - begunNanos) / 1_000_000;
      if (paced && millis > graceMillis + bytes / BYTES_PER_MILLI_MIN) {
        throw new IOException(
            bytes + " bytes in " + millis + " ms (expected: an answer that comes faster)");
      }
    }
  }
}
