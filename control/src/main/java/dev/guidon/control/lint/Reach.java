package dev.guidon.control.lint;

import dev.guidon.model.AttributeRef;
import dev.guidon.model.Condition;
import dev.guidon.model.Flag;
import dev.guidon.model.Instants;
import dev.guidon.model.Operator;
import dev.guidon.model.Segment;
import dev.guidon.model.SegmentKey;
import dev.guidon.model.Serve;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which rules of an environment's flags can be reached, and which variants can be served. */
final class Reach {
  /** Beyond so many rules, a rule is held against its neighbours only. */
  private static final int EARLIER_MAX = 200;

  /** What is known of a rule. */
  sealed interface Verdict {
    /** Nothing is proven against it. */
    record Reachable() implements Verdict {}

    /** No context meets its condition; with {@code single}, none without lists as values does. */
    record Contradiction(boolean single) implements Verdict {}

    /** An earlier rule takes everything that this one would. */
    record CoveredBy(int earlier) implements Verdict {}

    /** Earlier rules together take everything that this one would. */
    record Covered() implements Verdict {}
  }

  private final LintEnvironment environment;
  private final Keys keys;
  private final Logic.Budget budget;
  private final Map<String, List<Verdict>> verdicts = new HashMap<>();
  private final Map<String, Set<@Nullable String>> served = new HashMap<>();
  private final Map<SegmentKey, Logic.Membership> memberships = new HashMap<>();

  /**
   * @param budget shared by all that one request asks
   */
  Reach(LintEnvironment environment, Keys keys, Logic.Budget budget) {
    this.environment = environment;
    this.keys = keys;
    this.budget = budget;
  }

  /** A fresh prover: each question about one flag or segment has its own bound of work. */
  Logic logic() {
    return new Logic(this::membership, budget);
  }

  Logic.Membership membership(SegmentKey key) {
    return memberships.computeIfAbsent(key, this::look);
  }

  private Logic.Membership look(SegmentKey key) {
    Segment segment = environment.segments().get(key.value());
    if (segment == null) {
      return new Logic.Membership.Listed();
    }
    boolean none =
        Keys.isEmpty(segment.included()) || keys.isWithin(segment.included(), segment.excluded());
    Condition when = segment.when();
    if (!none) {
      return new Logic.Membership.Listed();
    }
    if (when == null) {
      return new Logic.Membership.Nobody();
    }
    return Keys.isEmpty(segment.included()) && Keys.isEmpty(segment.excluded())
        ? new Logic.Membership.ByCondition(when)
        : new Logic.Membership.AtMost(when);
  }

  // --- rules

  /** Everything that a rule asks, its window of time too. */
  static Condition.All asked(Flag.Rule rule) {
    List<Condition> all = new ArrayList<>();
    if (rule.from() != null) {
      all.add(now(Operator.AFTER, rule.from()));
    }
    if (rule.until() != null) {
      all.add(now(Operator.BEFORE, rule.until()));
    }
    if (rule.when() != null) {
      all.add(rule.when());
    }
    return new Condition.All(all);
  }

  static Condition now(Operator operator, long micros) {
    return new Condition.Test(
        AttributeRef.user(AttributeRef.NOW),
        operator,
        List.of(Json.of(Instants.text(micros))),
        /* ignoreCase= */ false,
        /* negate= */ false);
  }

  List<Verdict> verdicts(Flag flag) {
    List<Verdict> known = verdicts.get(flag.key().value());
    if (known == null) {
      known = judge(flag);
      verdicts.put(flag.key().value(), known);
    }
    return known;
  }

  private List<Verdict> judge(Flag flag) {
    Logic logic = logic();
    List<Verdict> all = new ArrayList<>();
    List<Integer> earlier = new ArrayList<>();
    for (int i = 0; i < flag.rules().size(); i++) {
      Flag.Rule rule = flag.rules().get(i);
      Verdict verdict = judge(logic, flag, asked(rule), earlier);
      all.add(verdict);
      boolean isDead =
          verdict instanceof Verdict.Contradiction contradiction && !contradiction.single();
      if (!isDead && !environment.isGated(flag, rule)) {
        earlier.add(i);
      }
    }
    return all;
  }

