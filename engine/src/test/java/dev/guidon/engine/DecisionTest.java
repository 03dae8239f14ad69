package dev.guidon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.EntityId;
import dev.guidon.model.ValueType;
import dev.guidon.model.json.Json;
import org.junit.jupiter.api.Test;

class DecisionTest {
  private static final String EVERYBODY = "'rules':[{'id':'all','serve':{'variant':'on'}}]";
  private static final String U1_ON = "'targets':[{'variant':'on','keys':['u1']}]";
  private static final Context U1 = Context.of("u1");

  @Test
  void offFlagServesTheOffVariantWhateverElseItSays() {
    Ruleset ruleset = new Scene().offFlag("f", U1_ON + "," + EVERYBODY).ruleset();

    Outcome outcome = ruleset.decide("f", U1, Scene.NOW);

    assertThat(outcome.variant()).isEqualTo("off");
    assertThat(outcome.reason()).isEqualTo(Reason.DISABLED);
    assertThat(outcome.detail()).isNull();
    assertThat(outcome.value()).isEqualTo(Json.of(false));
  }

  @Test
  void offVariantOfNullIsTheCodeDefaultWithoutError() {
    Scene scene = new Scene();
    scene.put(
        EntityId.flag("f"),
        "{'envelope':{'key':'f','type':'string','on':false,'variants':{'a':'x'},'offVariant':null},'default':{'variant':'a'}}");

    Outcome outcome = scene.ruleset().decide("f", U1, Scene.NOW);

    assertThat(outcome.isCodeDefault()).isTrue();
    assertThat(outcome.error()).isNull();
    assertThat(outcome.reason()).isEqualTo(Reason.DISABLED);
    assertThat(outcome.stringValue("mine")).isEqualTo("mine");
  }

  @Test
  void failedPrerequisiteComesBeforeTargetsAndRules() {
    Ruleset ruleset =
        new Scene()
            .flag("gate", "")
            .flag(
                "f",
                "'prerequisites':[{'flag':'gate','variants':['on']}]," + U1_ON + "," + EVERYBODY)
            .ruleset();

    Outcome outcome = ruleset.decide("f", U1, Scene.NOW);

    assertThat(outcome.variant()).isEqualTo("off");
    assertThat(outcome.reason()).isEqualTo(Reason.DISABLED);
    assertThat(outcome.detail()).isEqualTo(Outcome.PREREQUISITE_FAILED);
  }

  @Test
  void metPrerequisiteLetsTheFlagDecide() {
    Ruleset ruleset =
        new Scene()
            .flag("gate", EVERYBODY)
            .flag("f", "'prerequisites':[{'flag':'gate','variants':['on']}]," + EVERYBODY)
            .ruleset();

    assertThat(ruleset.decide("f", U1, Scene.NOW).ruleId()).isEqualTo("all");
  }

  @Test
  void prerequisiteWithoutAVariantIsNotMet() {
    Ruleset ruleset =
        new Scene()
            .flag("gate", "'default':{'variant':null}")
            .flag("f", "'prerequisites':[{'flag':'gate','variants':['on','off']}]," + EVERYBODY)
            .ruleset();

    assertThat(ruleset.decide("f", U1, Scene.NOW).detail()).isEqualTo(Outcome.PREREQUISITE_FAILED);
  }

  @Test
  void targetComesBeforeRules() {
    Ruleset ruleset =
        new Scene().flag("f", "'targets':[{'variant':'off','keys':['u1']}]," + EVERYBODY).ruleset();

    Outcome targeted = ruleset.decide("f", U1, Scene.NOW);
    Outcome other = ruleset.decide("f", Context.of("u2"), Scene.NOW);

    assertThat(targeted.variant()).isEqualTo("off");
    assertThat(targeted.reason()).isEqualTo(Reason.TARGETING_MATCH);
    assertThat(targeted.ruleIndex()).isEqualTo(-1);
    assertThat(other.variant()).isEqualTo("on");
  }

