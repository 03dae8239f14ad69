package dev.guidon.fuzz.targets;

import dev.guidon.engine.Compilation;
import dev.guidon.engine.Context;
import dev.guidon.engine.Decision;
import dev.guidon.engine.Explanation;
import dev.guidon.engine.FlagHandle;
import dev.guidon.engine.Outcome;
import dev.guidon.engine.RandomScene;
import dev.guidon.engine.Reference;
import dev.guidon.engine.Ruleset;
import dev.guidon.engine.Scene;
import dev.guidon.fuzz.Target;
import dev.guidon.model.EntityId;
import dev.guidon.model.ViewEntity;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonException;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The compiled engine against the reference that reads the rules aloud. The bytes of an input are
 * the dice of {@link RandomScene}: documents, then contexts, then edits that are compiled on top of
 * what there is. Every answer must be the reference's, with reason, rule and bucket; explained, it
 * must be the same answer; and what was compiled step by step must answer as if compiled at once.
 * Some inputs damage a document as well: then nobody throws, and every answer is still the one that
 * its explanation gives.
 */
public final class Evaluations implements Target {
  private static final int CONTEXTS = 3;

  /** Shared by all rulesets, as those of an application are. */
  private static final Map<String, FlagHandle> HANDLES = new ConcurrentHashMap<>();

  private long answers;

  @Override
  public String run(byte[] input) {
    Dice dice = new Dice(input);
    RandomScene generator = new RandomScene(dice);
    Scene scene = generator.scene();
    Ruleset ruleset = scene.compile().ruleset();
    Must.equal(ruleset.refusals(), List.of(), "refusals of whole documents");
    Set<String> reasons = new TreeSet<>();
    compare(ruleset, generator, reasons);
    int edits = dice.nextInt(3);
    for (int i = 0; i < edits; i++) {
      generator.edit(scene);
      ruleset = scene.compile().ruleset();
      sameAsAfresh(ruleset, scene, generator);
    }
    if (edits > 0) {
      compare(ruleset, generator, reasons);
    }
    boolean broken = dice.nextInt(4) == 0;
    if (broken) {
      broken(ruleset, scene, generator, dice);
    }
    return (edits > 0 ? "edited " : "whole ")
        + reasons.size()
        + " reasons"
        + (broken ? ", then damaged" : "");
  }

  private void compare(Ruleset ruleset, RandomScene generator, Set<String> reasons) {
    Reference reference = Reference.of(ruleset.view());
    for (int i = 0; i < CONTEXTS; i++) {
      Context context = generator.context();
      long now = generator.now();
      for (String key : ruleset.flagKeys()) {
        Decision decision = ruleset.evaluate(key, context, now);
        Reference.Answer found = Reference.Answer.of(decision);
        Reference.Answer wanted = reference.decide(key, context, now);
        if (!found.equals(wanted)) {
          Must.equal(
              found, wanted, "flag " + key + ", context " + context.attributes() + ", now " + now);
        }
        agree(ruleset, key, context, now, decision);
        reasons.add(found.reason());
        answers++;
      }
    }
  }

  /** Whoever asks, in whatever way, hears the same. */
  @SuppressWarnings("ReferenceEquality") // an outcome is made once, and given as it is
  private static void agree(
      Ruleset ruleset, String key, Context context, long now, Decision decision) {
    Outcome outcome = decision.outcome();
    Must.hold(
        ruleset.decide(key, context, now) == outcome,
        "decide and evaluate answer alike for " + key);
    FlagHandle handle = HANDLES.computeIfAbsent(key, FlagHandle::of);
    Must.hold(ruleset.decide(handle, context, now) == outcome, "a handle answers alike for " + key);
    Must.hold(
        ruleset.decide(key, context, () -> now) == outcome, "a clock answers alike for " + key);
    Explanation explanation = ruleset.explain(key, context, now);
    Must.equal(
        Reference.Answer.of(new Decision(explanation.outcome(), explanation.bucket())),
        Reference.Answer.of(decision),
        "explanation of " + key);
    boolean fallback = context.targetingKey() == null;
    Must.equal(
        ruleset.booleanValue(key, context, now, fallback),
        outcome.booleanValue(fallback),
        "boolean value of " + key);
  }

