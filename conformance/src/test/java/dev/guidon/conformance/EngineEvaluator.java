package dev.guidon.conformance;

import dev.guidon.engine.Context;
import dev.guidon.engine.Contexts;
import dev.guidon.engine.Decision;
import dev.guidon.engine.Outcome;
import dev.guidon.engine.Ruleset;
import dev.guidon.model.Problems;
import org.jspecify.annotations.Nullable;

/** Our engine, as followers use it. */
final class EngineEvaluator implements Evaluator {
  private @Nullable Scene scene;
  private @Nullable Ruleset ruleset;

  @Override
  public Answer answer(Scene asked, Question question) {
    Problems problems = new Problems();
    Context context = Contexts.fromJson(question.context(), problems);
    if (!problems.isEmpty()) {
      return Answer.error("INVALID_CONTEXT", null);
    }
    Ruleset rules = ruleset(asked);
    Outcome old = rules.tooStale(question.flag(), question.ageMicros());
    Decision decision =
        old == null
            ? rules.evaluate(question.flag(), context, question.nowMicros())
            : new Decision(old, Decision.NO_BUCKET);
    return Views.answer(decision, question.type());
  }

  @SuppressWarnings("ReferenceEquality") // the same scene again is the same object
  private Ruleset ruleset(Scene asked) {
    Ruleset known = ruleset;
    if (known == null || scene != asked) {
      known = compiled(asked, 2);
      ruleset = known;
      scene = asked;
    }
    return known;
  }

  private static Ruleset compiled(Scene scene, long revision) {
    Ruleset before = scene.earlier() == null ? null : compiled(scene.earlier(), revision - 1);
    return Ruleset.compile(Views.of(scene, revision), scene.blobs()::get, before).ruleset();
  }
}
