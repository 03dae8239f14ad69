package dev.guidon.edge;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at certificate files now and then, and hands them on when their bytes have changed. Files
 * that cannot be used, such as a certificate whose key has not been replaced yet, change nothing
 * and are tried again.
 */
final class TlsReload {
  private static final Logger LOG = LoggerFactory.getLogger(TlsReload.class);

  private final Vertx vertx;
  private final TlsFiles paths;
  private final Function<PemFiles, Future<?>> renew;
  private final long timer;
  private volatile PemFiles used;

  /** What the files held at one time. */
  @SuppressWarnings("ArrayRecordComponent") // Compared by its own method.
  record PemFiles(byte[] certificate, byte[] key, byte @Nullable [] trust, boolean required) {
    static PemFiles read(TlsFiles paths) {
      try {
        Path trust = paths.trust();
        return new PemFiles(
            Files.readAllBytes(paths.certificate()),
            Files.readAllBytes(paths.key()),
            trust == null ? null : Files.readAllBytes(trust),
            paths.required());
      } catch (IOException e) {
        throw new UncheckedIOException("certificate files of " + paths, e);
      }
    }

    boolean isSame(PemFiles other) {
      return Arrays.equals(certificate, other.certificate)
          && Arrays.equals(key, other.key)
          && Arrays.equals(trust, other.trust);
    }

    private PemKeyCertOptions own() {
      return new PemKeyCertOptions()
          .addCertValue(Buffer.buffer(certificate))
          .addKeyValue(Buffer.buffer(key));
    }

    private @Nullable PemTrustOptions others() {
      return trust == null ? null : new PemTrustOptions().addCertValue(Buffer.buffer(trust));
    }

    ServerSSLOptions server() {
      var options = new ServerSSLOptions().setKeyCertOptions(own()).setClientAuth(clientAuth());
      options.setUseAlpn(true).setApplicationLayerProtocols(java.util.List.of("h2", "http/1.1"));
      PemTrustOptions others = others();
      return others == null ? options : options.setTrustOptions(others);
    }

    private ClientAuth clientAuth() {
      return trust == null ? ClientAuth.NONE : required ? ClientAuth.REQUIRED : ClientAuth.REQUEST;
    }

    ClientSSLOptions client() {
      var options =
          new ClientSSLOptions().setKeyCertOptions(own()).setHostnameVerificationAlgorithm("HTTPS");
      PemTrustOptions others = others();
      return others == null ? options : options.setTrustOptions(others);
    }
  }

  private TlsReload(
      Vertx vertx, TlsFiles paths, Duration every, Function<PemFiles, Future<?>> renew) {
    this.vertx = vertx;
    this.paths = paths;
    this.renew = renew;
    this.used = PemFiles.read(paths);
    this.timer =
        vertx.setPeriodic(
            Math.max(1, every.toMillis()), _ -> Thread.startVirtualThread(this::look));
  }

  static TlsReload watch(
      Vertx vertx, TlsFiles paths, Duration every, Function<PemFiles, Future<?>> renew) {
    return new TlsReload(vertx, paths, every, renew);
  }

  /** Reads the files into a server's options. Blocks: for the start only. */
  static void server(TlsFiles paths, HttpServerOptions options) {
    PemFiles files = PemFiles.read(paths);
    options
        .setSsl(true)
        .setUseAlpn(true)
        .setKeyCertOptions(files.own())
        .setClientAuth(files.clientAuth());
    PemTrustOptions others = files.others();
    if (others != null) {
      options.setTrustOptions(others);
    }
  }

  /** Reads the files into a client's options. Blocks: for the start only. */
  static void client(TlsFiles paths, HttpClientOptions options) {
    PemFiles files = PemFiles.read(paths);
    options.setKeyCertOptions(files.own()).setVerifyHost(true);
    PemTrustOptions others = files.others();
    if (others != null) {
      options.setTrustOptions(others);
    }
  }

  private synchronized void look() {
    try {
      PemFiles found = PemFiles.read(paths);
      if (!found.isSame(used)) {
        renew.apply(found).toCompletionStage().toCompletableFuture().join();
        used = found;
        LOG.info("certificates renewed from {}", paths.certificate());
      }
    } catch (RuntimeException e) {
      LOG.warn("certificates cannot be renewed from {}; the old ones stay", paths.certificate(), e);
    }
  }

  void close() {
    vertx.cancelTimer(timer);
  }
}
