package dev.guidon.edge.ofrep;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.guidon.engine.Context;
import dev.guidon.engine.Outcome;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers OFREP requests from one ruleset at one instant. Total: whatever is asked, the outcome is
 * an answer.
 */
public final class Ofrep {
  /** Below the 30 s after which clients and proxies begin to doubt a silent stream. */
  public static final int INACTIVITY_SECONDS = 120;

  private static final byte[] BEGIN = "{\"flags\":[".getBytes(UTF_8);

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
      Context context,
      long nowMicros,
      long ageMicros,
      Evaluated evaluated) {
    String key = flags.visibleKey(pathKey, reader);
    if (key == null) {
      return OfrepAnswer.error(404, pathKey, "FLAG_NOT_FOUND", "no flag has this key");
    }
    Outcome outcome = decide(flags, key, context, nowMicros, ageMicros);
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
    List<String> keys = flags.keys(reader);
    var parts = new byte[keys.size()][];
    int length = 0;
    for (int i = 0; i < parts.length; i++) {
      String key = keys.get(i);
      Outcome outcome = decide(flags, key, asked.context(), nowMicros, ageMicros);
      evaluated.evaluated(key, outcome);
      parts[i] = flags.answer(key, outcome, reader).body();
      length += parts[i].length + 1;
    }
    return new OfrepAnswer(200, joined(parts, length, end(flags, streamUrl)), etag);
  }

  private static byte[] end(FlagAnswers flags, @Nullable String streamUrl) {
    var end = new StringBuilder(256).append("],");
    if (streamUrl != null) {
      end.append("\"eventStreams\":[{\"type\":\"sse\",\"url\":");
      CanonicalJson.write(Json.of(streamUrl), end);
      end.append(",\"inactivityDelaySec\":").append(INACTIVITY_SECONDS).append("}],");
    }
    end.append("\"metadata\":{\"version\":");
    CanonicalJson.write(Json.of(flags.version()), end);
    return end.append("}}").toString().getBytes(UTF_8);
  }

  /** Copies each part once, to where it belongs. */
  private static byte[] joined(byte[][] parts, int length, byte[] end) {
    int commas = Math.min(parts.length, 1);
    var body = new byte[BEGIN.length + length - commas + end.length];
    System.arraycopy(BEGIN, 0, body, 0, BEGIN.length);
    int at = BEGIN.length;
    for (int i = 0; i < parts.length; i++) {
      if (i > 0) {
        body[at++] = ',';
      }
      System.arraycopy(parts[i], 0, body, at, parts[i].length);
      at += parts[i].length;
    }
    System.arraycopy(end, 0, body, at, end.length);
    return body;
  }

  private static Outcome decide(
      FlagAnswers flags, String key, Context context, long nowMicros, long ageMicros) {
    Outcome tooStale = flags.ruleset().tooStale(key, ageMicros);
    return tooStale == null ? flags.ruleset().decide(key, context, nowMicros) : tooStale;
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
