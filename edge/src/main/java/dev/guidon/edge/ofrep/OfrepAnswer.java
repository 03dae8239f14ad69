package dev.guidon.edge.ofrep;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * A status with its body. Every body but that of 304 is a JSON object with a {@code metadata}
 * member: released clients read the body before the status and fail on one without metadata.
 *
 * @param body UTF-8; must not be changed
 * @param etag quoted, or {@code null}
 */
@SuppressWarnings("ArrayRecordComponent") // The bytes go to a socket; answers are never compared.
public record OfrepAnswer(int status, byte[] body, @Nullable String etag) {

  static OfrepAnswer notModified(String etag) {
    return new OfrepAnswer(304, new byte[0], etag);
  }

  /** An error body. An empty flag key is left out, as bulk answers have none. */
  public static OfrepAnswer error(int status, String flagKey, String code, String details) {
    var body = new StringBuilder(128);
    writeError(flagKey, code, details, body);
    return new OfrepAnswer(status, body.toString().getBytes(UTF_8), /* etag= */ null);
  }

  static void writeError(String flagKey, String code, String details, StringBuilder out) {
    out.append('{');
    if (!flagKey.isEmpty()) {
      out.append("\"key\":");
      CanonicalJson.write(Json.of(flagKey), out);
      out.append(',');
    }
    out.append("\"errorCode\":\"").append(code).append("\",\"errorDetails\":");
    CanonicalJson.write(Json.of(details), out);
    out.append(",\"metadata\":{}}");
  }
}
