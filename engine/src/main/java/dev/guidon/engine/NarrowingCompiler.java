package dev.guidon.engine;

import dev.guidon.model.Cidr;
import dev.guidon.model.Condition;
import dev.guidon.model.Operator;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the clauses that rules of a flag share, and makes a {@link Narrowing} of each that enough
 * rules have. What is taken up by one is not asked again.
 */
final class NarrowingCompiler {
  /**
   * More clauses of a kind on one attribute in one rule are nobody's habit; they are asked one by
   * one.
   */
  private static final int ORDINALS_MAX = 8;

  /** Below that, asking rule by rule is as quick. */
  private static final int RULES_MIN = 3;

  /** Values that several rules have; each costs a bit for every rule. */
  private static final int SET_WORDS_MAX = 1 << 15;

  private final Interned interned;
  private final int rulesCount;
  private final int words;
  private final Map<Shared, List<Clause>> clauses = new LinkedHashMap<>();

  NarrowingCompiler(Interned interned, int rulesCount) {
    this.interned = interned;
    this.rulesCount = rulesCount;
    this.words = (rulesCount + 63) / 64;
  }

  private enum Kind {
    VALUE,
    NUMBER,
    VERSION,
    INSTANT,
    ADDRESS
  }

  /** One part of the conjunction that a rule's condition is. */
  record Clause(int rule, Condition.Test test) {}

  /**
   * What clauses must have in common.
   *
   * @param ordinal which of several such clauses in one rule
   */
  private record Shared(Kind kind, Attribute attribute, boolean ignoreCase, int ordinal) {}

  /** Takes a clause into account, if rules can share one like it. */
  boolean offer(int rule, Condition.Test test) {
    Kind kind = test.negate() || test.attribute().isBuiltIn() ? null : kind(test.operator());
    if (kind == null || rulesCount < RULES_MIN) {
      return false;
    }
    Attribute attribute = interned.attribute(test.attribute());
    boolean ignoreCase = kind == Kind.VALUE && test.ignoreCase();
    for (int ordinal = 0; ordinal < ORDINALS_MAX; ordinal++) {
      List<Clause> shared =
          clauses.computeIfAbsent(
              new Shared(kind, attribute, ignoreCase, ordinal), absent -> new ArrayList<>());
      if (shared.isEmpty() || shared.get(shared.size() - 1).rule != rule) {
        shared.add(new Clause(rule, test));
        return true;
      }
    }
    return false;
  }

  private static @Nullable Kind kind(Operator operator) {
    return switch (operator) {
      case IN -> Kind.VALUE;
      case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> Kind.NUMBER;
      case SEMVER_EQUAL,
          SEMVER_LESS,
          SEMVER_LESS_OR_EQUAL,
          SEMVER_GREATER,
          SEMVER_GREATER_OR_EQUAL ->
          Kind.VERSION;
      case BEFORE, AFTER -> Kind.INSTANT;
      case IN_CIDR -> Kind.ADDRESS;
      case CONTAINS, STARTS_WITH, ENDS_WITH, MATCHES, PRESENT -> null;
    };
  }

  /**
   * The narrowings, those by value first, since they let the fewest through.
   *
   * @param left gets the clauses that no narrowing has taken up
   */
  Narrowing[] compile(List<Clause> left) {
    List<Narrowing> byValue = new ArrayList<>();
    List<Narrowing> others = new ArrayList<>();
    clauses.forEach((shared, of) -> {
      Narrowing narrowing = of.size() < RULES_MIN ? null : compile(shared, of);
      if (narrowing == null) {
        left.addAll(of);
      } else {
        (shared.kind == Kind.VALUE ? byValue : others).add(narrowing);
      }
    });
    byValue.addAll(others);
    return byValue.toArray(Narrowing[]::new);
  }

  private @Nullable Narrowing compile(Shared shared, List<Clause> of) {
    long[] having = new long[words];
    of.forEach(clause -> having[clause.rule >> 6] |= 1L << clause.rule);
    return switch (shared.kind) {
      case VALUE -> byValue(shared, of, having);
      case NUMBER -> byNumber(shared, of, having);
      case VERSION -> byVersion(shared, of, having);
      case INSTANT -> byInstant(shared, of, having);
      case ADDRESS -> byAddress(shared, of, having);
    };
  }

  private @Nullable Narrowing byValue(Shared shared, List<Clause> of, long[] having) {
    Map<Json, Integer> numbers = new HashMap<>();
    List<long[]> sets = new ArrayList<>();
    for (Clause clause : of) {
      for (Json value : clause.test.values()) {
        Json key = ScalarTable.key(value, shared.ignoreCase);
        Integer before = numbers.get(key);
        if (before == null) {
          numbers.put(key, clause.rule);
        } else if (before >= rulesCount) {
          add(sets.get(before - rulesCount), clause.rule);
        } else if (before != clause.rule) {
          long[] set = new long[words];
          add(set, before);
          add(set, clause.rule);
          numbers.put(key, rulesCount + sets.size());
          sets.add(set);
        }
      }
    }
    if (sets.size() * words > SET_WORDS_MAX || rulesCount + sets.size() > ScalarTable.NUMBER_MAX) {
      return null;
    }
    long[] flat = new long[sets.size() * words];
    for (int i = 0; i < sets.size(); i++) {
      System.arraycopy(sets.get(i), 0, flat, i * words, words);
    }
    return new Narrowing.ByValue(
        shared.attribute, having, new ScalarTable(numbers, shared.ignoreCase), rulesCount, flat);
  }

  private static void add(long[] set, int rule) {
    set[rule >> 6] |= 1L << rule;
  }

  private Narrowing byNumber(Shared shared, List<Clause> of, long[] having) {
    double[] bounds = new double[rulesCount];
    of.forEach(clause -> bounds[clause.rule] = ((Json.Num) clause.test.values().get(0)).value());
    return new Narrowing.ByNumber(shared.attribute, having, admitted(of), bounds);
  }

  private Narrowing byVersion(Shared shared, List<Clause> of, long[] having) {
    VersionBound[] bounds = new VersionBound[rulesCount];
    of.forEach(clause ->
        bounds[clause.rule] = VersionBound.of(TestCheck.text(clause.test.values().get(0))));
    return new Narrowing.ByVersion(shared.attribute, having, admitted(of), bounds);
  }

  private Narrowing byInstant(Shared shared, List<Clause> of, long[] having) {
    long[] bounds = new long[rulesCount];
    of.forEach(clause ->
        bounds[clause.rule] = Values.instantMicros(TestCheck.text(clause.test.values().get(0))));
    return new Narrowing.ByInstant(shared.attribute, having, admitted(of), bounds);
  }

  private Narrowing byAddress(Shared shared, List<Clause> of, long[] having) {
    Cidr[][] ranges = new Cidr[rulesCount][];
    java.util.Arrays.fill(ranges, new Cidr[0]);
    of.forEach(clause -> ranges[clause.rule] = TestCheck.ranges(clause.test));
    return new Narrowing.ByAddress(shared.attribute, having, ranges);
  }

  private byte[] admitted(List<Clause> of) {
    byte[] admitted = new byte[rulesCount];
    of.forEach(clause -> admitted[clause.rule] = (byte) Order.admitted(clause.test.operator()));
    return admitted;
  }
}
