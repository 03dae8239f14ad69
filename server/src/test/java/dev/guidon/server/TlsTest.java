package dev.guidon.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import dev.guidon.server.demo.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Certificates from files on both listeners, renewed without a restart, and asked of callers and
 * edges.
 */
class TlsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir Path folder;

  /** A key pair with a certificate signed by itself, which is also the authority it trusts. */
  private record Identity(KeyStore keys, Path certificate, Path key) {
    X509Certificate own() throws Exception {
      return (X509Certificate) keys.getCertificate("k");
    }
  }

  private Identity make(String name) throws Exception {
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
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
    Path certificate = folder.resolve(name + ".crt");
    Path key = folder.resolve(name + ".key");
    Files.writeString(certificate, pem("CERTIFICATE", keys.getCertificate("k").getEncoded()));
    Files.writeString(key, pem("PRIVATE KEY", keys.getKey("k", PASSWORD).getEncoded()));
    return new Identity(keys, certificate, key);
  }

  private static String pem(String what, byte[] der) {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n";
  }

  private static HttpClient client(@Nullable Identity own, Identity... trusted) throws Exception {
    KeyStore authorities = KeyStore.getInstance("PKCS12");
    authorities.load(null, null);
    for (Identity one : trusted) {
      authorities.setCertificateEntry(one.certificate().toString(), one.own());
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(authorities);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own == null ? null : own.keys(), PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }

  private static HttpResponse<String> send(HttpClient http, HttpRequest.Builder request)
      throws Exception {
    return http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String shownBy(URI address, Identity... trusted) throws Exception {
    try (HttpClient fresh = client(null, trusted)) {
      HttpResponse<String> response =
          send(fresh, HttpRequest.newBuilder(address.resolve("/healthz")));
      assertThat(response.statusCode()).isEqualTo(200);
      return ((X509Certificate) response.sslSession().orElseThrow().getPeerCertificates()[0])
          .getSubjectX500Principal()
          .getName();
    }
  }

  @Test
  void bothListenersShowTheirCertificateAndTakeUpANewOne() throws Exception {
    Identity first = make("first");
    Identity second = make("second");
    Path certificate = Files.copy(first.certificate(), folder.resolve("used.crt"));
    Path key = Files.copy(first.key(), folder.resolve("used.key"));
    try (ServerProcess server =
        TestServer.start(
            folder.resolve("data"),
            "--control-tls-certificate",
            certificate.toString(),
            "--control-tls-key",
            key.toString(),
            "--delivery-tls-certificate",
            certificate.toString(),
            "--delivery-tls-key",
            key.toString())) {
      ServerProcess.Ready ready = server.awaitReady(PATIENCE);
      assertThat(ready.api().getScheme()).isEqualTo("https");
      assertThat(shownBy(ready.api(), first)).isEqualTo("CN=first");
      assertThat(shownBy(ready.delivery(), first)).isEqualTo("CN=first");

      Files.copy(second.key(), key, StandardCopyOption.REPLACE_EXISTING);
      Files.copy(second.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);

      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> {
            assertThat(shownBy(ready.api(), first, second)).isEqualTo("CN=second");
            assertThat(shownBy(ready.delivery(), first, second)).isEqualTo("CN=second");
          });
    }
  }

  @Test
  void apiThatWantsCertificatesTurnsOthersAway() throws Exception {
    Identity own = make("server");
    Identity caller = make("caller");
    try (ServerProcess server =
        TestServer.start(
            folder.resolve("data"),
            "--control-tls-certificate",
            own.certificate().toString(),
            "--control-tls-key",
            own.key().toString(),
            "--control-tls-client-ca",
            caller.certificate().toString(),
            "--control-tls-client-required",
            "true")) {
      URI health = server.awaitReady(PATIENCE).api().resolve("/healthz");

      try (HttpClient known = client(caller, own);
          HttpClient unknown = client(null, own)) {
        assertThat(send(known, HttpRequest.newBuilder(health)).statusCode()).isEqualTo(200);
        assertThatThrownBy(() -> send(unknown, HttpRequest.newBuilder(health)))
            .isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void edgeFollowsItsUpstreamOverMutualTls() throws Exception {
    Identity own = make("server");
    Identity edgeOwn = make("edge");
    try (ServerProcess upstream =
        TestServer.start(
            folder.resolve("data"),
            "--control-tls-certificate",
            own.certificate().toString(),
            "--control-tls-key",
            own.key().toString(),
            "--delivery-tls-certificate",
            own.certificate().toString(),
            "--delivery-tls-key",
            own.key().toString(),
            "--delivery-tls-client-ca",
            edgeOwn.certificate().toString(),
            "--delivery-tls-client-required",
            "true")) {
      ServerProcess.Ready ready = upstream.awaitReady(PATIENCE);
      Path key = Files.writeString(folder.resolve("edge.gdn"), edgeKey(ready, own));
      try (ServerProcess edge =
          TestServer.start(
              folder.resolve("edge"),
              "--role",
              "edge",
              "--upstream-url",
              ready.delivery().toString(),
              "--upstream-key-file",
              key.toString(),
              "--upstream-environments",
              "default/dev",
              "--upstream-tls-ca",
              own.certificate().toString(),
              "--upstream-tls-certificate",
              edgeOwn.certificate().toString(),
              "--upstream-tls-key",
              edgeOwn.key().toString())) {
        URI delivery = edge.awaitReady(PATIENCE).delivery();

        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> assertThat(evaluate(delivery, ready.sdkKey())).contains("\"value\":false"));
        assertThatThrownBy(() -> shownBy(ready.delivery(), own))
            .as("without a certificate")
            .isInstanceOf(IOException.class);
      }
    }
  }

  private static String edgeKey(ServerProcess.Ready ready, Identity server) throws Exception {
    Json.Obj wanted =
        Json.Obj.of(
            "name",
            Json.of("edge"),
            "kind",
            Json.of("edge"),
            "environments",
            Json.arr(Json.of("default/dev")));
    try (HttpClient http = client(null, server)) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(ready.api().resolve("/api/v1/credentials"))
              .header("Authorization", "Bearer " + ready.adminToken())
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(CanonicalJson.text(wanted)));
      Json made = JsonReader.read(send(http, request).body(), JsonLimits.DEFAULT);
      return ((Json.Str) ((Json.Obj) made).get("secret")).value();
    }
  }

  private static String evaluate(URI delivery, String key) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return send(
              http,
              HttpRequest.newBuilder(delivery.resolve("/ofrep/v1/evaluate/flags/hello"))
                  .header("Authorization", "Bearer " + key)
                  .header("Content-Type", "application/json")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "{\"context\":{\"targetingKey\":\"u1\"}}")))
          .body();
    }
  }
}
