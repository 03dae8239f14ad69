package dev.guidon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Flag;
import dev.guidon.model.FlagFormat;
import dev.guidon.model.Layer;
import dev.guidon.model.LayerFormat;
import dev.guidon.model.Problems;
import dev.guidon.model.Segment;
import dev.guidon.model.SegmentFormat;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import java.util.HashMap;
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
      Reference reference = reference(ruleset.view());
      for (int i = 0; i < CONTEXTS; i++) {
        Context context = generator.context();
        long now = generator.now();
        for (String key : ruleset.flagKeys()) {
          Reference.Answer wanted = reference.decide(key, context, now);
          Reference.Answer found = answer(ruleset.evaluate(key, context, now));
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

  private static Reference.Answer answer(Decision decision) {
    Outcome outcome = decision.outcome();
    return new Reference.Answer(
        outcome.variant(),
        outcome.reason().name(),
        outcome.error() == null ? null : outcome.error().name(),
        outcome.ruleId(),
        outcome.error() == null ? outcome.detail() : null,
        decision.bucket());
  }

  private static Reference reference(View view) {
    Map<String, Flag> flags = new HashMap<>();
    Map<String, Segment> segments = new HashMap<>();
    Map<String, Layer> layers = new HashMap<>();
    Problems problems = new Problems();
    view.entities()
        .forEach((EntityId id, ViewEntity entity) -> {
          if (id.kind().equals(EntityKind.FLAG)) {
            flags.put(id.key(), FlagFormat.read(entity.doc(), problems, /* strict= */ true));
          } else if (id.kind().equals(EntityKind.SEGMENT)) {
            segments.put(id.key(), SegmentFormat.read(entity.doc(), problems, /* strict= */ true));
          } else {
            layers.put(id.key(), LayerFormat.read(entity.doc(), problems, /* strict= */ true));
          }
        });
    assertThat(problems.list()).isEmpty();
    return new Reference(flags, segments, layers, view.region());
  }
}
