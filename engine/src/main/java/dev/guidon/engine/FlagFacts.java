package dev.guidon.engine;

import dev.guidon.model.ValueType;
import dev.guidon.model.json.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What all answers of a flag have in common, kept once.
 *
 * @param type {@code null} when not even that is known
 * @param isStale whether an older version answers in the place of the newest; every successful
 *     answer says so
 */
record FlagFacts(
    String key,
    long version,
    @Nullable ValueType type,
    Map<String, Json> metadata,
    boolean isStale) {

  /** Of a flag of which nothing but its key is known. */
  static FlagFacts unknown(String key) {
    return new FlagFacts(key, 0, null, Map.of(), /* isStale= */ false);
  }

  Outcome outcome(
      @Nullable Variant variant,
      Reason reason,
      @Nullable String rule,
      int ruleIndex,
      @Nullable String detail,
      @Nullable Bucketing bucketing) {
    return new Outcome(
        this, variant, isStale ? Reason.STALE : reason, null, rule, ruleIndex, detail, bucketing);
  }

  Outcome error(ErrorCode code, @Nullable String detail) {
    return error(code, detail, null, -1);
  }

  Outcome error(ErrorCode code, @Nullable String detail, @Nullable String rule, int ruleIndex) {
    return new Outcome(this, null, Reason.ERROR, code, rule, ruleIndex, detail, null);
  }
}
