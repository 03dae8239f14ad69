package dev.guidon.benchmarks.edge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import org.HdrHistogram.Histogram;

/**
 * One thread that keeps many connections busy. In a closed loop each connection asks again when it
 * was answered; that finds the most a server can do. In an open loop requests have instants at
 * which they should leave, whatever became of those before, and their time is measured from there:
 * a server that stalls is charged for all who would have come meanwhile.
 */
final class LoadGenerator implements AutoCloseable {
  private static final long HIGHEST_NANOS = 60_000_000_000L;
  private static final int ANSWER_BYTES_MAX = 4096;
  private static final int STATUS_AT = 9;

  private final Selector selector = Selector.open();
  private final ByteBuffer[] requests;
  private final ArrayDeque<Connection> idle = new ArrayDeque<>();
  private final Histogram latency = new Histogram(HIGHEST_NANOS, 3);
  private final int answerBytes;
  private int nextUser;
  private long answered;
  private long refused;

  /**
   * What one run saw.
   *
   * @param share of one core that this thread had; near 1 in a closed loop means that the generator
   *     was the limit and not the server
   */
  record Run(long answered, long refused, double seconds, double share, Histogram latency) {
    double perSecond() {
      return answered / seconds;
    }

    double millisAt(double percentile) {
      return latency.getValueAtPercentile(percentile) / 1e6;
    }
  }

  private static final class Connection {
    final SocketChannel channel;
    final ByteBuffer in = ByteBuffer.allocateDirect(ANSWER_BYTES_MAX);
    long intendedNanos;

    Connection(SocketChannel channel) {
      this.channel = channel;
    }
  }

  /**
   * @param answerBytes the length of every answer, head and body
   */
  LoadGenerator(int port, int connections, int answerBytes) throws IOException {
    this.requests = Requests.of(port);
    this.answerBytes = answerBytes;
    for (int i = 0; i < connections; i++) {
      SocketChannel channel =
          SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      var connection = new Connection(channel);
      channel.register(selector, SelectionKey.OP_READ, connection);
      idle.add(connection);
    }
  }

  /** Every connection asks as soon as it was answered. */
  Run closedLoop(double seconds) throws IOException {
    begin();
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    long cpu = cpuNanos();
    while (!idle.isEmpty()) {
      send(idle.remove(), System.nanoTime());
    }
    while (System.nanoTime() - end < 0) {
      int _ = selector.select(this::readAndAskAgain, 100);
    }
    Run run = end(start, cpu);
    drain();
    return run;
  }

  /** Requests leave at their instants, this many per second. */
  Run openLoop(double seconds, double perSecond) throws IOException {
    begin();
    long start = System.nanoTime();
    long cpu = cpuNanos();
    long due = (long) (seconds * perSecond);
    double gapNanos = 1e9 / perSecond;
    for (long sent = 0; sent < due; ) {
      long intended = start + (long) (sent * gapNanos);
      while (!idle.isEmpty() && sent < due && System.nanoTime() - intended >= 0) {
        send(idle.remove(), intended);
        sent++;
        intended = start + (long) (sent * gapNanos);
      }
      int _ = selector.selectNow(this::readAndRest);
    }
    drain();
    return end(start, cpu);
  }

  private void begin() {
    latency.reset();
    answered = 0;
    refused = 0;
  }

  private Run end(long start, long cpu) {
    double nanos = System.nanoTime() - start;
    return new Run(answered, refused, nanos / 1e9, (cpuNanos() - cpu) / nanos, latency.copy());
  }

  private static long cpuNanos() {
    return java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private void drain() throws IOException {
    long giveUp = System.nanoTime() + 10_000_000_000L;
    while (idle.size() < selector.keys().size()) {
      int _ = selector.select(this::readAndRest, 100);
      if (System.nanoTime() - giveUp > 0) {
        throw new IOException(
            (selector.keys().size() - idle.size()) + " requests without an answer in 10 s");
      }
    }
  }

  private void send(Connection connection, long intendedNanos) throws IOException {
    ByteBuffer request = requests[nextUser].duplicate();
    nextUser = (nextUser + 1) % Requests.USERS;
    connection.intendedNanos = intendedNanos;
    while (request.hasRemaining()) {
      int _ = connection.channel.write(request);
    }
  }

  private void readAndAskAgain(SelectionKey key) {
    Connection connection = (Connection) key.attachment();
    if (isAnswered(connection)) {
      try {
        send(connection, System.nanoTime());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void readAndRest(SelectionKey key) {
    Connection connection = (Connection) key.attachment();
    if (isAnswered(connection)) {
      idle.add(connection);
    }
  }

  private boolean isAnswered(Connection connection) {
    ByteBuffer in = connection.in;
    try {
      if (connection.channel.read(in) < 0) {
        throw new IOException("the server closed a connection after " + answered + " answers");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (in.position() < answerBytes) {
      return false;
    }
    if (in.position() > answerBytes || in.get(STATUS_AT) != '2') {
      refused++;
    }
    in.clear();
    answered++;
    latency.recordValue(Math.min(HIGHEST_NANOS, System.nanoTime() - connection.intendedNanos));
    return true;
  }

  @Override
  public void close() throws IOException {
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }
}
