package dev.guidon.control.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.EntityId;
import dev.guidon.model.Instants;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** For each rule what it finds, and what comes near and is in order. */
class LinterTest {
  private static final String ON = "'serve':{'variant':'on'}";
  private static final String DEFAULT = "'default':{'variant':'off'}";

  private final LintWorld world = new LintWorld();

  private static String rule(String id, @Nullable String when) {
    return "{'id':'" + id + "'," + (when == null ? "" : "'if':" + when + ",") + ON + "}";
  }

  private static String in(String attribute, String values) {
    return "{'attribute':'" + attribute + "','op':'in','values':" + values + "}";
  }

  private static String all(String... parts) {
    return "{'all':[" + String.join(",", parts) + "]}";
  }

  private static String rules(String... rules) {
    return "'rules':[" + String.join(",", rules) + "]," + DEFAULT;
  }

  /** Without the variants that nothing serves because the rule that would is dead. */
  private List<String> found() {
    return world.found().stream().filter(one -> !one.startsWith("variant-never-served")).toList();
  }

  private Finding only() {
    List<Finding> found =
        world.linter().all().stream()
            .filter(one -> one.rule() != LintRule.VARIANT_NEVER_SERVED)
            .toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  // --- unreachable and duplicate rules

  @Test
  void ruleBehindARuleWithoutConditionIsUnreachable() {
    world.flag("f", rules(rule("all", null), rule("late", in("country", "['DE']"))));

    assertThat(world.found()).containsExactly("unreachable-rule flag:f /rules/1");
    assertThat(only().message()).contains("\"late\"").contains("\"all\"").contains("/rules/0");
  }

  @Test
  void ruleBehindABroaderConditionIsUnreachable() {
    world.flag(
        "f", rules(rule("eu", in("country", "['DE','FR']")), rule("de", in("country", "['DE']"))));

    assertThat(world.found()).containsExactly("unreachable-rule flag:f /rules/1");
  }

  @Test
  void ruleBehindRulesThatTogetherTakeAllIsUnreachable() {
    String present = "{'attribute':'n','op':'present'}";
    world.flag(
        "f",
        rules(
            rule("there", present),
            rule("absent", "{'not':" + present + "}"),
            rule("late", in("x", "[1]"))));

    assertThat(world.found()).containsExactly("unreachable-rule flag:f /rules/2");
  }

  @Test
  void ruleBehindANarrowerOrGatedOrTimedRuleIsReachable() {
    world.flag(
        "f",
        "'layer':'l',"
            + rules(
                rule("gated", null),
                "{'id':'timed','until':'" + LintWorld.instant(1) + "'," + ON + "}",
                rule("de", in("country", "['DE']")),
                rule("eu", in("country", "['DE','FR']"))));
    world.put(
        "prod",
        EntityId.layer("l"),
        LintWorld.json(
            "{'key':'l','salt':'s','ranges':[{'flag':'f','rule':'gated','from':0,'to':10}]}"));

    assertThat(world.found()).isEmpty();
  }

  @Test
  void sameRuleTwiceIsADuplicate() {
    world.flag("f", rules(rule("a", in("country", "['DE']")), rule("b", in("country", "['DE']"))));

    assertThat(world.found()).containsExactly("duplicate-rule flag:f /rules/1");
  }

  @Test
  void sameConditionWithAnotherVariantIsNoDuplicateButUnreachable() {
    world.flag(
        "f",
        rules(
            rule("a", in("country", "['DE']")),
            "{'id':'b','if':" + in("country", "['DE']") + ",'serve':{'variant':null}}"));

    assertThat(world.found()).containsExactly("unreachable-rule flag:f /rules/1");
  }

  // --- conditions

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'all':[{'attribute':'n','op':'present'},{'attribute':'n','op':'present','negate':true}]}",
        "{'all':[{'attribute':'c','op':'in','values':['A']},{'not':{'attribute':'c','op':'in','values':['A','B']}}]}",
        "{'all':[{'attribute':'n','op':'lt','values':[3]},{'attribute':'n','op':'lt','values':[5],'negate':true}]}",
        "{'all':[{'attribute':'v','op':'semverGte','values':['2.0.0']},{'attribute':'v','op':'semverGt','values':['1.9.9'],'negate':true}]}",
        "{'all':[{'attribute':'$now','op':'after','values':['2030-01-01T00:00:00Z']},{'attribute':'$now','op':'before','values':['2029-01-01T00:00:00Z']}]}",
        "{'all':[{'attribute':'s','op':'startsWith','values':['abc']},{'attribute':'s','op':'contains','values':['b'],'negate':true}]}",
        "{'all':[{'attribute':'$region','op':'in','values':['eu']},{'attribute':'$region','op':'in','values':['us']}]}",
        "{'all':[{'attribute':'ip','op':'inCidr','values':['10.1.0.0/16']},{'attribute':'ip','op':'inCidr','values':['10.0.0.0/8'],'negate':true}]}",
        "{'any':[]}"
      })
  void conditionThatNothingMeetsIsContradictory(String when) {
    world.flag("f", rules(rule("r", when)));

    assertThat(found()).containsExactly("contradictory-condition flag:f /rules/0/if");
    assertThat(only().unless()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'all':[{'attribute':'c','op':'in','values':['A']},{'attribute':'c','op':'in','values':['B']}]}",
        "{'all':[{'attribute':'n','op':'gt','values':[5]},{'attribute':'n','op':'lt','values':[3]}]}",
        "{'all':[{'attribute':'v','op':'semverGte','values':['2.0.0']},{'attribute':'v','op':'semverLt','values':['2.0.0']}]}",
        "{'all':[{'attribute':'t','op':'after','values':['2030-01-01T00:00:00Z']},{'attribute':'t','op':'before','values':['2029-01-01T00:00:00Z']}]}",
        "{'all':[{'attribute':'c','op':'in','values':['a'],'ignoreCase':true},{'attribute':'c','op':'in','values':['B']}]}",
        "{'all':[{'attribute':'s','op':'endsWith','values':['.de']},{'attribute':'s','op':'endsWith','values':['.com','.org']}]}",
        "{'all':[{'attribute':'n','op':'gt','values':[5]},{'attribute':'n','op':'contains','values':['x']}]}"
      })
  void conditionThatOnlyAListMeetsIsContradictoryAndSaysSo(String when) {
    world.flag("f", rules(rule("r", when)));

    assertThat(found()).containsExactly("contradictory-condition flag:f /rules/0/if");
    assertThat(only().unless()).contains("a list");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'all':[{'attribute':'n','op':'gt','values':[3]},{'attribute':'n','op':'lt','values':[5]}]}",
        "{'all':[{'attribute':'n','op':'gte','values':[3]},{'attribute':'n','op':'lte','values':[3]}]}",
        "{'all':[{'attribute':'c','op':'in','values':['a','B']},{'attribute':'c','op':'in','values':['B','d']}]}",
        "{'all':[{'attribute':'c','op':'in','values':['a'],'ignoreCase':true},{'attribute':'c','op':'in','values':['A']}]}",
        "{'all':[{'attribute':'c','op':'in','values':['A'],'ignoreCase':true},{'attribute':'c','op':'in','values':['A'],'negate':true}]}",
        "{'all':[{'attribute':'c','op':'in','values':['A']},{'attribute':'d','op':'in','values':['B']}]}",
        "{'all':[{'attribute':'c','kind':'org','op':'in','values':['A']},{'attribute':'c','op':'in','values':['B']}]}",
        "{'all':[{'attribute':'v','op':'semverGte','values':['2.0.0-rc.1']},{'attribute':'v','op':'semverLt','values':['2.0.0']}]}",
        "{'all':[{'attribute':'s','op':'startsWith','values':['ab']},{'attribute':'s','op':'startsWith','values':['abc']}]}",
        "{'all':[{'attribute':'s','op':'matches','values':['^a']},{'attribute':'s','op':'matches','values':['^b']}]}",
        "{'all':[{'attribute':'n','op':'lt','values':[3],'negate':true},{'attribute':'n','op':'gte','values':[3],'negate':true}]}"
      })
  void conditionThatSomethingMeetsIsInOrder(String when) {
    world.flag("f", rules(rule("r", when)));

    assertThat(world.found()).isEmpty();
  }

  @Test
  void partThatNothingMeetsIsFoundWhereItStands() {
    world.flag(
        "f",
        rules(
            rule(
                "r",
                "{'any':["
                    + in("c", "['A']")
                    + ","
                    + all(in("$region", "['eu']"), in("$region", "['us']"))
                    + "]}")));

    assertThat(found()).containsExactly("contradictory-condition flag:f /rules/0/if/any/1");
  }

  @Test
  void conditionThatEverythingMeetsIsAlwaysTrue() {
    String notA = "{'attribute':'c','op':'in','values':['A'],'negate':true}";
    world.flag("f", rules(rule("r", "{'any':[" + in("c", "['A','B']") + "," + notA + "]}")));

    assertThat(world.found()).containsExactly("always-true-condition flag:f /rules/0/if");
  }

  @Test
  void alternativesThatLeaveSomethingOutAreInOrder() {
    String notAB = "{'attribute':'c','op':'in','values':['A','B'],'negate':true}";
    world.flag("f", rules(rule("r", "{'any':[" + in("c", "['A']") + "," + notAB + "]}")));

    assertThat(world.found()).isEmpty();
  }

  @Test
  void ruleWhoseTimeHasPassedIsOver() {
    world.flag("f", rules("{'id':'r','until':'" + LintWorld.instant(-1) + "'," + ON + "}"));

    assertThat(world.found()).containsExactly("rule-window-over flag:f /rules/0/until");
  }

  @Test
  void ruleWhoseTimeIsToComeIsInOrder() {
    world.flag(
        "f",
        rules(
            "{'id':'r','from':'"
                + LintWorld.instant(1)
                + "','until':'"
                + LintWorld.instant(2)
                + "',"
                + ON
                + "}"));

    assertThat(world.found()).isEmpty();
  }

  // --- what is served

  @Test
  void lastRuleThatServesTheDefaultIsFound() {
    world.flag(
        "f",
        "'rules':["
            + rule("a", in("c", "['A']"))
            + ",{'id':'b','if':"
            + in("c", "['B']")
            + ",'serve':{'variant':'off'}}],"
            + DEFAULT);

    assertThat(world.found()).containsExactly("rule-serves-default flag:f /rules/1/serve");
  }

  @Test
  void exceptionBeforeABroaderRuleIsInOrder() {
    world.flag(
        "f",
        "'rules':[{'id':'b','if':"
            + in("c", "['B']")
            + ",'serve':{'variant':'off'}},"
            + rule("a", in("c", "['A','B']"))
            + "],"
            + DEFAULT);

    assertThat(world.found()).isEmpty();
  }

  @Test
  void splitWithOneVariantIsOneArmed() {
    world.flag(
        "f",
        "'default':{'split':{'shares':[{'variant':'on','weight':100000},{'variant':'off','weight':0}]}}");

    assertThat(world.found()).containsExactly("one-armed-split flag:f /default/split/shares");
  }

  @Test
  void shareWithoutWeightIsEmpty() {
    world.flag(
        "f",
        "'default':{'split':{'shares':[{'variant':'on','weight':50000},{'variant':'off','weight':50000},{'variant':null,'weight':0}]}}");

    assertThat(world.found()).containsExactly("empty-share flag:f /default/split/shares/2/weight");
  }

  @Test
  void splitWithTwoVariantsIsInOrder() {
    world.flag(
        "f",
        "'default':{'split':{'shares':[{'variant':'on','weight':99999},{'variant':'off','weight':1}]}}");

    assertThat(world.found()).isEmpty();
  }

  @Test
  void variantThatNothingServesIsFound() {
    world.flag(
        "prod",
        "f",
        "string",
        true,
        "{'a':'A','b':'B','c':'C'}",
        "'a'",
        "'rules':[{'id':'r','if':{'any':[]},'serve':{'variant':'c'}}],'default':{'variant':'b'}");

    assertThat(world.found())
        .contains("variant-never-served flag:f /envelope/variants/c")
        .noneMatch(one -> one.endsWith("/envelope/variants/a"));
  }

  @Test
  void variantThatATargetServesIsInOrder() {
    world.flag(
        "prod",
        "f",
        "string",
        true,
        "{'a':'A','b':'B','c':'C'}",
        "'a'",
        "'targets':[{'variant':'c','keys':['u1']}],'default':{'variant':'b'}");

    assertThat(world.found()).isEmpty();
  }

  @Test
  void unitInTwoListsIsShadowed() {
    world.flag(
        "f",
        "'targets':[{'variant':'on','keys':['u1','u2']},{'variant':'off','keys':['u2','u3']}],"
            + DEFAULT);

    assertThat(world.found()).containsExactly("shadowed-target flag:f /targets/1/keys");
    assertThat(only().message()).contains("\"u2\"").contains("/targets/0");
  }

  @Test
  void sameTextAsUnitOfAnotherKindIsInOrder() {
    world.flag(
        "f",
        "'targets':[{'variant':'on','keys':['u1']},{'variant':'off','kind':'org','keys':['u1']}],"
            + DEFAULT);

    assertThat(world.found()).isEmpty();
  }

  // --- prerequisites

  @Test
  void prerequisiteOnAVariantThatIsNotServedNeverHolds() {
    world.flag("base", "'default':{'variant':'off'}");
    world.flag(
        "f", "'prerequisites':[{'flag':'base','variants':['on']}],'default':{'variant':'on'}");

    assertThat(world.found()).contains("prerequisite-never-holds flag:f /prerequisites/0");
    assertThat(world.linter().flag("f"))
        .anyMatch(one -> one.message().contains("serves \"off\" and never \"on\""));
  }

  @Test
  void prerequisiteOnAFlagThatIsOffHoldsForItsOffVariantOnly() {
    world.flag(
        "prod",
        "base",
        "boolean",
        false,
        "{'on':true,'off':false}",
        "'off'",
        "'default':{'variant':'on'}");
    world.flag(
        "f", "'prerequisites':[{'flag':'base','variants':['off']}],'default':{'variant':'on'}");
    world.flag(
        "g", "'prerequisites':[{'flag':'base','variants':['on']}],'default':{'variant':'on'}");

    assertThat(world.found())
        .filteredOn(one -> one.startsWith("prerequisite"))
        .containsExactly("prerequisite-never-holds flag:g /prerequisites/0");
  }

  @Test
  void prerequisiteThatARuleMayServeIsInOrder() {
    world.flag("base", rules(rule("r", in("c", "['A']"))));
    world.flag(
        "f", "'prerequisites':[{'flag':'base','variants':['on']}],'default':{'variant':'on'}");

    assertThat(world.found()).isEmpty();
  }

  // --- segments

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "'included':['a','b'],'excluded':['b','a','c']",
        "'if':{'all':[{'attribute':'$region','op':'in','values':['eu']},{'attribute':'$region','op':'in','values':['us']}]}"
      })
  void segmentWithoutAnybodyNeverMatches(String document) {
    world.segment("s", document);
    world.flag("f", rules(rule("r", "{'any':[{'segment':'s'}," + in("c", "['A']") + "]}")));

    assertThat(world.found())
        .anyMatch(one -> one.startsWith("segment-never-matches segment:s"))
        .contains("contradictory-condition flag:f /rules/0/if/any/0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'included':['a','b'],'excluded':['b']",
        "'included':['a'],'excluded':['a'],'if':{'attribute':'c','op':'in','values':['A']}"
      })
  void segmentWithSomebodyIsInOrder(String document) {
    world.segment("s", document);
    world.flag("f", rules(rule("r", "{'segment':'s'}")));

    assertThat(world.found()).isEmpty();
  }

  @Test
  void segmentThatNothingNamesIsUnused() {
    world.segment("s", "'included':['a']");

    assertThat(world.found()).containsExactly("unused-segment segment:s ");
  }

  // --- between environments

  @Test
  void typeThatDiffersFromTheCatalogOrAnotherEnvironmentIsAMismatch() {
    world.flag("f", "'default':{'variant':'on'}");
    world.flag("dev", "f", "string", true, "{'a':'A'}", "null", "'default':{'variant':'a'}");
    world.declared("f", "{'key':'f','type':'number'}");

    assertThat(world.found())
        .containsExactly(
            "type-mismatch flag:f /envelope/type", "type-mismatch flag:f /envelope/type");
  }

  @Test
  void memberOfAnotherTypeIsAMismatchOfShapes() {
    world.flag(
        "prod",
        "f",
        "object",
        true,
        "{'a':{'n':1,'l':[{'x':1}]}}",
        "null",
        "'default':{'variant':'a'}");
    world.flag(
        "dev",
        "f",
        "object",
        true,
        "{'a':{'n':'1','l':[{'x':1}]}}",
        "null",
        "'default':{'variant':'a'}");

    assertThat(world.found()).containsExactly("shape-mismatch flag:f /envelope/variants");
    assertThat(only().message()).contains("/n").contains("dev").contains("string");
  }

  @Test
  void membersThatOnlyOneSideHasAreInOrder() {
    world.flag(
        "prod", "f", "object", true, "{'a':{'n':1,'m':null}}", "null", "'default':{'variant':'a'}");
    world.flag(
        "dev",
        "f",
        "object",
        true,
        "{'a':{'n':2,'m':'x','o':true}}",
        "null",
        "'default':{'variant':'a'}");

    assertThat(world.found()).isEmpty();
  }

  @Test
  void flagThatServesOneValueEverywhereIsReadyForRemoval() {
    world.flag("f", "'default':{'variant':'on'}");
    world.flag(
        "dev",
        "f",
        "boolean",
        true,
        "{'on':true,'off':false}",
        "'off'",
        "'default':{'variant':'on'}");
    world.declared("f", "{'key':'f','type':'boolean','kind':'release'}");

    assertThat(world.found()).containsExactly("ready-for-removal flag:f /default");
  }

  @ParameterizedTest
  @ValueSource(strings = {"release:off", "operational:on"})
  void flagThatDiffersSomewhereOrIsMeantToStayIsNotReadyForRemoval(String kindAndDev) {
    String[] parts = kindAndDev.split(":", 2);
    world.flag("f", "'default':{'variant':'on'}");
    world.flag(
        "dev",
        "f",
        "boolean",
        parts[1].equals("on"),
        "{'on':true,'off':false}",
        "'off'",
        "'default':{'variant':'on'}");
    world.declared("f", "{'key':'f','type':'boolean','kind':'" + parts[0] + "'}");

    assertThat(world.found()).isEmpty();
  }

  // --- age

  private void age(int days, @Nullable Long countedSince, long evaluations) {
    world.flag("f", rules(rule("r", in("c", "['A']"))));
    world.declared("f", "{'key':'f','type':'boolean','kind':'release'}");
    long day = 24L * 3600 * Instants.MICROS_PER_SECOND;
    world.usage =
        new Usage() {
          @Override
          public Long declaredMicros(String flag) {
            return LintWorld.NOW - days * day;
          }

          @Override
          public @Nullable Long countedSinceMicros() {
            return countedSince == null ? null : LintWorld.NOW - countedSince * day;
          }

          @Override
          public long evaluations(String flag, long sinceMicros) {
            return evaluations;
          }
        };
  }

  @Test
  void oldFlagThatNobodyEvaluatesIsPastItsLifetime() {
    age(41, 8L, 0);

    assertThat(world.found()).containsExactly("past-lifetime-unused flag:f ");
  }

  @Test
  void oldFlagOfWhichNothingWasReportedIsUnknown() {
    age(41, null, 0);

    assertThat(only().rule()).isEqualTo(LintRule.PAST_LIFETIME);
    assertThat(only().message()).contains("evaluations unknown");
  }

  @Test
  void oldFlagCountedForAShortTimeIsUnknown() {
    age(41, 6L, 0);

    assertThat(only().rule()).isEqualTo(LintRule.PAST_LIFETIME);
    assertThat(only().message()).contains("counted only since");
  }

  @Test
  void oldFlagThatIsEvaluatedSaysHowOften() {
    age(41, 30L, 7);

    assertThat(only().rule()).isEqualTo(LintRule.PAST_LIFETIME);
    assertThat(only().message()).contains("7 evaluations");
  }

  @Test
  void youngFlagIsInOrder() {
    age(39, 30L, 0);

    assertThat(world.found()).isEmpty();
  }

  // --- silence

  @Test
  void tagSilencesAllOrOneRule() {
    world.flag("all", rules(rule("a", null), rule("b", null)));
    world.flag("one", rules(rule("a", null), rule("b", null)));
    world.flag("other", rules(rule("a", null), rule("b", null)));
    world.declared("all", "{'key':'all','tags':['lint:ignore']}");
    world.declared("one", "{'key':'one','tags':['lint:ignore:duplicate-rule']}");
    world.declared("other", "{'key':'other','tags':['lint:ignore:unreachable-rule']}");

    assertThat(world.found()).containsExactly("duplicate-rule flag:other /rules/1");
  }
}
