package dev.guidon.fuzz.targets;

import dev.guidon.control.Consumers;
import dev.guidon.control.rest.ControlApi;
import dev.guidon.control.rest.ControlOptions;
import dev.guidon.edge.Edge;
import dev.guidon.edge.EdgeOptions;
import dev.guidon.edge.LocalUpstream;
import dev.guidon.edge.TimeSource;
import dev.guidon.edge.core.Report;
import dev.guidon.log.Log;
import dev.guidon.log.SqliteLog;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Hash;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.stream.HeadFrame;
import dev.guidon.stream.History;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A control and an edge as they are shipped, with a little to serve, and limits that do not stop a
 * storm.
 */
final class Listeners implements AutoCloseable {
  private static final int RATE = 10_000_000;

  private final Vertx vertx = Vertx.vertx();
  private final Path folder;
  private final Log log;
  private final ControlApi control;
  private final LocalUpstream upstream = new LocalUpstream(new Served());
  private final Edge edge;

  Listeners() {
    try {
      folder = Files.createTempDirectory("guidon-fuzz");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    log = SqliteLog.open(folder.resolve("log.db"));
    control =
        ControlApi.start(
            vertx,
            ControlOptions.of("127.0.0.1", 0).withRate(RATE, RATE, RATE),
            log,
            (scope, flag, since) -> 0,
            Consumers.NONE,
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            TimeSource.system()::nowMicros);
    edge =
        Edge.start(
            vertx,
            EdgeOptions.of("fuzzed")
                .withAddress("127.0.0.1", 0)
                .withScopes(Set.of(History.SCOPE))
                .withEventLoops(1)
                .withLimits(new EdgeOptions.Limits(1 << 20, 16 << 10, 2_000, RATE, RATE, RATE, 64)),
            upstream,
            folder.resolve("edge"),
            TimeSource.system(),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    awaitReady();
  }

  private void awaitReady() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!edge.isReady()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("edge not ready within 30 s");
      }
      Thread.onSpinWait();
    }
  }

  /** A scope of a few commits. */
  private static final class Served implements LocalUpstream.Log {
    private final History history = new History().commits(5);

    @Override
    public HeadFrame head(ScopeId scope) {
      // Read just now, or the edge would count as behind.
      return history.head(TimeSource.system().nowMicros());
    }

    @Override
    public List<CommittedEntry> read(ScopeId scope, long afterRevision, int max) {
      return history.entries.stream()
          .filter(entry -> entry.position().revision() > afterRevision)
          .limit(max)
          .toList();
    }

    @Override
    public ScopeState state(ScopeId scope) {
      return history.state();
    }

    @Override
    public byte @Nullable [] blob(Hash hash) {
      return null;
    }

    @Override
    public long report(Report report) {
      return TimeSource.system().nowMicros();
    }
  }

  int controlPort() {
    return control.port();
  }

  int deliveryPort() {
    return edge.port();
  }

  @Override
  public void close() throws Exception {
    edge.close(Duration.ZERO);
    upstream.close();
    control.close();
    var _ = vertx.close().await(10, TimeUnit.SECONDS);
    log.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
