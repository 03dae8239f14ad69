package dev.guidon.spring;

import dev.guidon.model.Position;
import dev.guidon.sdk.ClientStatus;
import dev.guidon.sdk.GuidonClient;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Where the ruleset stands, how old it is, and whether it still follows. */
final class GuidonMetrics implements MeterBinder {
  private final GuidonClient client;

  GuidonMetrics(GuidonClient client) {
    this.client = client;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("guidon.client.ready", client, of -> of.isReady() ? 1 : 0)
        .description("1 with a ruleset, 0 without")
        .strongReference(true)
        .register(registry);
    Gauge.builder(
            "guidon.client.following", client, of -> of.status() == ClientStatus.READY ? 1 : 0)
        .description("1 while changes reach the client, 0 while it answers from an old ruleset")
        .strongReference(true)
        .register(registry);
    Gauge.builder("guidon.client.revision", client, GuidonMetrics::revision)
        .description("The revision of the ruleset")
        .strongReference(true)
        .register(registry);
    TimeGauge.builder(
            "guidon.client.staleness", client, TimeUnit.MILLISECONDS, GuidonMetrics::staleness)
        .description("How long ago the ruleset was known to be the newest")
        .strongReference(true)
        .register(registry);
  }

  private static double revision(GuidonClient client) {
    Position position = client.position();
    return position == null ? Double.NaN : position.revision();
  }

  private static double staleness(GuidonClient client) {
    Duration staleness = client.staleness();
    return staleness == null ? Double.NaN : staleness.toMillis();
  }
}
