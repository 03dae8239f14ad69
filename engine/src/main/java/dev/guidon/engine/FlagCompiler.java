package dev.guidon.engine;

import dev.guidon.model.AttributeRef;
import dev.guidon.model.EntityId;
import dev.guidon.model.Envelope;
import dev.guidon.model.Flag;
import dev.guidon.model.Serve;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compiles one flag. All its outcomes are made here. */
final class FlagCompiler {
  private final Flag flag;
  private final long version;
  private final boolean isStale;
  private final Links links;
  private final String region;
  private final KeyLoader keys;
  private final ConditionCompiler conditions;

  private FlagCompiler(
      Flag flag, long version, boolean isStale, Links links, String region, KeyLoader keys) {
    this.flag = flag;
    this.version = version;
    this.isStale = isStale || links.areStale();
    this.links = links;
    this.region = region;
    this.keys = keys;
    this.conditions = new ConditionCompiler(links, region);
  }

  static FlagProgram compile(
      Flag flag, long version, boolean isStale, Links links, String region, KeyLoader keys)
      throws RefusedException {
    return new FlagCompiler(flag, version, isStale, links, region, keys).compile();
  }

  /** An off flag answered from its envelope alone. */
  static FlagProgram off(String key, Envelope envelope, long version, boolean clientVisible) {
    Outcome.Draft off = draft(key, version, envelope, Map.of());
    off.serves(envelope.offVariant(), valueOf(envelope, envelope.offVariant()), Reason.DISABLED);
    return FlagProgram.fixed(key, version, clientVisible, off.build());
  }

  /** A flag that cannot be read, and never could. */
  static FlagProgram unreadable(
      String key, @Nullable Envelope envelope, long version, String detail) {
    Outcome.Draft draft = new Outcome.Draft(key).version(version);
    if (envelope != null) {
      draft.type(envelope.type());
    }
    return FlagProgram.fixed(
        key,
        version,
        /* clientVisible= */ false,
        draft.error(ErrorCode.PARSE_ERROR, detail).build());
  }

  private FlagProgram compile() throws RefusedException {
    Envelope envelope = flag.envelope();
    FlagProgram.Parts parts =
        new FlagProgram.Parts(
            flag.key().value(),
            version,
            draft().error(ErrorCode.GENERAL, "evaluation failed").build(),
            serving(flag.defaultServe(), null, -1, defaultReason()));
    Outcome off = outcome(envelope.offVariant(), Reason.DISABLED, null, -1, null, null);
    parts.clientVisible = flag.clientVisible();
    parts.fixed = envelope.on() ? null : off;
    parts.prerequisiteFailed =
        outcome(
            envelope.offVariant(), Reason.DISABLED, null, -1, Outcome.PREREQUISITE_FAILED, null);
    parts.prerequisites = prerequisites(parts);
    parts.targets = targets(parts);
    parts.rules = rules(parts);
    parts.layer = layer() == null ? null : layer().bucketing();
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
      Attribute unit =
          Attribute.of(new AttributeRef(target.kind(), AttributeRef.TARGETING_KEY), region);
      all.add(
          new FlagProgram.Target(
              unit,
              keys.load(target.keys()),
              outcome(target.variant(), Reason.TARGETING_MATCH, null, -1, null, null)));
      parts.cost++;
    }
    return all;
  }

  private List<FlagProgram.Rule> rules(FlagProgram.Parts parts) throws RefusedException {
    LayerProgram layer = layer();
    List<FlagProgram.Rule> all = new ArrayList<>();
    for (int i = 0; i < flag.rules().size(); i++) {
      Flag.Rule rule = flag.rules().get(i);
      int[] slots = layer == null ? null : layer.slotsOf(flag.key(), rule.id());
      Check when = conditions.compileNullable(rule.when());
      parts.cost += when == null ? 1 : 1 + when.cost();
      conditions.addBoundary(rule.from());
      conditions.addBoundary(rule.until());
      Bucketing gate = slots == null || layer == null ? null : layer.bucketing();
      FlagProgram.Serving serving =
          serving(rule.serve(), rule.id(), i, Reason.TARGETING_MATCH, gate);
      all.add(new FlagProgram.Rule(rule, i, slots, when, serving));
    }
    return all;
  }

  private @Nullable LayerProgram layer() throws RefusedException {
    return flag.layer() == null
        ? null
        : links.get(EntityId.layer(flag.layer().value()), LayerProgram.class);
  }

  private FlagProgram.Serving serving(
      Serve serve, @Nullable String rule, int index, Reason reason) {
    return serving(serve, rule, index, reason, null);
  }

  /**
   * @param gate the layer that let the unit in; it placed the unit unless a split does so after it
   */
  private FlagProgram.Serving serving(
      Serve serve, @Nullable String rule, int index, Reason reason, @Nullable Bucketing gate) {
    if (serve instanceof Serve.Fixed fixed) {
      return new FlagProgram.Serving(outcome(fixed.variant(), reason, rule, index, null, gate));
    }
    if (serve instanceof Serve.Learned learned) {
      return new FlagProgram.Serving(
          outcome(
              learned.fallback(), Reason.DEFAULT, rule, index, Outcome.POLICY_UNAVAILABLE, gate));
    }
    return split((Serve.Split) serve, rule, index);
  }

  private FlagProgram.Serving split(Serve.Split split, @Nullable String rule, int index) {
    Bucketing bucketing = new Bucketing(salt(split), Attribute.of(split.unit(), region));
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
    Outcome unitMissing =
        draft().rule(rule, index).error(ErrorCode.TARGETING_KEY_MISSING, missing).build();
    return new FlagProgram.Serving(bucketing, ends, outcomes, unitMissing);
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
    return draft()
        .serves(variant, valueOf(flag.envelope(), variant), isStale ? Reason.STALE : reason)
        .rule(rule, index)
        .detail(detail)
        .bucketing(bucketing)
        .build();
  }

  private Outcome.Draft draft() {
    return draft(flag.key().value(), version, flag.envelope(), flag.metadata());
  }

  private static Outcome.Draft draft(
      String key, long version, Envelope envelope, Map<String, Json> metadata) {
    return new Outcome.Draft(key).version(version).type(envelope.type()).metadata(metadata);
  }

  private static @Nullable Json valueOf(Envelope envelope, @Nullable String variant) {
    return variant == null ? null : envelope.variants().get(variant);
  }
}
