package dev.guidon.edge.ofrep;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.guidon.engine.Outcome;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * Answers OFREP requests from one ruleset at one instant. Total: whatever is asked, the outcome is
 * an answer.
 */
public final class Ofrep {
  /** Below the 30 s after which clients and proxies begin to doubt a silent stream. */
  public static final int INACTIVITY_SECONDS = 120;

  private Ofrep() {}

  /** Who asks. Clients (browsers, phones) see only what was made visible to them, and never why. */
  public enum Reader {
    CLIENT,
    SERVER
  }

  /** Told of every evaluation that found its flag. */
  @FunctionalInterface
  public interface Evaluated {
    void evaluated(String flagKey, Outcome outcome);
  }

  /**
   * One flag. A flag that this reader may not see is answered exactly like one that does not exist.
   *
   * @param ageMicros how old the ruleset may be; some flags serve something else beyond a bound
   * @param pathKey the rest of the path, decoded; one trailing slash is forgiven when no flag has
   *     it in its key
   */
  public static OfrepAnswer single(
      FlagAnswers flags,
      Reader reader,
      String pathKey,
      OfrepRequest.Asked asked,
      long nowMicros,
      long ageMicros,
      Evaluated evaluated) {
    String key = flags.visibleKey(pathKey, reader);
    if (key == null) {
      return OfrepAnswer.error(404, pathKey, "FLAG_NOT_FOUND", "no flag has this key");
    }
    Outcome outcome = decide(flags, key, asked, nowMicros, ageMicros);
    evaluated.evaluated(key, outcome);
    return flags.answer(key, outcome, reader);
  }

  /**
   * All flags that the reader may see.
   *
   * @param etagSalt what the answer depends on beyond ruleset, reader and context: the period of
   *     the stream address
   * @param streamUrl where changes are signalled, or {@code null} to name no stream
   */
  public static OfrepAnswer bulk(
      FlagAnswers flags,
      Reader reader,
      OfrepRequest.Asked asked,
      long nowMicros,
      long ageMicros,
      @Nullable String ifNoneMatch,
      String etagSalt,
      @Nullable String streamUrl,
      Evaluated evaluated) {
    String etag = flags.etag(reader, asked.contextText(), nowMicros, ageMicros, etagSalt);
    if (Etags.matches(ifNoneMatch, etag)) {
      return OfrepAnswer.notModified(etag);
    }
    var body = new StringBuilder(256 + 120 * flags.keys(reader).size()).append("{\"flags\":[");
    String separator = "";
    for (String key : flags.keys(reader)) {
      Outcome outcome = decide(flags, key, asked, nowMicros, ageMicros);
      evaluated.evaluated(key, outcome);
      body.append(separator).append(flags.text(key, outcome, reader));
      separator = ",";
    }
    body.append("],");
    if (streamUrl != null) {
      body.append("\"eventStreams\":[{\"type\":\"sse\",\"url\":");
      CanonicalJson.write(Json.of(streamUrl), body);
      body.append(",\"inactivityDelaySec\":").append(INACTIVITY_SECONDS).append("}],");
    }
    body.append("\"metadata\":{\"version\":");
    CanonicalJson.write(Json.of(flags.version()), body);
    body.append("}}");
    return new OfrepAnswer(200, body.toString().getBytes(UTF_8), etag);
  }

  private static Outcome decide(
      FlagAnswers flags, String key, OfrepRequest.Asked asked, long nowMicros, long ageMicros) {
    Outcome tooStale = flags.ruleset().tooStale(key, ageMicros);
    return tooStale == null ? flags.ruleset().decide(key, asked.context(), nowMicros) : tooStale;
  }

  /** The data of a stream's message: fetch again, and bring this tag. One line. */
  public static String refetchData(ConfigTag tag, long timeMicros) {
    return CanonicalJson.text(
        Json.Obj.builder()
            .put("type", "refetchEvaluation")
            .put("etag", tag.text())
            .put("lastModified", timeMicros / 1_000_000)
            .build());
  }
}
