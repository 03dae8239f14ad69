package dev.guidon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LayerTest {
  private static final String TRIAL =
      "'layer':'pricing','rules':[{'id':'trial','serve':{'variant':'on'}}]";

  private static Scene scene() {
    return new Scene()
        .layer(
            "pricing",
            "{'flag':'a','rule':'trial','from':0,'to':25000},{'flag':'b','rule':'trial','from':25000,'to':50000},"
                + "{'flag':'a','rule':'trial','from':90000,'to':100000}")
        .flag("a", TRIAL)
        .flag("b", TRIAL)
        .flag("free", TRIAL);
  }

  @Test
  void rulesOfALayerShareNoUnit() {
    Ruleset ruleset = scene().ruleset();
    int inA = 0;
    int inB = 0;

    for (int i = 0; i < 10_000; i++) {
      Context context = Context.of("user-" + i);
      boolean a = ruleset.booleanValue("a", context, 0, false);
      boolean b = ruleset.booleanValue("b", context, 0, false);
      int slot = Bucketing.bucket("pricing", "user-" + i);
      assertThat(a && b).isFalse();
      assertThat(a).isEqualTo(slot < 25_000 || slot >= 90_000);
      assertThat(b).isEqualTo(slot >= 25_000 && slot < 50_000);
      inA += a ? 1 : 0;
      inB += b ? 1 : 0;
    }

    assertThat(inA).isCloseTo(3_500, within(200));
    assertThat(inB).isCloseTo(2_500, within(180));
  }

  @Test
  void ruleWithoutARangeIsNotGated() {
    Ruleset ruleset = scene().ruleset();

    Decision decision = ruleset.evaluate("free", Context.EMPTY, 0);

    assertThat(decision.outcome().variant()).isEqualTo("on");
    assertThat(decision.bucket()).isEqualTo(Decision.NO_BUCKET);
  }

  @Test
  void gatedRuleDoesNotMatchWithoutAUnit() {
    Outcome outcome = scene().ruleset().decide("a", Context.EMPTY, 0);

    assertThat(outcome.variant()).isEqualTo("off");
    assertThat(outcome.reason()).isEqualTo(Reason.DEFAULT);
    assertThat(outcome.error()).isNull();
  }

  @Test
  void slotIsTheBucketUnlessASplitDecides() {
    String split =
        "'layer':'pricing','rules':[{'id':'trial','serve':{'split':{'shares':[{'variant':'on','weight':100000}],'unit':'targetingKey'}}}]";
    Ruleset ruleset = scene().flag("b", split).ruleset();
    Context inA = unitIn(0, 25_000);
    Context inB = unitIn(25_000, 50_000);

    assertThat(ruleset.evaluate("a", inA, 0).bucket())
        .isEqualTo(Bucketing.bucket("pricing", key(inA)));
    assertThat(ruleset.evaluate("b", inB, 0).bucket()).isEqualTo(Bucketing.bucket("b", key(inB)));
  }

  @Test
  void movedRangeMovesTheRule() {
    Scene scene = scene();
    Ruleset before = scene.ruleset();
    Context unit = unitIn(0, 25_000);

    Compilation moved =
        scene.layer("pricing", "{'flag':'a','rule':'trial','from':50000,'to':60000}").compile();

    assertThat(before.booleanValue("a", unit, 0, false)).isTrue();
    assertThat(moved.ruleset().booleanValue("a", unit, 0, true)).isFalse();
    assertThat(moved.changedFlags()).containsExactlyInAnyOrder("a", "b", "free");
  }

  private static Context unitIn(int from, int to) {
    for (int i = 0; ; i++) {
      int slot = Bucketing.bucket("pricing", "u" + i);
      if (slot >= from && slot < to) {
        return Context.of("u" + i);
      }
    }
  }

  private static String key(Context context) {
    return String.valueOf(context.targetingKey());
  }
}
