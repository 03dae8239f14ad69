package dev.guidon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.EntityId;
import dev.guidon.model.json.Json;
import org.junit.jupiter.api.Test;

class RefusalTest {
  private static final String ON = "'default':{'variant':'on'}";
  private static final String BY_UNKNOWN_OPERATOR =
      "'rules':[{'id':'r','if':{'attribute':'a','op':'soundsLike','values':['x']},'serve':{'variant':'off'}}],"
          + ON;
  private static final Context U1 = Context.of("u1");

  @Test
  void flagThatCannotBeCompiledKeepsItsLastVersionAsStale() {
    Scene scene = new Scene().flag("f", ON);
    Outcome before = scene.ruleset().decide("f", U1, 0);

    Compilation refused = scene.flag("f", BY_UNKNOWN_OPERATOR).compile();

    Outcome after = refused.ruleset().decide("f", U1, 0);
    assertThat(before.reason()).isEqualTo(Reason.STATIC);
    assertThat(after.variant()).isEqualTo("on");
    assertThat(after.reason()).isEqualTo(Reason.STALE);
    assertThat(after.flagVersion()).as("the version that answers").isEqualTo(1);
    assertThat(refused.refusals()).hasSize(1);
    Refusal refusal = refused.refusals().get(0);
    assertThat(refusal.entity()).isEqualTo(EntityId.flag("f"));
    assertThat(refusal.version()).isEqualTo(2);
    assertThat(refusal.code()).isEqualTo(Refusal.UNSUPPORTED);
    assertThat(refusal.detail()).contains("soundsLike").contains("/rules/0/if/op");
  }

  @Test
  void offIsObeyedWhateverElseTheDocumentHolds() {
    Scene scene = new Scene().flag("f", ON);
    scene.compile();
    scene.flag("f", BY_UNKNOWN_OPERATOR).compile();

    Compilation off = scene.offFlag("f", BY_UNKNOWN_OPERATOR).compile();

    Outcome outcome = off.ruleset().decide("f", U1, 0);
    assertThat(outcome.variant()).isEqualTo("off");
    assertThat(outcome.value()).isEqualTo(Json.of(false));
    assertThat(outcome.reason()).isEqualTo(Reason.DISABLED);
    assertThat(outcome.flagVersion()).isEqualTo(3);
    assertThat(off.refusals()).as("the rest is still refused").hasSize(1);
    assertThat(off.changedFlags()).containsExactly("f");
  }

  @Test
  void offIsObeyedOfAFlagNeverCompiled() {
    Outcome outcome = new Scene().offFlag("f", BY_UNKNOWN_OPERATOR).ruleset().decide("f", U1, 0);

    assertThat(outcome.variant()).isEqualTo("off");
    assertThat(outcome.reason()).isEqualTo(Reason.DISABLED);
  }

  @Test
  void onAgainServesTheLastVersionThatCouldBeCompiled() {
    Scene scene = new Scene().flag("f", ON);
    scene.compile();
    scene.offFlag("f", BY_UNKNOWN_OPERATOR).compile();

    Outcome stillBad = scene.flag("f", BY_UNKNOWN_OPERATOR).ruleset().decide("f", U1, 0);
    Outcome mended = scene.flag("f", ON).ruleset().decide("f", U1, 0);

    assertThat(stillBad.variant()).isEqualTo("on");
    assertThat(stillBad.reason()).isEqualTo(Reason.STALE);
    assertThat(mended.reason()).isEqualTo(Reason.STATIC);
    assertThat(mended.flagVersion()).isEqualTo(4);
  }

  @Test
  void newcomerThatCannotBeCompiledIsTheCallersDefault() {
    Ruleset ruleset = new Scene().flag("f", BY_UNKNOWN_OPERATOR).ruleset();

    Outcome outcome = ruleset.decide("f", U1, 0);

    assertThat(outcome.error()).isEqualTo(ErrorCode.PARSE_ERROR);
    assertThat(outcome.reason()).isEqualTo(Reason.ERROR);
    assertThat(outcome.flagVersion()).isEqualTo(1);
    assertThat(ruleset.booleanValue("f", U1, 0, true)).isTrue();
    assertThat(ruleset.flagKeys()).containsExactly("f");
  }

