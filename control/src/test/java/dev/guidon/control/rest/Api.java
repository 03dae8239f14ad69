package dev.guidon.control.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.control.Consumers;
import dev.guidon.control.EvaluationCounts;
import dev.guidon.log.Log;
import dev.guidon.log.SqliteLog;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A real server over a real log in a folder, and a client that holds every answer against the
 * contract.
 */
final class Api implements AutoCloseable {
  static final String SHOP = "/api/v1/projects/shop";
  static final String PROD = SHOP + "/environments/prod";

  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final AtomicLong clock = new AtomicLong(1_800_000_000_000_000L);
  final AtomicLong evaluations = new AtomicLong();
  final Log log;
  final ControlApi api;
  final String admin;
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private boolean closed;
  private final Contract contract = new Contract();

  private Api(Path folder, ControlOptions options, UnaryOperator<Log> wrapped) {
    log = wrapped.apply(SqliteLog.open(folder.resolve("log.db")));
    EvaluationCounts counts = (scope, flag, since) -> evaluations.get();
    api =
        ControlApi.start(
            vertx, options, log, counts, Consumers.NONE, meters, () -> clock.addAndGet(1000));
    admin = Objects.requireNonNull(api.firstSecret(), "first secret").text();
  }

  static Api start(Path folder) {
    return start(folder, ControlOptions.of("127.0.0.1", 0).withRate(100_000, 100_000, 100_000));
  }

  static Api start(Path folder, ControlOptions options) {
    return start(folder, options, log -> log);
  }

  /**
   * @param wrapped puts something between control and its log
   */
  static Api start(Path folder, ControlOptions options, UnaryOperator<Log> wrapped) {
    return new Api(folder, options, wrapped);
  }

  /** With a project {@code shop} and an environment {@code prod}. */
  Api withShop() {
    post("/api/v1/projects", "{\"key\":\"shop\"}").is(201);
    post(SHOP + "/environments", "{\"key\":\"prod\"}").is(201);
    return this;
  }

  Api withFlag(String key) {
    post(SHOP + "/flags", "{\"key\":\"" + key + "\",\"type\":\"boolean\"}").is(201);
    return this;
  }

  Answer get(String path, String... headers) {
    return send("GET", path, null, headers);
  }

  Answer post(String path, @Nullable String body, String... headers) {
    return send("POST", path, body, headers);
  }

  Answer put(String path, String body, String... headers) {
    return send("PUT", path, body, headers);
  }

  Answer patch(String path, String body, String... headers) {
    return send("PATCH", path, body, headers);
  }

  Answer delete(String path, String... headers) {
    return send("DELETE", path, null, headers);
  }

  Answer send(String method, String path, @Nullable String body, String... headers) {
    return sendAs(admin, method, path, body, headers);
  }

  Answer sendAs(
      @Nullable String secret,
      String method,
      String path,
      @Nullable String body,
      String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api.port() + path))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    boolean typed = false;
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
      typed |= headers[i].equalsIgnoreCase("content-type");
    }
    if (!typed && body != null) {
      request.header("Content-Type", "application/json");
    }
    if (secret != null) {
      request.header("Authorization", "Bearer " + secret);
    }
    try {
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      contract.check(method, path, response);
      return new Answer(response);
    } catch (IOException e) {
      throw new IllegalStateException(method + " " + path, e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  Contract contract() {
    return contract;
  }

  /** An answer, with shortcuts for what tests ask of it. */
  record Answer(HttpResponse<String> response) {
    Answer is(int status) {
      assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
      return this;
    }

    Answer code(Code code) {
      is(code.status());
      assertThat(text("code")).isEqualTo(code.name());
      return this;
    }

    Json json() {
      return JsonReader.read(response.body(), JsonLimits.DEFAULT);
    }

    /** The value at a path such as {@code errors/0/pointer}, as text. */
    String text(String path) {
      Json at = json();
      for (String name : path.split("/", -1)) {
        at =
            at instanceof Json.Arr array
                ? array.items().get(Integer.parseInt(name))
                : Objects.requireNonNull(
                    ((Json.Obj) at).get(name), path + " in " + response.body());
      }
      return at instanceof Json.Str s ? s.value() : CanonicalJson.text(at);
    }

    String header(String name) {
      return response
          .headers()
          .firstValue(name)
          .orElseThrow(() -> new AssertionError("no " + name));
    }
  }

  @Override
  public void close() throws Exception {
    if (closed) {
      return;
    }
    closed = true;
    client.close();
    api.close();
    vertx.close().await(10, TimeUnit.SECONDS);
    log.close();
  }
}
