package dev.guidon.edge;

import static dev.guidon.edge.EdgeFixture.EDGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.guidon.edge.core.EdgeKeys;
import dev.guidon.edge.core.ReaderKey;
import dev.guidon.model.Hash;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates from files: shown, renewed, and asked of further edges. */
class TlsTest {
  @TempDir Path folder;
  private final FakeLog log = EdgeFixture.shop();

  private static final EdgeOptions.Timing QUICK =
      new EdgeOptions.Timing(
          Duration.ofSeconds(15),
          Duration.ofSeconds(30),
          Duration.ofSeconds(15),
          Duration.ofSeconds(10),
          Duration.ofSeconds(2),
          Duration.ofMillis(100),
          Duration.ofSeconds(45));

  /** Makes a key pair with a certificate signed by itself, and writes both as PEM. */
  private TlsFiles make(String name) throws Exception {
    Path store = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "k",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + name,
                "-ext",
                "SAN=ip:127.0.0.1,dns:localhost",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                store.toString())
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    Path certificate = folder.resolve(name + ".crt");
    Path key = folder.resolve(name + ".key");
    Files.writeString(certificate, pem("CERTIFICATE", keys.getCertificate("k").getEncoded()));
    Files.writeString(
        key, pem("PRIVATE KEY", keys.getKey("k", "changeit".toCharArray()).getEncoded()));
    return TlsFiles.of(certificate, key);
  }

  private static String pem(String what, byte[] der) {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n";
  }

  private static SSLContext trusting(Path... certificates) throws Exception {
    KeyStore trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    for (Path certificate : certificates) {
      trust.setCertificateEntry(
          certificate.toString(),
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(certificate))));
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trust);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }

  private static String shownBy(int port, SSLContext context) throws Exception {
    try (var socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.startHandshake();
      var shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return shown.getSubjectX500Principal().getName();
    }
  }

  @Test
  void certificatesAreReadAgainWhenTheirFilesChange() throws Exception {
    TlsFiles first = make("first");
    TlsFiles second = make("second");
    SSLContext both = trusting(first.certificate(), second.certificate());
    Path certificate = Files.copy(first.certificate(), folder.resolve("used.crt"));
    Path key = Files.copy(first.key(), folder.resolve("used.key"));
    try (var fixture =
        new EdgeFixture(
            log,
            folder.resolve("disk"),
            o -> o.withTls(TlsFiles.of(certificate, key)).withTiming(QUICK))) {
      HttpClient client = HttpClient.newBuilder().sslContext(both).build();
      var health =
          HttpRequest.newBuilder(
                  URI.create("https://127.0.0.1:" + fixture.edge.port() + "/healthz"))
              .build();
      assertThat(client.send(health, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
      assertThat(shownBy(fixture.edge.port(), both)).isEqualTo("CN=first");

      Files.writeString(key, "half written");
      Files.write(certificate, Files.readAllBytes(second.certificate()));
      assertThat(shownBy(fixture.edge.port(), both)).isEqualTo("CN=first");
      Files.write(key, Files.readAllBytes(second.key()));

      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> shownBy(fixture.edge.port(), both).equals("CN=second"));
      client.close();
    }
  }

  @Test
  void furtherEdgesNeedACertificateAndApplicationsDoNot() throws Exception {
    TlsFiles server = make("server");
    TlsFiles client = make("client");
    var key =
        new ReaderKey(
            ReaderKey.Kind.EDGE,
            "edge-2",
            List.of(new ReaderKey.Secret(Hash.of(EDGE), null)),
            null,
            null);
    EdgeKeys keys =
        secret -> secret.equals(Hash.of(EDGE)) ? new EdgeKeys.EdgeKey(key, Set.of("*")) : null;
    try (var one =
        new EdgeFixture(
            log,
            folder.resolve("one"),
            o -> o.withTls(server.withTrust(client.certificate())).withEdgeKeys(keys))) {
      one.awaitPosition();
      var address = URI.create("https://127.0.0.1:" + one.edge.port());
      HttpClient bare = HttpClient.newBuilder().sslContext(trusting(server.certificate())).build();
      HttpResponse<String> refused =
          bare.send(
              HttpRequest.newBuilder(address.resolve("/v1/replication?scope=shop/prod"))
                  .header("Authorization", "Bearer " + EDGE)
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      HttpResponse<String> served =
          bare.send(
              HttpRequest.newBuilder(address.resolve("/v1/view"))
                  .header("Authorization", "Bearer " + EdgeFixture.SERVER)
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      bare.close();

      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(served.statusCode()).isEqualTo(200);
      var upstream =
          HttpUpstream.of(
              one.vertx, List.of(address), EDGE, client.withTrust(server.certificate()));
      try (var two = new EdgeFixture(log, upstream, folder.resolve("two"), o -> o)) {
        two.awaitPosition();
        assertThat(two.edge.state(FakeLog.PROD).chain()).isEqualTo(log.state().chain());
      }
    }
  }
}
