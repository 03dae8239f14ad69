package dev.guidon.sdk;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Whom the client trusts and who it is, from PEM files. The files are read again when their times
 * change, so that renewed certificates are used from the next connection on.
 */
final class Tls {
  private static final char[] NO_PASSWORD = new char[0];
  private static final List<String> KEY_ALGORITHMS = List.of("EC", "RSA", "Ed25519");

  private final @Nullable Path trust;
  private final @Nullable Path chain;
  private final @Nullable Path key;
  private long stamp;
  private @Nullable SSLSocketFactory sockets;

  /**
   * @param trust certificates of authorities; {@code null}: those of the Java platform
   * @param chain the client's own certificate and those above it, for mutual TLS; {@code null}:
   *     none
   * @param key the unencrypted PKCS#8 key of the first certificate in {@code chain}
   */
  Tls(@Nullable Path trust, @Nullable Path chain, @Nullable Path key) {
    this.trust = trust;
    this.chain = chain;
    this.key = key;
  }

  synchronized SSLSocketFactory sockets() throws IOException {
    long now = modified(trust) * 31 * 31 + modified(chain) * 31 + modified(key);
    SSLSocketFactory current = sockets;
    if (current == null || stamp != now) {
      current = read();
      sockets = current;
      stamp = now;
    }
    return current;
  }

  private static long modified(@Nullable Path file) throws IOException {
    return file == null ? 0 : Files.getLastModifiedTime(file).toMillis();
  }

  private SSLSocketFactory read() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers(), trustManagers(), /* random= */ null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(
          "TLS from trust "
              + trust
              + ", chain "
              + chain
              + ", key "
              + key
              + " (expected: PEM files): "
              + e.getMessage(),
          e);
    }
  }

  private TrustManager @Nullable [] trustManagers() throws IOException, GeneralSecurityException {
    if (trust == null) {
      return null;
    }
    KeyStore store = emptyStore();
    int n = 0;
    for (Certificate certificate : certificates(trust)) {
      store.setCertificateEntry("authority-" + n++, certificate);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private KeyManager @Nullable [] keyManagers() throws IOException, GeneralSecurityException {
    if (chain == null || key == null) {
      return null;
    }
    KeyStore store = emptyStore();
    store.setKeyEntry(
        "client", privateKey(key), NO_PASSWORD, certificates(chain).toArray(new Certificate[0]));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(/* stream= */ null, NO_PASSWORD);
    return store;
  }

  private static Collection<? extends Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)));
  }

  private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    String pem = Files.readString(file, StandardCharsets.US_ASCII);
    String begin = "-----BEGIN PRIVATE KEY-----";
    int start = pem.indexOf(begin);
    int end = pem.indexOf("-----END PRIVATE KEY-----");
    if (start < 0 || end < start) {
      throw new GeneralSecurityException(
          file + " holds no unencrypted PKCS#8 key (expected: \"BEGIN PRIVATE KEY\")");
    }
    byte[] der = Base64.getMimeDecoder().decode(pem.substring(start + begin.length(), end));
    List<String> refusals = new ArrayList<>();
    for (String algorithm : KEY_ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (GeneralSecurityException e) {
        refusals.add(algorithm + ": " + e.getMessage());
      }
    }
    throw new GeneralSecurityException(file + " holds no key of a known kind: " + refusals);
  }
}
