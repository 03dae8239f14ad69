package dev.guidon.engine;

import dev.guidon.model.EntityId;
import dev.guidon.model.Envelope;
import dev.guidon.model.Flag;
import dev.guidon.model.FlagFormat;
import dev.guidon.model.Layer;
import dev.guidon.model.LayerFormat;
import dev.guidon.model.Problem;
import dev.guidon.model.Problems;
import dev.guidon.model.Segment;
import dev.guidon.model.SegmentFormat;
import dev.guidon.model.ViewEntity;
import dev.guidon.model.json.Json;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A document of the view, read once.
 *
 * @param doc {@code null}: it could not be read, and {@code refusal} says why
 * @param envelope of a flag, read independently of the rest; {@code null} when not even that could
 *     be read
 */
record Source<D>(
    ViewEntity entity,
    @Nullable D doc,
    @Nullable Envelope envelope,
    @Nullable Refusal refusal,
    Set<EntityId> references) {
  private static final int PROBLEMS_SHOWN_MAX = 3;

  static Source<Flag> flag(ViewEntity entity) {
    Json.Obj doc = entity.doc();
    Problems quick = Problems.withoutPlaces();
    Flag flag = FlagFormat.read(doc, quick, /* strict= */ false);
    checkKey(flag.key().value(), "/envelope/key", entity, quick);
    if (quick.isEmpty()) {
      return new Source<>(entity, flag, flag.envelope(), null, References.of(flag));
    }
    Problems problems = new Problems();
    flag = FlagFormat.read(doc, problems, /* strict= */ false);
    checkKey(flag.key().value(), "/envelope/key", entity, problems);
    Problems ofEnvelope = new Problems();
    Envelope envelope = FlagFormat.readEnvelope(doc, ofEnvelope);
    return new Source<>(
        entity,
        null,
        ofEnvelope.isEmpty() ? envelope : null,
        refusal(entity, problems.list()),
        Set.of());
  }

  static Source<Segment> segment(ViewEntity entity) {
    Problems problems = new Problems();
    Segment segment = SegmentFormat.read(entity.doc(), problems, /* strict= */ false);
    checkKey(segment.key().value(), "/key", entity, problems);
    return problems.isEmpty()
        ? new Source<>(entity, segment, null, null, References.of(segment))
        : new Source<>(entity, null, null, refusal(entity, problems.list()), Set.of());
  }

  static Source<Layer> layer(ViewEntity entity) {
    Problems problems = new Problems();
    Layer layer = LayerFormat.read(entity.doc(), problems, /* strict= */ false);
    checkKey(layer.key().value(), "/key", entity, problems);
    return problems.isEmpty()
        ? new Source<>(entity, layer, null, null, Set.of())
        : new Source<>(entity, null, null, refusal(entity, problems.list()), Set.of());
  }

  private static void checkKey(String key, String pointer, ViewEntity entity, Problems problems) {
    if (problems.isEmpty() && !key.equals(entity.id().key())) {
      problems.invalid(pointer, key, "the entity's own key, " + entity.id().key());
    }
  }

  /** What a newer reader might understand comes before what nobody can. */
  private static Refusal refusal(ViewEntity entity, List<Problem> problems) {
    String code = Refusal.INVALID;
    if (problems.stream().anyMatch(problem -> problem.code() == Problem.Code.UNSUPPORTED)) {
      code = Refusal.UNSUPPORTED;
    } else if (problems.stream().allMatch(problem -> problem.code() == Problem.Code.TOO_LARGE)) {
      code = Refusal.TOO_LARGE;
    }
    String detail =
        problems.stream()
            .limit(PROBLEMS_SHOWN_MAX)
            .map(Problem::toString)
            .collect(Collectors.joining("; "));
    return new Refusal(entity.id(), entity.version(), code, detail);
  }
}
