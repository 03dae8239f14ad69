package dev.guidon.engine;

import dev.guidon.model.Flag;
import dev.guidon.model.Instants;
import dev.guidon.model.json.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A compiled flag: decides in the order off, prerequisites, individual targets, rules, default. */
final class FlagProgram {
  private final String key;
  private final long version;
  private final boolean clientVisible;

  /**
   * Not {@code null}: the answer without any question, for a flag that is off or has no usable
   * version.
   */
  private final @Nullable Outcome fixed;

  /** Served when the evaluation itself fails. */
  private final Outcome failed;

  private final Outcome prerequisiteFailed;
  private final Prerequisite[] prerequisites;
  private final Target[] targets;
  private final Rule[] rules;
  private final Serving fallthrough;
  private final @Nullable Bucketing layer;
  private final Flag.@Nullable Staleness staleness;
  private final @Nullable Outcome tooStale;
  private final long cost;
  private final int depth;
  private final List<Long> boundaries;

  FlagProgram(Parts parts) {
    this.key = parts.key;
    this.version = parts.version;
    this.clientVisible = parts.clientVisible;
    this.fixed = parts.fixed;
    this.failed = parts.failed;
    this.prerequisiteFailed = parts.prerequisiteFailed;
    this.prerequisites = parts.prerequisites.toArray(Prerequisite[]::new);
    this.targets = parts.targets.toArray(Target[]::new);
    this.rules = parts.rules.toArray(Rule[]::new);
    this.fallthrough = parts.fallthrough;
    this.layer = parts.layer;
    this.staleness = parts.staleness;
    this.tooStale = parts.tooStale;
    this.cost = parts.cost;
    this.depth = parts.depth;
    this.boundaries = parts.boundaries;
  }

  /** A flag that asks nothing. */
  static FlagProgram fixed(String key, long version, boolean clientVisible, Outcome answer) {
    Parts parts = new Parts(key, version, answer, new Serving(answer));
    parts.clientVisible = clientVisible;
    parts.fixed = answer;
    return new FlagProgram(parts);
  }

  /** Stands in for a flag that is not there. */
  static FlagProgram missing(String key) {
    return fixed(key, 0, /* clientVisible= */ false, Outcome.notFound(key));
  }

  String key() {
    return key;
  }

  long version() {
    return version;
  }

  boolean clientVisible() {
    return clientVisible;
  }

  long cost() {
    return cost;
  }

  /** How many flags stand one on the other, this one included. */
  int depth() {
    return depth;
  }

  /** Instants at which answers may change with time alone. */
  List<Long> boundaries() {
    return boundaries;
  }

  /** Whether the answer may change with time alone. */
  boolean readsTime() {
    return !boundaries.isEmpty();
  }

  boolean boundsStaleness() {
    return staleness != null;
  }

  Outcome failed() {
    return failed;
  }

  /**
   * The answer of a flag whose own bound of staleness is passed, else {@code null}. An off flag has
   * none.
   */
  @Nullable Outcome tooStale(long ageMicros) {
    return staleness != null
            && fixed == null
            && ageMicros / Instants.MICROS_PER_SECOND >= staleness.seconds()
        ? tooStale
        : null;
  }

  void putChunks(Map<dev.guidon.model.Hash, KeyChunk> into) {
    for (Target target : targets) {
      target.keys.putChunks(into);
    }
  }

  Outcome decide(Context context, long nowMicros, @Nullable Trace trace) {
    if (trace == null) {
      return evaluate(context, nowMicros, null);
    }
    trace.open(
        Explanation.Kind.FLAG,
        Map.of(
            "flag",
            Json.of(key),
            "version",
            Json.of((double) version),
            "fixed",
            Json.of(fixed != null)));
    Outcome outcome = evaluate(context, nowMicros, trace);
    trace.note("variant", outcome.variant() == null ? null : Json.of(outcome.variant()));
    trace.note("reason", Json.of(outcome.reason().name()));
    trace.close(null);
    return outcome;
  }

  private Outcome evaluate(Context context, long nowMicros, @Nullable Trace trace) {
    if (fixed != null) {
      return fixed;
    }
    for (Prerequisite prerequisite : prerequisites) {
      if (!prerequisite.holds(context, nowMicros, trace)) {
        return prerequisiteFailed;
      }
    }
    if (targets.length > 0) {
      Outcome targeted = target(context, trace);
      if (targeted != null) {
        return targeted;
      }
    }
    for (Rule rule : rules) {
      if (rule.matches(context, nowMicros, layer, trace)) {
        return rule.serving.serve(context, trace);
      }
    }
    return fallthrough(context, trace);
  }

