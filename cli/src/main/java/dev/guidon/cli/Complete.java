package dev.guidon.cli;

import dev.guidon.model.Hash;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonException;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

/**
 * {@code guidon __complete KIND -- WORDS}: the keys that may stand at the cursor. A shell waits for
 * it at every press of a key, so it answers from a minute-old file, or within its budget, or with
 * nothing; and it never says a word about what went wrong.
 */
@Command(name = "__complete", hidden = true, header = "Lists keys for completion scripts.")
final class Complete implements Callable<Integer> {
  private static final Duration BUDGET = Duration.ofMillis(150);
  private static final Duration FRESH = Duration.ofSeconds(60);

  private final CliEnvironment env;

  @Parameters(index = "0", arity = "0..1")
  String kind = "";

  @Parameters(index = "1..*")
  List<String> words = List.of();

  @Unmatched List<String> others = new ArrayList<>();

  Complete(CliEnvironment env) {
    this.env = env;
  }

  @Override
  public Integer call() {
    try {
      keys().forEach(key -> env.stdout().print(Table.clean(key) + "\n"));
    } catch (CliException e) {
      // Nothing to complete is the whole answer: there is no place on the line for more.
    }
    env.stdout().flush();
    return ExitCode.OK.number();
  }

  private List<String> keys() {
    Settings settings = new Settings(env, typed(words), Profiles.load(env).active());
    Call call = call(settings);
    if (call == null) {
      return List.of();
    }
    Path cache = cache(settings, call);
    Cached cached = read(cache);
    if (cached != null && cached.at().plus(FRESH).isAfter(env.clock().instant())) {
      return cached.keys();
    }
    List<String> asked = ask(settings, call);
    if (asked == null) {
      return cached == null ? List.of() : cached.keys();
    }
    keep(cache, asked);
    return asked;
  }

  /** The options on the line that name the place; the line need not be complete. */
  private static Globals typed(List<String> words) {
    Globals globals = new Globals();
    globals.nonInteractive = true;
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      String value =
          equals >= 0 ? word.substring(equals + 1) : i + 1 < words.size() ? words.get(i + 1) : null;
      switch (name) {
        case "--server" -> globals.server = value;
        case "-p", "--project" -> globals.project = value;
        case "-e", "--env" -> globals.environment = value;
        case "--token-file" -> globals.tokenFile = value;
        default -> {}
      }
    }
    return globals;
  }

  private @Nullable Call call(Settings settings) {
    return switch (kind) {
      case "FLAG", "SEGMENT", "LAYER" ->
          Call.get(
              "projects",
              settings.project(),
              "environments",
              settings.environment(),
              kind.toLowerCase(java.util.Locale.ROOT) + "s");
      case "ENV" -> Call.get("projects", settings.project(), "environments");
      case "PROJECT" -> Call.get("projects");
      default -> null;
    };
  }

  private @Nullable List<String> ask(Settings settings, Call call) {
    CompletableFuture<List<String>> answer = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            Api api = new Api(env.host(), settings.server(), settings::token);
            List<Json.Obj> items =
                Members.objects(api.send(call.query("limit", "1000")).body(), "items");
            answer.complete(items.stream().map(this::key).toList());
          } catch (CliException e) {
            answer.completeExceptionally(e);
          }
        });
    try {
      return answer.get(BUDGET.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private String key(Json.Obj item) {
    return kind.equals("ENV") ? Members.text(item, "doc", "key") : Members.text(item, "key");
  }

  /**
   * @param at when the server was asked
   */
  private record Cached(Instant at, List<String> keys) {}

  private Path cache(Settings settings, Call call) {
    String name =
        Hash.of(
                (settings.server() + call.target())
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8))
            .toString();
    return Profiles.xdg(env, "XDG_CACHE_HOME", ".cache").resolve("complete", name + ".json");
  }

  private static @Nullable Cached read(Path file) {
    try {
      Json json = JsonReader.read(Files.readAllBytes(file), JsonLimits.DEFAULT);
      return new Cached(
          Instant.ofEpochSecond(Math.max(0, Members.whole(json, "at"))),
          Members.strings(json, "keys"));
    } catch (IOException | JsonException e) {
      return null;
    }
  }

  private void keep(Path file, List<String> keys) {
    Json json =
        Json.Obj.of(
            "at", Json.of(env.clock().instant().getEpochSecond()), "keys", Members.array(keys));
    try {
      Profiles.writePrivate(file, CanonicalJson.text(json));
    } catch (java.io.UncheckedIOException e) {
      // Without a cache the next key press asks again.
    }
  }
}
