package dev.guidon.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads begin with a client and end with it. */
@Timeout(120)
class LifeTest {
  private static final int CYCLES = 20;

  /** Those that were there before, of tests that leave their end to the JVM, do not count. */
  private final Set<Thread> others = Thread.getAllStackTraces().keySet();

  private List<String> ourThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.isAlive() && !others.contains(thread))
        .map(Thread::getName)
        .filter(name -> name.startsWith("guidon") || name.startsWith("Keep-Alive"))
        .toList();
  }

  private static void startAndStop(GuidonClient.Builder builder) {
    long begun = System.nanoTime();
    GuidonClient client = builder.build();
    client.awaitReady(Duration.ofMillis(50));
    long ending = System.nanoTime();
    client.shutdown();

    assertThat(Duration.ofNanos(System.nanoTime() - ending)).isLessThan(Duration.ofSeconds(2));
    assertThat(begun).isLessThan(ending);
  }

  @Test
  void shutdownEndsEveryThread() {
    int before = Thread.activeCount();
    try (FakeEdge edge = new FakeEdge()) {
      edge.flag("a", Docs.bool("a", true));
      for (int i = 0; i < CYCLES; i++) {
        startAndStop(FollowingTest.builder(edge));
      }
    }

    assertThat(ourThreads()).isEmpty();
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(Thread.activeCount()).isLessThanOrEqualTo(before + 2));
  }

  @Test
  void shutdownEndsEveryThreadWhileConnectingToABlackHole() throws Exception {
    // Nobody accepts, and the queue of the listener is full: the system drops further attempts
    // without a word.
    List<Socket> fillers = new ArrayList<>();
    try (ServerSocket hole = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < 8; i++) {
        Socket filler = new Socket();
        fillers.add(filler);
        try {
          filler.connect(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), hole.getLocalPort()), 50);
        } catch (java.net.SocketTimeoutException e) {
          break;
        }
      }

      for (int i = 0; i < CYCLES; i++) {
        startAndStop(builder(hole));
      }

      assertThat(ourThreads()).isEmpty();
    } finally {
      for (Socket filler : fillers) {
        filler.close();
      }
    }
  }

  @Test
  void shutdownEndsEveryThreadWhileTheServerIsSilent() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < CYCLES; i++) {
        startAndStop(builder(silent));
      }

      assertThat(ourThreads()).isEmpty();
    }
  }

  /** Every answer comes at one byte in 100 ms, also that to the last report. */
  @Test
  void shutdownEndsEveryThreadWhileTheServerTrickles() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
      Thread acceptor =
          new Thread(
              () -> {
                try {
                  while (true) {
                    Socket socket = server.accept();
                    Thread one = new Thread(() -> trickle(socket), "trickle");
                    one.setDaemon(true);
                    one.start();
                  }
                } catch (java.io.IOException e) {
                  return;
                }
              },
              "trickle-acceptor");
      acceptor.setDaemon(true);
      acceptor.start();
      for (int i = 0; i < 5; i++) {
        startAndStop(builder(server));
      }

      assertThat(ourThreads()).isEmpty();
    }
  }

  @Test
  void lastReportIsCutOffWhenItsAnswerTrickles() {
    try (FakeEdge edge = new FakeEdge()) {
      edge.upstreamTrickles = true;
      dev.guidon.model.Token token = edge.flag("a", Docs.bool("a", true));
      GuidonClient client = FollowingTest.builder(edge).build();
      assertThat(client.awaitRevision(token, FollowingTest.SOON)).isTrue();
      assertThat(client.booleanValue("a", dev.guidon.engine.Context.EMPTY, false)).isTrue();

      long ending = System.nanoTime();
      client.shutdown();

      assertThat(Duration.ofNanos(System.nanoTime() - ending)).isLessThan(Duration.ofSeconds(3));
      await().atMost(Duration.ofSeconds(2)).untilAsserted(() -> assertThat(ourThreads()).isEmpty());
    }
  }

  private static void trickle(Socket socket) {
    try (socket) {
      while (true) {
        socket.getOutputStream().write('H');
        java.util.concurrent.TimeUnit.MILLISECONDS.sleep(100);
      }
    } catch (java.io.IOException | InterruptedException e) {
      return;
    }
  }

  private static GuidonClient.Builder builder(ServerSocket to) {
    return GuidonClient.builder()
        .environment(name -> null)
        .url("http://127.0.0.1:" + to.getLocalPort())
        .key(FakeEdge.KEY);
  }

  @Test
  void shutdownMayBeCalledAgainAndByAListener() {
    try (FakeEdge edge = new FakeEdge()) {
      edge.flag("a", Docs.bool("a", true));
      GuidonClient client = FollowingTest.builder(edge).build();
      client.awaitReady(FollowingTest.SOON);
      client.listen(event -> client.shutdown());

      edge.flag("a", Docs.bool("a", false));

      await().atMost(FollowingTest.SOON).untilAsserted(() -> assertThat(ourThreads()).isEmpty());
      client.shutdown();
      assertThat(client.status()).isEqualTo(ClientStatus.SHUT_DOWN);
    }
  }
}
