package dev.guidon.cli;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonException;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to one server.
 *
 * <p>A request that may have been lost is sent again, a few times and with growing pauses. That is
 * safe for changes too: all attempts of one change carry one idempotency key.
 */
final class Api {
  private static final int PAGE_ITEMS_MAX = 1000;
  private static final int ATTEMPTS_MAX = 4;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(5);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int ANSWER_BYTES_MAX = 256 << 20;

  /** Answers that say "not now": the server was not reached, is too busy, or has lost its log. */
  private static final Set<Integer> PASSING = Set.of(429, 502, 503, 504);

  /** Answers may be large exports; everything else about them is as strict as ever. */
  private static final JsonLimits ANSWER_LIMITS =
      JsonLimits.DEFAULT
          .withMaxBytes(ANSWER_BYTES_MAX)
          .withMaxStringLength(ANSWER_BYTES_MAX)
          .withMaxChildren(2_000_000)
          .withLargeWholeNumbers(true);

  private final Host host;
  private final URI server;
  private final Supplier<@Nullable String> tokens;
  private @Nullable HttpClient client;
  private @Nullable String token;

  /**
   * @param tokens asked once, at the first request
   */
  Api(Host host, URI server, Supplier<@Nullable String> tokens) {
    this.host = host;
    this.server = server;
    this.tokens = tokens;
  }

  URI server() {
    return server;
  }

  /** The answer to a request that must succeed. */
  Reply send(Call call) {
    Reply reply = exchange(call);
    if (!reply.isSuccess()) {
      throw ApiErrors.of(call, reply);
    }
    return reply;
  }

  /** The answer, or {@code null} where the server has no such thing. */
  @Nullable Reply find(Call call) {
    Reply reply = exchange(call);
    if (reply.status() == 404) {
      return null;
    }
    if (!reply.isSuccess()) {
      throw ApiErrors.of(call, reply);
    }
    return reply;
  }

  /** Every item of a list, page by page. */
  Listing list(Call call) {
    return list(call, Integer.MAX_VALUE);
  }

  /** The first items of a list. */
  Listing list(Call call, int max) {
    List<Json.Obj> items = new ArrayList<>();
    String token = null;
    String cursor = null;
    do {
      int wanted = Math.min(PAGE_ITEMS_MAX, max - items.size());
      Reply reply = send(call.query("limit", String.valueOf(wanted)).query("cursor", cursor));
      items.addAll(Members.objects(reply.body(), "items"));
      token = token == null ? reply.token() : token;
      cursor = Members.string(reply.body(), "next");
    } while (cursor != null && items.size() < max);
    return new Listing(items, token);
  }

  /**
   * The items of a list.
   *
   * @param token the state that its first page shows
   */
  record Listing(List<Json.Obj> items, @Nullable String token) {
    Listing {
      items = List.copyOf(items);
    }
  }

  private Reply exchange(Call call) {
    HttpRequest request = request(call);
    Duration pause = FIRST_PAUSE;
    for (int attempt = 1; ; attempt++) {
      Duration wanted = pause;
      try {
        HttpResponse<byte[]> response =
            client().send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (!PASSING.contains(response.statusCode()) || attempt == ATTEMPTS_MAX) {
          return reply(response);
        }
        wanted = retryAfter(response, pause);
      } catch (IOException e) {
        if (attempt == ATTEMPTS_MAX) {
          throw unreachable(call, e);
        }
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
      pause(wanted);
      pause = pause.multipliedBy(3);
    }
  }

  private HttpRequest request(Call call) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server + call.target()))
            .timeout(TIMEOUT)
            .header("Accept", "application/json, application/problem+json")
            .header("User-Agent", "guidon-cli/" + Version.text());
    call.headers().forEach(request::header);
    if (call.isChange()) {
      request.header("Idempotency-Key", host.newKey());
    }
    String secret = token();
    if (secret != null) {
      request.header("Authorization", "Bearer " + secret);
    }
    Json body = call.body();
    if (body == null) {
      return request.method(call.method(), HttpRequest.BodyPublishers.noBody()).build();
    }
    if (!call.headers().containsKey("Content-Type")) {
      request.header("Content-Type", "application/json");
    }
    byte[] bytes = CanonicalJson.bytes(body);
    return request.method(call.method(), HttpRequest.BodyPublishers.ofByteArray(bytes)).build();
  }

  private @Nullable String token() {
    if (token == null) {
      token = tokens.get();
    }
    return token;
  }

  /** Made late: loading the client's classes takes longer than many a command. */
  private HttpClient client() {
    HttpClient present = client;
    if (present == null) {
      present =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(CONNECT_TIMEOUT)
              // A redirect would carry the token to wherever it points.
              .followRedirects(HttpClient.Redirect.NEVER)
              .build();
      client = present;
    }
    return present;
  }

  private static Duration retryAfter(HttpResponse<?> response, Duration otherwise) {
    String text = response.headers().firstValue("Retry-After").orElse("");
    if (!text.matches("\\d{1,6}")) {
      return otherwise;
    }
    Duration asked = Duration.ofSeconds(Long.parseLong(text));
    return asked.compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : asked;
  }

  private void pause(Duration duration) {
    try {
      host.pause(duration);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  static CliException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new CliException(ExitCode.INTERRUPTED, "interrupted", "Interrupted.", null, e);
  }

  private Reply reply(HttpResponse<byte[]> response) {
    return new Reply(
        response.statusCode(),
        body(response),
        response.headers().firstValue("ETag").orElse(null),
        response.headers().firstValue("Guidon-Token").orElse(null));
  }

  private Json body(HttpResponse<byte[]> response) {
    if (response.body().length == 0) {
      return Json.NULL;
    }
    try {
      return JsonReader.read(response.body(), ANSWER_LIMITS);
    } catch (JsonException e) {
      if (response.statusCode() >= 300) {
        return Json.NULL;
      }
      throw new CliException(
          ExitCode.FAILED,
          "unreadable-answer",
          server + " answered " + response.statusCode() + " with something that is not JSON.",
          "Check that --server names Guidon's API port (8016 by default).",
          e);
    }
  }

  private CliException unreachable(Call call, IOException e) {
    boolean connecting =
        e instanceof java.net.ConnectException || e instanceof HttpConnectTimeoutException;
    String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    CliException failure =
        new CliException(
            new CliException.Failure(
                ExitCode.FAILED,
                "unreachable",
                connecting
                    ? "No server answers at " + server + "."
                    : "The connection to " + server + " broke after " + ATTEMPTS_MAX + " attempts.",
                !connecting && call.isChange()
                    ? List.of(why, "Whether the change was made is not known.")
                    : List.of(why),
                connecting
                    ? "Start one with: guidon serve; or name it with --server or GUIDON_URL."
                    : "Look at guidon history before you try again.",
                null,
                null));
    failure.initCause(e);
    return failure;
  }
}
