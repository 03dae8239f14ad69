package dev.guidon.control.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Any bytes on the port: more connections than may be open at once, so that one that is not let go
 * of shows. Again with {@code -Dguidon.anybytes.seed=}.
 */
class AnyBytesTest {
  private static final int CONNECTIONS = 2_200;
  private static final int AT_ONCE = 16;

  @TempDir Path folder;

  @Test
  void anyBytesLeaveAServerThatAnswersWithNoThreadMoreAndNoExceptionAtLarge() throws Exception {
    long seed = Long.getLong("guidon.anybytes.seed", 20_261_122);
    System.out.println("control any bytes: seed " + seed);
    PrintStream realErr = System.err;
    ByteArrayOutputStream logged = new ByteArrayOutputStream();
    try (Api api =
        Api.start(folder, ControlOptions.of("127.0.0.1", 0).withRate(100_000, 100_000, 100_000))
            .withShop()
            .withFlag("checkout")) {
      storm(api, seed, 100);
      int threads = ManagementFactory.getThreadMXBean().getThreadCount();
      System.setErr(new PrintStream(logged, /* autoFlush= */ true, StandardCharsets.UTF_8));

      storm(api, seed + 1, CONNECTIONS);

      api.get("/healthz").is(200);
      assertThat(api.get(Api.PROD + "/flags/checkout").is(200).text("envelope/on"))
          .isEqualTo("false");
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() ->
              assertThat(ManagementFactory.getThreadMXBean().getThreadCount())
                  .as("threads, seed %s", seed)
                  .isLessThanOrEqualTo(threads + 4));
    } finally {
      System.setErr(realErr);
    }
    assertThat(logged.toString(StandardCharsets.UTF_8))
        .as("seed %s", seed)
        .doesNotContain("ERROR")
        .doesNotContain("Exception in thread");
  }

  private static void storm(Api api, long seed, int connections) throws InterruptedException {
    Semaphore room = new Semaphore(AT_ONCE);
    List<String> requests = requests(api.admin);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < connections; i++) {
        Random random = new Random(seed * 31 + i);
        room.acquire();
        threads.execute(() -> {
          try {
            talk(api.api.port(), bytes(requests, random), random);
          } finally {
            room.release();
          }
        });
      }
    }
  }

  private static void talk(int port, byte[] bytes, Random random) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(40);
      int cut = random.nextInt(4) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
      socket.getOutputStream().write(bytes, 0, cut);
      socket.getOutputStream().flush();
      socket.getOutputStream().write(bytes, cut, bytes.length - cut);
      switch (random.nextInt(3)) {
        case 0 -> socket.setSoLinger(true, 0); // Leaves with a reset.
        case 1 -> {
          socket.shutdownOutput();
          socket.getInputStream().readAllBytes();
        }
        default -> socket.getInputStream().read(new byte[64 << 10]);
      }
    } catch (IOException expected) {
      // The server closed on us, or says nothing as long as more could come: both are fine.
      assertThat(expected).isNotNull();
    }
  }

  private static byte[] bytes(List<String> requests, Random random) {
    byte[] noise = new byte[random.nextInt(300)];
    random.nextBytes(noise);
    byte[] request =
        requests.get(random.nextInt(requests.size())).getBytes(StandardCharsets.ISO_8859_1);
    return switch (random.nextInt(6)) {
      case 0 -> noise;
      case 1 ->
          joined("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII), noise);
      case 2 -> Arrays.copyOf(request, random.nextInt(request.length + 1));
      case 3 -> joined(request, noise);
      case 4 -> joined(request, request);
      default -> mutated(request, random);
    };
  }

  private static byte[] mutated(byte[] request, Random random) {
    byte[] other = request.clone();
    int changes = 1 + random.nextInt(8);
    for (int i = 0; i < changes; i++) {
      other[random.nextInt(other.length)] = (byte) random.nextInt(256);
    }
    return other;
  }

  private static byte[] joined(byte[] a, byte[] b) {
    byte[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  private static List<String> requests(String secret) {
    String head = " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + secret + "\r\n";
    String deep = "[".repeat(5_000) + "]".repeat(5_000);
    return List.of(
        "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET " + Api.PROD + "/flags/checkout" + head + "\r\n",
        "HEAD /openapi.json" + head + "\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: x\r\nOrigin: http://a\r\n\r\n",
        "GET " + Api.PROD + "/state?at=%00%ff&limit=1" + head + "\r\n",
        "PUT "
            + Api.PROD
            + "/flags/checkout"
            + head
            + "Content-Type: application/json\r\nContent-Length: "
            + deep.length()
            + "\r\n\r\n"
            + deep,
        "POST "
            + Api.PROD
            + "/explain"
            + head
            + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n12\r\n{\"flag\":\"checkout\"\r\n1\r\n}\r\n0\r\n\r\n",
        "POST "
            + Api.PROD
            + "/explain"
            + head
            + "Content-Type: application/yaml\r\nExpect: 100-continue\r\nContent-Length: 14\r\n\r\nflag: checkout",
        "POST /api/v1/projects" + head + "Content-Length: 99999999\r\n\r\n{",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
        "GET http://evil.example/../api/v1/credentials" + head + "\r\n",
        "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/9.9\r\n: \r\n\r\n");
  }
}
