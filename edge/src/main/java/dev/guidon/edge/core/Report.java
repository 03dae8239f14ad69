package dev.guidon.edge.core;

import dev.guidon.model.EntityId;
import dev.guidon.model.Fields;
import dev.guidon.model.Hash;
import dev.guidon.model.InvalidDocumentException;
import dev.guidon.model.Position;
import dev.guidon.model.Problem;
import dev.guidon.model.Problems;
import dev.guidon.model.ScopeId;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonException;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer of a scope tells the server above it: where it is, what it refused, what it
 * evaluated.
 *
 * @param countsFrom the counts' period (epoch microseconds)
 * @param samples contexts, redacted by who sends them
 * @param dropped how much was not told because it was too much
 */
public record Report(
    Client client,
    ScopeId scope,
    String region,
    @Nullable Applied applied,
    List<Refused> refusals,
    List<Count> counts,
    long countsFrom,
    long countsTo,
    List<Json> samples,
    long dropped,
    long sentAt) {
  static final int COUNTS_MAX = 10_000;
  static final int REFUSALS_MAX = 1_000;
  static final int SAMPLES_MAX = 100;
  private static final JsonLimits LIMITS =
      JsonLimits.DEFAULT.withMaxDepth(32).withReplaceLoneSurrogates(true);
  private static final int TEXT_CHARS_MAX = 256;

  public Report {
    refusals = List.copyOf(refusals);
    counts = List.copyOf(counts);
    samples = List.copyOf(samples);
  }

  /**
   * @param kind {@code sdk} or {@code edge}
   * @param engine the number of its evaluation engine
   */
  public record Client(
      String id, String kind, String name, String version, long engine, List<String> capabilities) {
    public Client {
      capabilities = List.copyOf(capabilities);
    }
  }

  /**
   * Where a consumer is, since when. {@code view} is {@code null} for edges, which hold all views.
   */
  public record Applied(Position position, @Nullable Hash view, long atMicros) {}

  /**
   * @param clients how many consumers say so; more than one only in the report of an edge about its
   *     SDKs
   * @param sdk name and version of the SDK that refused, {@code null} when the sender itself did
   */
  public record Refused(
      String entity,
      long version,
      String code,
      String detail,
      @Nullable String sdk,
      long clients) {}

  /**
   * {@code variant} and {@code rule} are {@code null} for the code default and for the flag's
   * default.
   */
  public record Count(
      String flag, @Nullable String variant, @Nullable String rule, long revision, long n) {}

  /**
   * Reads a body; throws {@link InvalidDocumentException} with all that is wrong. Unknown members
   * are ignored.
   */
  public static Report read(byte[] body) {
    var problems = new Problems();
    Report report = null;
    try {
      report = read(JsonReader.read(body, LIMITS), problems);
    } catch (JsonException | IllegalArgumentException e) {
      problems.add(Problem.Code.INVALID, "", String.valueOf(e.getMessage()));
    }
    problems.throwIfAny("report");
    return java.util.Objects.requireNonNull(report);
  }

  private static Report read(Json json, Problems problems) {
    var fields = new Fields(json, "", problems, /* strict= */ false);
    var client =
        new Fields(
            fields.required("client", "an object"), "/client", problems, /* strict= */ false);
    Json applied = fields.optional("applied");
    return new Report(
        new Client(
            cut(client.string("id")),
            client.string("kind").equals("edge") ? "edge" : "sdk",
            cut(orEmpty(client.optionalString("name"))),
            cut(orEmpty(client.optionalString("version"))),
            orZero(client.optionalWhole("engine", 0, Integer.MAX_VALUE)),
            texts(client.items("capabilities", 100))),
        ScopeId.parse(fields.string("scope")),
        cut(orEmpty(fields.optionalString("region"))),
        applied == null
            ? null
            : applied(new Fields(applied, "/applied", problems, /* strict= */ false)),
        each(fields, "refusals", REFUSALS_MAX, Report::refused),
        each(fields, "counts", COUNTS_MAX, Report::count),
        orZero(fields.optionalWhole("countsFrom", 0, Long.MAX_VALUE)),
        orZero(fields.optionalWhole("countsTo", 0, Long.MAX_VALUE)),
        fields.items("samples", SAMPLES_MAX),
        orZero(fields.optionalWhole("dropped", 0, Long.MAX_VALUE)),
        orZero(fields.optionalWhole("sentAt", 0, Long.MAX_VALUE)));
  }

  private static <T> List<T> each(Fields fields, String name, int max, Function<Fields, T> read) {
    List<T> all = new ArrayList<>();
    for (Json item : fields.items(name, max)) {
      all.add(
          read.apply(new Fields(item, fields.at(name), fields.problems(), /* strict= */ false)));
    }
    return all;
  }

  private static Applied applied(Fields fields) {
    String view = fields.optionalString("view");
    return new Applied(
        Position.parse(fields.string("position")),
        view == null ? null : new Hash(view),
        orZero(fields.optionalWhole("atMicros", 0, Long.MAX_VALUE)));
  }

  private static Refused refused(Fields fields) {
    return new Refused(
        EntityId.parse(fields.string("entity")).text(),
        orZero(fields.optionalWhole("version", 0, Long.MAX_VALUE)),
        cut(fields.string("code")),
        cut(orEmpty(fields.optionalString("detail"))),
        cutOrNull(fields.optionalString("sdk")),
        Math.max(1, orZero(fields.optionalWhole("clients", 0, Integer.MAX_VALUE))));
  }

  private static Count count(Fields fields) {
    return new Count(
        cut(fields.string("flag")),
        cutOrNull(fields.optionalString("variant")),
        cutOrNull(fields.optionalString("rule")),
        orZero(fields.optionalWhole("revision", 0, Long.MAX_VALUE)),
        fields.whole("n", 0, Long.MAX_VALUE));
  }

  private static List<String> texts(List<Json> items) {
    return items.stream()
        .filter(Json.Str.class::isInstance)
        .map(item -> cut(((Json.Str) item).value()))
        .toList();
  }

  private static String cut(String text) {
    return text.length() <= TEXT_CHARS_MAX ? text : text.substring(0, TEXT_CHARS_MAX);
  }

  private static @Nullable String cutOrNull(@Nullable String text) {
    return text == null ? null : cut(text);
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static long orZero(@Nullable Long number) {
    return number == null ? 0 : number;
  }

  /** As {@link #read} reads it. */
  public Json.Obj json() {
    var out =
        Json.Obj.builder()
            .put("v", 1)
            .put(
                "client",
                Json.Obj.builder()
                    .put("id", client.id())
                    .put("kind", client.kind())
                    .put("name", client.name())
                    .put("version", client.version())
                    .put("engine", client.engine())
                    .put("capabilities", array(client.capabilities(), Json::of))
                    .build())
            .put("scope", scope.text())
            .put("region", region)
            .put("refusals", array(refusals, Report::json))
            .put("counts", array(counts, Report::json))
            .put("countsFrom", countsFrom)
            .put("countsTo", countsTo)
            .put("samples", new Json.Arr(samples))
            .put("dropped", dropped)
            .put("sentAt", sentAt);
    if (applied != null) {
      out.put("applied", json(applied));
    }
    return out.build();
  }

  private static <T> Json.Arr array(List<T> items, Function<T, Json> json) {
    return new Json.Arr(items.stream().map(json).toList());
  }

  private static Json json(Applied applied) {
    Hash view = applied.view();
    return Json.Obj.builder()
        .put("position", applied.position().text())
        .put("atMicros", applied.atMicros())
        .putIfPresent("view", view == null ? null : view.hex())
        .build();
  }

  static Json json(Refused refused) {
    var out =
        Json.Obj.builder()
            .put("entity", refused.entity())
            .put("version", refused.version())
            .put("code", refused.code())
            .put("detail", refused.detail())
            .putIfPresent("sdk", refused.sdk());
    return refused.clients() == 1 ? out.build() : out.put("clients", refused.clients()).build();
  }

  static Json json(Count count) {
    return Json.Obj.builder()
        .put("flag", count.flag())
        .putIfPresent("variant", count.variant())
        .putIfPresent("rule", count.rule())
        .put("revision", count.revision())
        .put("n", count.n())
        .build();
  }
}
