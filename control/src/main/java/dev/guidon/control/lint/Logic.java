package dev.guidon.control.lint;

import dev.guidon.model.AttributeRef;
import dev.guidon.model.Condition;
import dev.guidon.model.SegmentKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Proves that no context meets some conditions together.
 *
 * <p>A tableau: what must hold is taken apart into literals, alternatives are tried one after the
 * other, and a branch is closed when its literals contradict each other at one attribute or
 * segment. When every branch is closed there is no such context. A branch that stays open proves
 * nothing, and neither does a search that used up its steps: then the answer is that it may be met.
 */
final class Logic {
  /** Enough for what people write; a search beyond it ends without a proof. */
  private static final int STEPS_MAX = 3_000;

  /** Comparing larger sets of values is left alone. */
  private static final long VALUES_MAX = 2_000;

  /** Comparisons of values that all proofs of one instance may take together. */
  private static final long WORK_MAX = 5_000_000;

  /**
   * What all questions of one linter may take together, some seconds on one core; without more,
   * what is not yet proven stays unproven.
   */
  static final class Budget {
    private long left = 200_000_000;

    private void take(long work) {
      left -= work;
    }

    private boolean isSpent() {
      return left < 0;
    }
  }

  private static final int SEGMENT_DEPTH_MAX = 16;

  /** How a segment can be looked at. */
  sealed interface Membership {
    /** By nothing but its condition. */
    record ByCondition(Condition when) implements Membership {}

    /** Nobody is in it. */
    record Nobody() implements Membership {}

    /** Nobody is in it who does not meet this, and some who do may be kept out. */
    record AtMost(Condition when) implements Membership {}

    /** By its lists too, of which nothing is known here. */
    record Listed() implements Membership {}
  }

  private final Function<SegmentKey, Membership> segments;
  private final Budget budget;
  private long workLeft = WORK_MAX;

  Logic(Function<SegmentKey, Membership> segments, Budget budget) {
    this.segments = segments;
    this.budget = budget;
  }

  private void take(long work) {
    workLeft -= work;
    budget.take(work);
  }

  private boolean isSpent() {
    return workLeft < 0 || budget.isSpent();
  }

  /** A condition that is to be met, or not to be met. */
  record Goal(Condition condition, boolean wanted, int segmentDepth) {
    static Goal met(Condition condition) {
      return new Goal(condition, true, 0);
    }

    static Goal unmet(Condition condition) {
      return new Goal(condition, false, 0);
    }

    Goal of(Condition part, boolean flipped) {
      return new Goal(part, wanted != flipped, segmentDepth);
    }
  }

  /**
   * Whether surely no context meets all goals.
   *
   * @param single whether contexts whose attributes are lists are left out of account
   */
  boolean isImpossible(List<Goal> goals, boolean single) {
    return new Search(single).isClosed(new Branch(), goals);
  }

  /** What a branch has come to hold so far. */
  private static final class Branch {
    private final Map<AttributeRef, List<Literal>> literals = new HashMap<>();
    private final Map<SegmentKey, Boolean> members = new HashMap<>();
    private final List<List<Goal>> choices = new ArrayList<>();

    Branch copy() {
      Branch copy = new Branch();
      literals.forEach((attribute, list) -> copy.literals.put(attribute, new ArrayList<>(list)));
      copy.members.putAll(members);
      copy.choices.addAll(choices);
      return copy;
    }
  }

  private final class Search {
    private final boolean single;
    private int steps;

    private Search(boolean single) {
      this.single = single;
    }

    private boolean isClosed(Branch branch, List<Goal> goals) {
      if (++steps > STEPS_MAX || isSpent()) {
        return false;
      }
      if (!take(branch, goals)) {
        return true;
      }
      if (branch.choices.isEmpty()) {
        return false;
      }
      List<Goal> choice =
          branch.choices.stream().min(Comparator.comparingInt(List::size)).orElseThrow();
      branch.choices.remove(choice);
      for (Goal alternative : choice) {
        if (!isClosed(branch.copy(), List.of(alternative))) {
          return false;
        }
      }
      return true;
    }

    /** Takes goals apart; false when that ends in a contradiction. */
    private boolean take(Branch branch, List<Goal> goals) {
      Deque<Goal> open = new ArrayDeque<>(goals);
      while (!open.isEmpty()) {
        Goal goal = open.pop();
        Logic.this.take(1);
        boolean holds =
            switch (goal.condition()) {
              case Condition.Not not -> push(open, goal.of(not.part(), /* flipped= */ true));
              case Condition.All all ->
                  parts(branch, open, goal, all.parts(), /* together= */ goal.wanted());
              case Condition.Any any ->
                  parts(branch, open, goal, any.parts(), /* together= */ !goal.wanted());
              case Condition.Test test -> literal(branch, Literal.of(test, goal.wanted()));
              case Condition.InSegment in -> member(branch, open, goal, in);
            };
        if (!holds) {
          return false;
        }
      }
      return true;
    }

    private static boolean push(Deque<Goal> open, Goal goal) {
      open.push(goal);
      return true;
    }

    private static boolean parts(
        Branch branch, Deque<Goal> open, Goal goal, List<Condition> parts, boolean together) {
      List<Goal> goals = parts.stream().map(part -> goal.of(part, /* flipped= */ false)).toList();
      if (together || goals.size() == 1) {
        goals.forEach(open::push);
        return true;
      }
      branch.choices.add(goals);
      return !goals.isEmpty();
    }

    private boolean literal(Branch branch, Literal literal) {
      AttributeRef attribute = literal.test().attribute();
      AttributeRef key = attribute.isBuiltIn() ? AttributeRef.user(attribute.name()) : attribute;
      List<Literal> literals = branch.literals.computeIfAbsent(key, _ -> new ArrayList<>());
      if (literals.contains(literal)) {
        return true;
      }
      literals.add(literal);
      long values = literals.stream().mapToLong(one -> 1L + one.test().values().size()).sum();
      if (values > VALUES_MAX || isSpent()) {
        return true;
      }
      Logic.this.take(values * values);
      return !Attributes.contradict(key, literals, single);
    }

    private boolean member(Branch branch, Deque<Goal> open, Goal goal, Condition.InSegment in) {
      boolean wanted = goal.wanted() != in.negate();
      @Nullable Boolean before = branch.members.putIfAbsent(in.segment(), wanted);
      if (before != null) {
        return before == wanted;
      }
      if (goal.segmentDepth() >= SEGMENT_DEPTH_MAX) {
        return true;
      }
      return switch (segments.apply(in.segment())) {
        case Membership.Nobody nobody -> !wanted;
        case Membership.Listed listed -> true;
        case Membership.AtMost most ->
            !wanted || push(open, new Goal(most.when(), true, goal.segmentDepth() + 1));
        case Membership.ByCondition by ->
            push(open, new Goal(by.when(), wanted, goal.segmentDepth() + 1));
      };
    }
  }
}
