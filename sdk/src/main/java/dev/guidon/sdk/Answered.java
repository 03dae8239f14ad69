package dev.guidon.sdk;

import dev.guidon.engine.Context;
import dev.guidon.engine.Decision;
import dev.guidon.engine.ErrorCode;
import dev.guidon.engine.Outcome;
import dev.guidon.engine.Ruleset;
import dev.guidon.model.json.Json;
import dev.openfeature.sdk.ImmutableMetadata;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of the outcomes of one ruleset, made once for each. Lives as long as the ruleset is
 * in service.
 */
final class Answered {
  static final Answered NOTHING = new Answered(null);

  private final Serving.@Nullable Live live;
  private final ConcurrentHashMap<Outcome, ImmutableMetadata> metadata = new ConcurrentHashMap<>();

  Answered(Serving.@Nullable Live live) {
    this.live = live;
  }

  @SuppressWarnings("ReferenceEquality") // The same ruleset put in service twice is two services.
  boolean isOf(Serving.Live current) {
    return live == current;
  }

  /**
   * @param describing whether it says where the answer comes from, beside what the flag itself
   *     defines
   */
  ImmutableMetadata metadata(Outcome outcome, Context context, boolean describing) {
    ImmutableMetadata known = metadata.get(outcome);
    return known == null ? unknown(outcome, context, describing) : known;
  }

  /** Kept, but for what differs from unit to unit, and for names that anyone can make up. */
  private ImmutableMetadata unknown(Outcome outcome, Context context, boolean describing) {
    if (describing && outcome.isPlaced()) {
      return build(outcome, Ruleset.bucketOf(outcome, context), /* describing= */ true);
    }
    ImmutableMetadata built = build(outcome, Decision.NO_BUCKET, describing);
    if (outcome.error() != ErrorCode.FLAG_NOT_FOUND) {
      metadata.put(outcome, built);
    }
    return built;
  }

  private ImmutableMetadata build(Outcome outcome, int bucket, boolean describing) {
    ImmutableMetadata.ImmutableMetadataBuilder out = ImmutableMetadata.builder();
    if (describing && live != null) {
      out.addString("flagSetId", live.ruleset().view().scope().text());
      out.addLong("revision", live.ruleset().position().revision());
      describe(outcome, bucket, out);
    }
    // The flag's own members win: they come last.
    for (Map.Entry<String, Json> member : outcome.metadata().entrySet()) {
      add(member.getKey(), member.getValue(), out);
    }
    return out.build();
  }

  private static void describe(
      Outcome outcome, int bucket, ImmutableMetadata.ImmutableMetadataBuilder out) {
    if (outcome.flagVersion() > 0) {
      out.addString("version", Long.toString(outcome.flagVersion()));
    }
    if (outcome.ruleId() != null) {
      out.addString("ruleId", outcome.ruleId());
    }
    if (outcome.detail() != null && outcome.error() == null) {
      out.addString("detail", outcome.detail());
    }
    if (bucket != Decision.NO_BUCKET) {
      out.addInteger("bucket", bucket);
    }
  }

  private static void add(String name, Json value, ImmutableMetadata.ImmutableMetadataBuilder out) {
    if (value instanceof Json.Str s) {
      out.addString(name, s.value());
    } else if (value instanceof Json.Bool b) {
      out.addBoolean(name, b.value());
    } else if (value instanceof Json.Num n) {
      addNumber(name, n.value(), out);
    }
  }

  private static void addNumber(
      String name, double value, ImmutableMetadata.ImmutableMetadataBuilder out) {
    if (value == (int) value) {
      out.addInteger(name, (int) value);
    } else {
      out.addDouble(name, value);
    }
  }
}
