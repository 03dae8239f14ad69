package dev.guidon.fuzz.targets;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client of one listener that sends anything and insists that what comes back is HTTP. */
final class Talk implements AutoCloseable {
  private static final int ANSWER_MILLIS_MAX = 15_000;
  private static final int ANSWER_BYTES_MAX = 8 << 20;

  /**
   * A request that ends where it says.
   *
   * @param head whether its answer has no body, whatever the headers say
   */
  @SuppressWarnings("ArrayRecordComponent") // Sent, never compared.
  record Request(byte[] bytes, boolean head) {}

  private final String name;
  private final int port;
  private int client;
  private @Nullable Socket open;
  private InputStream in = InputStream.nullInputStream();

  Talk(String name, int port) {
    this.name = name;
    this.port = port;
  }

  /**
   * All on one connection, one behind the other, without waiting; on a new one after the server has
   * closed it.
   */
  void together(List<Request> requests, Consumer<String> outcomes) throws IOException {
    List<Request> left = new ArrayList<>(requests);
    while (!left.isEmpty()) {
      int answered = 0;
      boolean closed = false;
      try {
        Socket socket = connection();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        left.forEach(request -> all.writeBytes(request.bytes));
        socket.getOutputStream().write(all.toByteArray());
        for (Request request : left) {
          Answer answer = answer(request.head);
          if (answer == null) {
            closed = true;
            break;
          }
          answered++;
          outcomes.accept(judged(answer));
          if (answer.closes) {
            closed = true;
            break;
          }
        }
      } catch (SocketTimeoutException e) {
        throw new AssertionError(name + ": no answer within " + ANSWER_MILLIS_MAX + " ms", e);
      } catch (IOException e) {
        // The server has closed on what it could not read, and its answer may have been lost with
        // it.
        closed = true;
      }
      if (closed) {
        drop();
      }
      if (answered == 0) {
        outcomes.accept(alone(left.get(0).bytes));
        answered = 1;
      }
      left = left.subList(answered, left.size());
    }
  }

  /**
   * On a connection of its own, of which we close our half; every answer until the server closes
   * its own.
   */
  String alone(byte[] bytes) throws IOException {
    Socket kept = open;
    InputStream keptIn = in;
    String outcome = name + " closed";
    try (Socket socket = connect()) {
      in = new BufferedInputStream(socket.getInputStream());
      try {
        socket.getOutputStream().write(bytes);
        socket.shutdownOutput();
        boolean head =
            bytes.length > 4
                && new String(bytes, 0, 5, StandardCharsets.ISO_8859_1).equals("HEAD ");
        for (Answer answer = answer(head); answer != null; answer = answer(head)) {
          outcome = judged(answer);
          if (answer.isRaw) {
            break;
          }
        }
      } catch (SocketTimeoutException e) {
        throw new AssertionError(
            name + ": neither answered nor closed within " + ANSWER_MILLIS_MAX + " ms", e);
      } catch (IOException e) {
        // A reset: the server had closed before it read everything.
        return outcome;
      }
    } finally {
      open = kept;
      in = keptIn;
    }
    return outcome;
  }

  private String judged(Answer answer) {
    if (answer.status == 503 && answer.body.contains("this edge is behind")) {
      // What an edge honestly says when the machine gives it no time to look at its log.
      return name + " 503 behind";
    }
    boolean ours = answer.status >= 500 && answer.status != 501 && answer.status != 505;
    Must.hold(!ours, name + ": status " + answer.status + ", " + answer.body);
    return name + (answer.status == 0 ? " not HTTP/1" : " " + answer.status);
  }

  private Socket connection() throws IOException {
    Socket socket = open;
    if (socket == null) {
      socket = connect();
      open = socket;
      in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    }
    return socket;
  }

  private Socket connect() throws IOException {
    // From many addresses of this machine, so that no pair of ports has to be used again too soon.
    client = (client + 1) % 200;
    byte[] from = {127, 0, 0, (byte) (client + 1)};
    Socket socket;
    try {
      socket =
          new Socket(
              InetAddress.getByAddress(new byte[] {127, 0, 0, 1}),
              port,
              InetAddress.getByAddress(from),
              0);
    } catch (java.net.BindException e) {
      // A machine that has only the one address.
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
    }
    socket.setSoTimeout(ANSWER_MILLIS_MAX);
    socket.setTcpNoDelay(true);
    return socket;
  }

  private void drop() throws IOException {
    Socket socket = open;
    if (socket != null) {
      socket.close();
    }
    open = null;
  }

  private record Answer(int status, boolean closes, boolean isRaw, String body) {}

  /** {@code null} when the server has closed between two answers. */
  private @Nullable Answer answer(boolean head) throws IOException {
    String first = line();
    if (first == null) {
      return null;
    }
    if (!first.matches("HTTP/1\\.[01] [1-5][0-9][0-9].*")) {
      // After a preface of HTTP/2 the server speaks that, in frames.
      return new Answer(0, /* closes= */ true, /* isRaw= */ true, first);
    }
    int status = Integer.parseInt(first.substring(9, 12));
    long length = -1;
    boolean chunked = false;
    boolean closes = first.startsWith("HTTP/1.0");
    for (String line = headerLine(); !line.isEmpty(); line = headerLine()) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(lower.substring(15).strip());
      } else if (lower.startsWith("transfer-encoding:")) {
        chunked = lower.contains("chunked");
      } else if (lower.startsWith("connection:")) {
        closes |= lower.contains("close");
      }
    }
    if (status == 101) {
      return new Answer(status, /* closes= */ true, /* isRaw= */ true, "");
    }
    if (status < 200) {
      return answer(head);
    }
    boolean bare = head || status == 204 || status == 304;
    String body = bare ? "" : chunked ? chunks() : body(length);
    return new Answer(status, closes || !bare && !chunked && length < 0, /* isRaw= */ false, body);
  }

  private String body(long length) throws IOException {
    Must.hold(length <= ANSWER_BYTES_MAX, name + ": " + length + " bytes of answer");
    byte[] bytes = length < 0 ? in.readAllBytes() : in.readNBytes((int) length);
    Must.hold(length < 0 || bytes.length == length, name + ": closed within the body of an answer");
    return new String(bytes, 0, Math.min(bytes.length, 500), StandardCharsets.UTF_8);
  }

  private String chunks() throws IOException {
    StringBuilder body = new StringBuilder();
    while (true) {
      String line = Must.present(line(), name + ": closed within the chunks of an answer");
      int length = Integer.parseInt(line.strip(), 16);
      String part = length == 0 ? "" : body(length);
      Must.hold("".equals(line()), name + ": a chunk ends with a line");
      if (length == 0) {
        return body.toString();
      }
      if (body.length() < 500) {
        body.append(part);
      }
    }
  }

  private String headerLine() throws IOException {
    return Must.present(line(), name + ": closed within the headers of an answer");
  }

  private @Nullable String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        return line.size() == 0 ? null : line.toString(StandardCharsets.ISO_8859_1);
      }
      line.write(b);
      if (line.size() > 1 << 16) {
        throw new AssertionError(name + ": an endless line of answer");
      }
    }
    String text = line.toString(StandardCharsets.ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  @Override
  public void close() throws IOException {
    drop();
  }
}
