package dev.guidon.stream;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;

/**
 * The answer to an {@link UpstreamReport}: also a clock ping.
 *
 * @param nowMicros log time as the server knows it
 * @param boundMicros how far that may be off; 0 from a control
 * @param nextAfterMillis when the next report is wanted
 */
public record UpstreamReply(long nowMicros, long boundMicros, long nextAfterMillis) {
  public byte[] bytes() {
    return CanonicalJson.bytes(
        Json.Obj.builder()
            .put("v", Reading.FORMAT)
            .put("now", nowMicros)
            .put("bound", boundMicros)
            .put("nextAfterMillis", nextAfterMillis)
            .build());
  }

  /** Reads what {@link #bytes} wrote; throws {@link StreamException}. */
  public static UpstreamReply read(byte[] bytes) {
    return Reading.of(
        "reply",
        bytes,
        fields -> {
          Long bound = fields.optionalWhole("bound", 0, Json.Num.SAFE_INTEGER_MAX);
          return new UpstreamReply(
              fields.whole("now", 0, Json.Num.SAFE_INTEGER_MAX),
              bound == null ? 0 : bound,
              fields.whole("nextAfterMillis", 0, Json.Num.SAFE_INTEGER_MAX));
        });
  }
}
