package dev.guidon.edge;

import dev.guidon.model.ScopeState;
import dev.guidon.model.json.Json;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Whether this edge lives, whether it is ready, and what it counts. */
final class HealthRoutes {
  private final Loop loop;
  private final EdgeRuntime runtime;

  HealthRoutes(Loop loop) {
    this.loop = loop;
    this.runtime = loop.runtime;
  }

  void alive(Exchange exchange) {
    exchange.json(200, Json.Obj.of("status", Json.of("ok")));
  }

  void ready(Exchange exchange) {
    List<Json> scopes = new ArrayList<>();
    boolean loaded = true;
    for (ScopeDriver scope :
        runtime.scopes.values().stream()
            .sorted(Comparator.comparing(s -> s.id().text()))
            .toList()) {
      ScopeState state = scope.state();
      loaded &= state != null;
      double staleness = scope.stalenessSeconds();
      var out = Json.Obj.builder().put("scope", scope.id().text()).put("synced", scope.isSynced());
      if (state != null) {
        out.put("position", state.position().text());
      }
      if (Double.isFinite(staleness)) {
        out.put("stalenessSeconds", Math.rint(staleness * 1000) / 1000);
      }
      scopes.add(out.put("refusals", (long) scope.refusalCount()).build());
    }
    boolean ready = loaded && !runtime.isDraining();
    exchange.json(
        ready ? 200 : 503,
        Json.Obj.builder()
            .put("ready", ready)
            .put("draining", runtime.isDraining())
            .put("scopes", new Json.Arr(scopes))
            .build());
  }

  void metrics(Exchange exchange) {
    loop.offLoop(
        exchange,
        () -> {
          String text = runtime.metrics.scrape();
          loop.onLoop(
              exchange,
              () -> {
                if (text == null) {
                  exchange.fail(404, "this process keeps its metrics elsewhere");
                } else {
                  exchange.send(
                      200, "text/plain; version=0.0.4; charset=utf-8", Buffer.buffer(text));
                }
              });
        });
  }
}
