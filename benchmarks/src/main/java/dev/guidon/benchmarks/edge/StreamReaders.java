package dev.guidon.benchmarks.edge;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** Many readers of event streams in one thread, each no more than a socket and two numbers. */
final class StreamReaders implements AutoCloseable {
  private static final byte[] DELTA = "event: delta".getBytes(US_ASCII);

  private final Selector selector = Selector.open();
  private final ByteBuffer in = ByteBuffer.allocate(256 << 10);
  private final InetSocketAddress server;
  private int greeted;
  private int changed;
  private int changeAwaited = Integer.MAX_VALUE;
  private long lastChangeNanos;

  StreamReaders(int port) throws IOException {
    this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private static final class Reader {
    boolean isGreeted;
    int changes;
  }

  /** Opens so many streams and returns when each has its first bytes. */
  void open(int count) throws IOException {
    byte[] request =
        """
        GET /v1/view HTTP/1.1\r
        Host: 127.0.0.1\r
        Authorization: Bearer %s\r
        Accept: text/event-stream\r
        \r
        """
            .formatted(EdgeServer.SECRET)
            .getBytes(US_ASCII);
    int wanted = greeted + count;
    for (int i = 0; i < count; i++) {
      SocketChannel channel = SocketChannel.open(server);
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, new Reader());
      int _ = channel.write(ByteBuffer.wrap(request));
      int _ = selector.selectNow(this::read);
    }
    await(() -> greeted >= wanted, "first bytes");
  }

  /** Reads until every stream has heard of so many changes; answers when the last one had. */
  long awaitChange(int number) throws IOException {
    int wanted = selector.keys().size();
    changed = 0;
    for (SelectionKey key : selector.keys()) {
      changed += ((Reader) key.attachment()).changes >= number ? 1 : 0;
    }
    changeAwaited = number;
    await(() -> changed >= wanted, "change " + number);
    return lastChangeNanos;
  }

  /** Counts changes from here on: what a stream began with may have held some. */
  void forgetChanges() {
    for (SelectionKey key : selector.keys()) {
      ((Reader) key.attachment()).changes = 0;
    }
    changeAwaited = Integer.MAX_VALUE;
  }

  /** Reads for a while. */
  void rest(long millis) throws IOException {
    long end = System.nanoTime() + millis * 1_000_000;
    while (System.nanoTime() - end < 0) {
      int _ = selector.select(this::read, 50);
    }
  }

  private void await(java.util.function.BooleanSupplier done, String what) throws IOException {
    long giveUp = System.nanoTime() + 120_000_000_000L;
    while (!done.getAsBoolean()) {
      int _ = selector.select(this::read, 50);
      if (System.nanoTime() - giveUp > 0) {
        throw new IOException(what + ": not everywhere in 120 s");
      }
    }
  }

  private void read(SelectionKey key) {
    Reader reader = (Reader) key.attachment();
    in.clear();
    try {
      int n = ((SocketChannel) key.channel()).read(in);
      if (n < 0) {
        throw new IOException("the server closed a stream");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!reader.isGreeted) {
      reader.isGreeted = true;
      greeted++;
    }
    // Frames are far smaller than what one read takes, and on loopback they come whole.
    for (int at = find(0); at >= 0; at = find(at + 1)) {
      reader.changes++;
      if (reader.changes == changeAwaited) {
        changed++;
        lastChangeNanos = System.nanoTime();
      }
    }
  }

  private int find(int from) {
    byte[] bytes = in.array();
    for (int at = from; at + DELTA.length <= in.position(); at++) {
      int i = 0;
      while (i < DELTA.length && bytes[at + i] == DELTA[i]) {
        i++;
      }
      if (i == DELTA.length) {
        return at;
      }
    }
    return -1;
  }

  @Override
  public void close() throws IOException {
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }
}
