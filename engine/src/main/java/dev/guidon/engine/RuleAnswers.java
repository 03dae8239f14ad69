package dev.guidon.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the rules of a flag give. Most rules give one variant to everybody; their outcomes are made
 * when they are first wanted, since most are never wanted, and are always the same objects then.
 */
final class RuleAnswers {
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Outcome[].class);
  private static final VarHandle MADE = made();

  private final FlagFacts facts;
  private final PackedTexts ids;
  private final @Nullable Variant[] variants;

  /** By rule: a place in {@link #variants}. */
  private final short[] given;

  /** By rule: the layer that let the unit in, where one did. */
  private final @Nullable Bucketing @Nullable [] gates;

  /** By rule: what gives more than one variant; {@code null} where no rule does. */
  private final @Nullable Serving @Nullable [] others;

  /**
   * {@code null} until the first is made: most flags of a large environment are never asked for.
   */
  private @Nullable Outcome @Nullable [] made;

  /**
   * @param given by rule, all of them equal objects where they are equal
   */
  RuleAnswers(
      FlagFacts facts,
      List<String> ids,
      List<@Nullable Variant> given,
      List<@Nullable Serving> others,
      List<@Nullable Bucketing> gates) {
    this.facts = facts;
    this.ids = PackedTexts.of(ids);
    this.variants = given.stream().distinct().toArray(Variant[]::new);
    this.given = new short[given.size()];
    for (int i = 0; i < this.given.length; i++) {
      this.given[i] = (short) java.util.Arrays.asList(variants).indexOf(given.get(i));
    }
    boolean hasOthers = others.stream().anyMatch(java.util.Objects::nonNull);
    this.others = hasOthers ? others.toArray(Serving[]::new) : null;
    boolean hasGates = gates.stream().anyMatch(java.util.Objects::nonNull);
    this.gates = hasGates ? gates.toArray(Bucketing[]::new) : null;
  }

  private static VarHandle made() {
    try {
      return MethodHandles.lookup().findVarHandle(RuleAnswers.class, "made", Outcome[].class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  String ruleId(int rule) {
    return ids.get(rule);
  }

  Outcome answer(int rule, Context context, @Nullable Trace trace) {
    @Nullable Outcome[] outcomes = made;
    Outcome known = outcomes == null ? null : outcomes[rule];
    if (known != null) {
      return known;
    }
    Serving other = others == null ? null : others[rule];
    return other == null ? make(rule) : other.serve(context, trace);
  }

  /** Threads that come at the same time agree on one object. */
  private Outcome make(int rule) {
    Outcome next =
        facts.outcome(
            variants[given[rule]],
            Reason.TARGETING_MATCH,
            ids.get(rule),
            rule,
            null,
            gates == null ? null : gates[rule]);
    @Nullable Outcome[] outcomes = made;
    if (outcomes == null) {
      @Nullable Outcome[] empty = new Outcome[given.length];
      @Nullable Outcome[] before = (Outcome[]) MADE.compareAndExchange(this, null, empty);
      outcomes = before == null ? empty : before;
    }
    Outcome first = (Outcome) SLOT.compareAndExchange(outcomes, rule, null, next);
    return first == null ? next : first;
  }
}