  /**
   * @param earlier rules that end the decision for every context that meets them
   */
  private Verdict judge(Logic logic, Flag flag, Condition asked, List<Integer> earlier) {
    Logic.Goal goal = Logic.Goal.met(asked);
    if (logic.isImpossible(List.of(goal), /* single= */ false)) {
      return new Verdict.Contradiction(/* single= */ false);
    }
    List<Logic.Goal> together = new ArrayList<>(List.of(goal));
    int from = Math.max(0, earlier.size() - EARLIER_MAX);
    for (int j : earlier.subList(from, earlier.size())) {
      Logic.Goal passedBy = Logic.Goal.unmet(asked(flag.rules().get(j)));
      if (logic.isImpossible(List.of(goal, passedBy), /* single= */ false)) {
        return new Verdict.CoveredBy(j);
      }
      together.add(passedBy);
    }
    if (together.size() > 2 && logic.isImpossible(together, /* single= */ false)) {
      return new Verdict.Covered();
    }
    return logic.isImpossible(List.of(goal), /* single= */ true)
        ? new Verdict.Contradiction(/* single= */ true)
        : new Verdict.Reachable();
  }

  static boolean isDead(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Reachable reachable -> false;
      case Verdict.Contradiction contradiction -> !contradiction.single();
      case Verdict.CoveredBy covered -> true;
      case Verdict.Covered covered -> true;
    };
  }

  /** Whether rules surely take every context, so that the default serves nobody. */
  boolean defaultIsDead(Flag flag) {
    List<Logic.Goal> none = new ArrayList<>();
    for (Flag.Rule rule : flag.rules()) {
      if (!environment.isGated(flag, rule)) {
        none.add(Logic.Goal.unmet(asked(rule)));
      }
    }
    return !none.isEmpty() && logic().isImpossible(none, /* single= */ false);
  }

  // --- variants

  /**
   * Every variant that the flag may serve as it is now, on or off; {@code null} stands for the code
   * default. {@code null} itself: a flag that is not here.
   */
  @Nullable Set<@Nullable String> served(String key) {
    Flag flag = environment.flags().get(key);
    if (flag == null) {
      return null;
    }
    Set<@Nullable String> known = served.get(key);
    if (known == null) {
      // Flags may name each other in a circle only while nobody looks; then nothing is known.
      served.put(key, everything(flag));
      known = serves(flag);
      served.put(key, known);
    }
    return known;
  }

  private static Set<@Nullable String> everything(Flag flag) {
    Set<@Nullable String> all = new HashSet<>(flag.envelope().variants().keySet());
    all.add(null);
    return all;
  }

  private Set<@Nullable String> serves(Flag flag) {
    Set<@Nullable String> all = new LinkedHashSet<>();
    boolean neverOn =
        !flag.envelope().on() || flag.prerequisites().stream().anyMatch(wanted -> !mayHold(wanted));
    if (neverOn || !flag.prerequisites().isEmpty()) {
      all.add(flag.envelope().offVariant());
    }
    if (!neverOn) {
      addServedWhenOn(flag, all);
    } else if (flag.envelope().on() && flag.staleness() != null) {
      all.add(flag.staleness().variant());
    }
    return all;
  }

  private void addServedWhenOn(Flag flag, Set<@Nullable String> all) {
    for (Flag.Target target : flag.targets()) {
      if (!Keys.isEmpty(target.keys())) {
        all.add(target.variant());
      }
    }
    List<Verdict> judged = verdicts(flag);
    for (int i = 0; i < judged.size(); i++) {
      if (!isDead(judged.get(i))) {
        add(flag, flag.rules().get(i).serve(), all);
      }
    }
    if (!defaultIsDead(flag)) {
      add(flag, flag.defaultServe(), all);
    }
    if (flag.staleness() != null) {
      all.add(flag.staleness().variant());
    }
  }

  private static void add(Flag flag, Serve serve, Set<@Nullable String> all) {
    switch (serve) {
      case Serve.Fixed fixed -> all.add(fixed.variant());
      case Serve.Split split -> {
        for (Serve.Share share : split.shares()) {
          if (share.weight() > 0) {
            all.add(share.variant());
          }
        }
      }
      case Serve.Learned learned -> all.addAll(everything(flag));
    }
  }

  /** Whether the other flag may serve a wanted variant, or is not known here. */
  boolean mayHold(Flag.Prerequisite wanted) {
    Set<@Nullable String> all = served(wanted.flag().value());
    return all == null || wanted.variants().stream().anyMatch(all::contains);
  }
}
