package dev.guidon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.EntityId;
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
    var unit = ruleset.flags().get(EntityId.flag(flag));
    return java.util.Objects.requireNonNull(unit.serving());
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
}