  @Test
  void documentOfAnyShapeIsRefusedByItself() {
    Scene scene = new Scene().flag("good", ON);
    String[] documents = {
      "{}",
      "{'envelope':7}",
      "{'envelope':{'key':'other','type':'boolean','on':true,'variants':{'v':true},'offVariant':null},'default':{'variant':'v'}}",
      "{'envelope':{'key':'f','type':'boolean','on':true,'variants':{},'offVariant':'x'}}"
    };

    for (String document : documents) {
      Compilation compilation = scene.put(EntityId.flag("f"), document).compile();

      assertThat(compilation.refusals())
          .extracting(Refusal::code)
          .as(document)
          .containsExactly(Refusal.INVALID);
      assertThat(compilation.ruleset().decide("f", U1, 0).error()).isEqualTo(ErrorCode.PARSE_ERROR);
      assertThat(compilation.ruleset().booleanValue("good", U1, 0, false)).isTrue();
    }
  }

  @Test
  void cycleOfPrerequisitesIsRefusedAndOthersAreNot() {
    Scene scene = new Scene().flag("a", ON).flag("b", requires("a")).flag("c", requires("b"));
    assertThat(scene.ruleset().refusals()).isEmpty();

    Compilation cycle = scene.flag("a", requires("b")).compile();

    assertThat(cycle.refusals())
        .extracting(refusal -> refusal.entity().key() + " " + refusal.code())
        .containsExactlyInAnyOrder("a CYCLE", "b CYCLE");
    for (String flag : new String[] {"a", "b"}) {
      Outcome outcome = cycle.ruleset().decide(flag, U1, 0);
      assertThat(outcome.variant()).isEqualTo("on");
      assertThat(outcome.reason()).isEqualTo(Reason.STALE);
    }
    assertThat(cycle.ruleset().decide("c", U1, 0).reason()).isEqualTo(Reason.DEFAULT);
  }

  @Test
  void newcomersInACycleAreErrorsAndSoAreThoseThatNeedThem() {
    Compilation compilation =
        new Scene()
            .flag("a", requires("b"))
            .flag("b", requires("a"))
            .flag("self", requires("self"))
            .flag("d", requires("a"))
            .compile();

    assertThat(compilation.refusals())
        .extracting(refusal -> refusal.entity().key() + " " + refusal.code())
        .containsExactlyInAnyOrder("a CYCLE", "b CYCLE", "self CYCLE", "d DANGLING_REFERENCE");
    assertThat(compilation.ruleset().decide("a", U1, 0).error()).isEqualTo(ErrorCode.PARSE_ERROR);
  }

  @Test
  void offFlagInACycleIsOff() {
    Compilation compilation =
        new Scene().offFlag("a", requires("b")).flag("b", requires("a")).compile();

    assertThat(compilation.ruleset().decide("a", U1, 0).reason()).isEqualTo(Reason.DISABLED);
  }

  @Test
  void cycleOfSegmentsIsRefused() {
    Compilation compilation =
        new Scene()
            .segment("a", "'if':{'segment':'b'}")
            .segment("b", "'if':{'not':{'segment':'a'}}")
            .flagWhen("f", "{'segment':'a'}")
            .compile();

    assertThat(compilation.refusals())
        .extracting(refusal -> refusal.entity() + " " + refusal.code())
        .containsExactlyInAnyOrder(
            "segment:a CYCLE", "segment:b CYCLE", "flag:f DANGLING_REFERENCE");
  }

  @Test
  void referenceToNothingIsRefusedUntilItIsThere() {
    Scene scene =
        new Scene()
            .flag("p", requires("gate"))
            .flagWhen("s", "{'segment':'beta'}")
            .flag("l", "'layer':'pricing'");

    Compilation dangling = scene.compile();
    Compilation mended =
        scene.flag("gate", ON).segment("beta", "'included':['u1']").layer("pricing", "").compile();

    assertThat(dangling.refusals())
        .extracting(Refusal::code)
        .containsOnly(Refusal.DANGLING_REFERENCE)
        .hasSize(3);
    assertThat(mended.refusals()).isEmpty();
    assertThat(mended.changedFlags()).containsExactlyInAnyOrder("p", "s", "l", "gate");
    assertThat(mended.ruleset().booleanValue("s", U1, 0, false)).isTrue();
  }

  @Test
  void removedReferenceLeavesTheLastVersionStale() {
    Scene scene =
        new Scene().segment("beta", "'included':['u1']").flagWhen("f", "{'segment':'beta'}");
    scene.compile();

    Compilation removed = scene.remove(EntityId.segment("beta")).compile();
    Compilation again = scene.compile();

    Outcome outcome = removed.ruleset().decide("f", U1, 0);
    assertThat(outcome.variant()).isEqualTo("on");
    assertThat(outcome.reason()).isEqualTo(Reason.STALE);
    assertThat(again.changedFlags()).as("refused again, the same answers").isEmpty();
  }

