package dev.guidon.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** HTTP/1.1 as servers really answer it, and as they should not. */
@Timeout(30)
class WireTest {
  private final Wire wire = new Wire(new Tls(null, null, null), 1000);

  /** What the client gets from a server that answers so and closes. */
  private String get(byte[] answer) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> served = CompletableFuture.runAsync(() -> serve(server, answer));
      URI uri = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/x?y=z");
      try (Wire.Exchange exchange = wire.send(Wire.Request.get(uri, Map.of("A", "b"), 2000))) {
        return exchange.status() + " " + new String(exchange.bytes(1000), StandardCharsets.UTF_8);
      } finally {
        served.join();
      }
    }
  }

  private static void serve(ServerSocket server, byte[] answer) {
    try (Socket socket = server.accept()) {
      InputStream in = socket.getInputStream();
      byte[] head = new byte[4096];
      int n = in.read(head);
      assertThat(new String(head, 0, n, StandardCharsets.US_ASCII))
          .startsWith("GET /x?y=z HTTP/1.1\r\nHost: 127.0.0.1:");
      socket.getOutputStream().write(answer);
      socket.getOutputStream().flush();
    } catch (IOException e) {
      // The client may hang up on nonsense; what it says then is what the test looks at.
      return;
    }
  }

  private String get(String answer) throws IOException {
    return get(answer.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void bodyEndsWhereItsFramingSays() throws IOException {
    assertThat(get("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef")).isEqualTo("200 abc");
    assertThat(get("HTTP/1.1 200 OK\r\n\r\nabc")).isEqualTo("200 abc");
    assertThat(get("HTTP/1.0 404 No\nContent-Length: 0\n\n")).isEqualTo("404 ");
    assertThat(get("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n")).isEqualTo("304 ");
    assertThat(get("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"))
        .isEqualTo("200 x");
    assertThat(
            get(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"))
        .isEqualTo("200 abcde");
  }

  @Test
  void bodyThatBreaksOffIsAnError() {
    assertThatThrownBy(() -> get("HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\nabc"))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> get("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> get("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> get("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n"))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(
            () -> get("HTTP/1.1 200 OK\r\nContent-Length: " + "1".repeat(30) + "\r\n\r\n"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void tooMuchIsRefused() {
    assertThatThrownBy(() -> get("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(1001)))
        .hasMessageContaining("more than 1000 bytes");
    assertThatThrownBy(() -> get("HTTP/1.1 200 OK\r\nA: " + "x".repeat(70_000) + "\r\n\r\n"))
        .hasMessageContaining("header");
  }

  @Test
  void anyBytesAreAnAnswerOrAnIoException() {
    Random random = new Random(7);
    String[] parts = {
      "HTTP/1.1 ",
      "200",
      " OK\r\n",
      "\r\n",
      "Content-Length: ",
      "Transfer-Encoding: chunked\r\n",
      "5",
      "\u0000\u00ff",
      ":",
      "-1",
      "ffffffffff\r\n"
    };
    for (int i = 0; i < 300; i++) {
      StringBuilder answer = new StringBuilder();
      for (int j = random.nextInt(12); j >= 0; j--) {
        answer.append(parts[random.nextInt(parts.length)]);
      }
      try {
        assertThat(get(answer.toString())).isNotNull();
      } catch (IOException e) {
        assertThat(e.getMessage()).isNotNull();
      }
    }
  }

  @Test
  void headerCannotBeginAnotherOne() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      URI uri = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");

      assertThatThrownBy(
              () -> wire.send(Wire.Request.get(uri, Map.of("Last-Event-ID", "a\r\nX: y"), 100)))
          .hasMessageContaining("Last-Event-ID");
    }
  }

  /** Sends bytes one by one with pauses, until the client hangs up. */
  private static void trickle(ServerSocket server, byte[] begin, byte[] more, long pauseMillis) {
    try (Socket socket = server.accept()) {
      assertThat(socket.getInputStream().read(new byte[4096])).isPositive();
      OutputStream out = socket.getOutputStream();
      out.write(begin);
      for (int i = 0; ; i++) {
        out.write(more[i % more.length]);
        out.flush();
        if (pauseMillis > 0) {
          TimeUnit.MILLISECONDS.sleep(pauseMillis);
        }
      }
    } catch (IOException | InterruptedException e) {
      return; // The client has hung up, as it should.
    }
  }

  private void givenUp(String begin, String more, long pauseMillis) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> served =
          CompletableFuture.runAsync(() ->
              trickle(
                  server,
                  begin.getBytes(StandardCharsets.UTF_8),
                  more.getBytes(StandardCharsets.UTF_8),
                  pauseMillis));
      URI uri = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/x?y=z");
      assertThatThrownBy(
              () -> {
                try (Wire.Exchange exchange = wire.send(Wire.Request.get(uri, Map.of(), 500))) {
                  assertThat(exchange.bytes(1 << 20)).isEmpty();
                }
              })
          .isInstanceOf(IOException.class);
      served.join();
    }
  }

  @Test
  void answerThatTricklesIsGivenUp() throws IOException {
    givenUp("HTTP/1.1 200 OK\r\nA: ", "x", 100);
    givenUp("HTTP/1.1 200 OK\r\n\r\n", "x", 100);
    givenUp("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", 100);
    givenUp("", "HTTP/1.1 100 Continue\r\n\r\n", 20);
  }

  @Test
  void chunkHeadOfNothingButCarriageReturnsEnds() throws IOException {
    givenUp("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "\r", 0);
  }

  @Test
  void streamMayBeSilent() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> served =
          CompletableFuture.runAsync(() ->
              trickle(
                  server,
                  "HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.UTF_8),
                  new byte[] {'x'},
                  400));
      URI uri = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
      try (Wire.Exchange exchange = wire.send(Wire.Request.get(uri, Map.of(), 500))) {
        exchange.stream(2000);
        assertThat(exchange.body().readNBytes(8)).hasSize(8);
      }
      served.join();
    }
  }

  @Test
  void redirectsAreAnswersAndNotFollowed() throws IOException {
    assertThat(
            get("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2/\r\nContent-Length: 0\r\n\r\n"))
        .isEqualTo("302 ");
  }

  @Test
  void lengthBelowZeroIsRefused() {
    assertThatThrownBy(() -> get("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabc"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void requestThatTheServerDoesNotTakeIsEndedFromOutside() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      URI uri = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
      Wire.Request request = new Wire.Request("POST", uri, Map.of(), new byte[64 << 20], 300);
      CompletableFuture<Throwable> sent =
          CompletableFuture.supplyAsync(() -> catchThrowable(() -> wire.send(request)));

      while (!sent.isDone()) {
        wire.endHangingWrites();
        TimeUnit.MILLISECONDS.sleep(20);
      }

      assertThat(sent.get()).isInstanceOf(IOException.class);
    }
  }
}