  private @Nullable Outcome target(Context context, @Nullable Trace trace) {
    for (Target target : targets) {
      if (target.holds(context, trace)) {
        return target.outcome;
      }
    }
    return null;
  }

  private Outcome fallthrough(Context context, @Nullable Trace trace) {
    if (trace == null) {
      return fallthrough.serve(context, null);
    }
    trace.open(Explanation.Kind.DEFAULT, Map.of());
    Outcome outcome = fallthrough.serve(context, trace);
    trace.close(null);
    return outcome;
  }

  /** Another flag must serve a wanted variant. */
  static final class Prerequisite {
    private final FlagProgram flag;
    private final java.util.Set<String> wanted;

    Prerequisite(FlagProgram flag, java.util.Set<String> wanted) {
      this.flag = flag;
      this.wanted = new java.util.HashSet<>(wanted);
    }

    boolean holds(Context context, long nowMicros, @Nullable Trace trace) {
      if (trace == null) {
        return isWanted(flag.decide(context, nowMicros, null));
      }
      trace.open(
          Explanation.Kind.PREREQUISITE,
          Map.of(
              "flag",
              Json.of(flag.key),
              "variants",
              new Json.Arr(wanted.stream().sorted().map(name -> (Json) Json.of(name)).toList())));
      boolean holds = isWanted(flag.decide(context, nowMicros, trace));
      trace.close(holds);
      return holds;
    }

    private boolean isWanted(Outcome outcome) {
      return outcome.variant() != null && wanted.contains(outcome.variant());
    }
  }

  /** Units named one by one. */
  static final class Target {
    private final Attribute unit;
    private final KeySet keys;
    private final Outcome outcome;

    Target(Attribute unit, KeySet keys, Outcome outcome) {
      this.unit = unit;
      this.keys = keys;
      this.outcome = outcome;
    }

    boolean holds(Context context, @Nullable Trace trace) {
      String key = Values.unit(unit.read(context));
      boolean holds = key != null && keys.contains(key, KeySet.hash(key));
      if (trace != null) {
        TreeMap<String, Json> facts = new TreeMap<>();
        facts.put("kind", Json.of(unit.ref().kind()));
        facts.put("unit", key == null ? Json.NULL : Json.of(Values.text(key)));
        facts.put("variant", outcome.variant() == null ? Json.NULL : Json.of(outcome.variant()));
        trace.open(Explanation.Kind.TARGET, facts);
        trace.close(holds);
      }
      return holds;
    }
  }

  /** A rule: within its window, its slots and its condition. */
  static final class Rule {
    private final String id;
    private final int index;
    private final long fromMicros;
    private final long untilMicros;

    /** Pairs of first slot and first slot after; {@code null}: not gated by a layer. */
    private final int @Nullable [] slots;

    private final @Nullable Check when;
    private final Serving serving;

    Rule(Flag.Rule rule, int index, int @Nullable [] slots, @Nullable Check when, Serving serving) {
      this.id = rule.id();
      this.index = index;
      this.fromMicros = rule.from() == null ? Long.MIN_VALUE : rule.from();
      this.untilMicros = rule.until() == null ? Long.MAX_VALUE : rule.until();
      this.slots = slots;
      this.when = when;
      this.serving = serving;
    }

    boolean matches(
        Context context, long nowMicros, @Nullable Bucketing layer, @Nullable Trace trace) {
      if (trace == null) {
        return isOpen(nowMicros)
            && (slots == null || ownsSlot(context, layer, null))
            && (when == null || when.holds(context, nowMicros, null));
      }
      trace.open(
          Explanation.Kind.RULE, Map.of("rule", Json.of(id), "index", Json.of((long) index)));
      boolean matches =
          isOpenTraced(nowMicros, trace)
              && (slots == null || ownsSlot(context, layer, trace))
              && (when == null || when.holds(context, nowMicros, trace));
      trace.close(matches);
      return matches;
    }

    private boolean isOpen(long nowMicros) {
      return nowMicros >= fromMicros && (nowMicros < untilMicros || untilMicros == Long.MAX_VALUE);
    }

    private boolean isOpenTraced(long nowMicros, Trace trace) {
      boolean isOpen = isOpen(nowMicros);
      if (fromMicros != Long.MIN_VALUE || untilMicros != Long.MAX_VALUE) {
        TreeMap<String, Json> facts = new TreeMap<>();
        facts.put(
            "from", fromMicros == Long.MIN_VALUE ? Json.NULL : Json.of(Instants.text(fromMicros)));
        facts.put(
            "until",
            untilMicros == Long.MAX_VALUE ? Json.NULL : Json.of(Instants.text(untilMicros)));
        facts.put("now", Json.of(Instants.text(nowMicros)));
        trace.open(Explanation.Kind.WINDOW, facts);
        trace.close(isOpen);
      }
      return isOpen;
    }

