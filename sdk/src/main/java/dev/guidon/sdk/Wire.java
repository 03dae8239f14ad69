package dev.guidon.sdk;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1, one exchange to a socket. Nothing is retried, redirected, pooled or kept alive behind
 * the caller's back, and {@link #close} ends every exchange at once, whatever it waits for. An
 * answer that trickles is given up like one that does not come: see {@link PacedSocket}.
 *
 * <p>The platform's {@code HttpURLConnection} cannot be used for streams: its {@code disconnect}
 * waits for a read in progress on a chunked body, and nothing ends its connecting. {@code
 * java.net.http} brings threads of its own.
 */
final class Wire implements Closeable {
  private static final int ADDRESSES_MAX = 4;

  private final Tls tls;
  private final int connectMillisMax;

  /**
   * The sockets below TLS, if there is any: closing these waits for nobody, while a secure socket
   * wants to say goodbye first, and waits for whoever is writing.
   */
  private final Set<PacedSocket> open = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;

  Wire(Tls tls, int connectMillisMax) {
    this.tls = tls;
    this.connectMillisMax = connectMillisMax;
  }

  /**
   * @param body {@code null}: the request has none
   * @param readMillisMax how long the answer may be silent, from its first byte on
   */
  @SuppressWarnings("ArrayRecordComponent") // A carrier to the socket; never compared.
  record Request(
      String method,
      URI uri,
      Map<String, String> headers,
      byte @Nullable [] body,
      int readMillisMax) {
    static Request get(URI uri, Map<String, String> headers, int readMillisMax) {
      return new Request("GET", uri, headers, /* body= */ null, readMillisMax);
    }
  }

  /**
   * Sends a request and returns when the header of the answer is read. The caller closes the
   * exchange.
   */
  Exchange send(Request request) throws IOException {
    Connection connection = connect(request);
    try {
      Socket socket = connection.top();
      socket.setSoTimeout(request.readMillisMax());
      connection.below().writesUntil(request.readMillisMax());
      socket.getOutputStream().write(head(request));
      if (request.body() != null) {
        socket.getOutputStream().write(request.body());
      }
      socket.getOutputStream().flush();
      connection.below().writesUntil(-1);
      return Exchange.read(this, connection);
    } catch (IOException | RuntimeException e) {
      release(connection.below());
      throw e;
    }
  }

  /**
   * Ends exchanges whose server has not taken the request in time: nothing else limits a write. Due
   * about once a second, by another thread than the one that sends.
   */
  void endHangingWrites() {
    for (PacedSocket socket : open) {
      if (socket.isWriteOverdue()) {
        release(socket);
      }
    }
  }

  /** A socket, and the one below it, which is the same without TLS. */
  private record Connection(Socket top, PacedSocket below) {}

  private Connection connect(Request request) throws IOException {
    URI uri = request.uri();
    boolean secure = "https".equals(uri.getScheme());
    int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
    IOException last = null;
    InetAddress[] addresses = InetAddress.getAllByName(uri.getHost());
    for (int i = 0; i < Math.min(addresses.length, ADDRESSES_MAX); i++) {
      try {
        PacedSocket plain =
            connect(new InetSocketAddress(addresses[i], port), request.readMillisMax());
        return new Connection(secure ? secured(plain, uri.getHost(), port) : plain, plain);
      } catch (IOException e) {
        last = e;
      }
    }
    throw last == null ? new IOException("no address for host " + uri.getHost()) : last;
  }

  private PacedSocket connect(InetSocketAddress address, int answerMillisMax) throws IOException {
    PacedSocket socket = new PacedSocket(connectMillisMax + answerMillisMax);
    try {
      register(socket);
      socket.setTcpNoDelay(true);
      socket.connect(address, connectMillisMax);
      socket.begin();
      return socket;
    } catch (IOException | RuntimeException e) {
      release(socket);
      throw e;
    }
  }

  private Socket secured(PacedSocket plain, String host, int port) throws IOException {
    try {
      plain.setSoTimeout(connectMillisMax);
      SSLSocket socket =
          (SSLSocket)
              tls.sockets().createSocket(plain, bareHost(host), port, /* autoClose= */ true);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return socket;
    } catch (IOException | RuntimeException e) {
      release(plain);
      throw e;
    }
  }

