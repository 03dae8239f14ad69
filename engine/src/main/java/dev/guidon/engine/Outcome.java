package dev.guidon.engine;

import dev.guidon.model.ValueType;
import dev.guidon.model.json.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a flag answers. Every outcome of a flag is made when the flag is compiled, so that answering
 * makes nothing; two answers with the same object are the same answer.
 */
public final class Outcome {
  /** A prerequisite of the flag did not serve a wanted variant. */
  public static final String PREREQUISITE_FAILED = "PREREQUISITE_FAILED";

  /** A learned policy would have chosen, and this engine cannot follow it. */
  public static final String POLICY_UNAVAILABLE = "POLICY_UNAVAILABLE";

  private final String flag;
  private final long flagVersion;
  private final @Nullable ValueType type;
  private final Map<String, Json> metadata;
  private final @Nullable String variant;
  private final @Nullable Json value;
  private final Reason reason;
  private final @Nullable ErrorCode error;
  private final @Nullable String ruleId;
  private final int ruleIndex;
  private final @Nullable String detail;
  private final @Nullable Bucketing bucketing;

  private final boolean isBoolean;
  private final boolean booleanValue;
  private final boolean isNumber;
  private final double doubleValue;
  private final long longValue;
  private final boolean isLong;
  private final @Nullable String stringValue;

  private Outcome(Draft draft) {
    this.flag = draft.flag;
    this.flagVersion = draft.flagVersion;
    this.type = draft.type;
    this.metadata = draft.metadata;
    this.variant = draft.variant;
    this.value = draft.value;
    this.reason = draft.reason;
    this.error = draft.error;
    this.ruleId = draft.ruleId;
    this.ruleIndex = draft.ruleIndex;
    this.detail = draft.detail;
    this.bucketing = draft.bucketing;
    this.isBoolean = value instanceof Json.Bool;
    this.isNumber = value instanceof Json.Num;
    this.booleanValue = value instanceof Json.Bool b && b.value();
    this.doubleValue = value instanceof Json.Num n ? n.value() : 0;
    // 2^63 itself is beyond a long, -2^63 is not.
    this.isLong =
        value instanceof Json.Num n
            && n.value() == Math.rint(n.value())
            && n.value() >= -0x1p63
            && n.value() < 0x1p63;
    this.longValue = isLong ? (long) doubleValue : 0;
    this.stringValue = value instanceof Json.Str s ? s.value() : null;
  }

  /** An answer to a question about a flag that is not there. */
  static Outcome notFound(String flag) {
    return new Draft(flag).error(ErrorCode.FLAG_NOT_FOUND, null).build();
  }

  public String flag() {
    return flag;
  }

  /** {@code null} for the code default and for errors. */
  public @Nullable String variant() {
    return variant;
  }

  /** {@code null}: the code default. */
  public @Nullable Json value() {
    return value;
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
    return flagVersion;
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
    return type;
  }

  /** Strings, numbers and booleans, as the flag says. */
  public Map<String, Json> metadata() {
    return metadata;
  }

  /** Whether the caller's default stands: an error, or a success without a value. */
  public boolean isCodeDefault() {
    return value == null;
  }

  /** Whether an answer of this type can be read from it. A code default of the same type can. */
  public boolean fits(ValueType wanted) {
    return type == wanted;
  }

  /**
   * Whether {@link #longValue} loses nothing: a whole number within the range of long, or the code
   * default.
   */
  public boolean fitsLong() {
    return type == ValueType.NUMBER && (value == null || isLong);
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
    return isLong ? longValue : fallback;
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
    return value != null && type == ValueType.OBJECT ? value : fallback;
  }

  /** Whether a bucket chose it, see {@link Ruleset#bucketOf}. */
  public boolean isPlaced() {
    return bucketing != null;
  }

  /** What places the unit when this is the outcome, for {@link Decision#bucket}. */
  @Nullable Bucketing bucketing() {
    return bucketing;
  }

  @Override
  public String toString() {
    return flag
        + "@"
        + flagVersion
        + ": "
        + (variant == null ? "code default" : variant)
        + ", "
        + reason
        + (error == null ? "" : " " + error)
        + (ruleId == null ? "" : ", rule " + ruleId)
        + (detail == null ? "" : ", " + detail);
  }

  /** Collects an outcome. Everything not set is absent. */
  static final class Draft {
    private final String flag;
    private long flagVersion;
    private @Nullable ValueType type;
    private Map<String, Json> metadata = Map.of();
    private @Nullable String variant;
    private @Nullable Json value;
    private Reason reason = Reason.ERROR;
    private @Nullable ErrorCode error;
    private @Nullable String ruleId;
    private int ruleIndex = -1;
    private @Nullable String detail;
    private @Nullable Bucketing bucketing;

    Draft(String flag) {
      this.flag = flag;
    }

    Draft version(long version) {
      this.flagVersion = version;
      return this;
    }

    Draft type(@Nullable ValueType flagType) {
      this.type = flagType;
      return this;
    }

    Draft metadata(Map<String, Json> flagMetadata) {
      this.metadata = flagMetadata;
      return this;
    }

    Draft serves(@Nullable String name, @Nullable Json variantValue, Reason why) {
      this.variant = name;
      this.value = variantValue;
      this.reason = why;
      return this;
    }

    Draft error(ErrorCode code, @Nullable String words) {
      this.reason = Reason.ERROR;
      this.error = code;
      this.detail = words;
      return this;
    }

    Draft rule(@Nullable String id, int index) {
      this.ruleId = id;
      this.ruleIndex = index;
      return this;
    }

    Draft detail(@Nullable String words) {
      this.detail = words;
      return this;
    }

    Draft bucketing(@Nullable Bucketing placedBy) {
      this.bucketing = placedBy;
      return this;
    }

    Outcome build() {
      return new Outcome(this);
    }
  }
}
