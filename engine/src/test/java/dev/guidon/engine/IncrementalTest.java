package dev.guidon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.EntityId;
import dev.guidon.model.View;
import dev.guidon.model.json.CanonicalJson;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IncrementalTest {
  @Test
  void compilingOnTopOfTheLastRulesetAnswersAsCompilingAfresh() {
    for (long seed = 1; seed <= 40; seed++) {
      Random random = new Random(seed);
      RandomScene generator = new RandomScene(random);
      Scene scene = generator.scene();
      Ruleset before = scene.ruleset();

      for (int step = 0; step < 25; step++) {
        for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
          generator.edit(scene);
        }
        Compilation next = scene.compile();
        Ruleset full = scene.compileAfresh().ruleset();

        String place = "seed " + seed + ", step " + step;
        assertThat(next.refusals()).as(place).isEmpty();
        assertThat(next.ruleset().nextBoundaryMicros(0))
            .as(place)
            .isEqualTo(full.nextBoundaryMicros(0));
        assertSameAnswers(next.ruleset(), full, before, next.changedFlags(), generator, place);
        before = next.ruleset();
      }
    }
  }

  private static void assertSameAnswers(
      Ruleset next,
      Ruleset full,
      Ruleset before,
      Set<String> changed,
      RandomScene generator,
      String place) {
    assertThat(next.flagKeys()).as(place).isEqualTo(full.flagKeys());
    for (int i = 0; i < 20; i++) {
      Context context = generator.context();
      long now = generator.now();
      for (String flag : full.flagKeys()) {
        String answer = text(next.evaluate(flag, context, now));
        assertThat(answer)
            .as("%s, %s", place, flag)
            .isEqualTo(text(full.evaluate(flag, context, now)));
        if (!changed.contains(flag)) {
          assertThat(text(before.evaluate(flag, context, now)))
              .as("%s: %s is not said to have changed", place, flag)
              .isEqualTo(answer);
        }
      }
    }
  }

  private static String text(Decision decision) {
    return decision.outcome()
        + " bucket "
        + decision.bucket()
        + " "
        + (decision.outcome().value() == null
            ? "-"
            : CanonicalJson.text(decision.outcome().value()));
  }

  @Test
  void untouchedFlagsAreNotCompiledAgain() {
    Scene scene = new Scene();
    for (int i = 0; i < 200; i++) {
      scene.flag("f" + i, "");
    }
    Ruleset before = scene.ruleset();

    Ruleset after = scene.flag("f7", "'default':{'variant':'on'}").ruleset();
    Compilation nothing = scene.compile();

    assertThat(before.compiledCount()).isEqualTo(200);
    assertThat(after.compiledCount()).isEqualTo(1);
    assertThat(nothing.ruleset().compiledCount()).isZero();
    assertThat(nothing.changedFlags()).isEmpty();
    for (int i = 0; i < 200; i++) {
      boolean same = program(before, "f" + i) == program(after, "f" + i);
      assertThat(same).as("f" + i).isEqualTo(i != 7);
    }
  }

  @Test
  void changeTravelsAlongReferencesAndNoFurther() {
    Scene scene =
        new Scene()
            .segment("inner", "'included':['u1']")
            .segment("outer", "'if':{'segment':'inner'}")
            .segment("other", "'included':['u1']")
            .flagWhen("uses", "{'segment':'outer'}")
            .flag("needs", "'prerequisites':[{'flag':'uses','variants':['on']}]")
            .flagWhen("else", "{'segment':'other'}")
            .flag("alone", "");
    scene.compile();

    Compilation compilation = scene.segment("inner", "'included':['u2']").compile();

    assertThat(compilation.changedFlags()).containsExactlyInAnyOrder("uses", "needs");
    assertThat(compilation.ruleset().compiledCount()).isEqualTo(4);
    assertThat(compilation.ruleset().booleanValue("uses", Context.of("u2"), 0, false)).isTrue();
  }

  @Test
  void removedFlagIsGoneAndReported() {
    Scene scene = new Scene().flag("f", "").flag("g", "");
    scene.compile();

    Compilation compilation = scene.remove(EntityId.flag("f")).compile();

    assertThat(compilation.changedFlags()).containsExactly("f");
    assertThat(compilation.ruleset().decide("f", Context.EMPTY, 0).error())
        .isEqualTo(ErrorCode.FLAG_NOT_FOUND);
  }

  @Test
  void rulesetInUseIsNotTouched() {
    Scene scene = new Scene().flag("f", "'default':{'variant':'on'}");
    Ruleset before = scene.ruleset();

    scene.flag("f", "'default':{'variant':'off'}").remove(EntityId.flag("none")).compile();

    assertThat(before.booleanValue("f", Context.EMPTY, 0, false)).isTrue();
    assertThat(before.position().revision()).isZero();
  }

  private static FlagProgram program(Ruleset ruleset, String flag) {
    return java.util.Objects.requireNonNull(ruleset.program(flag));
  }

  @Test
  void changedFlagsComeInOrderInEveryProcess() {
    Scene scene = new Scene();
    for (int i = 0; i < 200; i++) {
      scene.flag("f" + i, "");
    }

    Set<String> changed = scene.compile().changedFlags();

    assertThat(changed).hasSize(200);
    assertThat(changed.stream().toList()).isSorted();
  }

  /**
   * What is broken, mended, taken away and put back in any order: looking only at what can have
   * changed comes to the same as looking at everything, step after step, and so does what is said
   * to have changed.
   */
  @Test
  void lookingAtDifferencesOnlyComesToTheSameAsLookingAtEverything() {
    int refusals = 0;
    int stale = 0;
    for (long seed = 1; seed <= 60; seed++) {
      Random random = new Random(seed);
      RandomScene generator = new RandomScene(random);
      Scene scene = generator.scene();
      Ruleset quick = scene.compileAfresh().ruleset();
      Ruleset thorough = quick;

      for (int step = 0; step < 40; step++) {
        for (int edits = random.nextInt(3); edits >= 0; edits--) {
          breakOrMend(scene, generator, random);
        }
        View view = scene.view();
        Ruleset before = quick;
        Compilation next = Ruleset.compile(view, scene.source(), quick);
        Compilation full =
            new Compiler(view, scene.source(), thorough, /* everything= */ true).compile();
        quick = next.ruleset();
        thorough = full.ruleset();

        String place = "seed " + seed + ", step " + step;
        assertThat(next.refusals()).as(place).containsExactlyElementsOf(full.refusals());
        assertThat(next.changedFlags()).as(place).isEqualTo(full.changedFlags());
        assertThat(quick.boundsStaleness()).as(place).isEqualTo(thorough.boundsStaleness());
        for (long at = 0; at != Long.MAX_VALUE; at = thorough.nextBoundaryMicros(at)) {
          assertThat(quick.nextBoundaryMicros(at))
              .as(place)
              .isEqualTo(thorough.nextBoundaryMicros(at));
        }
        assertSameAnswers(quick, thorough, before, next.changedFlags(), generator, place);
        refusals += next.refusals().size();
        for (String flag : quick.flagKeys()) {
          stale += quick.decide(flag, Context.EMPTY, 0).reason() == Reason.STALE ? 1 : 0;
        }
      }
    }
    assertThat(refusals).as("refusals met").isGreaterThan(1000);
    assertThat(stale).as("stale answers met").isGreaterThan(100);
  }

  private static void breakOrMend(Scene scene, RandomScene generator, Random random) {
    String flag = "f" + random.nextInt(RandomScene.FLAGS);
    String segment = "s" + random.nextInt(RandomScene.SEGMENTS);
    switch (random.nextInt(9)) {
      case 0 -> scene.remove(EntityId.flag(flag));
      case 1 -> scene.remove(EntityId.segment(segment));
      case 2 -> scene.remove(EntityId.layer("l" + random.nextInt(RandomScene.LAYERS)));
      case 3 -> scene.flagWhen(flag, "{'attribute':'a','op':'of the future','values':[1]}");
      case 4 -> scene.offFlag(flag, "'rules':'of the future'");
      case 5 ->
          scene.flag(
              flag,
              "'prerequisites':[{'flag':'f"
                  + random.nextInt(RandomScene.FLAGS)
                  + "','variants':['on']}],'staleness':{'seconds':60,'variant':'off'}");
      case 6 ->
          scene.segment(
              segment, "'if':{'segment':'s" + random.nextInt(RandomScene.SEGMENTS) + "'}");
      default -> generator.edit(scene);
    }
  }
}
