package dev.guidon.server.demo;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls the API as any script would. Safe for many threads. */
public final class RestClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();
  private final URI base;
  private final String token;

  public RestClient(URI base, String token) {
    this.base = base;
    this.token = token;
  }

  /**
   * @param body {@link Json#NULL} when there is none
   */
  public record Answer(int status, Json body, HttpResponse<byte[]> raw) {
    public boolean isSuccess() {
      return status / 100 == 2;
    }

    public @Nullable String header(String name) {
      return raw.headers().firstValue(name).orElse(null);
    }

    /** A member of the body by its names, one below the other; {@code null} where it is missing. */
    public @Nullable Json at(String... names) {
      Json at = body;
      for (String name : names) {
        at = at instanceof Json.Obj obj ? obj.get(name) : null;
      }
      return at;
    }

    /** The body, once it is a success. */
    public Answer orThrow() throws IOException {
      if (!isSuccess()) {
        throw new IOException(
            raw.request().method()
                + " "
                + raw.uri().getPath()
                + ": "
                + status
                + " "
                + CanonicalJson.text(body));
      }
      return this;
    }
  }

  public Answer get(String path) throws IOException, InterruptedException {
    return send("GET", path, null, Map.of());
  }

  public Answer send(String method, String path, @Nullable Json body, Map<String, String> headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(PATIENCE)
            .header("Authorization", "Bearer " + token);
    headers.forEach(request::setHeader);
    if (body == null) {
      request.method(method, BodyPublishers.noBody());
    } else {
      if (!headers.containsKey("Content-Type")) {
        request.setHeader("Content-Type", "application/json");
      }
      request.method(method, BodyPublishers.ofByteArray(CanonicalJson.bytes(body)));
    }
    HttpResponse<byte[]> response = http.send(request.build(), BodyHandlers.ofByteArray());
    boolean json = response.headers().firstValue("Content-Type").orElse("").contains("json");
    return new Answer(
        response.statusCode(),
        json && response.body().length > 0
            ? JsonReader.read(response.body(), JsonLimits.DEFAULT)
            : Json.NULL,
        response);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
