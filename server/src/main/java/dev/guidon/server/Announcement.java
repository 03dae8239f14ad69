package dev.guidon.server;

import dev.guidon.control.Secret;
import dev.guidon.server.config.ServerConfig;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a server says on its standard output once it can be used: at most six lines, and nothing
 * ever after.
 */
public final class Announcement {
  private final ServerConfig config;
  private final Server server;

  public Announcement(ServerConfig config, Server server) {
    this.config = config;
    this.server = server;
  }

  /**
   * @param took from the start of the process
   */
  public List<String> lines(Duration took) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "guidon %s ready in %.1f s: role %s, region %s, data in %s",
            Version.text(),
            took.toMillis() / 1000.0,
            config.role(),
            config.region(),
            config.data()));
    URI api = server.api();
    if (api != null) {
      lines.add(line("api", api.toString()));
    }
    URI delivery = server.delivery();
    if (delivery != null) {
      lines.add(line("delivery", delivery.toString()));
    }
    FirstStart.Secrets secrets = server.secrets();
    if (secrets != null) {
      lines.add(line("token", secrets.admin().text() + "  (administrator; shown this once)"));
      lines.add(line("key", secrets.sdkKey().text() + "  (SDK, default/dev; shown this once)"));
    }
    lines.add(line("try", trial(secrets == null ? null : secrets.sdkKey(), api, delivery)));
    return lines;
  }

  /** Of a first start. */
  public String adminToken() {
    return Objects.requireNonNull(server.secrets(), "secrets of a first start").admin().text();
  }

  /** Of a first start. */
  public String sdkKey() {
    return Objects.requireNonNull(server.secrets(), "secrets of a first start").sdkKey().text();
  }

  private static String line(String label, String text) {
    return String.format(Locale.ROOT, "%-9s %s", label, text);
  }

  private static String trial(@Nullable Secret sdkKey, @Nullable URI api, @Nullable URI delivery) {
    if (sdkKey != null && delivery != null) {
      return "curl -s "
          + delivery
          + "/ofrep/v1/evaluate/flags/"
          + FirstStart.FLAG
          + " -H 'X-API-Key: "
          + sdkKey.text()
          + "' -H 'Content-Type: application/json' -d '{\"context\":{\"targetingKey\":\"you\"}}'";
    }
    return "curl -s " + (delivery != null ? delivery + "/readyz" : api + "/healthz");
  }
}
