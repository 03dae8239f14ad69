package dev.guidon.edge;

import dev.guidon.edge.core.Report;
import dev.guidon.model.InvalidDocumentException;
import dev.guidon.model.ScopeId;
import dev.guidon.stream.UpstreamReply;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/** Takes in what applications and further edges report. */
final class ReportRoute {
  private final EdgeRuntime runtime;
  private final Bodies bodies;

  ReportRoute(EdgeRuntime runtime, Bodies bodies) {
    this.runtime = runtime;
    this.bodies = bodies;
  }

  void report(Exchange exchange, String keyName, Predicate<ScopeId> admits) {
    bodies.read(
        exchange,
        body -> {
          Report report;
          try {
            report = Report.read(body);
          } catch (InvalidDocumentException e) {
            exchange.fail(400, String.valueOf(e.getMessage()));
            return;
          }
          if (!admits.test(report.scope())) {
            exchange.fail(403, "the key is not one of scope " + report.scope());
            return;
          }
          long now = runtime.nowMicros();
          runtime.desk.accept(report, keyName, now);
          exchange.send(
              200,
              "application/json",
              Buffer.buffer(
                  new UpstreamReply(now, Math.max(0, runtime.boundMicros()), nextReportMillis())
                      .bytes()));
        });
  }

  private long nextReportMillis() {
    long period = runtime.options.timing().report().toMillis();
    return period - period / 5 + ThreadLocalRandom.current().nextLong(1 + 2 * period / 5);
  }
}
