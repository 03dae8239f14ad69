package dev.guidon.edge.ofrep;

import dev.guidon.engine.Context;
import dev.guidon.engine.Contexts;
import dev.guidon.model.Problem;
import dev.guidon.model.Problems;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonException;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.util.List;

/** What a client asks with: a context, or the reason why its body is none. */
public sealed interface OfrepRequest {
  int BODY_BYTES_MAX = 1 << 20;

  int DEPTH_MAX = 32;

  int DETAILS_CHARS_MAX = 300;

  /**
   * @param contextText canonical JSON of the context: equal contexts have equal text, whatever
   *     their members' order
   */
  record Asked(Context context, String contextText) implements OfrepRequest {}

  record Refused(OfrepAnswer answer) implements OfrepRequest {}

  /**
   * A body of no bytes asks with an empty context, as flagd's server allows. Never throws. What
   * {@link ContextReader} reads it reads alike.
   */
  static OfrepRequest read(byte[] body, String flagKey) {
    if (isBlank(body)) {
      return new Asked(Context.EMPTY, "{}");
    }
    Json json;
    try {
      json = JsonReader.read(body, LimitsHolder.LIMITS);
    } catch (JsonException e) {
      return refused(flagKey, "PARSE_ERROR", "the body is not JSON at byte " + e.offset());
    }
    if (!(json instanceof Json.Obj request)) {
      return refused(
          flagKey, "PARSE_ERROR", "the body is an " + json.typeName() + " (expected: an object)");
    }
    Json context = request.get("context");
    if (context == null || context instanceof Json.Null) {
      return new Asked(Context.EMPTY, "{}");
    }
    if (!(context instanceof Json.Obj)) {
      return refused(
          flagKey, "INVALID_CONTEXT", "context: " + context.typeName() + " (expected: an object)");
    }
    return ofContext(context, flagKey);
  }

  private static OfrepRequest ofContext(Json context, String flagKey) {
    var problems = new Problems();
    Context read = Contexts.fromJson(context, problems);
    List<Problem> found = problems.list();
    if (!found.isEmpty()) {
      String details = "context" + found.getFirst();
      // Names in it are the caller's; long ones are not sent back.
      return refused(
          flagKey,
          "INVALID_CONTEXT",
          details.length() <= DETAILS_CHARS_MAX
              ? details
              : details.substring(0, DETAILS_CHARS_MAX) + "…");
    }
    return new Asked(read, CanonicalJson.text(context));
  }

  private static Refused refused(String flagKey, String code, String details) {
    return new Refused(OfrepAnswer.error(400, flagKey, code, details));
  }

  private static boolean isBlank(byte[] body) {
    for (byte b : body) {
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return false;
      }
    }
    return true;
  }

  /** Interfaces cannot hold private constants. */
  final class LimitsHolder {
    private static final JsonLimits LIMITS =
        JsonLimits.DEFAULT
            .withMaxBytes(BODY_BYTES_MAX)
            .withMaxDepth(DEPTH_MAX)
            .withMaxChildren(10_000)
            .withReplaceLoneSurrogates(true)
            .withLargeWholeNumbers(true);

    private LimitsHolder() {}
  }
}
