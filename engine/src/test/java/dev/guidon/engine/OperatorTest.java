package dev.guidon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OperatorTest {
  /** An operator with values, a value that passes, one that does not, and one of a wrong type. */
  static Stream<Arguments> operators() {
    return Stream.of(
        Arguments.of("in", "['DE','FR']", "DE", "de", 7),
        Arguments.of("in", "[1,2.5]", 2.5, 3, "1"),
        Arguments.of("in", "[1,2.5]", 1, 2, "2.5"),
        Arguments.of("in", "[true]", true, false, "true"),
        Arguments.of("in", "['1',true]", "1", "2", 1),
        Arguments.of("lt", "[10]", 9.5, 10, "9"),
        Arguments.of("lte", "[10]", 10, 10.5, "9"),
        Arguments.of("gt", "[10]", 11L, 10L, "11"),
        Arguments.of("gte", "[10]", 10f, 9f, true),
        Arguments.of("contains", "['mid','x']", "amidst", "a m i d", 5),
        Arguments.of("startsWith", "['mid','x']", "middle", "amid", 5),
        Arguments.of("endsWith", "['mid','x']", "amid", "middle", 5),
        Arguments.of("matches", "['^a+$','^b']", "aaa", "aab", 5),
        Arguments.of("matches", "['b']", "abc", "aac", 5),
        Arguments.of("semverEq", "['1.2.0']", "v1.2", "1.2.1", 1.2),
        Arguments.of("semverLt", "['1.10.0']", "1.9.9", "1.10.0", 1.0),
        Arguments.of("semverLte", "['1.10.0']", "1.10.0", "1.10.1", 1.0),
        Arguments.of("semverGt", "['1.0.0-rc.1']", "1.0.0", "1.0.0-beta", 2.0),
        Arguments.of("semverGte", "['1.0.0']", "1.0.0+build", "1.0.0-rc.1", 2.0),
        Arguments.of(
            "before",
            "['2026-01-01T00:00:00Z']",
            "2025-12-31T23:59:59Z",
            "2026-01-01T00:00:00Z",
            true),
        Arguments.of("before", "['2026-01-01T00:00:00Z']", 1767225599999L, 1767225600000L, true),
        Arguments.of(
            "after",
            "['2026-01-01T00:00:00Z']",
            "2026-01-01T01:00:00+01:00",
            "2026-01-01T00:59:59+01:00",
            true),
        Arguments.of(
            "after",
            "['2026-01-01T00:00:00Z']",
            Instant.parse("2026-01-01T00:00:00Z"),
            Instant.parse("2025-12-31T23:59:59.999999Z"),
            "not an instant"),
        Arguments.of("inCidr", "['10.0.0.0/8','2001:db8::/32']", "10.255.0.1", "11.0.0.1", 10),
        Arguments.of(
            "inCidr", "['10.0.0.0/8','2001:db8::/32']", "2001:db8::7", "2001:db9::7", "localhost"));
  }

  @ParameterizedTest
  @MethodSource("operators")
  void plainTestIsTrueOnlyForAPassingValueOfItsType(
      String op, String values, Object passing, Object failing, Object wrongType) {
    assertThat(holds(op, values, "", passing)).isTrue();
    assertThat(holds(op, values, "", failing)).isFalse();
    assertThat(holds(op, values, "", wrongType)).isFalse();
    assertThat(holds(op, values, "", Map.of("a", 1))).isFalse();
    assertThat(holds(op, values, "", new Object())).isFalse();
    assertThat(holds(op, values, "", null)).as("absent").isFalse();
  }

  @ParameterizedTest
  @MethodSource("operators")
  void negatedTestIsTheExactOpposite(
      String op, String values, Object passing, Object failing, Object wrongType) {
    String negated = ",'negate':true";

    assertThat(holds(op, values, negated, passing)).isFalse();
    assertThat(holds(op, values, negated, failing)).isTrue();
    assertThat(holds(op, values, negated, wrongType)).isTrue();
    assertThat(holds(op, values, negated, null)).as("absent").isTrue();
    assertThat(holds(op, values, negated, List.of(failing, passing))).isFalse();
    assertThat(holds(op, values, negated, List.of())).isTrue();
  }

  @SuppressWarnings("JdkObsolete") // a list without quick access by place is the point
  @ParameterizedTest
  @MethodSource("operators")
  void listPassesWhenAnyItemPasses(
      String op, String values, Object passing, Object failing, Object wrongType) {
    List<@Nullable Object> withNull = new ArrayList<>();
    withNull.add(null);
    withNull.add(passing);

    assertThat(holds(op, values, "", List.of(failing, wrongType, passing))).isTrue();
    assertThat(holds(op, values, "", new LinkedList<>(List.of(failing, passing)))).isTrue();
    assertThat(holds(op, values, "", withNull)).isTrue();
    assertThat(holds(op, values, "", List.of(failing, wrongType))).isFalse();
    assertThat(holds(op, values, "", List.of())).isFalse();
    assertThat(holds(op, values, "", List.of(List.of(passing))))
        .as("lists in lists are not looked into")
        .isFalse();
  }

  @Test
  void ignoreCaseFoldsBothSidesCharacterByCharacter() {
    String folded = ",'ignoreCase':true";

    assertThat(holds("in", "['Straße','ÄÖ']", folded, "STRAßE")).isTrue();
    assertThat(holds("in", "['Straße','ÄÖ']", folded, "äö")).isTrue();
    assertThat(holds("in", "['Straße']", folded, "STRASSE"))
        .as("one character never becomes two")
        .isFalse();
    assertThat(holds("in", "['I']", folded, "i")).as("the same in every language").isTrue();
    assertThat(holds("in", "[1]", folded, 1)).isTrue();
    assertThat(holds("contains", "['MiD']", folded, "aMIDst")).isTrue();
    assertThat(holds("contains", "['MiD']", folded, "a mi d")).isFalse();
    assertThat(holds("startsWith", "['MiD']", folded, "middle")).isTrue();
    assertThat(holds("startsWith", "['MiD']", folded, "mi")).isFalse();
    assertThat(holds("endsWith", "['MiD']", folded, "aMId")).isTrue();
    assertThat(holds("endsWith", "['MiD']", folded, "d")).isFalse();
    assertThat(holds("matches", "['^mid$']", folded, "MID")).isTrue();
    assertThat(holds("in", "['Straße']", ",'ignoreCase':true,'negate':true", "STRAßE")).isFalse();
  }

  @Test
  void presenceAsksOnlyWhetherThereIsAValue() {
    assertThat(holds("present", "[]", "", "")).isTrue();
    assertThat(holds("present", "[]", "", List.of())).isTrue();
    assertThat(holds("present", "[]", "", new Object())).isTrue();
    assertThat(holds("present", "[]", "", null)).isFalse();
    assertThat(holds("present", "[]", ",'negate':true", null)).isTrue();
  }

  @Test
  void numbersCompareWithoutLosingDigits() {
    assertThat(holds("in", "[9.007199254740992e15]", "", 9007199254740993L)).isFalse();
    assertThat(holds("in", "[9.007199254740992e15]", "", 9007199254740992L)).isTrue();
    assertThat(holds("gt", "[9.007199254740992e15]", "", 9007199254740993L)).isTrue();
    assertThat(holds("lte", "[9.007199254740992e15]", "", 9007199254740993L)).isFalse();
    assertThat(holds("lt", "[0.5]", "", 0L)).isTrue();
    assertThat(holds("gt", "[-0.5]", "", 0L)).isTrue();
    assertThat(holds("lt", "[1e300]", "", Long.MAX_VALUE)).isTrue();
    assertThat(holds("gt", "[-1e300]", "", Long.MIN_VALUE)).isTrue();
    assertThat(holds("in", "[0]", "", -0.0)).isTrue();
    assertThat(holds("in", "[0.1]", "", new BigDecimal("0.1")))
        .as("the double 0.1 is not the decimal 0.1")
        .isFalse();
    assertThat(holds("in", "[0.5]", "", new BigDecimal("0.50"))).isTrue();
    assertThat(holds("gt", "[1e308]", "", new BigDecimal("1E+100000000"))).isTrue();
    assertThat(holds("gt", "[0]", "", new BigDecimal("1E-100000000"))).isTrue();
    assertThat(holds("lt", "[0.5]", "", new BigDecimal("1E-100000000"))).isTrue();
    assertThat(holds("lt", "[0]", "", BigInteger.TEN.pow(5000).negate())).isTrue();
    assertThat(holds("in", "[7]", "", BigInteger.valueOf(7))).isTrue();
  }

  @Test
  void numbersThatAreNotFiniteAreNoNumbers() {
    for (Double odd :
        new Double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      assertThat(holds("lt", "[1]", "", odd)).isFalse();
      assertThat(holds("gte", "[1]", "", odd)).isFalse();
      assertThat(holds("gte", "[1]", ",'negate':true", odd)).isTrue();
      assertThat(holds("in", "[1]", "", odd)).isFalse();
      assertThat(holds("before", "['2026-01-01T00:00:00Z']", "", odd)).isFalse();
    }
  }

  @Test
  void instantsFarAwayKeepTheirOrder() {
    assertThat(holds("before", "['2026-01-01T00:00:00Z']", "", Instant.MIN)).isTrue();
    assertThat(holds("after", "['2026-01-01T00:00:00Z']", "", Instant.MAX)).isTrue();
    assertThat(holds("after", "['2026-01-01T00:00:00Z']", "", 1e300)).isTrue();
  }

  @Test
  void manyValuesAreAllFound() {
    StringBuilder values = new StringBuilder("['k0',0");
    for (int i = 1; i < 2_000; i++) {
      values.append(",'k").append(i).append("',").append(i * 0.25);
    }
    Ruleset ruleset = ruleset("in", values + "]", "");

    for (int i = 0; i < 2_000; i++) {
      assertThat(holds(ruleset, "k" + i)).isTrue();
      assertThat(holds(ruleset, i * 0.25)).isTrue();
      assertThat(holds(ruleset, "K" + i)).isFalse();
      assertThat(holds(ruleset, i + 0.1)).isFalse();
    }
  }

  @Test
  void pathsWalkMapsAndLists() {
    Context context =
        Context.builder()
            .put(
                "address",
                Map.of("city", "Bonn", "a/b", 1, "m~n", 2, "list", List.of("x", Map.of("y", 3))))
            .kind("organization", Context.builder().put("plan", Map.of("name", "pro")).build())
            .build();

    assertThat(holdsAt("/address/city", "['Bonn']", context)).isTrue();
    assertThat(holdsAt("/address/a~1b", "[1]", context)).isTrue();
    assertThat(holdsAt("/address/m~0n", "[2]", context)).isTrue();
    assertThat(holdsAt("/address/list/1/y", "[3]", context)).isTrue();
    assertThat(holdsAt("/address/list/01/y", "[3]", context)).isFalse();
    assertThat(holdsAt("/address/list/7", "[3]", context)).isFalse();
    assertThat(holdsAt("/address/city/more", "['Bonn']", context)).isFalse();
    assertThat(holdsAt("/address", "['Bonn']", context)).isFalse();
    assertThat(holdsAt("/nothing/here", "['Bonn']", context)).isFalse();
    assertThat(holdsAt("/plan/name','kind':'organization", "['pro']", context)).isTrue();
    assertThat(holdsAt("/plan/name", "['pro']", context)).as("of another kind").isFalse();
  }

  @Test
  void builtInRegionIsThatOfTheView() {
    String condition = "{'attribute':'$region','op':'in','values':['eu']}";

    assertThat(
            new Scene()
                .flagWhen("f", condition)
                .region("eu")
                .ruleset()
                .booleanValue("f", Context.EMPTY, 0, false))
        .isTrue();
    assertThat(
            new Scene()
                .flagWhen("f", condition)
                .region("us")
                .ruleset()
                .booleanValue("f", Context.EMPTY, 0, true))
        .isFalse();
  }

  @Test
  void builtInsAreNotTakenFromTheContext() {
    Context forged = Context.builder().put("$region", "eu").put("$now", Instant.EPOCH).build();
    Scene scene =
        new Scene()
            .flagWhen("place", "{'attribute':'$region','op':'in','values':['eu']}")
            .flagWhen(
                "time", "{'attribute':'$now','op':'before','values':['1980-01-01T00:00:00Z']}")
            .region("us");

    assertThat(scene.ruleset().booleanValue("place", forged, Scene.NOW, true)).isFalse();
    assertThat(scene.ruleset().booleanValue("time", forged, Scene.NOW, true)).isFalse();
  }

  private static boolean holdsAt(String attribute, String values, Context context) {
    Ruleset ruleset =
        new Scene()
            .flagWhen("f", "{'attribute':'" + attribute + "','op':'in','values':" + values + "}")
            .ruleset();
    assertThat(ruleset.refusals()).isEmpty();
    return ruleset.booleanValue("f", context, Scene.NOW, false);
  }

  private static boolean holds(String op, String values, String more, @Nullable Object actual) {
    return holds(ruleset(op, values, more), actual);
  }

  private static boolean holds(Ruleset ruleset, @Nullable Object actual) {
    Context context = Context.builder().put("a", actual).build();
    Outcome outcome = ruleset.decide("f", context, Scene.NOW);
    assertThat(outcome.error()).isNull();
    return "on".equals(outcome.variant());
  }

  private static Ruleset ruleset(String op, String values, String more) {
    Ruleset ruleset =
        new Scene()
            .flagWhen("f", "{'attribute':'a','op':'" + op + "','values':" + values + more + "}")
            .ruleset();
    assertThat(ruleset.refusals()).isEmpty();
    return ruleset;
  }
}
