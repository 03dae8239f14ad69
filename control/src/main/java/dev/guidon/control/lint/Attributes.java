package dev.guidon.control.lint;

import dev.guidon.model.AttributeRef;
import dev.guidon.model.Cidr;
import dev.guidon.model.Condition;
import dev.guidon.model.Operator;
import dev.guidon.model.SemanticVersion;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Whether one attribute can pass and fail tests together.
 *
 * <p>An attribute may be a list, of which any item passes: so two tests of different values do not
 * contradict each other ({@code country in [DE]} and {@code country in [FR]} hold for a list of
 * both), while a failed test fails for every item. Only where the attribute is taken to be a single
 * value must one value pass everything.
 */
final class Attributes {
  private Attributes() {}

  /** Whether surely no value of the attribute agrees with all literals about it. */
  static boolean contradict(AttributeRef attribute, List<Literal> literals, boolean single) {
    if (attribute.name().equals(AttributeRef.NOW)) {
      return contradictNow(literals);
    }
    List<Condition.Test> passed = new ArrayList<>();
    List<Condition.Test> failed = new ArrayList<>();
    boolean isAbsent = false;
    for (Literal literal : literals) {
      Condition.Test test = literal.test();
      if (test.operator() == Operator.PRESENT) {
        isAbsent |= !literal.wanted();
      } else {
        (literal.wanted() ? passed : failed).add(test);
      }
    }
    boolean isRegion = attribute.name().equals(AttributeRef.REGION);
    if (isAbsent) {
      boolean isPresent =
          literals.stream()
              .anyMatch(one -> one.wanted() && one.test().operator() == Operator.PRESENT);
      return isRegion || isPresent || !passed.isEmpty();
    }
    if (single || isRegion) {
      return !passed.isEmpty() && noItem(passed, failed);
    }
    return passed.stream().anyMatch(test -> noItem(List.of(test), failed));
  }

  /** The instant of an evaluation is always there, and passes only tests of instants. */
  private static boolean contradictNow(List<Literal> literals) {
    Bounds<Long> left = new Bounds<>();
    for (Literal literal : literals) {
      Operator operator = literal.test().operator();
      if (operator == Operator.BEFORE || operator == Operator.AFTER) {
        bound(left, literal.test(), literal.wanted());
      } else if (literal.wanted() != (operator == Operator.PRESENT)) {
        return true;
      }
    }
    return left.isEmpty();
  }

  private static void bound(Bounds<Long> left, Condition.Test test, boolean wanted) {
    Long bound = ItemTest.instant(test);
    if (bound != null) {
      if ((test.operator() == Operator.BEFORE) == wanted) {
        left.atMost(bound, /* open= */ true);
      } else {
        left.atLeast(bound, /* open= */ false);
      }
    }
  }

  /** Whether surely no single value passes some tests, at least one, and fails others. */
  private static boolean noItem(List<Condition.Test> passed, List<Condition.Test> failed) {
    Condition.Test set = smallestSet(passed);
    if (set != null) {
      return set.values().stream()
          .noneMatch(value -> mayBe(value, set.ignoreCase(), passed, failed));
    }
    return mixed(passed)
        || numbers(passed, failed)
        || versions(passed, failed)
        || instants(passed, failed)
        || texts(passed, failed)
        || addresses(passed, failed);
  }

  private static Condition.@org.jspecify.annotations.Nullable Test smallestSet(
      List<Condition.Test> passed) {
    Condition.Test smallest = null;
    for (Condition.Test test : passed) {
      boolean better =
          test.operator() == Operator.IN
              && (smallest == null
                  || (smallest.ignoreCase() && !test.ignoreCase())
                  || (smallest.ignoreCase() == test.ignoreCase()
                      && test.values().size() < smallest.values().size()));
      smallest = better ? test : smallest;
    }
    return smallest;
  }

  private static boolean mayBe(
      Json value, boolean anyCase, List<Condition.Test> passed, List<Condition.Test> failed) {
    boolean spellings = anyCase && value instanceof Json.Str;
    for (Condition.Test test : passed) {
      if (ItemTest.passes(test, value, spellings) == ItemTest.Truth.NO) {
        return false;
      }
    }
    for (Condition.Test test : failed) {
      if (ItemTest.passes(test, value, spellings) == ItemTest.Truth.YES) {
        return false;
      }
    }
    return true;
  }

