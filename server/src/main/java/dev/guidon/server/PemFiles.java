package dev.guidon.server;

import dev.guidon.server.config.ServerConfig;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API's certificate, read again when its files change, so that it is renewed without a restart.
 * A listener asks for it anew at each handshake. Files that cannot be used change nothing and are
 * tried again.
 */
final class PemFiles implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PemFiles.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final ServerConfig.Tls files;
  private final long timer;
  private volatile Loaded loaded;

  private record Loaded(
      List<FileTime> times, X509KeyManager keys, @Nullable X509ExtendedTrustManager trust) {}

  PemFiles(Vertx vertx, ServerConfig.Tls files) {
    this.vertx = vertx;
    this.files = files;
    this.loaded = load();
    this.timer =
        vertx.setPeriodic(LOOK_EVERY.toMillis(), _ -> Thread.startVirtualThread(this::look));
  }

  HttpServerOptions options() {
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setUseAlpn(true)
            .setKeyCertOptions(KeyCertOptions.wrap(new Keys()));
    if (files.clientCa() != null) {
      options
          .setTrustOptions(TrustOptions.wrap(new Trust()))
          .setClientAuth(files.clientRequired() ? ClientAuth.REQUIRED : ClientAuth.REQUEST);
    }
    return options;
  }

  private void look() {
    try {
      if (!times().equals(loaded.times())) {
        loaded = load();
        LOG.info("certificate read again from {}", files.certificate());
      }
    } catch (IOException | StartException e) {
      LOG.warn("certificate not read again from {}; the old one stays", files.certificate(), e);
    }
  }

  private List<FileTime> times() throws IOException {
    List<FileTime> times = new ArrayList<>();
    times.add(Files.getLastModifiedTime(files.certificate()));
    times.add(Files.getLastModifiedTime(files.key()));
    Path clientCa = files.clientCa();
    if (clientCa != null) {
      times.add(Files.getLastModifiedTime(clientCa));
    }
    return times;
  }

  private Loaded load() {
    PemKeyCertOptions own =
        new PemKeyCertOptions()
            .addCertPath(files.certificate().toString())
            .addKeyPath(files.key().toString());
    try {
      List<FileTime> times = times();
      X509KeyManager keys = (X509KeyManager) own.getKeyManagerFactory(vertx).getKeyManagers()[0];
      return new Loaded(times, keys, trust());
    } catch (Exception e) {
      // Vert.x declares no narrower one; whatever it is, the operator must mend the files.
      throw new StartException(
          "certificate " + files.certificate() + " with its key: cannot be used: " + e, e);
    }
  }

  private @Nullable X509ExtendedTrustManager trust() throws Exception {
    if (files.clientCa() == null) {
      return null;
    }
    PemTrustOptions others = new PemTrustOptions().addCertPath(files.clientCa().toString());
    for (TrustManager manager : others.getTrustManagerFactory(vertx).getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager found) {
        return found;
      }
    }
    throw new IllegalStateException("no trust manager for " + files.clientCa());
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }

  /** Whatever was read last. */
  private final class Keys extends X509ExtendedKeyManager {
    @Override
    public @Nullable String chooseEngineServerAlias(
        String type, Principal @Nullable [] issuers, SSLEngine engine) {
      return loaded.keys().chooseServerAlias(type, issuers, null);
    }

    @Override
    public @Nullable String chooseServerAlias(
        String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return loaded.keys().chooseServerAlias(type, issuers, socket);
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
      return loaded.keys().getServerAliases(type, issuers);
    }

    @Override
    public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
      return loaded.keys().getCertificateChain(alias);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
      return loaded.keys().getPrivateKey(alias);
    }
  }

  /** Whatever was read last. */
  private final class Trust extends X509ExtendedTrustManager {
    private X509ExtendedTrustManager current() throws CertificateException {
      X509ExtendedTrustManager trust = loaded.trust();
      if (trust == null) {
        throw new CertificateException("no authority for callers' certificates");
      }
      return trust;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      current().checkClientTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      current().checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      current().checkClientTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("this is a server's own trust");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      throw new CertificateException("this is a server's own trust");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("this is a server's own trust");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      X509ExtendedTrustManager trust = loaded.trust();
      return trust == null ? new X509Certificate[0] : trust.getAcceptedIssuers();
    }
  }
}