  private static String bareHost(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private void register(PacedSocket socket) throws IOException {
    open.add(socket);
    if (closed) {
      release(socket);
      throw new IOException("the client is shut down");
    }
  }

  private void release(PacedSocket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      // The exchange is over either way, and closing is all that was left to do.
      return;
    }
  }

  private static byte[] head(Request request) throws IOException {
    URI uri = request.uri();
    StringBuilder out = new StringBuilder(512);
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    out.append(request.method()).append(' ').append(path);
    if (uri.getRawQuery() != null) {
      out.append('?').append(uri.getRawQuery());
    }
    out.append(" HTTP/1.1\r\nHost: ").append(authority(uri)).append("\r\n");
    out.append("Connection: close\r\n");
    for (Map.Entry<String, String> header : request.headers().entrySet()) {
      requirePrintable(header.getKey(), header.getValue());
      out.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
    }
    if (request.body() != null) {
      out.append("Content-Length: ").append(request.body().length).append("\r\n");
    }
    return out.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** Without what may stand before the host: names and passwords are nobody's business. */
  private static String authority(URI uri) {
    return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
  }

  /** Values may come from a server, such as a position: none may begin a header of its own. */
  private static void requirePrintable(String name, String value) throws IOException {
    if (!value.chars().allMatch(c -> c >= 32 && c < 127)) {
      throw new IOException("request header " + name + " (expected: printable ASCII)");
    }
  }

  /** Ends every exchange, also one that is connecting, and lets no other begin. */
  @Override
  public void close() {
    closed = true;
    open.forEach(this::release);
  }

  /** An answer whose header is read and whose body is not. One thread reads; any thread closes. */
  static final class Exchange implements Closeable {
    private static final int HEAD_BYTES_MAX = 64 * 1024;

    private final Wire wire;
    private final Connection connection;
    private final int status;
    private final Map<String, String> headers;
    private final InputStream body;

    private Exchange(
        Wire wire, Connection connection, int status, Map<String, String> headers, InputStream in)
        throws IOException {
      this.wire = wire;
      this.connection = connection;
      this.status = status;
      this.headers = headers;
      this.body = framed(in);
    }

    private static Exchange read(Wire wire, Connection connection) throws IOException {
      InputStream in = new BufferedInputStream(connection.top().getInputStream(), 16 * 1024);
      HeadReader head = new HeadReader(in);
      int status = status(head.line());
      // 1xx answers only announce the real one.
      while (status >= 100 && status < 200) {
        headers(head);
        status = status(head.line());
      }
      return new Exchange(wire, connection, status, headers(head), in);
    }

    private static int status(String line) throws IOException {
      if (line.startsWith("HTTP/1.") && line.length() >= 12) {
        try {
          return Integer.parseInt(line.substring(9, 12));
        } catch (NumberFormatException e) {
          throw new IOException(notHttp(line), e);
        }
      }
      throw new IOException(notHttp(line));
    }

    private static String notHttp(String line) {
      return "answer begins with \""
          + line.substring(0, Math.min(40, line.length()))
          + "\" (expected: HTTP/1.1 and a status)";
    }

    private static Map<String, String> headers(HeadReader head) throws IOException {
      Map<String, String> headers = new TreeMap<>();
      for (String line = head.line(); !line.isEmpty(); line = head.line()) {
        int colon = line.indexOf(':');
        if (colon > 0) {
          headers.put(
              line.substring(0, colon).trim().toLowerCase(Locale.ROOT),
              line.substring(colon + 1).trim());
        }
      }
      return headers;
    }

    private InputStream framed(InputStream in) throws IOException {
      if (status == 204 || status == 304) {
        return InputStream.nullInputStream();
      }
      String coding =
          headers.getOrDefault("transfer-encoding", "identity").toLowerCase(Locale.ROOT);
      if (coding.equals("chunked")) {
        return new ChunkedBody(in);
      }
      if (!coding.equals("identity")) {
        throw new IOException("transfer coding \"" + coding + "\" (expected: chunked)");
      }
      String length = headers.get("content-length");
      if (length == null) {
        return in;
      }
      try {
        long bytes = Long.parseLong(length);
        if (bytes < 0) {
          throw new IOException("content length " + bytes + " (expected: not negative)");
        }
        return new SizedBody(in, bytes);
      } catch (NumberFormatException e) {
        throw new IOException("content length \"" + length + "\" (expected: a number)", e);
      }
    }

    int status() {
      return status;
    }

    @Nullable String header(String lowerCaseName) {
      return headers.get(lowerCaseName);
    }

    InputStream body() {
      return body;
    }

    /**
     * From now on this is a stream, which may be silent: a read waits this long before it throws a
     * SocketTimeoutException, and may then be tried again.
     */
    void stream(int readMillisMax) throws IOException {
      connection.below().unpaced();
      readMillisMax(readMillisMax);
    }

    void readMillisMax(int millis) throws IOException {
      connection.top().setSoTimeout(millis);
    }

    /** The whole body, if it is no larger. */
    byte[] bytes(int max) throws IOException {
      byte[] bytes = body.readNBytes(max);
      if (bytes.length == max && body.read() >= 0) {
        throw new IOException("body of more than " + max + " bytes");
      }
      return bytes;
    }

    @Override
    public void close() {
      wire.release(connection.below());
    }
  }

  /** Lines of a header, bounded together. */
  private static final class HeadReader {
    private final InputStream in;
    private int left = Exchange.HEAD_BYTES_MAX;

    HeadReader(InputStream in) {
      this.in = in;
    }

    String line() throws IOException {
      StringBuilder line = new StringBuilder();
      while (left-- > 0) {
        int b = in.read();
        if (b < 0) {
          throw new EOFException("connection closed within the answer's header");
        }
        if (b == '\n') {
          int end = line.length();
          return end > 0 && line.charAt(end - 1) == '\r'
              ? line.substring(0, end - 1)
              : line.toString();
        }
        line.append((char) b);
      }
      throw new IOException("header of more than " + Exchange.HEAD_BYTES_MAX + " bytes");
    }
  }

  /** A body whose length is known; a connection that ends early is an error, not an end. */
  private static final class SizedBody extends InputStream {
    private final InputStream in;
    private long left;

    SizedBody(InputStream in, long length) {
      this.in = in;
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left <= 0) {
        return -1;
      }
      int n = in.read(bytes, offset, (int) Math.min(length, left));
      if (n < 0) {
        throw new EOFException("connection closed " + left + " bytes before the end of the body");
      }
      left -= n;
      return n;
    }
  }

