package dev.guidon.control.lint;

import dev.guidon.model.Cidr;
import dev.guidon.model.Condition;
import dev.guidon.model.Instants;
import dev.guidon.model.Operator;
import dev.guidon.model.SemanticVersion;
import dev.guidon.model.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a test says of one single value, as far as that can be told without a context. The sign of
 * the test is left to the caller.
 */
final class ItemTest {
  /** Beyond doubt, or not known. */
  enum Truth {
    YES,
    NO,
    UNKNOWN
  }

  private ItemTest() {}

  /**
   * Whether a value passes.
   *
   * @param anyCase the value stands for all its spellings in upper and lower case
   */
  static Truth passes(Condition.Test test, Json value, boolean anyCase) {
    return switch (test.operator()) {
      case IN -> in(test, value, anyCase);
      case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL ->
          value instanceof Json.Num number
              ? truth(admits(test.operator(), Double.compare(number.value() + 0.0, bound(test))))
              : Truth.NO;
      case CONTAINS, STARTS_WITH, ENDS_WITH -> text(test, value, anyCase);
      case MATCHES -> value instanceof Json.Str ? Truth.UNKNOWN : Truth.NO;
      case SEMVER_EQUAL,
          SEMVER_LESS,
          SEMVER_LESS_OR_EQUAL,
          SEMVER_GREATER,
          SEMVER_GREATER_OR_EQUAL ->
          version(test, value, anyCase);
      case BEFORE, AFTER -> moment(test, value, anyCase);
      case IN_CIDR -> address(test, value, anyCase);
      case PRESENT -> Truth.YES;
    };
  }

  private static Truth truth(boolean known) {
    return known ? Truth.YES : Truth.NO;
  }

  static double bound(Condition.Test test) {
    return ((Json.Num) test.values().get(0)).value() + 0.0;
  }

  static @Nullable SemanticVersion version(Condition.Test test) {
    return SemanticVersion.parse(string(test.values().get(0)));
  }

  static @Nullable Long instant(Condition.Test test) {
    return Instants.parse(string(test.values().get(0)));
  }

  static String string(Json value) {
    return value instanceof Json.Str text ? text.value() : "";
  }

  static boolean admits(Operator operator, int compared) {
    return switch (operator) {
      case LESS, SEMVER_LESS -> compared < 0;
      case LESS_OR_EQUAL, SEMVER_LESS_OR_EQUAL -> compared <= 0;
      case GREATER, SEMVER_GREATER -> compared > 0;
      case GREATER_OR_EQUAL, SEMVER_GREATER_OR_EQUAL -> compared >= 0;
      case SEMVER_EQUAL -> compared == 0;
      case IN, CONTAINS, STARTS_WITH, ENDS_WITH, MATCHES, BEFORE, AFTER, IN_CIDR, PRESENT ->
          throw new IllegalArgumentException(
              "operator: " + operator.text() + " (expected: one that orders)");
    };
  }

  private static Truth in(Condition.Test test, Json value, boolean anyCase) {
    boolean fold = test.ignoreCase() || anyCase;
    for (Json one : test.values()) {
      if (equal(one, value, fold)) {
        // Of all spellings, a test that minds case passes some at most.
        return anyCase && !test.ignoreCase() ? Truth.UNKNOWN : Truth.YES;
      }
    }
    return Truth.NO;
  }

  private static boolean equal(Json a, Json b, boolean ignoreCase) {
    if (a instanceof Json.Str one && b instanceof Json.Str other) {
      return ignoreCase
          ? fold(one.value()).equals(fold(other.value()))
          : one.value().equals(other.value());
    }
    if (a instanceof Json.Num one && b instanceof Json.Num other) {
      return one.value() == other.value();
    }
    return a instanceof Json.Bool && a.equals(b);
  }

  private static Truth text(Condition.Test test, Json value, boolean anyCase) {
    if (!(value instanceof Json.Str text)) {
      return Truth.NO;
    }
    boolean folding = test.ignoreCase() || anyCase;
    String whole = folding ? fold(text.value()) : text.value();
    for (Json one : test.values()) {
      String part = folding ? fold(string(one)) : string(one);
      if (has(test.operator(), whole, part)) {
        return anyCase && !test.ignoreCase() ? Truth.UNKNOWN : Truth.YES;
      }
    }
    return Truth.NO;
  }

  static boolean has(Operator operator, String text, String part) {
    return operator == Operator.CONTAINS
        ? text.contains(part)
        : operator == Operator.STARTS_WITH ? text.startsWith(part) : text.endsWith(part);
  }

  private static Truth version(Condition.Test test, Json value, boolean anyCase) {
    if (!(value instanceof Json.Str text)) {
      return Truth.NO;
    }
    SemanticVersion bound = version(test);
    if (anyCase || bound == null) {
      return Truth.UNKNOWN;
    }
    SemanticVersion version = SemanticVersion.parse(text.value());
    return truth(version != null && admits(test.operator(), version.compareTo(bound)));
  }

  private static Truth moment(Condition.Test test, Json value, boolean anyCase) {
    Long bound = instant(test);
    if (value instanceof Json.Bool) {
      return Truth.NO;
    }
    if (bound == null || anyCase && value instanceof Json.Str) {
      return Truth.UNKNOWN;
    }
    Long micros =
        value instanceof Json.Str text
            ? Instants.parse(text.value())
            : value instanceof Json.Num number
                ? Long.valueOf((long) Math.floor(number.value() * 1000))
                : null;
    return truth(micros != null && micros < bound == (test.operator() == Operator.BEFORE));
  }

  private static Truth address(Condition.Test test, Json value, boolean anyCase) {
    if (!(value instanceof Json.Str text)) {
      return Truth.NO;
    }
    if (anyCase) {
      return Truth.UNKNOWN;
    }
    Cidr.Address address = Cidr.Address.parse(text.value());
    return truth(
        address != null && ranges(test).stream().anyMatch(range -> range.contains(address)));
  }

  static List<Cidr> ranges(Condition.Test test) {
    return test.values().stream()
        .map(value -> Cidr.parse(string(value)))
        .filter(java.util.Objects::nonNull)
        .toList();
  }

  /** As the engine folds: upper, then lower, character by character, as of Unicode 13.0. */
  static String fold(String text) {
    char[] folded = text.toCharArray();
    for (int i = 0; i < folded.length; i++) {
      char c = folded[i];
      boolean younger = c >= 0xA7CB ? c <= 0xA7F4 : c == 0x1C89 || c == 0x2C2F || c == 0xA7C0;
      folded[i] = younger ? c : Character.toLowerCase(Character.toUpperCase(c));
    }
    return new String(folded);
  }
}
