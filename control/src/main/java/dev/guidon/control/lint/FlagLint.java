package dev.guidon.control.lint;

import dev.guidon.model.Flag;
import dev.guidon.model.Instants;
import dev.guidon.model.Operator;
import dev.guidon.model.Serve;
import dev.guidon.model.Texts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One flag, within its environment. */
final class FlagLint {
  private static final int SHADOWED_SHOWN_MAX = 5;

  private final Flag flag;
  private final LintEnvironment environment;
  private final Reach reach;
  private final Keys keys;
  private final long nowMicros;
  private final Linter.Found found;

  FlagLint(
      Flag flag,
      LintEnvironment environment,
      Reach reach,
      Keys keys,
      long nowMicros,
      Linter.Found found) {
    this.flag = flag;
    this.environment = environment;
    this.reach = reach;
    this.keys = keys;
    this.nowMicros = nowMicros;
    this.found = found;
  }

  void run() {
    prerequisites();
    targets();
    rules();
    serve("/default", flag.defaultServe());
    lastRules();
    if (flag.envelope().on()) {
      variants();
    }
  }

  private void prerequisites() {
    for (int i = 0; i < flag.prerequisites().size(); i++) {
      Flag.Prerequisite wanted = flag.prerequisites().get(i);
      if (!reach.mayHold(wanted)) {
        String other = wanted.flag().value();
        Flag there = environment.flags().get(other);
        boolean on = there != null && there.envelope().on();
        found.add(
            LintRule.PREREQUISITE_NEVER_HOLDS,
            "/prerequisites/" + i,
            "flag "
                + Texts.shown(other)
                + ", which is "
                + (on ? "on" : "off")
                + ", serves "
                + shown(reach.served(other))
                + " and never "
                + shown(wanted.variants()),
            "Wait for a variant that the other flag serves, or change the other flag first.");
      }
    }
  }

  private static String shown(@Nullable Set<? extends @Nullable String> variants) {
    TreeSet<String> names = new TreeSet<>();
    if (variants != null) {
      for (String variant : variants) {
        names.add(variant == null ? "the code default" : Texts.shown(variant));
      }
    }
    return String.join(", ", names);
  }

  private void targets() {
    Map<String, Map<String, Integer>> firstByKind = new HashMap<>();
    for (int i = 0; i < flag.targets().size(); i++) {
      Flag.Target target = flag.targets().get(i);
      Set<String> units = keys.of(target.keys());
      Map<String, Integer> first = firstByKind.computeIfAbsent(target.kind(), _ -> new HashMap<>());
      TreeSet<String> twice = new TreeSet<>();
      int earlier = -1;
      for (String unit : units == null ? Set.<String>of() : units) {
        Integer before = first.putIfAbsent(unit, i);
        if (before != null) {
          twice.add(unit);
          earlier = earlier < 0 ? before : Math.min(earlier, before);
        }
      }
      if (!twice.isEmpty()) {
        found.add(
            LintRule.SHADOWED_TARGET,
            "/targets/" + i + "/keys",
            twice.size()
                + (twice.size() == 1 ? " unit is" : " units are")
                + " in /targets/"
                + earlier
                + " already: "
                + String.join(
                    ", ", twice.stream().limit(SHADOWED_SHOWN_MAX).map(Texts::shown).toList())
                + (twice.size() > SHADOWED_SHOWN_MAX ? ", …" : ""),
            "Name each unit once; the first list wins.");
      }
    }
  }

  // --- rules

  private void rules() {
    List<Reach.Verdict> verdicts = reach.verdicts(flag);
    for (int i = 0; i < verdicts.size(); i++) {
      Flag.Rule rule = flag.rules().get(i);
      String place = "/rules/" + i;
      switch (verdicts.get(i)) {
        case Reach.Verdict.Contradiction contradiction ->
            ConditionLint.say(
                found,
                rule.when() == null ? place : place + "/if",
                Reach.asked(rule),
                !contradiction.single());
        case Reach.Verdict.CoveredBy covered -> covered(place, rule, covered.earlier());
        case Reach.Verdict.Covered covered ->
            found.add(
                LintRule.UNREACHABLE_RULE,
                place,
                "rule " + Texts.shown(rule.id()) + ": earlier rules together take every context",
                "Move the rule up, narrow the rules before it, or delete it.");
        case Reach.Verdict.Reachable reachable -> {
          window(place, rule);
          new ConditionLint(reach.logic(), found).run(place + "/if", rule.when());
        }
      }
      serve(place + "/serve", rule.serve());
    }
  }

