package dev.guidon.edge;

import dev.guidon.edge.core.Presence;
import dev.guidon.edge.core.Report;
import dev.guidon.edge.core.ReportDesk;
import dev.guidon.edge.ofrep.Tickets;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running edge: follows scopes, keeps them on disk, and serves them on its own listener. It
 * starts from disk when its upstream is dead, and never withdraws because of it.
 */
public final class Edge implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Edge.class);
  private static final Duration START_MAX = Duration.ofSeconds(60);

  private final Vertx vertx;
  private final EdgeRuntime runtime;
  private final Upstream upstream;
  private final Path disk;
  private final RandomGenerator random;
  private final List<Delivery> deliveries = new CopyOnWriteArrayList<>();
  private @Nullable TlsReload tlsReload;
  private @Nullable String deployment;
  private int port;
  private boolean closed;

  private Edge(
      Vertx vertx, EdgeRuntime runtime, Upstream upstream, Path disk, RandomGenerator random) {
    this.vertx = vertx;
    this.runtime = runtime;
    this.upstream = upstream;
    this.disk = disk;
    this.random = random;
  }

  /**
   * Starts an edge and returns when it listens and has read its disk. Blocks: not for an event
   * loop.
   *
   * @param disk a directory of this edge alone; made if needed
   * @param metrics where it counts; a Prometheus registry is also served at {@code /metrics}
   */
  public static Edge start(
      Vertx vertx,
      EdgeOptions options,
      Upstream upstream,
      Path disk,
      TimeSource time,
      MeterRegistry metrics) {
    var secret = new byte[32];
    var random = new SecureRandom();
    random.nextBytes(secret);
    var runtime =
        new EdgeRuntime(
            options,
            time,
            new EdgeMetrics(metrics, options.version(), options.flagLabels()),
            new ReportDesk(random),
            new Tickets(secret),
            random.nextLong());
    var edge = new Edge(vertx, runtime, upstream, disk, random);
    options.scopes().forEach(edge::follow);
    edge.listen();
    return edge;
  }

  /** Begins to follow a scope, once; returns when what the disk has of it is served. */
  public synchronized void follow(ScopeId scope) {
    if (closed || runtime.scopes.containsKey(scope)) {
      return;
    }
    // Scope names are safe file names: lower-case letters, digits, '.', '_', '-'; the slash becomes
    // a folder.
    var driver =
        new ScopeDriver(
            vertx,
            runtime,
            upstream,
            scope,
            new FileDisk(disk.resolve("scopes").resolve(scope.text())),
            random);
    driver.onChange(changed -> deliveries.forEach(delivery -> delivery.changed(changed)));
    runtime.metrics.scope(scope, driver);
    CompletableFuture<@Nullable Void> loaded = driver.start();
    runtime.scopes.put(scope, driver);
    await(loaded, "reading the disk of " + scope);
  }

  /** Stops following a scope and closes its streams; its files stay. */
  public synchronized void unfollow(ScopeId scope) {
    ScopeDriver driver = runtime.scopes.remove(scope);
    if (driver != null) {
      driver.stop();
      deliveries.forEach(delivery -> delivery.goodbye(driver));
    }
  }

  private void listen() {
    EdgeOptions options = runtime.options;
    var server =
        new HttpServerOptions()
            .setHost(options.host())
            .setPort(
                options.port() == 0 && options.eventLoops() > 1
                    ? freePort(options.host())
                    : options.port())
            // While an upgrade is possible, a connection is not heard of before its first request.
            .setHttp2ClearTextEnabled(false)
            .setMaxHeaderSize(options.limits().headerBytesMax())
            .setMaxInitialLineLength(options.limits().headerBytesMax())
            .setMaxChunkSize(64 << 10)
            .setAcceptBacklog(4096)
            .setCompressionSupported(false)
            // Nobody speaks WebSocket here; without these, two handlers fewer see every message.
            .setPerFrameWebSocketCompressionSupported(false)
            .setPerMessageWebSocketCompressionSupported(false)
            // Requests are answered on their own loop only.
            .setStrictThreadMode(true);
    server
        .getInitialSettings()
        .setMaxConcurrentStreams(200)
        .setMaxHeaderListSize(options.limits().headerBytesMax());
    TlsFiles tls = options.tls();
    if (tls != null) {
      TlsReload.server(tls, server);
    }
    deployment =
        await(deploy(server, options), "listening at " + options.host() + ":" + options.port());
    port = deliveries.getFirst().server().actualPort();
    if (tls != null) {
      tlsReload = TlsReload.watch(vertx, tls, options.timing().tlsCheck(), this::renew);
    }
    LOG.info("edge {} serves {} scopes at port {}", options.name(), runtime.scopes.size(), port);
  }

  private Future<String> deploy(HttpServerOptions server, EdgeOptions options) {
    return vertx.deployVerticle(
        () -> {
          var delivery = new Delivery(runtime, server);
          deliveries.add(delivery);
          return delivery;
        },
        new DeploymentOptions().setInstances(options.eventLoops()));
  }

  /** Several loops can share a port only when all of them name it. */
  @SuppressWarnings("AddressSelection") // The listener takes the first address of a host too.
  private static int freePort(String host) {
    try (var probe = new ServerSocket(0, 1, InetAddress.getByName(host))) {
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port at " + host, e);
    }
  }

  private Future<?> renew(TlsReload.PemFiles files) {
    return Future.all(
        deliveries.stream()
            .map(delivery -> delivery.server().updateSSLOptions(files.server()))
            .toList());
  }

  /** Where it listens. */
  public int port() {
    return port;
  }

  public Set<ScopeId> scopes() {
    return Set.copyOf(runtime.scopes.keySet());
  }

  /**
   * The state served of a scope; {@code null} before the first, or when the scope is not followed.
   */
  public @Nullable ScopeState state(ScopeId scope) {
    ScopeDriver driver = runtime.scopes.get(scope);
    return driver == null ? null : driver.state();
  }

  /** What this edge itself could not take over. */
  public List<Report.Refused> refusals(ScopeId scope) {
    ScopeDriver driver = runtime.scopes.get(scope);
    return driver == null ? List.of() : driver.refusals();
  }

  /** The consumers that reported here lately: applications and further edges. */
  public List<Presence> presence() {
    return runtime.desk.presence(runtime.nowMicros());
  }

  /** Whether {@code /readyz} answers 200. */
  public boolean isReady() {
    return !runtime.isDraining()
        && runtime.scopes.values().stream().allMatch(scope -> scope.state() != null);
  }

  @Override
  public void close() {
    close(Duration.ofSeconds(5));
  }

  /**
   * Stops in order: not ready any more, goodbye to every stream, with pauses spread over {@code
   * drain}, the requests in flight finished within it. The upstream stays open; it is the caller's.
   * Blocks.
   */
  public synchronized void close(Duration drain) {
    if (closed) {
      return;
    }
    closed = true;
    runtime.drain();
    long end = System.nanoTime() + drain.toNanos();
    deliveries.forEach(delivery -> delivery.sayGoodbye(drain.toMillis()));
    while (runtime.inFlight.get() > 0 && System.nanoTime() - end < 0) {
      java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
    if (tlsReload != null) {
      tlsReload.close();
    }
    runtime.scopes.values().forEach(ScopeDriver::stop);
    String deployed = deployment;
    if (deployed != null) {
      await(vertx.undeploy(deployed), "closing the listener");
    }
  }

  private static <T> T await(Future<T> future, String what) {
    return await(future.toCompletionStage().toCompletableFuture(), what);
  }

  private static <T extends @Nullable Object> T await(CompletableFuture<T> future, String what) {
    try {
      return future.get(START_MAX.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + what, e);
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException(what + ": " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new IllegalStateException(what + ": more than " + START_MAX, e);
    }
  }
}
