package dev.guidon.model;

import org.jspecify.annotations.Nullable;

/**
 * What a test asks of one attribute. Every operator is false when the attribute is absent or of
 * another type; a negated test is its exact opposite, so that it is true there. On a list an
 * operator asks whether any item passes.
 */
public enum Operator {
  /** Equal to one of the values: strings, numbers or booleans, each only with its own type. */
  IN("in", Operand.SCALARS),
  LESS("lt", Operand.NUMBER),
  LESS_OR_EQUAL("lte", Operand.NUMBER),
  GREATER("gt", Operand.NUMBER),
  GREATER_OR_EQUAL("gte", Operand.NUMBER),
  CONTAINS("contains", Operand.STRINGS),
  STARTS_WITH("startsWith", Operand.STRINGS),
  ENDS_WITH("endsWith", Operand.STRINGS),
  /** An RE2 pattern found anywhere in the string. */
  MATCHES("matches", Operand.PATTERNS),
  SEMVER_EQUAL("semverEq", Operand.SEMVER),
  SEMVER_LESS("semverLt", Operand.SEMVER),
  SEMVER_LESS_OR_EQUAL("semverLte", Operand.SEMVER),
  SEMVER_GREATER("semverGt", Operand.SEMVER),
  SEMVER_GREATER_OR_EQUAL("semverGte", Operand.SEMVER),
  /** An instant strictly before: RFC 3339 text, or a number of milliseconds since 1970. */
  BEFORE("before", Operand.INSTANT),
  /** An instant not before. */
  AFTER("after", Operand.INSTANT),
  /** An IPv4 or IPv6 address inside one of the ranges. */
  IN_CIDR("inCidr", Operand.CIDRS),
  /** The attribute is there and not null. */
  PRESENT("present", Operand.NONE);

  /** What stands in {@code values}. */
  public enum Operand {
    /** One or more strings, numbers or booleans. */
    SCALARS,
    /** Exactly one number. */
    NUMBER,
    /** One or more strings; one that passes is enough. */
    STRINGS,
    /** One or more RE2 patterns. */
    PATTERNS,
    /** Exactly one semantic version. */
    SEMVER,
    /** Exactly one RFC 3339 instant. */
    INSTANT,
    /** One or more CIDR ranges. */
    CIDRS,
    /** Nothing. */
    NONE
  }

  private final String text;
  private final Operand operand;

  Operator(String text, Operand operand) {
    this.text = text;
    this.operand = operand;
  }

  public String text() {
    return text;
  }

  public Operand operand() {
    return operand;
  }

  /** Whether {@code ignoreCase} means anything for this operator. */
  public boolean readsCase() {
    return this == IN || operand == Operand.STRINGS || operand == Operand.PATTERNS;
  }

  public static @Nullable Operator named(String text) {
    for (Operator operator : values()) {
      if (operator.text.equals(text)) {
        return operator;
      }
    }
    return null;
  }
}
