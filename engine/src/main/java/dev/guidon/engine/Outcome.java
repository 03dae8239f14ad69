package dev.guidon.engine;

import dev.guidon.model.ValueType;
import dev.guidon.model.json.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a flag answers. An outcome is made once, when the flag is compiled or when its rule matches
 * for the first time, so that answering makes nothing; two answers with the same object are the
 * same answer.
 */
public final class Outcome {
  /** A prerequisite of the flag did not serve a wanted variant. */
  public static final String PREREQUISITE_FAILED = "PREREQUISITE_FAILED";

  /** A learned policy would have chosen, and this engine cannot follow it. */
  public static final String POLICY_UNAVAILABLE = "POLICY_UNAVAILABLE";

  private final FlagFacts facts;
  private final @Nullable Variant variant;
  private final Reason reason;
  private final @Nullable ErrorCode error;
  private final @Nullable String ruleId;
  private final int ruleIndex;
  private final @Nullable String detail;
  private final @Nullable Bucketing bucketing;

  private final boolean isBoolean;
  private final boolean booleanValue;
  private final boolean isNumber;
  private final boolean isLong;
  private final double doubleValue;
  private final @Nullable String stringValue;
  private final int hash;

  Outcome(
      FlagFacts facts,
      @Nullable Variant variant,
      Reason reason,
      @Nullable ErrorCode error,
      @Nullable String ruleId,
      int ruleIndex,
      @Nullable String detail,
      @Nullable Bucketing bucketing) {
    Json value = variant == null ? null : variant.value();
    this.facts = facts;
    this.variant = variant;
    this.reason = reason;
    this.error = error;
    this.ruleId = ruleId;
    this.ruleIndex = ruleIndex;
    this.detail = detail;
    this.bucketing = bucketing;
    this.isBoolean = value instanceof Json.Bool;
    this.isNumber = value instanceof Json.Num;
    this.booleanValue = value instanceof Json.Bool b && b.value();
    this.doubleValue = value instanceof Json.Num n ? n.value() : 0;
    // 2^63 itself is beyond a long, -2^63 is not.
    this.isLong =
        isNumber
            && doubleValue == Math.rint(doubleValue)
            && doubleValue >= -0x1p63
            && doubleValue < 0x1p63;
    this.stringValue = value instanceof Json.Str s ? s.value() : null;
    this.hash =
        31 * (31 * facts.key().hashCode() + ruleIndex)
            + (variant == null ? 0 : variant.name().hashCode());
  }

  /** An answer to a question about a flag that is not there. */
  static Outcome notFound(String flag) {
    return FlagFacts.unknown(flag).error(ErrorCode.FLAG_NOT_FOUND, null);
  }

  public String flag() {
    return facts.key();
  }

  /** {@code null} for the code default and for errors. */
  public @Nullable String variant() {
    return variant == null ? null : variant.name();
  }

  /** {@code null}: the code default. */
  public @Nullable Json value() {
    return variant == null ? null : variant.value();
  }

  public Reason reason() {
    return reason;
  }

  /** {@code null} unless the reason is {@link Reason#ERROR}. */
  public @Nullable ErrorCode error() {
    return error;
  }

  /** The rule that decided, or in which deciding failed. */
  public @Nullable String ruleId() {
    return ruleId;
  }

  /** The place of {@link #ruleId} among the flag's rules, -1 without one. */
  public int ruleIndex() {
    return ruleIndex;
  }

  /** The version of the flag that answered, 0 when there is none. */
  public long flagVersion() {
    return facts.version();
  }

  /**
   * More about the reason: {@link #PREREQUISITE_FAILED}, {@link #POLICY_UNAVAILABLE}, or an error
   * in words.
   */
  public @Nullable String detail() {
    return detail;
  }

  /** The type of the flag's variants, {@code null} when not even that is known. */
  public @Nullable ValueType type() {
    return facts.type();
  }

  /** Strings, numbers and booleans, as the flag says. */
  public Map<String, Json> metadata() {
    return facts.metadata();
  }

  /** Whether the caller's default stands: an error, or a success without a value. */
  public boolean isCodeDefault() {
    return variant == null;
  }

  /** Whether an answer of this type can be read from it. A code default of the same type can. */
  public boolean fits(ValueType wanted) {
    return facts.type() == wanted;
  }

  /**
   * Whether {@link #longValue} loses nothing: a whole number within the range of long, or the code
   * default.
   */
  public boolean fitsLong() {
    return facts.type() == ValueType.NUMBER && (variant == null || isLong);
  }

  /**
   * The value of a boolean flag; the fallback for the code default, an error and every other type.
   */
  public boolean booleanValue(boolean fallback) {
    return isBoolean ? booleanValue : fallback;
  }

  /**
   * The value of a number flag; the fallback for the code default, an error and every other type.
   */
  public double doubleValue(double fallback) {
    return isNumber ? doubleValue : fallback;
  }

  /**
   * The value of a number flag that is whole and within range; the fallback for everything else.
   */
  public long longValue(long fallback) {
    return isLong ? (long) doubleValue : fallback;
  }

  /**
   * The value of a string flag; the fallback for the code default, an error and every other type.
   */
  public String stringValue(String fallback) {
    return stringValue == null ? fallback : stringValue;
  }

  /**
   * The value of an object flag; the fallback for the code default, an error and every other type.
   */
  public Json objectValue(Json fallback) {
    return variant != null && facts.type() == ValueType.OBJECT ? variant.value() : fallback;
  }

  /** Whether a bucket chose it, see {@link Ruleset#bucketOf}. */
  public boolean isPlaced() {
    return bucketing != null;
  }

  /** What places the unit when this is the outcome, for {@link Decision#bucket}. */
  @Nullable Bucketing bucketing() {
    return bucketing;
  }

  /** An outcome is equal to itself only; its hash is nevertheless the same in every process. */
  @Override
  public boolean equals(@Nullable Object other) {
    return super.equals(other);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return facts.key()
        + "@"
        + facts.version()
        + ": "
        + (variant == null ? "code default" : variant.name())
        + ", "
        + reason
        + (error == null ? "" : " " + error)
        + (ruleId == null ? "" : ", rule " + ruleId)
        + (detail == null ? "" : ", " + detail);
  }
}
