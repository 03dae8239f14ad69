package dev.guidon.fuzz;

import dev.guidon.engine.Context;
import dev.guidon.engine.RandomScene;
import dev.guidon.engine.Reference;
import dev.guidon.engine.Scene;
import dev.guidon.model.EntityId;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One random scene through time: each version differs a little from the one before, and for each,
 * flag by flag and context by context, the reference's answers are known before anybody can ask.
 * Versions are numbered from 1.
 */
final class Versions {
  private static final int CONTEXTS = 64;
  private static final String REGION = "eu";
  private static final long WHOLE_MAX = (1L << 53) - 1;

  /**
   * @param changes what differs from the version before; {@code null} stands for an entity that is
   *     gone
   */
  record Version(long revision, View view, Map<EntityId, @Nullable ViewEntity> changes) {}

  private final Scene scene;
  private final RandomScene generator;
  private final List<String> flags;
  private final List<Context> contexts;
  private final Map<Long, Reference.Answer[][]> answers = new ConcurrentHashMap<>();
  private final AtomicLong elsewhere = new AtomicLong();
  private Map<EntityId, ViewEntity> before = Map.of();
  private long revision;

  Versions(long seed) {
    Random random = new Random(seed);
    this.generator = new RandomScene(random);
    this.scene = generator.scene();
    this.flags = IntStream.range(0, RandomScene.FLAGS).mapToObj(i -> "f" + i).toList();
    this.contexts = IntStream.range(0, CONTEXTS).mapToObj(i -> generator.context()).toList();
  }

  List<String> flags() {
    return flags;
  }

  List<Context> contexts() {
    return contexts;
  }

  /** Whether a flag is there in every version; the last one comes and goes. */
  boolean isConstant(int flag) {
    return flag < flags.size() - 1;
  }

  /** Answers of the version are ready when it returns. One thread. */
  Version next() {
    Map<EntityId, @Nullable ViewEntity> changes = new LinkedHashMap<>();
    View view = portable();
    while (changes.isEmpty()) {
      if (!before.isEmpty()) {
        generator.edit(scene);
        scene.region(REGION);
        view = portable();
      }
      Map<EntityId, ViewEntity> now = new LinkedHashMap<>();
      view.entities().forEach(now::put);
      now.forEach((EntityId id, ViewEntity entity) -> {
        ViewEntity old = before.get(id);
        if (old == null || !old.doc().equals(entity.doc())) {
          changes.put(id, entity);
        }
      });
      before.keySet().stream()
          .filter(id -> !now.containsKey(id))
          .forEach(id -> changes.put(id, null));
      before = now;
    }
    revision++;
    answers.put(revision, answersOf(view));
    return new Version(revision, view, changes);
  }

  /**
   * The scene without the numbers that no author can write: the engine is tried with them, but no
   * log takes them.
   */
  private View portable() {
    Map<EntityId, Json.Obj> other = new LinkedHashMap<>();
    scene
        .view()
        .entities()
        .forEach((EntityId id, ViewEntity entity) -> {
          Json.Obj doc = entity.doc();
          Json changed = portable(doc);
          if (!changed.equals(doc)) {
            other.put(id, (Json.Obj) changed);
          }
        });
    other.forEach(scene::put);
    return scene.view();
  }

  private static Json portable(Json json) {
    if (json instanceof Json.Obj object) {
      Json.Obj.Builder members = Json.Obj.builder();
      object.members().forEach((name, value) -> members.put(name, portable(value)));
      return members.build();
    }
    if (json instanceof Json.Arr array) {
      return new Json.Arr(array.items().stream().map(Versions::portable).toList());
    }
    return json instanceof Json.Num number && Math.abs(number.value()) > WHOLE_MAX
        ? Json.of(WHOLE_MAX)
        : json;
  }

  private Reference.Answer[][] answersOf(View view) {
    // The scenes' schedules are months apart, and none of them lies within the time of a run.
    long now = System.currentTimeMillis() * 1000;
    Reference reference = Reference.of(view);
    List<Reference.Answer[]> table = new ArrayList<>();
    for (String flag : flags) {
      table.add(
          contexts.stream()
              .map(context -> reference.decide(flag, context, now))
              .toArray(Reference.Answer[]::new));
    }
    return table.toArray(Reference.Answer[][]::new);
  }

  Reference.Answer answer(long ofRevision, int flag, int context) {
    Reference.Answer[][] table = answers.get(ofRevision);
    if (table == null) {
      throw new IllegalStateException(
          "revision " + ofRevision + " in service (expected: one that was brought)");
    }
    return table[flag][context];
  }

  /** Questions that nobody checks, but that are counted as well. */
  void countElsewhere(long asked) {
    elsewhere.addAndGet(asked);
  }

  long countedElsewhere() {
    return elsewhere.get();
  }
}
