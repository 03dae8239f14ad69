package dev.guidon.server.proof;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A link between two servers that passes every byte on, counts those that come down and reads the
 * requests going up.
 */
final class CountingProxy implements AutoCloseable {
  /**
   * Not at the beginning of a line only: a body before it on the same connection ends without one.
   */
  private static final Pattern REQUEST = Pattern.compile("(?:GET|POST) (/\\S*) HTTP/1\\.1\r\n");

  private final URI target;
  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong bytesDown = new AtomicLong();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  CountingProxy(URI target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("counting-proxy").start(this::accept);
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** What came from the server since the last {@link #reset}, headers and heartbeats too. */
  long bytesDown() {
    return bytesDown.get();
  }

  /**
   * Paths that begin so, asked for since the last {@link #reset}, as often as they were asked for.
   */
  List<String> requests(String prefix) {
    return requests.stream().filter(path -> path.startsWith(prefix)).toList();
  }

  void reset() {
    bytesDown.set(0);
    requests.clear();
  }

  private void accept() {
    try {
      while (!listener.isClosed()) {
        Socket client = listener.accept();
        Socket server = new Socket();
        open.addAll(List.of(client, server));
        server.connect(new InetSocketAddress(target.getHost(), target.getPort()));
        Thread.ofVirtual().start(() -> pass(client, server, new Requests()));
        Thread.ofVirtual()
            .start(() -> pass(server, client, (bytes, length) -> bytesDown.addAndGet(length)));
      }
    } catch (IOException e) {
      if (!listener.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @FunctionalInterface
  private interface Watcher {
    void saw(byte[] bytes, int length);
  }

  private static void pass(Socket from, Socket to, Watcher watcher) {
    byte[] buffer = new byte[64 << 10];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        watcher.saw(buffer, n);
        out.write(buffer, 0, n);
      }
    } catch (IOException e) {
      // One side is gone; closing the other tells it so.
    }
  }

  /** Finds request lines, also those cut in two. */
  private final class Requests implements Watcher {
    private final StringBuilder line = new StringBuilder();

    @Override
    public void saw(byte[] bytes, int length) {
      line.append(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
      int end = line.lastIndexOf("\n") + 1;
      Matcher matcher = REQUEST.matcher(line.substring(0, end));
      while (matcher.find()) {
        requests.add(matcher.group(1));
      }
      line.delete(0, end);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