  @Test
  void firstTargetThatNamesTheUnitWins() {
    String targets =
        "'targets':[{'variant':'off','kind':'organization','keys':['acme']},{'variant':'on','keys':['u1','u2']},"
            + "{'variant':'off','keys':['u1']}]";
    Ruleset ruleset = new Scene().flag("f", targets).ruleset();
    Context atAcme =
        Context.builder().targetingKey("u1").kind("organization", Context.of("acme")).build();

    assertThat(ruleset.decide("f", U1, Scene.NOW).variant()).isEqualTo("on");
    assertThat(ruleset.decide("f", atAcme, Scene.NOW).variant()).isEqualTo("off");
  }

  @Test
  void firstMatchingRuleWins() {
    String rules =
        "'rules':[{'id':'a','if':{'attribute':'n','op':'gt','values':[5]},'serve':{'variant':'off'}},"
            + "{'id':'b','if':{'attribute':'n','op':'gt','values':[3]},'serve':{'variant':'on'}},"
            + "{'id':'c','serve':{'variant':null}}]";
    Ruleset ruleset = new Scene().flag("f", rules).ruleset();

    Outcome a = ruleset.decide("f", Context.builder().put("n", 6).build(), Scene.NOW);
    Outcome b = ruleset.decide("f", Context.builder().put("n", 4).build(), Scene.NOW);
    Outcome c = ruleset.decide("f", Context.EMPTY, Scene.NOW);

    assertThat(a.ruleId()).isEqualTo("a");
    assertThat(b.ruleId()).isEqualTo("b");
    assertThat(b.ruleIndex()).isEqualTo(1);
    assertThat(b.reason()).isEqualTo(Reason.TARGETING_MATCH);
    assertThat(c.isCodeDefault()).isTrue();
    assertThat(c.reason()).isEqualTo(Reason.TARGETING_MATCH);
  }

  @Test
  void reasonOfTheDefaultTellsWhetherAnythingWasAsked() {
    String split =
        "'default':{'split':{'shares':[{'variant':'on','weight':100000}],'unit':'targetingKey'}}";
    Ruleset ruleset =
        new Scene()
            .flag("plain", "'default':{'variant':'on'}")
            .flag("asking", U1_ON)
            .flag("split", split)
            .ruleset();

    assertThat(ruleset.decide("plain", U1, Scene.NOW).reason()).isEqualTo(Reason.STATIC);
    assertThat(ruleset.decide("asking", Context.of("u9"), Scene.NOW).reason())
        .isEqualTo(Reason.DEFAULT);
    assertThat(ruleset.decide("split", U1, Scene.NOW).reason()).isEqualTo(Reason.SPLIT);
  }

  @Test
  void policyServesItsFallback() {
    Ruleset ruleset =
        new Scene().flag("f", "'default':{'policy':{'key':'p','fallback':'on'}}").ruleset();

    Outcome outcome = ruleset.decide("f", U1, Scene.NOW);

    assertThat(outcome.variant()).isEqualTo("on");
    assertThat(outcome.reason()).isEqualTo(Reason.DEFAULT);
    assertThat(outcome.detail()).isEqualTo(Outcome.POLICY_UNAVAILABLE);
  }

  @Test
  void unknownFlagIsNotFound() {
    Outcome outcome = new Scene().ruleset().decide("nope", U1, Scene.NOW);

    assertThat(outcome.flag()).isEqualTo("nope");
    assertThat(outcome.error()).isEqualTo(ErrorCode.FLAG_NOT_FOUND);
    assertThat(outcome.reason()).isEqualTo(Reason.ERROR);
    assertThat(outcome.type()).isNull();
  }

  @Test
  void outcomeCarriesVersionTypeAndMetadata() {
    Scene scene = new Scene().flag("f", "").flag("f", "'metadata':{'team':'cart'}");

    Outcome outcome = scene.ruleset().decide("f", U1, Scene.NOW);

    assertThat(outcome.flagVersion()).isEqualTo(2);
    assertThat(outcome.type()).isEqualTo(ValueType.BOOLEAN);
    assertThat(outcome.metadata()).containsEntry("team", Json.of("cart"));
  }

