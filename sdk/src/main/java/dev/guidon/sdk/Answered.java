package dev.guidon.sdk;

import dev.guidon.engine.Decision;
import dev.guidon.engine.ErrorCode;
import dev.guidon.engine.Outcome;
import dev.guidon.engine.Reason;
import dev.guidon.model.json.Json;
import dev.openfeature.sdk.ImmutableMetadata;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the provider has learned about the flags of one ruleset: which need no context, and the
 * metadata of their outcomes. Lives as long as the ruleset.
 */
final class Answered {
  static final Answered NOTHING = new Answered(null);

  private final Serving.@Nullable Live live;
  private final Set<String> contextFree = ConcurrentHashMap.newKeySet();
  private final ConcurrentHashMap<Outcome, ImmutableMetadata> metadata = new ConcurrentHashMap<>();

  Answered(Serving.@Nullable Live live) {
    this.live = live;
  }

  @SuppressWarnings("ReferenceEquality") // The same ruleset put in service twice is two services.
  boolean isOf(Serving.Live current) {
    return live == current;
  }

  /**
   * Whether the flag was seen to give everybody the same, so that its context need not be
   * converted.
   */
  boolean isContextFree(String flag) {
    return contextFree.contains(flag);
  }

  void learn(String flag, Outcome outcome) {
    boolean off = outcome.reason() == Reason.DISABLED && outcome.detail() == null;
    if ((off || outcome.reason() == Reason.STATIC) && !contextFree.contains(flag)) {
      contextFree.add(flag);
    }
  }

  /**
   * @param describing whether it says where the answer comes from, beside what the flag itself
   *     defines
   */
  ImmutableMetadata metadata(Decision decision, boolean describing) {
    Outcome outcome = decision.outcome();
    if (decision.bucket() != Decision.NO_BUCKET || outcome.error() == ErrorCode.FLAG_NOT_FOUND) {
      return build(outcome, describing ? decision.bucket() : Decision.NO_BUCKET, describing);
    }
    ImmutableMetadata known = metadata.get(outcome);
    if (known == null) {
      known = build(outcome, Decision.NO_BUCKET, describing);
      metadata.put(outcome, known);
    }
    return known;
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