  private void sameAsAfresh(Ruleset ruleset, Scene scene, RandomScene generator) {
    Ruleset afresh = scene.compileAfresh().ruleset();
    Context context = generator.context();
    long now = generator.now();
    Must.equal(ruleset.flagKeys(), afresh.flagKeys(), "flags, compiled on top");
    for (String key : afresh.flagKeys()) {
      Must.equal(
          Reference.Answer.of(ruleset.evaluate(key, context, now)),
          Reference.Answer.of(afresh.evaluate(key, context, now)),
          "compiled on top, flag " + key);
      answers++;
    }
    Must.equal(
        ruleset.nextBoundaryMicros(now),
        afresh.nextBoundaryMicros(now),
        "next boundary, compiled on top");
  }

  /** One document with some of its bytes changed, as far as it is JSON still. */
  private static void broken(Ruleset before, Scene scene, RandomScene generator, Dice dice) {
    List<EntityId> ids = new ArrayList<>();
    before.view().entities().forEach((EntityId id, ViewEntity entity) -> ids.add(id));
    EntityId id = ids.get(dice.nextInt(ids.size()));
    ViewEntity entity = before.view().entities().get(id);
    if (entity == null) {
      return;
    }
    byte[] bytes = CanonicalJson.bytes(entity.doc());
    for (int i = 1 + dice.nextInt(4); i > 0; i--) {
      bytes[dice.nextInt(bytes.length)] = SIGNS[dice.nextInt(SIGNS.length)];
    }
    try {
      if (!(JsonReader.read(bytes, JsonLimits.DEFAULT) instanceof Json.Obj doc)) {
        return;
      }
      scene.put(id, doc);
    } catch (JsonException e) {
      return;
    }
    for (Compilation compilation : List.of(scene.compile(), scene.compileAfresh())) {
      Ruleset ruleset = compilation.ruleset();
      Context context = generator.context();
      long now = generator.now();
      for (String key : ruleset.flagKeys()) {
        agree(ruleset, key, context, now, ruleset.evaluate(key, context, now));
      }
      compilation
          .refusals()
          .forEach(refusal -> Must.hold(!refusal.detail().isEmpty(), "a refusal says why"));
    }
  }

  private static final byte[] SIGNS =
      "0123456789aefnorstu\"{}[],:-/.$ ".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  /** Dice whose throws are an input's bytes, and after their end those of a seed made of them. */
  private static final class Dice extends Random {
    private static final long serialVersionUID = 1L;

    private final transient Draw draw;

    Dice(byte[] input) {
      super(java.util.Arrays.hashCode(input));
      this.draw = new Draw(input);
    }

    @Override
    public int nextInt(int bound) {
      return isOver() || bound > 65_536 ? super.nextInt(bound) : draw.below(bound);
    }

    @Override
    public boolean nextBoolean() {
      return isOver() ? super.nextBoolean() : draw.below(2) == 1;
    }

    private boolean isOver() {
      // Null while the seed is being set by the constructor above.
      return draw == null || draw.isOver();
    }
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    Random random = new Random(20_261_122);
    for (int i = 0; i < 24; i++) {
      byte[] seed = new byte[200 + random.nextInt(600)];
      random.nextBytes(seed);
      seeds.add(seed);
    }
    return seeds;
  }

  @Override
  public byte[] fresh(Random random) {
    byte[] fresh = new byte[4 + random.nextInt(800)];
    random.nextBytes(fresh);
    return fresh;
  }

  @Override
  public List<byte[]> words() {
    return List.of(
        new byte[] {0}, new byte[] {0, 0, 0, 0}, new byte[] {1, 1}, new byte[] {-1, -1, -1, -1});
  }

  @Override
  public long executions(long inputs) {
    return answers;
  }
}