  private static boolean isNumeric(Operator operator) {
    return operator.operand() == Operator.Operand.NUMBER;
  }

  private static boolean isVersion(Operator operator) {
    return operator.operand() == Operator.Operand.SEMVER;
  }

  private static boolean isTextual(Operator operator) {
    return operator == Operator.CONTAINS
        || operator == Operator.STARTS_WITH
        || operator == Operator.ENDS_WITH;
  }

  /** No value is a number and a text. */
  private static boolean mixed(List<Condition.Test> passed) {
    boolean number = passed.stream().anyMatch(test -> isNumeric(test.operator()));
    boolean text =
        passed.stream()
            .map(Condition.Test::operator)
            .anyMatch(operator ->
                isTextual(operator)
                    || isVersion(operator)
                    || operator == Operator.MATCHES
                    || operator == Operator.IN_CIDR);
    return number && text;
  }

  private static boolean numbers(List<Condition.Test> passed, List<Condition.Test> failed) {
    if (passed.stream().noneMatch(test -> isNumeric(test.operator()))) {
      return false;
    }
    Bounds<Double> left = new Bounds<>();
    passed.stream()
        .filter(test -> isNumeric(test.operator()))
        .forEach(test -> bound(left, test.operator(), ItemTest.bound(test), /* wanted= */ true));
    failed.stream()
        .filter(test -> isNumeric(test.operator()))
        .forEach(test -> bound(left, test.operator(), ItemTest.bound(test), /* wanted= */ false));
    Double only = left.only();
    return left.isEmpty()
        || (only != null && !mayBe(Json.of((double) only), /* anyCase= */ false, passed, failed));
  }

  private static <T extends Comparable<? super T>> void bound(
      Bounds<T> left, Operator operator, T bound, boolean wanted) {
    switch (operator) {
      case LESS, SEMVER_LESS -> side(left, bound, /* below= */ wanted, /* open= */ wanted);
      case LESS_OR_EQUAL, SEMVER_LESS_OR_EQUAL -> side(left, bound, wanted, /* open= */ !wanted);
      case GREATER, SEMVER_GREATER -> side(left, bound, /* below= */ !wanted, /* open= */ wanted);
      case GREATER_OR_EQUAL, SEMVER_GREATER_OR_EQUAL ->
          side(left, bound, /* below= */ !wanted, /* open= */ !wanted);
      case SEMVER_EQUAL -> {
        if (wanted) {
          left.atLeast(bound, /* open= */ false);
          left.atMost(bound, /* open= */ false);
        }
      }
      case IN, CONTAINS, STARTS_WITH, ENDS_WITH, MATCHES, BEFORE, AFTER, IN_CIDR, PRESENT ->
          throw new IllegalArgumentException(
              "operator: " + operator.text() + " (expected: one that orders)");
    }
  }

  private static <T extends Comparable<? super T>> void side(
      Bounds<T> left, T bound, boolean below, boolean open) {
    if (below) {
      left.atMost(bound, open);
    } else {
      left.atLeast(bound, open);
    }
  }

  private static boolean versions(List<Condition.Test> passed, List<Condition.Test> failed) {
    if (passed.stream().noneMatch(test -> isVersion(test.operator()))) {
      return false;
    }
    Bounds<SemanticVersion> left = new Bounds<>();
    addVersions(left, passed, /* wanted= */ true);
    addVersions(left, failed, /* wanted= */ false);
    SemanticVersion only = left.only();
    return left.isEmpty()
        || (only != null
            && failed.stream()
                .filter(test -> test.operator() == Operator.SEMVER_EQUAL)
                .map(ItemTest::version)
                .filter(Objects::nonNull)
                .anyMatch(excluded -> excluded.compareTo(only) == 0));
  }