  @Test
  void typedAnswersNeverCrossTypes() {
    Scene scene = new Scene();
    scene.put(EntityId.flag("b"), flag("b", "boolean", "true"));
    scene.put(EntityId.flag("s"), flag("s", "string", "'1'"));
    scene.put(EntityId.flag("n"), flag("n", "number", "1"));
    scene.put(EntityId.flag("o"), flag("o", "object", "{'x':1}"));
    Ruleset ruleset = scene.ruleset();

    assertThat(ruleset.booleanValue("b", U1, 0, false)).isTrue();
    assertThat(ruleset.stringValue("b", U1, 0, "?")).isEqualTo("?");
    assertThat(ruleset.doubleValue("b", U1, 0, 7)).isEqualTo(7);
    assertThat(ruleset.stringValue("s", U1, 0, "?")).isEqualTo("1");
    assertThat(ruleset.longValue("s", U1, 0, 7)).isEqualTo(7);
    assertThat(ruleset.doubleValue("n", U1, 0, 7)).isEqualTo(1);
    assertThat(ruleset.longValue("n", U1, 0, 7)).isEqualTo(1);
    assertThat(ruleset.booleanValue("n", U1, 0, false)).isFalse();
    assertThat(ruleset.objectValue("n", U1, 0, Json.NULL)).isEqualTo(Json.NULL);
    assertThat(ruleset.objectValue("o", U1, 0, Json.NULL)).isEqualTo(Json.Obj.of("x", Json.of(1L)));
    assertThat(ruleset.decide("b", U1, 0).fits(ValueType.STRING)).isFalse();
    assertThat(ruleset.decide("b", U1, 0).fits(ValueType.BOOLEAN)).isTrue();
  }

  @Test
  void longAnswersOnlyWhereNothingIsLost() {
    assertThat(longOf("3")).isEqualTo(3);
    assertThat(longOf("-9007199254740991")).isEqualTo(-9007199254740991L);
    assertThat(longOf("3.5")).isEqualTo(-1);
    assertThat(longOf("1e300")).isEqualTo(-1);
    assertThat(outcomeOf("3").fitsLong()).isTrue();
    assertThat(outcomeOf("3.5").fitsLong()).isFalse();
    assertThat(outcomeOf("9223372036854775808").fitsLong()).as("2^63 is beyond a long").isFalse();
  }

  @Test
  void valueTooOldIsAnsweredAsTheFlagSays() {
    Ruleset ruleset =
        new Scene().flag("f", "'staleness':{'seconds':60,'variant':'on'}").flag("g", "").ruleset();

    assertThat(ruleset.tooStale("f", 59_999_999)).isNull();
    assertThat(ruleset.tooStale("g", Long.MAX_VALUE)).isNull();
    Outcome outcome = ruleset.tooStale("f", 60_000_000);
    assertThat(outcome).isNotNull();
    assertThat(outcome.variant()).isEqualTo("on");
    assertThat(outcome.reason()).isEqualTo(Reason.STALE);
  }

  @Test
  void clientVisibilityAndEnvelopeAreKnown() {
    Ruleset ruleset = new Scene().flag("seen", "'clientVisible':true").flag("hidden", "").ruleset();

    assertThat(ruleset.isClientVisible("seen")).isTrue();
    assertThat(ruleset.isClientVisible("hidden")).isFalse();
    assertThat(ruleset.isClientVisible("nope")).isFalse();
    assertThat(ruleset.envelope("seen")).isNotNull();
    assertThat(ruleset.envelope("nope")).isNull();
    assertThat(ruleset.flagKeys()).containsExactlyInAnyOrder("seen", "hidden");
  }

  private static long longOf(String number) {
    return outcomeOf(number).longValue(-1);
  }

  private static Outcome outcomeOf(String number) {
    Scene scene = new Scene();
    scene.put(EntityId.flag("n"), flag("n", "number", number));
    return scene.ruleset().decide("n", U1, 0);
  }

  private static String flag(String key, String type, String value) {
    return "{'envelope':{'key':'"
        + key
        + "','type':'"
        + type
        + "','on':true,'variants':{'v':"
        + value
        + "},'offVariant':'v'},'default':{'variant':'v'}}";
  }
}