    private boolean ownsSlot(Context context, @Nullable Bucketing layer, @Nullable Trace trace) {
      int slot = layer == null ? Decision.NO_BUCKET : layer.bucketOf(context);
      boolean owns = isOwn(slot);
      if (trace != null && layer != null && slots != null) {
        TreeMap<String, Json> facts = new TreeMap<>();
        facts.put("salt", Json.of(layer.salt()));
        facts.put("slot", Json.of((long) slot));
        facts.put("ranges", ranges(slots));
        trace.open(Explanation.Kind.LAYER, facts);
        trace.close(owns);
      }
      return owns;
    }

    private boolean isOwn(int slot) {
      if (slots != null) {
        for (int i = 0; i < slots.length; i += 2) {
          if (slot >= slots[i] && slot < slots[i + 1]) {
            return true;
          }
        }
      }
      return false;
    }

    private static Json ranges(int[] slots) {
      List<Json> ranges = new java.util.ArrayList<>();
      for (int i = 0; i < slots.length; i += 2) {
        ranges.add(Json.arr(Json.of((long) slots[i]), Json.of((long) slots[i + 1])));
      }
      return new Json.Arr(ranges);
    }
  }

  /** What a rule or the default gives: one outcome, or shares of the units. */
  static final class Serving {
    private final @Nullable Outcome fixed;
    private final @Nullable Bucketing bucketing;
    private final int[] ends;
    private final Outcome[] shares;
    private final @Nullable Outcome unitMissing;

    Serving(Outcome fixed) {
      this.fixed = fixed;
      this.bucketing = null;
      this.ends = new int[0];
      this.shares = new Outcome[0];
      this.unitMissing = null;
    }

    /**
     * @param ends the first bucket after each share, rising, the last 100,000
     */
    Serving(Bucketing bucketing, int[] ends, Outcome[] shares, Outcome unitMissing) {
      this.fixed = null;
      this.bucketing = bucketing;
      this.ends = ends;
      this.shares = shares;
      this.unitMissing = unitMissing;
    }

    Outcome serve(Context context, @Nullable Trace trace) {
      if (fixed != null) {
        return fixed;
      }
      return split(java.util.Objects.requireNonNull(bucketing), context, trace);
    }

    private Outcome split(Bucketing by, Context context, @Nullable Trace trace) {
      int bucket = by.bucketOf(context);
      Outcome outcome = bucket < 0 ? java.util.Objects.requireNonNull(unitMissing) : share(bucket);
      if (trace != null) {
        String unit = by.unitOf(context);
        TreeMap<String, Json> facts = new TreeMap<>();
        facts.put("salt", Json.of(by.salt()));
        facts.put("attribute", Json.of(by.unit().ref().name()));
        facts.put("unit", unit == null ? Json.NULL : Json.of(Values.text(unit)));
        facts.put("bucket", Json.of((long) bucket));
        facts.put("shares", sharesShown());
        trace.open(Explanation.Kind.SPLIT, facts);
        trace.close(null);
      }
      return outcome;
    }

    private Outcome share(int bucket) {
      int i = 0;
      while (bucket >= ends[i]) {
        i++;
      }
      return shares[i];
    }

    private Json sharesShown() {
      List<Json> shown = new java.util.ArrayList<>();
      int start = 0;
      for (int i = 0; i < shares.length; i++) {
        String variant = shares[i].variant();
        shown.add(
            Json.Obj.of(
                "variant",
                variant == null ? Json.NULL : Json.of(variant),
                "from",
                Json.of((long) start),
                "to",
                Json.of((long) ends[i])));
        start = ends[i];
      }
      return new Json.Arr(shown);
    }
  }

  /** What a program is made of, while it is being made. */
  static final class Parts {
    final String key;
    final long version;
    final Outcome failed;
    boolean clientVisible;
    @Nullable Outcome fixed;
    Outcome prerequisiteFailed;
    List<Prerequisite> prerequisites = List.of();
    List<Target> targets = List.of();
    List<Rule> rules = List.of();
    Serving fallthrough;
    @Nullable Bucketing layer;
    Flag.@Nullable Staleness staleness;
    @Nullable Outcome tooStale;
    long cost = 1;
    int depth = 1;
    List<Long> boundaries = List.of();

    Parts(String key, long version, Outcome failed, Serving fallthrough) {
      this.key = key;
      this.version = version;
      this.failed = failed;
      this.prerequisiteFailed = failed;
      this.fallthrough = fallthrough;
    }
  }
}