  @Test
  void staleFlagFollowsThePresentSegments() {
    Scene scene =
        new Scene().segment("beta", "'included':['u1']").flagWhen("f", "{'segment':'beta'}");
    scene.compile();
    scene.flag("f", BY_UNKNOWN_OPERATOR).compile();

    Ruleset ruleset = scene.segment("beta", "'included':['u2']").ruleset();

    assertThat(ruleset.decide("f", Context.of("u2"), 0).variant()).isEqualTo("on");
    assertThat(ruleset.decide("f", Context.of("u1"), 0).variant()).isEqualTo("off");
    assertThat(ruleset.decide("f", Context.of("u1"), 0).reason()).isEqualTo(Reason.STALE);
  }

  @Test
  void staleVersionMayCloseACycle() {
    Scene scene = new Scene().flag("b", ON).flag("a", requires("b"));
    scene.compile();

    Compilation cycle = scene.flag("a", BY_UNKNOWN_OPERATOR).flag("b", requires("a")).compile();

    assertThat(cycle.refusals())
        .extracting(refusal -> refusal.entity().key() + " " + refusal.code())
        .containsExactlyInAnyOrder("a CYCLE", "b CYCLE");
    assertThat(cycle.ruleset().decide("a", U1, 0).variant()).isEqualTo("on");
    assertThat(cycle.ruleset().decide("b", U1, 0).variant()).isEqualTo("on");
  }

  @Test
  void patternThatWouldFillTheMemoryIsRefused() {
    assertThat(refusalOfPattern("((x{1000}){1000}){1000}")).isEqualTo(Refusal.TOO_LARGE);
    assertThat(refusalOfPattern("(((((x{10}){10}){10}){10}){10}){10}"))
        .isEqualTo(Refusal.TOO_LARGE);
    assertThat(refusalOfPattern("(?:[a-z{1}]{90}y){90}")).isEqualTo(Refusal.TOO_LARGE);
    assertThat(refusalOfPattern("x{2,")).as("a brace that is only a brace").isEqualTo("none");
    assertThat(refusalOfPattern("[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")).isEqualTo("none");
    assertThat(refusalOfPattern("(unclosed")).isEqualTo(Refusal.INVALID);
    assertThat(refusalOfPattern("(?=ahead)")).isEqualTo(Refusal.INVALID);
  }

  @Test
  void workThatDoublesWithEveryFlagIsRefused() {
    Scene scene = new Scene().flag("f0", ON).flag("g0", ON);
    for (int i = 1; i <= 40; i++) {
      String both = "f" + (i - 1) + "','variants':['on']},{'flag':'g" + (i - 1);
      scene.flag("f" + i, requires(both)).flag("g" + i, requires(both));
    }

    Compilation compilation = scene.compile();

    assertThat(compilation.refusals()).extracting(Refusal::code).contains(Refusal.TOO_LARGE);
    assertThat(compilation.ruleset().decide("f10", U1, 0).variant()).isEqualTo("on");
    assertThat(compilation.ruleset().decide("f40", U1, 0).error()).isEqualTo(ErrorCode.PARSE_ERROR);
  }

  @Test
  void longChainOfPrerequisitesIsRefusedBeyondALimit() {
    Scene scene = new Scene().flag("f0", ON);
    for (int i = 1; i <= 5_000; i++) {
      scene.flag("f" + i, requires("f" + (i - 1)));
    }

    Compilation compilation = scene.compile();

    assertThat(compilation.ruleset().decide("f49", U1, 0).variant()).isEqualTo("on");
    assertThat(compilation.ruleset().decide("f50", U1, 0).error()).isEqualTo(ErrorCode.PARSE_ERROR);
    assertThat(compilation.refusals()).hasSize(4_951);
  }

  private static String refusalOfPattern(String pattern) {
    Compilation compilation =
        new Scene()
            .flagWhen("f", "{'attribute':'a','op':'matches','values':['" + pattern + "']}")
            .compile();
    return compilation.refusals().isEmpty() ? "none" : compilation.refusals().get(0).code();
  }

  private static String requires(String flag) {
    return "'prerequisites':[{'flag':'" + flag + "','variants':['on']}]," + ON;
  }
}