  private static void addVersions(
      Bounds<SemanticVersion> left, List<Condition.Test> tests, boolean wanted) {
    for (Condition.Test test : tests) {
      SemanticVersion bound = isVersion(test.operator()) ? ItemTest.version(test) : null;
      if (bound != null) {
        bound(left, test.operator(), bound, wanted);
      }
    }
  }

  private static boolean isMoment(Condition.Test test) {
    return test.operator() == Operator.BEFORE || test.operator() == Operator.AFTER;
  }

  private static boolean instants(List<Condition.Test> passed, List<Condition.Test> failed) {
    if (passed.stream().noneMatch(Attributes::isMoment)) {
      return false;
    }
    Bounds<Long> left = new Bounds<>();
    passed.stream()
        .filter(Attributes::isMoment)
        .forEach(test -> bound(left, test, /* wanted= */ true));
    failed.stream()
        .filter(Attributes::isMoment)
        .forEach(test -> bound(left, test, /* wanted= */ false));
    return left.isEmpty();
  }

  /** Parts of texts: of what passes one test another may be a consequence, or the opposite. */
  private static boolean texts(List<Condition.Test> passed, List<Condition.Test> failed) {
    for (Condition.Test test : passed) {
      if (failed.stream().anyMatch(other -> implies(test, other))
          || passed.stream().anyMatch(other -> exclude(test, other))) {
        return true;
      }
    }
    return false;
  }

  /** Whether every text that passes one test passes the other. */
  private static boolean implies(Condition.Test one, Condition.Test other) {
    if (one.ignoreCase() && !other.ignoreCase()) {
      return false;
    }
    if (one.operator() == Operator.MATCHES) {
      return other.operator() == Operator.MATCHES
          && one.ignoreCase() == other.ignoreCase()
          && other.values().containsAll(one.values());
    }
    if (!isTextual(one.operator())
        || !(other.operator() == one.operator() || other.operator() == Operator.CONTAINS)) {
      return false;
    }
    return one.values().stream()
        .allMatch(value ->
            other.values().stream()
                .anyMatch(part -> hasPart(other.operator(), value, part, other.ignoreCase())));
  }

  private static boolean hasPart(Operator operator, Json whole, Json part, boolean fold) {
    String text = ItemTest.string(whole);
    String wanted = ItemTest.string(part);
    return ItemTest.has(
        operator, fold ? ItemTest.fold(text) : text, fold ? ItemTest.fold(wanted) : wanted);
  }

  /** Two beginnings, or two ends, of which neither continues the other. */
  private static boolean exclude(Condition.Test one, Condition.Test other) {
    Operator operator = one.operator();
    if (operator != other.operator()
        || (operator != Operator.STARTS_WITH && operator != Operator.ENDS_WITH)) {
      return false;
    }
    return one.values().stream()
        .noneMatch(a ->
            other.values().stream()
                .anyMatch(b ->
                    hasPart(operator, a, b, /* fold= */ true)
                        || hasPart(operator, b, a, /* fold= */ true)));
  }

  private static boolean addresses(List<Condition.Test> passed, List<Condition.Test> failed) {
    List<Condition.Test> inside =
        passed.stream().filter(test -> test.operator() == Operator.IN_CIDR).toList();
    for (Condition.Test test : inside) {
      List<Cidr> ranges = ItemTest.ranges(test);
      if (ranges.size() != test.values().size()) {
        return false;
      }
      boolean allFailed =
          ranges.stream()
              .allMatch(range ->
                  failed.stream()
                      .filter(other -> other.operator() == Operator.IN_CIDR)
                      .flatMap(other -> ItemTest.ranges(other).stream())
                      .anyMatch(other -> holds(other, range)));
      boolean apart =
          inside.stream()
              .anyMatch(other ->
                  ItemTest.ranges(other).stream()
                      .noneMatch(a -> ranges.stream().anyMatch(b -> holds(a, b) || holds(b, a))));
      if (allFailed || apart) {
        return true;
      }
    }
    return false;
  }

  private static boolean holds(Cidr wide, Cidr narrow) {
    return wide.bits() <= narrow.bits()
        && wide.contains(new Cidr.Address(narrow.high(), narrow.low()));
  }
}
