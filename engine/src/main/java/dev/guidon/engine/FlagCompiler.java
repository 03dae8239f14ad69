package dev.guidon.engine;

import dev.guidon.model.AttributeRef;
import dev.guidon.model.Condition;
import dev.guidon.model.EntityId;
import dev.guidon.model.Envelope;
import dev.guidon.model.Flag;
import dev.guidon.model.Serve;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Compiles one flag. */
final class FlagCompiler {
  private final Flag flag;
  private final FlagFacts facts;
  private final FlagOrigin origin;
  private final Links links;
  private final Interned interned;
  private final boolean explains;
  private final TargetKeys targetKeys;
  private final ConditionCompiler conditions;

  private FlagCompiler(
      Flag flag, FlagOrigin origin, Links links, boolean explains, TargetKeys targetKeys) {
    this.flag = flag;
    this.origin = origin;
    this.facts =
        new FlagFacts(
            flag.key().value(),
            origin.version(),
            flag.envelope().type(),
            flag.metadata().isEmpty() ? Map.of() : flag.metadata(),
            origin.isStale() || links.areStale());
    this.links = links;
    this.interned = origin.interned();
    this.explains = explains;
    this.targetKeys = targetKeys;
    this.conditions = new ConditionCompiler(links, interned, explains);
  }

  /** Where the keys of a target come from. */
  private interface TargetKeys {
    KeySet of(int target) throws RefusedException;
  }

  /**
   * @param written reads the same document once more, for whoever asks why
   */
  static FlagProgram compile(
      Flag flag,
      Supplier<Flag> written,
      long version,
      boolean isStale,
      Links links,
      Interned interned,
      KeyLoader keys)
      throws RefusedException {
    FlagOrigin origin = new FlagOrigin(written, version, isStale, links, interned);
    TargetKeys targetKeys = target -> keys.load(flag.targets().get(target).keys());
    return new FlagCompiler(flag, origin, links, /* explains= */ false, targetKeys).compile();
  }

  /** The same flag as it is written, with nothing left out and nothing asked together. */
  static FlagProgram compileExplained(FlagOrigin origin, Links links, FlagProgram.Target[] targets)
      throws RefusedException {
    TargetKeys targetKeys = target -> targets[target].keys();
    return new FlagCompiler(origin.written().get(), origin, links, /* explains= */ true, targetKeys)
        .compile();
  }

  /** An off flag answered from its envelope alone. */
  static FlagProgram off(String key, Envelope envelope, long version, boolean clientVisible) {
    FlagFacts facts = new FlagFacts(key, version, envelope.type(), Map.of(), /* isStale= */ false);
    String off = envelope.offVariant();
    Json value = off == null ? null : envelope.variants().get(off);
    Variant variant = off == null || value == null ? null : new Variant(off, value);
    return FlagProgram.fixed(
        facts, clientVisible, facts.outcome(variant, Reason.DISABLED, null, -1, null, null));
  }

  /** A flag that cannot be read, and never could. */
  static FlagProgram unreadable(
      String key, @Nullable Envelope envelope, long version, String detail) {
    FlagFacts facts =
        new FlagFacts(
            key,
            version,
            envelope == null ? null : envelope.type(),
            Map.of(),
            /* isStale= */ false);
    return FlagProgram.fixed(
        facts, /* clientVisible= */ false, facts.error(ErrorCode.PARSE_ERROR, detail));
  }

  private FlagProgram compile() throws RefusedException {
    Envelope envelope = flag.envelope();
    FlagProgram.Parts parts =
        new FlagProgram.Parts(
            facts,
            facts.error(ErrorCode.GENERAL, "evaluation failed"),
            serving(flag.defaultServe(), null, -1, defaultReason(), null));
    parts.origin = origin;
    parts.clientVisible = flag.clientVisible();
    if (!envelope.on()) {
      parts.fixed = outcome(envelope.offVariant(), Reason.DISABLED, null, -1, null, null);
    }
    if (!flag.prerequisites().isEmpty()) {
      parts.prerequisiteFailed =
          outcome(
              envelope.offVariant(), Reason.DISABLED, null, -1, Outcome.PREREQUISITE_FAILED, null);
      parts.prerequisites = prerequisites(parts);
    }
    parts.targets = targets(parts);
    parts.rules = rules(parts);
    parts.staleness = flag.staleness();
    parts.tooStale =
        flag.staleness() == null
            ? null
            : outcome(flag.staleness().variant(), Reason.STALE, null, -1, null, null);
    parts.boundaries = envelope.on() ? conditions.boundaries() : parts.boundaries;
    parts.depth += conditions.segmentDepth();
    Limits.check(parts.cost, parts.depth);
    return new FlagProgram(parts);
  }

