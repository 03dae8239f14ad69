package dev.guidon.spring;

import dev.guidon.model.Position;
import dev.guidon.sdk.ClientStatus;
import dev.guidon.sdk.GuidonClient;
import java.time.Duration;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * How the client stands. UP as long as it has a ruleset, however old: an application that answers
 * from an old one is well, and taking it out of service would not make its flags newer. UNKNOWN
 * while it waits for its first one, DOWN when there will be none.
 */
final class GuidonHealthIndicator extends AbstractHealthIndicator {
  private final GuidonClient client;

  GuidonHealthIndicator(GuidonClient client) {
    super("flags cannot say how they stand");
    this.client = client;
  }

  @Override
  protected void doHealthCheck(Health.Builder health) {
    ClientStatus status = client.status();
    if (status == ClientStatus.FATAL || status == ClientStatus.SHUT_DOWN) {
      health.down();
    } else if (client.isReady()) {
      health.up();
    } else {
      health.unknown();
    }
    health.withDetail("status", status.name());
    Position position = client.position();
    if (position != null) {
      health.withDetail("position", position.toString());
    }
    Duration staleness = client.staleness();
    if (staleness != null) {
      health.withDetail("stalenessMillis", staleness.toMillis());
    }
  }
}
