package dev.guidon.stream;

import dev.guidon.model.EntityId;
import dev.guidon.model.Fields;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer tells its upstream now and then, in one small POST. The answer is an {@link
 * UpstreamReply}.
 *
 * @param applied {@code null} while nothing has been applied
 * @param countsFromMicros the counts are of the time from here
 * @param samples contexts, redacted before they get here
 * @param dropped counts and samples that did not fit
 */
public record UpstreamReport(
    Client client,
    ScopeId scope,
    String region,
    @Nullable Applied applied,
    List<Refused> refusals,
    List<Count> counts,
    long countsFromMicros,
    long countsToMicros,
    List<Json> samples,
    long dropped,
    long sentAtMicros) {
  public static final int REFUSALS_MAX = 1_000;
  public static final int COUNTS_MAX = 10_000;
  public static final int SAMPLES_MAX = 100;
  private static final int CAPABILITIES_MAX = 100;
  private static final int BYTES_MAX = 4 << 20;

  public UpstreamReport {
    refusals = List.copyOf(refusals);
    counts = List.copyOf(counts);
    samples = List.copyOf(samples);
  }

  /**
   * Who reports.
   *
   * @param id made at start, random
   * @param kind {@code sdk} or {@code edge}
   * @param engine version of the evaluation rules
   */
  public record Client(
      String id, String kind, String name, String version, long engine, List<String> capabilities) {
    public Client {
      capabilities = List.copyOf(capabilities);
    }
  }

  /** What the consumer serves, and since when. */
  public record Applied(Position position, @Nullable Hash view, long atMicros) {}

  /** An entity that could not be compiled. */
  public record Refused(EntityId entity, long version, String code, String detail) {}

  /**
   * How often a flag was answered so.
   *
   * @param variant {@code null}: the caller's default
   * @param rule {@code null}: none decided
   * @param revision of the state that answered
   */
  public record Count(
      String flag, @Nullable String variant, @Nullable String rule, long revision, long n) {
    public Count {
      if (n < 0) {
        throw new IllegalArgumentException("n: " + n + " (expected: at least 0) of flag " + flag);
      }
    }
  }

  public byte[] bytes() {
    return CanonicalJson.bytes(json());
  }

  /**
   * Reads what {@link #bytes} wrote; members of newer formats are ignored. Throws {@link
   * StreamException}.
   */
  public static UpstreamReport read(byte[] bytes) {
    return Reading.of(
        "report", bytes, JsonLimits.DEFAULT.withMaxBytes(BYTES_MAX), UpstreamReport::read);
  }

  private Json.Obj json() {
    Json.Obj.Builder out =
        Json.Obj.builder()
            .put("v", Reading.FORMAT)
            .put("client", json(client))
            .put("scope", scope.text())
            .put("region", region)
            .put("refusals", arr(refusals, UpstreamReport::json))
            .put("counts", arr(counts, UpstreamReport::json))
            .put("countsFrom", countsFromMicros)
            .put("countsTo", countsToMicros)
            .put("samples", new Json.Arr(samples))
            .put("dropped", dropped)
            .put("sentAt", sentAtMicros);
    if (applied != null) {
      out.put("applied", json(applied));
    }
    return out.build();
  }

  private static <T> Json arr(List<T> items, Function<T, Json> json) {
    return new Json.Arr(items.stream().map(json).toList());
  }

  private static Json json(Client client) {
    return Json.Obj.builder()
        .put("id", client.id())
        .put("kind", client.kind())
        .put("name", client.name())
        .put("version", client.version())
        .put("engine", client.engine())
        .put("capabilities", arr(client.capabilities(), Json::of))
        .build();
  }

  private static Json json(Applied applied) {
    Json.Obj.Builder out =
        Json.Obj.builder()
            .put("position", applied.position().text())
            .put("atMicros", applied.atMicros());
    if (applied.view() != null) {
      out.put("view", applied.view().hex());
    }
    return out.build();
  }

  private static Json json(Refused refused) {
    return Json.Obj.builder()
        .put("entity", refused.entity().text())
        .put("version", refused.version())
        .put("code", refused.code())
        .put("detail", refused.detail())
        .build();
  }

  private static Json json(Count count) {
    return Json.Obj.builder()
        .put("flag", count.flag())
        .putIfPresent("variant", count.variant())
        .putIfPresent("rule", count.rule())
        .put("revision", count.revision())
        .put("n", count.n())
        .build();
  }

  private static UpstreamReport read(Fields fields) {
    Json applied = fields.optional("applied");
    return new UpstreamReport(
        client(nested(fields, "client", fields.required("client", "an object"))),
        ScopeId.parse(fields.string("scope")),
        fields.string("region"),
        applied == null ? null : applied(nested(fields, "applied", applied)),
        list(fields, "refusals", REFUSALS_MAX, UpstreamReport::refused),
        list(fields, "counts", COUNTS_MAX, UpstreamReport::count),
        whole(fields, "countsFrom"),
        whole(fields, "countsTo"),
        fields.items("samples", SAMPLES_MAX),
        whole(fields, "dropped"),
        whole(fields, "sentAt"));
  }

  private static Fields nested(Fields parent, String name, Json json) {
    return new Fields(json, parent.at(name), parent.problems(), /* strict= */ false);
  }

  private static long whole(Fields fields, String name) {
    Long value = fields.optionalWhole(name, 0, Json.Num.SAFE_INTEGER_MAX);
    return value == null ? 0 : value;
  }

  private static <T> List<T> list(Fields fields, String name, int max, Function<Fields, T> read) {
    List<T> all = new ArrayList<>();
    for (Json item : fields.items(name, max)) {
      all.add(read.apply(nested(fields, name + "/" + all.size(), item)));
    }
    return all;
  }

  private static Client client(Fields fields) {
    List<String> capabilities = new ArrayList<>();
    for (Json item : fields.items("capabilities", CAPABILITIES_MAX)) {
      if (item instanceof Json.Str text) {
        capabilities.add(text.value());
      }
    }
    return new Client(
        fields.string("id"),
        fields.string("kind"),
        fields.string("name"),
        fields.string("version"),
        whole(fields, "engine"),
        capabilities);
  }

  private static Applied applied(Fields fields) {
    String view = fields.optionalString("view");
    return new Applied(
        Position.parse(fields.string("position")),
        view == null ? null : new Hash(view),
        whole(fields, "atMicros"));
  }

  private static Refused refused(Fields fields) {
    return new Refused(
        EntityId.parse(fields.string("entity")),
        whole(fields, "version"),
        fields.string("code"),
        fields.string("detail"));
  }

  private static Count count(Fields fields) {
    return new Count(
        fields.string("flag"),
        fields.optionalString("variant"),
        fields.optionalString("rule"),
        whole(fields, "revision"),
        whole(fields, "n"));
  }
}