  private Reason defaultReason() {
    boolean asksNothing =
        flag.prerequisites().isEmpty() && flag.targets().isEmpty() && flag.rules().isEmpty();
    return asksNothing ? Reason.STATIC : Reason.DEFAULT;
  }

  private List<FlagProgram.Prerequisite> prerequisites(FlagProgram.Parts parts)
      throws RefusedException {
    List<FlagProgram.Prerequisite> all = new ArrayList<>();
    for (Flag.Prerequisite prerequisite : flag.prerequisites()) {
      FlagProgram program =
          links.get(EntityId.flag(prerequisite.flag().value()), FlagProgram.class);
      parts.cost += program.cost();
      parts.depth = Math.max(parts.depth, program.depth() + 1);
      conditions.addBoundaries(program.boundaries());
      all.add(new FlagProgram.Prerequisite(program, prerequisite.variants()));
    }
    return all;
  }

  private List<FlagProgram.Target> targets(FlagProgram.Parts parts) throws RefusedException {
    List<FlagProgram.Target> all = new ArrayList<>();
    for (Flag.Target target : flag.targets()) {
      all.add(
          new FlagProgram.Target(
              interned.attribute(new AttributeRef(target.kind(), AttributeRef.TARGETING_KEY)),
              targetKeys.of(all.size()),
              outcome(target.variant(), Reason.TARGETING_MATCH, null, -1, null, null)));
      parts.cost++;
    }
    return all;
  }

  private Rules rules(FlagProgram.Parts parts) throws RefusedException {
    List<Flag.Rule> rules = flag.rules();
    if (rules.isEmpty()) {
      return Rules.NONE;
    }
    for (Flag.Rule rule : rules) {
      parts.cost += 1 + conditions.cost(rule.when());
      conditions.addBoundary(rule.from());
      conditions.addBoundary(rule.until());
    }
    Rules.Columns columns = new Rules.Columns(rules.size());
    List<@Nullable Bucketing> gates = gates(columns);
    if (explains) {
      explainedConditions(columns);
    } else {
      conditions(columns);
    }
    columns.answers(answers(gates));
    return new Rules(columns);
  }

  /** Windows and slots. */
  private List<@Nullable Bucketing> gates(Rules.Columns columns) throws RefusedException {
    LayerProgram layer =
        flag.layer() == null
            ? null
            : links.get(EntityId.layer(flag.layer().value()), LayerProgram.class);
    List<@Nullable Bucketing> gates = new ArrayList<>();
    for (int i = 0; i < flag.rules().size(); i++) {
      Flag.Rule rule = flag.rules().get(i);
      columns.window(i, rule.from(), rule.until());
      int[] slots = layer == null ? null : layer.slotsOf(flag.key(), rule.id());
      if (layer != null && slots != null) {
        columns.gate(i, slots, layer.bucketing());
      }
      gates.add(layer == null || slots == null ? null : layer.bucketing());
    }
    return gates;
  }

  private void explainedConditions(Rules.Columns columns) throws RefusedException {
    for (int i = 0; i < flag.rules().size(); i++) {
      Condition when = flag.rules().get(i).when();
      columns.live(i);
      if (when != null) {
        columns.check(i, conditions.compile(when));
      }
    }
  }

