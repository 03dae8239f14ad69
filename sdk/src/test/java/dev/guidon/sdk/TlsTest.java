package dev.guidon.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Trust and identity from PEM files, against a server that wants a certificate. */
@Timeout(60)
class TlsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir private Path directory;

  private KeyStore store() throws Exception {
    return store("localhost", "dns:localhost,ip:127.0.0.1");
  }

  private KeyStore store(String name, String names) throws Exception {
    Path file = directory.resolve("store.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "a",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "SAN=" + names,
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    String said =
        new String(
            keytool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(said).isZero();
    return KeyStore.getInstance(file.toFile(), PASSWORD);
  }

  private Path pem(String name, String what, byte[] der) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return Files.writeString(
        directory.resolve(name),
        "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
  }

  private static HttpsServer serve(KeyStore store) throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, PASSWORD);
    trusted.setCertificateEntry("a", store.getCertificate("a"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
            wanted.setNeedClientAuth(true);
            parameters.setSSLParameters(wanted);
          }
        });
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 2);
          exchange.getResponseBody().write(new byte[] {'o', 'k'});
          exchange.close();
        });
    server.start();
    return server;
  }

  private static String get(Tls tls, HttpsServer server) throws IOException {
    URI uri = URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/");
    try (Wire wire = new Wire(tls, 5_000);
        Wire.Exchange exchange = wire.send(Wire.Request.get(uri, Map.of(), 5_000))) {
      return new String(exchange.bytes(10), java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  @Test
  void serverIsTrustedAndClientIsKnownByFiles() throws Exception {
    KeyStore store = store();
    Path certificate = pem("cert.pem", "CERTIFICATE", store.getCertificate("a").getEncoded());
    Path key = pem("key.pem", "PRIVATE KEY", store.getKey("a", PASSWORD).getEncoded());
    HttpsServer server = serve(store);
    try {
      assertThat(get(new Tls(certificate, certificate, key), server)).isEqualTo("ok");
      assertThatThrownBy(() -> get(new Tls(null, certificate, key), server))
          .isInstanceOf(SSLException.class);
      assertThatThrownBy(() -> get(new Tls(certificate, null, null), server))
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> get(new Tls(key, null, null), server))
          .isInstanceOf(IOException.class);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void certificateOfAnotherNameIsNotTheServers() throws Exception {
    KeyStore store = store("elsewhere.example", "dns:elsewhere.example,ip:127.0.0.9");
    Path certificate = pem("cert.pem", "CERTIFICATE", store.getCertificate("a").getEncoded());
    Path key = pem("key.pem", "PRIVATE KEY", store.getKey("a", PASSWORD).getEncoded());
    HttpsServer server = serve(store);
    try {
      assertThatThrownBy(() -> get(new Tls(certificate, certificate, key), server))
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("127.0.0.1");
    } finally {
      server.stop(0);
    }
  }

  /** A secure socket would first want to tell a server that does not listen that it closes. */
  @Test
  void closingWaitsForNobodyAlsoWhileARequestIsBeingWritten() throws Exception {
    KeyStore store = store();
    Path certificate = pem("cert.pem", "CERTIFICATE", store.getCertificate("a").getEncoded());
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    // The common pool may have a single thread, and two wait for each other here.
    Executor threads = task -> new Thread(task).start();
    for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
      try (SSLServerSocket server =
          (SSLServerSocket)
              context
                  .getServerSocketFactory()
                  .createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
        server.setEnabledProtocols(new String[] {version});
        CompletableFuture<SSLSocket> shaken =
            CompletableFuture.supplyAsync(() -> {
              try {
                SSLSocket socket = (SSLSocket) server.accept();
                socket.startHandshake();
                return socket;
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
        Wire wire = new Wire(new Tls(certificate, null, null), 5_000);
        URI uri = URI.create("https://127.0.0.1:" + server.getLocalPort() + "/");
        Wire.Request request = new Wire.Request("POST", uri, Map.of(), new byte[64 << 20], 60_000);
        CompletableFuture<Throwable> sent =
            CompletableFuture.supplyAsync(() -> catchThrowable(() -> wire.send(request)), threads);
        try (SSLSocket deaf = shaken.get()) {
          TimeUnit.MILLISECONDS.sleep(500);
          assertThat(sent).isNotDone();

          long begun = System.nanoTime();
          wire.close();

          assertThat(sent.get(5, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
          assertThat((System.nanoTime() - begun) / 1_000_000).as(version).isLessThan(2_000);
          assertThat(deaf.isConnected()).isTrue();
        }
      }
    }
  }
}
