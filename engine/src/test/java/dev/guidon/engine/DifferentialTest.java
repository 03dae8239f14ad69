package dev.guidon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The engine against {@link Reference}, which is too simple to be wrong in the same way. */
class DifferentialTest {
  private static final int SCENES = Integer.getInteger("guidon.differential.scenes", 300);
  private static final int CONTEXTS = 60;

  @Test
  void engineAnswersAsTheRulesReadAloud() {
    long first = Long.getLong("guidon.differential.seed", 1);
    long cases = 0;
    Map<String, Long> reasons = new TreeMap<>();
    for (long seed = first; seed < first + SCENES; seed++) {
      Random random = new Random(seed);
      RandomScene generator = new RandomScene(random);
      Scene scene = generator.scene();
      Ruleset ruleset = scene.ruleset();
      assertThat(ruleset.refusals()).as("seed %d", seed).isEmpty();
      Reference reference = Reference.of(ruleset.view());
      for (int i = 0; i < CONTEXTS; i++) {
        Context context = generator.context();
        long now = generator.now();
        for (String key : ruleset.flagKeys()) {
          Reference.Answer wanted = reference.decide(key, context, now);
          Reference.Answer found = Reference.Answer.of(ruleset.evaluate(key, context, now));
          if (!found.equals(wanted)) {
            assertThat(found)
                .as("seed %d, flag %s, context %s, now %d", seed, key, context.attributes(), now)
                .isEqualTo(wanted);
          }
          reasons.merge(found.reason(), 1L, Long::sum);
          cases++;
        }
      }
    }
    System.out.printf(
        "differential: %,d decisions, seeds %d to %d, by reason %s%n",
        cases, first, first + SCENES - 1, reasons);
    assertThat(reasons.keySet())
        .contains("DEFAULT", "DISABLED", "ERROR", "SPLIT", "STATIC", "TARGETING_MATCH");
    assertThat(cases).isEqualTo((long) SCENES * CONTEXTS * RandomScene.FLAGS);
  }
}
