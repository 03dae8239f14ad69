package dev.guidon.engine;

import dev.guidon.model.Flag;
import dev.guidon.model.Instants;
import dev.guidon.model.json.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A compiled flag: decides in the order off, prerequisites, individual targets, rules, default. */
final class FlagProgram implements Table.Keyed {
  private static final Prerequisite[] NO_PREREQUISITES = {};
  private static final Target[] NO_TARGETS = {};

  private final FlagFacts facts;
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
  private final Rules rules;
  private final Serving fallthrough;
  private final Flag.@Nullable Staleness staleness;
  private final @Nullable Outcome tooStale;
  private final long cost;
  private final int depth;
  private final List<Long> boundaries;
  private final @Nullable FlagOrigin origin;

  FlagProgram(Parts parts) {
    this.facts = parts.facts;
    this.clientVisible = parts.clientVisible;
    this.fixed = parts.fixed;
    this.failed = parts.failed;
    this.prerequisiteFailed = parts.prerequisiteFailed;
    this.prerequisites =
        parts.prerequisites.isEmpty()
            ? NO_PREREQUISITES
            : parts.prerequisites.toArray(Prerequisite[]::new);
    this.targets = parts.targets.isEmpty() ? NO_TARGETS : parts.targets.toArray(Target[]::new);
    this.rules = parts.rules;
    this.fallthrough = parts.fallthrough;
    this.staleness = parts.staleness;
    this.tooStale = parts.tooStale;
    this.cost = parts.cost;
    this.depth = parts.depth;
    this.boundaries = parts.boundaries;
    this.origin = parts.origin;
  }

  /** A flag that asks nothing. */
  static FlagProgram fixed(FlagFacts facts, boolean clientVisible, Outcome answer) {
    Parts parts = new Parts(facts, answer, new Serving.Fixed(answer));
    parts.clientVisible = clientVisible;
    parts.fixed = answer;
    return new FlagProgram(parts);
  }

  /** Stands in for a flag that is not there. */
  static FlagProgram missing(String key) {
    return fixed(FlagFacts.unknown(key), /* clientVisible= */ false, Outcome.notFound(key));
  }

  @Override
  public String key() {
    return facts.key();
  }

  /**
   * The same flag compiled so that it can be traced: as it is written, with nothing left out and
   * nothing asked together. Its prerequisites and segments too.
   */
  FlagProgram explained(Links.Explaining explaining) throws RefusedException {
    return origin == null ? this : origin.compileExplained(targets, explaining);
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
            Json.of(facts.key()),
            "version",
            Json.of((double) facts.version()),
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
    Outcome ruled = rules.decide(context, nowMicros, trace);
    return ruled == null ? fallthrough(context, trace) : ruled;
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
              Json.of(flag.key()),
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

    KeySet keys() {
      return keys;
    }

    boolean holds(Context context, @Nullable Trace trace) {
      Object actual = unit.read(context);
      boolean holds = keys.contains(actual);
      if (trace != null) {
        String key = Values.unit(actual);
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

  /** What a program is made of, while it is being made. */
  static final class Parts {
    final FlagFacts facts;
    final Outcome failed;
    boolean clientVisible;
    @Nullable Outcome fixed;
    Outcome prerequisiteFailed;
    List<Prerequisite> prerequisites = List.of();
    List<Target> targets = List.of();
    Rules rules = Rules.NONE;
    Serving fallthrough;
    Flag.@Nullable Staleness staleness;
    @Nullable Outcome tooStale;
    long cost = 1;
    int depth = 1;
    List<Long> boundaries = List.of();
    @Nullable FlagOrigin origin;

    Parts(FlagFacts facts, Outcome failed, Serving fallthrough) {
      this.facts = facts;
      this.failed = failed;
      this.prerequisiteFailed = failed;
      this.fallthrough = fallthrough;
    }
  }
}