  private void covered(String place, Flag.Rule rule, int earlier) {
    Flag.Rule first = flag.rules().get(earlier);
    boolean same =
        Reach.asked(first).equals(Reach.asked(rule)) && first.serve().equals(rule.serve());
    found.add(
        same ? LintRule.DUPLICATE_RULE : LintRule.UNREACHABLE_RULE,
        place,
        "rule "
            + Texts.shown(rule.id())
            + (same ? ": the same as rule " : ": every context that meets it is taken by rule ")
            + Texts.shown(first.id())
            + " at /rules/"
            + earlier,
        same
            ? "Delete one of the two."
            : "Move the rule before /rules/" + earlier + ", narrow that one, or delete this one.");
  }

  private void window(String place, Flag.Rule rule) {
    List<Logic.Goal> fromNow =
        List.of(
            Logic.Goal.met(Reach.asked(rule)),
            Logic.Goal.met(Reach.now(Operator.AFTER, nowMicros)));
    if (reach.logic().isImpossible(fromNow, /* single= */ false)) {
      Long until = rule.until();
      found.add(
          LintRule.RULE_WINDOW_OVER,
          until != null && until <= nowMicros ? place + "/until" : place + "/if",
          "rule "
              + Texts.shown(rule.id())
              + (until != null && until <= nowMicros
                  ? " ended " + Instants.text(until)
                  : " asks for a time that has passed"),
          "Delete the rule; history keeps it.");
    }
  }

  // --- what is served

  private void serve(String place, Serve serve) {
    if (!(serve instanceof Serve.Split split)) {
      return;
    }
    Set<@Nullable String> served = new HashSet<>();
    List<Integer> empty = new ArrayList<>();
    for (int i = 0; i < split.shares().size(); i++) {
      Serve.Share share = split.shares().get(i);
      if (share.weight() == 0) {
        empty.add(i);
      } else {
        served.add(share.variant());
      }
    }
    if (served.size() == 1) {
      found.add(
          LintRule.ONE_ARMED_SPLIT,
          place + "/split/shares",
          "all of " + Serve.WHOLE + " go to " + shown(served),
          "Serve the variant without a split, or give another variant a share.");
      return;
    }
    for (int i : empty) {
      String variant = split.shares().get(i).variant();
      found.add(
          LintRule.EMPTY_SHARE,
          place + "/split/shares/" + i + "/weight",
          "0 of "
              + Serve.WHOLE
              + " go to "
              + (variant == null ? "the code default" : Texts.shown(variant)),
          "Leave the share out, or give it a weight.");
    }
  }

  /** Of the rules at the end those that change nothing. */
  private void lastRules() {
    List<Reach.Verdict> verdicts = reach.verdicts(flag);
    for (int i = flag.rules().size() - 1; i >= 0; i--) {
      Flag.Rule rule = flag.rules().get(i);
      boolean same =
          rule.serve().equals(flag.defaultServe()) && !(rule.serve() instanceof Serve.Learned);
      if (!same && !Reach.isDead(verdicts.get(i))) {
        return;
      }
      if (same && !Reach.isDead(verdicts.get(i))) {
        found.add(
            LintRule.RULE_SERVES_DEFAULT,
            "/rules/" + i + "/serve",
            "rule " + Texts.shown(rule.id()) + " serves what the default serves",
            "Delete the rule, or let it serve something else.");
      }
    }
  }

  private void variants() {
    Set<@Nullable String> served = reach.served(flag.key().value());
    for (String variant : flag.envelope().variants().keySet()) {
      if (served != null
          && !served.contains(variant)
          && !variant.equals(flag.envelope().offVariant())) {
        found.add(
            LintRule.VARIANT_NEVER_SERVED,
            "/envelope/variants/" + variant.replace("~", "~0").replace("/", "~1"),
            "variant " + Texts.shown(variant) + " is served by no target, rule or default",
            "Serve it somewhere, or delete it.");
      }
    }
  }
}
