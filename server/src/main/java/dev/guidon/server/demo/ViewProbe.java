package dev.guidon.server.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Opens the stream that an SDK reads, from a position, and looks at the first thing that comes. */
final class ViewProbe {
  private ViewProbe() {}

  /**
   * @param event {@code delta}, {@code snapshot}, {@code snapshot-ref} or {@code head}
   * @param bytes of its data
   */
  record First(String event, int bytes) {}

  static First resume(URI delivery, String key, String position)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(delivery.resolve("/v1/view"))
              .timeout(Duration.ofSeconds(10))
              .header("Authorization", "Bearer " + key)
              .header("Accept", "text/event-stream")
              .header("Last-Event-ID", position)
              .build();
      HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        return first(
            response.statusCode(),
            new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8)));
      } finally {
        http.shutdownNow();
      }
    }
  }

  private static First first(int status, BufferedReader lines) throws IOException {
    String event = "";
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("event:")) {
        event = line.substring("event:".length()).strip();
      } else if (line.startsWith("data:")) {
        return new First(
            event,
            line.substring("data:".length()).strip().getBytes(StandardCharsets.UTF_8).length);
      }
    }
    throw new IOException("stream ended at once, status " + status + " (expected: an event)");
  }
}
