package dev.guidon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.guidon.model.Murmur3;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SplitTest {
  private static final String HALVES =
      "'default':{'split':{'shares':[{'variant':'on','weight':30000},{'variant':'off','weight':70000}],'unit':'targetingKey'%s}}";

  /** Calculated by an independent program. */
  @ParameterizedTest
  @CsvSource({
    "checkout,u1,49835",
    "checkout,u2,37029",
    "'',user-1,97122",
    "salt,42,54664",
    "salt,true,92647",
    "pricing,äöü,69052",
    "pricing,日本,24154",
    "p,😀,47574",
    "salt,0.1,18849",
    "checkout,'',26582"
  })
  void unitAndSaltGiveThisBucket(String salt, String unit, int bucket) {
    assertThat(Bucketing.bucket(salt, unit)).isEqualTo(bucket);
  }

  @Test
  void publishedKeysGiveTheBucketOfTheirHash() throws Exception {
    String suites = System.getProperty("guidon.suites");
    Assumptions.assumeTrue(
        suites != null, "guidon.suites is not set: the published keys are not here");
    List<String> lines =
        Files.readAllLines(Path.of(suites, "split", "murmur3-sample-data-v2-first6000.csv"));
    int rows = 0;

    for (String line : lines) {
      String[] cells = line.split(",", -1);
      if (cells[0].startsWith("#") || cells.length < 3) {
        continue;
      }
      byte[] key = cells[1].getBytes(StandardCharsets.UTF_8);
      assertThat(Murmur3.ofBytes(key, (int) Long.parseLong(cells[0])) & 0xFFFFFFFFL)
          .isEqualTo(Long.parseLong(cells[2]));
      BigInteger hash = BigInteger.valueOf(Murmur3.ofBytes(key, 0) & 0xFFFFFFFFL);
      int expected = hash.multiply(BigInteger.valueOf(100_000)).shiftRight(32).intValueExact();
      int cut = cells[1].length() / 2;
      assertThat(Bucketing.bucket(cells[1].substring(0, cut), cells[1].substring(cut)))
          .isEqualTo(expected);
      rows++;
    }

    assertThat(rows).isGreaterThan(5_000);
  }

  @Test
  void sharesAreProportionalAndStable() {
    Ruleset first = new Scene().flag("f", HALVES.formatted("")).ruleset();
    Ruleset second = new Scene().flag("other", "").flag("f", HALVES.formatted("")).ruleset();
    int on = 0;

    for (int i = 0; i < 10_000; i++) {
      Context context = Context.of("user-" + i);
      Decision decision = first.evaluate("f", context, Scene.NOW);
      assertThat(decision.bucket()).isBetween(0, 99_999);
      assertThat(decision.outcome().variant()).isEqualTo(decision.bucket() < 30_000 ? "on" : "off");
      assertThat(second.decide("f", context, Scene.NOW).variant())
          .isEqualTo(decision.outcome().variant());
      on += decision.outcome().booleanValue(false) ? 1 : 0;
    }

    // 3,000 expected; the standard deviation is 46.
    assertThat(on).isCloseTo(3_000, within(185));
  }

  @Test
  void saltIsTheSplitsElseTheFlagsElseTheKey() {
    Ruleset ruleset =
        new Scene()
            .flag("plain", HALVES.formatted(""))
            .flag("salted", "'salt':'s1'," + HALVES.formatted(""))
            .flag("own", "'salt':'s1'," + HALVES.formatted(",'salt':'s2'"))
            .ruleset();

    assertThat(ruleset.evaluate("plain", Context.of("u"), 0).bucket())
        .isEqualTo(Bucketing.bucket("plain", "u"));
    assertThat(ruleset.evaluate("salted", Context.of("u"), 0).bucket())
        .isEqualTo(Bucketing.bucket("s1", "u"));
    assertThat(ruleset.evaluate("own", Context.of("u"), 0).bucket())
        .isEqualTo(Bucketing.bucket("s2", "u"));
  }

  @Test
  void missingUnitIsAnErrorWithTheCodeDefault() {
    Ruleset ruleset = new Scene().flag("f", HALVES.formatted("")).ruleset();

    for (Context context :
        List.of(
            Context.EMPTY,
            Context.builder().put("targetingKey", List.of("u1")).build(),
            Context.builder().put("targetingKey", Double.NaN).build())) {
      Decision decision = ruleset.evaluate("f", context, 0);

      assertThat(decision.outcome().error()).isEqualTo(ErrorCode.TARGETING_KEY_MISSING);
      assertThat(decision.outcome().isCodeDefault()).isTrue();
      assertThat(decision.bucket()).isEqualTo(Decision.NO_BUCKET);
    }
  }

  @Test
  void unitsOtherThanStringsHaveOneText() {
    assertThat(Values.unit(true)).isEqualTo("true");
    assertThat(Values.unit(42)).isEqualTo("42");
    assertThat(Values.unit(42.0)).isEqualTo("42");
    assertThat(Values.unit(-0.0)).isEqualTo("0");
    assertThat(Values.unit(42.5)).isEqualTo("42.5");
    assertThat(Values.unit(1e-7)).isEqualTo("1e-7");
    assertThat(Values.unit(Long.MIN_VALUE)).isEqualTo("-9223372036854775808");
    assertThat(Values.unit((double) (1L << 60))).isEqualTo(Values.unit(1L << 60));
    assertThat(Values.unit(BigInteger.ONE.shiftLeft(70))).isEqualTo("1180591620717411303424");
    assertThat(Values.unit(new BigDecimal("42.00"))).isEqualTo("42");
    assertThat(Values.unit(new BigDecimal("0.10"))).isEqualTo("0.1");
    assertThat(Values.unit(new BigDecimal("1E+100000000"))).isNull();
    assertThat(Values.unit(Double.POSITIVE_INFINITY)).isNull();
    assertThat(Values.unit(List.of())).isNull();
    assertThat(Values.unit(null)).isNull();
  }

  @Test
  void emptySharesAreSkipped() {
    String shares =
        "'default':{'split':{'shares':[{'variant':'off','weight':0},{'variant':'on','weight':100000},{'variant':'off','weight':0}],'unit':'targetingKey'}}";
    Ruleset ruleset = new Scene().flag("f", shares).ruleset();

    for (int i = 0; i < 1_000; i++) {
      assertThat(ruleset.booleanValue("f", Context.of("u" + i), 0, false)).isTrue();
    }
  }

  @Test
  void shareOfNullIsTheCodeDefaultWithItsBucket() {
    String shares =
        "'default':{'split':{'shares':[{'variant':null,'weight':100000}],'unit':'targetingKey'}}";

    Decision decision = new Scene().flag("f", shares).ruleset().evaluate("f", Context.of("u1"), 0);

    assertThat(decision.outcome().isCodeDefault()).isTrue();
    assertThat(decision.outcome().reason()).isEqualTo(Reason.SPLIT);
    assertThat(decision.bucket()).isEqualTo(Bucketing.bucket("f", "u1"));
  }
}