  /**
   * A chunked body. A read that timed out may be tried again: what was read of a chunk's head is
   * kept.
   */
  private static final class ChunkedBody extends InputStream {
    private static final int HEAD_CHARS_MAX = 4096;

    private final InputStream in;
    private final StringBuilder head = new StringBuilder();
    private long left;
    private boolean betweenChunks;
    private boolean done;

    ChunkedBody(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0 && !done) {
        nextChunk();
      }
      if (done) {
        return -1;
      }
      int n = in.read(bytes, offset, (int) Math.min(length, left));
      if (n < 0) {
        throw new EOFException("connection closed within a chunk");
      }
      left -= n;
      betweenChunks = left == 0;
      return n;
    }

    private void nextChunk() throws IOException {
      if (betweenChunks) {
        readHeadLine();
        head.setLength(0);
        betweenChunks = false;
      }
      readHeadLine();
      String text = head.toString();
      head.setLength(0);
      int end = text.indexOf(';');
      String digits = (end < 0 ? text : text.substring(0, end)).trim();
      try {
        left = Long.parseLong(digits, 16);
      } catch (NumberFormatException e) {
        throw new IOException("chunk size \"" + digits + "\" (expected: hexadecimal digits)", e);
      }
      if (left < 0) {
        throw new IOException("chunk size " + left + " (expected: not negative)");
      }
      done = left == 0;
    }

    /** Gathers a line into {@link #head}, which survives a timeout in the middle. */
    private void readHeadLine() throws IOException {
      while (true) {
        int b = in.read();
        if (b < 0) {
          throw new EOFException("connection closed between chunks");
        }
        if (b == '\n') {
          return;
        }
        head.append((char) b);
        if (head.length() > HEAD_CHARS_MAX) {
          throw new IOException("chunk head of more than " + HEAD_CHARS_MAX + " characters");
        }
      }
    }
  }
}
