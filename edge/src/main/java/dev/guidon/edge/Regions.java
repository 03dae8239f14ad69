package dev.guidon.edge;

import dev.guidon.edge.core.RegionView;
import io.vertx.core.http.HttpHeaders;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Finds the view of the region where a reader stands. */
final class Regions {
  private static final Pattern REGION = Pattern.compile("[A-Za-z0-9._-]{1,64}|\\*");
  private static final CharSequence HEADER = HttpHeaders.createOptimized("Guidon-Region");

  private final Loop loop;

  Regions(Loop loop) {
    this.loop = loop;
  }

  /**
   * Where the reader stands. It names its region itself; being served by another edge does not move
   * it.
   */
  void with(Exchange exchange, ScopeDriver scope, boolean forClient, Consumer<RegionView> then) {
    String region = named(exchange);
    RegionView ready = scope.regionNow(region); // Only names that passed below have one.
    if (ready != null) {
      then.accept(ready);
    } else if (!REGION.matcher(region).matches()) {
      exchange.fail(400, "region (expected: 1 to 64 letters, digits, '.', '_' or '-')");
    } else if (scope.state() == null) {
      exchange.fail(503, "this edge has no state of the scope yet", KeyCheck.BEHIND_RETRY_SECONDS);
    } else {
      make(exchange, scope, region, forClient, then);
    }
  }

  private String named(Exchange exchange) {
    String named = exchange.param("region");
    String header = named != null ? named : exchange.request().getHeader(HEADER);
    return header != null ? header : loop.runtime.options.region();
  }

  private void make(
      Exchange exchange,
      ScopeDriver scope,
      String region,
      boolean forClient,
      Consumer<RegionView> then) {
    scope.region(
        region,
        forClient,
        made ->
            loop.onLoop(
                exchange,
                () -> {
                  if (made == null) {
                    exchange.fail(429, "too many regions at this edge", 60);
                  } else {
                    then.accept(made);
                  }
                }));
  }
}