  /** What rules share is asked together, what is the same for all contexts is decided here. */
  private void conditions(Rules.Columns columns) throws RefusedException {
    List<Flag.Rule> rules = flag.rules();
    NarrowingCompiler narrowings = new NarrowingCompiler(interned, rules.size());
    List<List<Condition>> rests = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      List<Condition> rest = new ArrayList<>();
      take(rules.get(i).when(), i, narrowings, rest);
      rests.add(rest);
    }
    List<NarrowingCompiler.Clause> left = new ArrayList<>();
    columns.narrowings(narrowings.compile(left));
    left.forEach(clause -> rests.get(clause.rule()).add(clause.test()));
    for (int i = 0; i < rules.size(); i++) {
      Check check = conditions.all(rests.get(i));
      if (!check.equals(Constant.NEVER)) {
        columns.live(i);
        if (!check.equals(Constant.ALWAYS)) {
          columns.check(i, check);
        }
      }
    }
  }

  /** The parts of a conjunction, each either taken up to be asked together or left. */
  private static void take(
      @Nullable Condition when, int rule, NarrowingCompiler narrowings, List<Condition> rest) {
    if (when instanceof Condition.All all) {
      all.parts().forEach(part -> take(part, rule, narrowings, rest));
    } else if (when != null
        && !(when instanceof Condition.Test test && narrowings.offer(rule, test))) {
      rest.add(when);
    }
  }

  private RuleAnswers answers(List<@Nullable Bucketing> gates) {
    List<String> ids = new ArrayList<>();
    List<@Nullable Variant> given = new ArrayList<>();
    List<@Nullable Serving> others = new ArrayList<>();
    for (int i = 0; i < flag.rules().size(); i++) {
      Flag.Rule rule = flag.rules().get(i);
      ids.add(rule.id());
      boolean isFixed = rule.serve() instanceof Serve.Fixed;
      given.add(rule.serve() instanceof Serve.Fixed fixed ? variant(fixed.variant()) : null);
      others.add(
          isFixed
              ? null
              : serving(rule.serve(), rule.id(), i, Reason.TARGETING_MATCH, gates.get(i)));
    }
    return new RuleAnswers(facts, ids, given, others, gates);
  }

  /**
   * @param gate the layer that let the unit in; it placed the unit unless a split does so after it
   */
  private Serving serving(
      Serve serve, @Nullable String rule, int index, Reason reason, @Nullable Bucketing gate) {
    if (serve instanceof Serve.Fixed fixed) {
      return new Serving.Fixed(outcome(fixed.variant(), reason, rule, index, null, gate));
    }
    if (serve instanceof Serve.Learned learned) {
      return new Serving.Fixed(
          outcome(
              learned.fallback(), Reason.DEFAULT, rule, index, Outcome.POLICY_UNAVAILABLE, gate));
    }
    return split((Serve.Split) serve, rule, index);
  }

  private Serving split(Serve.Split split, @Nullable String rule, int index) {
    Bucketing bucketing = Bucketing.of(salt(split), interned.attribute(split.unit()));
    int[] ends = new int[split.shares().size()];
    Outcome[] outcomes = new Outcome[ends.length];
    int end = 0;
    for (int i = 0; i < ends.length; i++) {
      Serve.Share share = split.shares().get(i);
      end += share.weight();
      ends[i] = end;
      outcomes[i] = outcome(share.variant(), Reason.SPLIT, rule, index, null, bucketing);
    }
    String missing =
        "context has no "
            + split.unit().name()
            + " of kind "
            + split.unit().kind()
            + " to split by";
    return new Serving.Split(
        bucketing,
        ends,
        outcomes,
        facts.error(ErrorCode.TARGETING_KEY_MISSING, missing, rule, index));
  }

  private String salt(Serve.Split split) {
    if (split.salt() != null) {
      return split.salt();
    }
    return flag.salt() == null ? flag.key().value() : flag.salt();
  }

  private Outcome outcome(
      @Nullable String variant,
      Reason reason,
      @Nullable String rule,
      int index,
      @Nullable String detail,
      @Nullable Bucketing bucketing) {
    return facts.outcome(variant(variant), reason, rule, index, detail, bucketing);
  }

  private @Nullable Variant variant(@Nullable String name) {
    Json value = name == null ? null : flag.envelope().variants().get(name);
    return name == null || value == null ? null : interned.variant(name, value);
  }
}
