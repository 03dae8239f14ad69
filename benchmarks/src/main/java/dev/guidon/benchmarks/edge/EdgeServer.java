package dev.guidon.benchmarks.edge;

import dev.guidon.edge.Edge;
import dev.guidon.edge.EdgeOptions;
import dev.guidon.edge.TimeSource;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * The edge as it ships, on one event loop, over a log in memory: keys checked, evaluations counted,
 * metrics on. For every line {@code flip} it changes a flag, for {@code heap} it tells what it
 * holds.
 */
public final class EdgeServer {
  public static final String SECRET =
      "gdn_srv_YmVuY2htYXJrIG9uIGxvb3BiYWNrIG9ubHkuLi4uLi4uLi4uLi4uMTIz";

  private EdgeServer() {}

  /** Arguments: a folder for the edge's disk; how many flags there are beside the one asked. */
  public static void main(String[] args) throws IOException {
    var log = new MemoryLog();
    log.serverKey("backend", SECRET);
    for (int i = 0; i < Integer.parseInt(args[1]); i++) {
      log.flag("flag-" + i, flag("flag-" + i, "DE"));
    }
    log.flag("checkout", flag("checkout", "DE"));
    int unlimited = 1_000_000_000;
    Edge edge =
        Edge.start(
            Vertx.vertx(),
            EdgeOptions.of("benchmark")
                .withAddress("127.0.0.1", 0)
                .withEventLoops(1)
                .withScopes(Set.of(MemoryLog.SCOPE))
                .withLimits(
                    new EdgeOptions.Limits(
                        1 << 20, 16 << 10, 50_000, unlimited, unlimited, unlimited, 64)),
            log.upstream(),
            Files.createDirectories(Path.of(args[0])),
            TimeSource.system(),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    awaitPosition(edge, log);
    System.out.println("port " + edge.port());
    obey(log);
  }

  private static void awaitPosition(Edge edge, MemoryLog log) {
    while (true) {
      var state = edge.state(MemoryLog.SCOPE);
      if (state != null && state.position().equals(log.position())) {
        return;
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  private static void obey(MemoryLog log) throws IOException {
    int flips = 0;
    for (String line = IO.readln(); line != null; line = IO.readln()) {
      if (line.equals("heap")) {
        System.out.println("heap " + heapAfterCollection());
      } else {
        flips++;
        System.out.println("flipped " + System.nanoTime());
        log.flag("checkout", flag("checkout", flips % 2 == 0 ? "DE" : "FR"));
      }
    }
  }

  static long heapAfterCollection() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static String flag(String key, String country) {
    return ("{'envelope':{'key':'%s','type':'boolean','on':true,'variants':{'off':false,'on':true},"
            + "'offVariant':'off'},'rules':[{'id':'rule-1','if':{'attribute':'country','op':'in',"
            + "'values':['%s']},'serve':{'variant':'on'}}],'default':{'variant':'off'}}")
        .formatted(key, country);
  }
}
