package dev.guidon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.json.CanonicalJson;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExplanationTest {
  @Test
  void explainingEndsWhereDecidingEnds() {
    for (long seed = 1; seed <= 60; seed++) {
      RandomScene generator = new RandomScene(new Random(seed));
      Ruleset ruleset = generator.scene().ruleset();
      for (int i = 0; i < 20; i++) {
        Context context = generator.context();
        long now = generator.now();
        for (String flag : ruleset.flagKeys()) {
          Explanation explanation = ruleset.explain(flag, context, now);
          Decision decision = ruleset.evaluate(flag, context, now);
          assertSameAnswer(explanation.outcome(), decision.outcome());
          assertThat(explanation.bucket()).isEqualTo(decision.bucket());
          assertThat(explanation.steps()).hasSize(1);
          assertThat(CanonicalJson.text(explanation.toJson())).contains("\"flag\"");
        }
      }
    }
  }

  /** Another object: explaining compiles the flag once more. */
  private static void assertSameAnswer(Outcome explained, Outcome decided) {
    assertThat(explained.toString()).isEqualTo(decided.toString());
    assertThat(explained.ruleIndex()).isEqualTo(decided.ruleIndex());
    assertThat(explained.value()).isEqualTo(decided.value());
    assertThat(explained.metadata()).isEqualTo(decided.metadata());
    assertThat(explained.hashCode()).isEqualTo(decided.hashCode());
  }

  @Test
  void everyStepIsShownWithWhatWasAskedAndWhatWasFound() {
    Ruleset ruleset =
        new Scene()
            .segment("staff", "'included':['u7']")
            .flag("gate", "'default':{'variant':'on'}")
            .flag(
                "f",
                "'prerequisites':[{'flag':'gate','variants':['on']}],'targets':[{'variant':'off','keys':['u1']}],"
                    + "'rules':[{'id':'old','until':'2020-01-01T00:00:00Z','serve':{'variant':'on'}},"
                    + "{'id':'staff','if':{'all':[{'attribute':'country','op':'in','values':['DE']},{'segment':'staff'}]},"
                    + "'serve':{'split':{'shares':[{'variant':'on','weight':100000}],'unit':'targetingKey'}}}]")
            .ruleset();
    Context context = Context.builder().targetingKey("u7").put("country", "DE").build();

    Explanation explanation = ruleset.explain("f", context, Scene.NOW);

    String expected =
        """
        {"bucket":%1$d,"flag":"f","flagVersion":1,"reason":"SPLIT","rule":"staff","ruleIndex":1,\
        "steps":[{"fixed":false,"flag":"f","reason":"SPLIT","step":"flag","steps":[\
        {"flag":"gate","passed":true,"step":"prerequisite","steps":[\
        {"fixed":false,"flag":"gate","reason":"STATIC","step":"flag","steps":[{"step":"default"}],"variant":"on","version":1}],\
        "variants":["on"]},\
        {"kind":"user","passed":false,"step":"target","unit":"u7","variant":"off"},\
        {"index":0,"passed":false,"rule":"old","step":"rule","steps":[\
        {"from":null,"now":"2027-01-15T08:00:00Z","passed":false,"step":"window","until":"2020-01-01T00:00:00Z"}]},\
        {"index":1,"passed":true,"rule":"staff","step":"rule","steps":[{"passed":true,"step":"all","steps":[\
        {"actual":"DE","attribute":"country","op":"in","passed":true,"step":"test","values":["DE"]},\
        {"list":"included","negate":false,"passed":true,"segment":"staff","step":"segment","unit":"u7"}]}]},\
        {"attribute":"targetingKey","bucket":%1$d,"salt":"f","shares":[{"from":0,"to":100000,"variant":"on"}],\
        "step":"split","unit":"u7"}],"variant":"on","version":1}],"value":true,"variant":"on"}\
        """
            .formatted(Bucketing.bucket("f", "u7"));
    assertThat(CanonicalJson.text(explanation.toJson())).isEqualTo(expected);
  }

  @Test
  void unknownFlagHasNoSteps() {
    Explanation explanation = new Scene().ruleset().explain("nope", Context.EMPTY, 0);

    assertThat(explanation.outcome().error()).isEqualTo(ErrorCode.FLAG_NOT_FOUND);
    assertThat(explanation.steps()).isEmpty();
  }

  @Test
  void evaluationThatFailsShowsHowFarItCame() {
    Ruleset ruleset =
        new Scene().flagWhen("f", "{'attribute':'a','op':'lt','values':[1]}").ruleset();
    Context context = Context.builder().put("a", new HostileContextTest.ThrowingNumber()).build();

    Explanation explanation = ruleset.explain("f", context, 0);

    assertThat(explanation.outcome().error()).isEqualTo(ErrorCode.GENERAL);
    assertThat(explanation.toString()).contains("\"step\":\"test\"");
  }
}
