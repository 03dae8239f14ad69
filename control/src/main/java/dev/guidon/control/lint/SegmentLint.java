package dev.guidon.control.lint;

import dev.guidon.model.Condition;
import dev.guidon.model.Segment;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One segment. */
final class SegmentLint {
  private final Segment segment;
  private final Reach reach;
  private final Keys keys;
  private final Linter.Found found;

  SegmentLint(Segment segment, Reach reach, Keys keys, Linter.Found found) {
    this.segment = segment;
    this.reach = reach;
    this.keys = keys;
    this.found = found;
  }

  void run() {
    boolean noneListed = Keys.isEmpty(segment.included());
    boolean allExcluded = !noneListed && keys.isWithin(segment.included(), segment.excluded());
    Condition when = segment.when();
    boolean neverMet =
        when == null
            || reach.logic().isImpossible(List.of(Logic.Goal.met(when)), /* single= */ false);
    if ((noneListed || allExcluded) && neverMet) {
      String lists = noneListed ? "no key is included" : "every included key is excluded as well";
      found.add(
          LintRule.SEGMENT_NEVER_MATCHES,
          noneListed ? "" : "/excluded",
          lists
              + (when == null
                  ? ", and there is no condition"
                  : ", and nothing meets the condition"),
          "Include keys, or give the segment a condition that somebody meets.");
    } else {
      new ConditionLint(reach.logic(), found).run("/if", when);
    }
  }

  /** Every segment that something in an environment names. */
  static Set<String> named(LintEnvironment environment) {
    Set<String> names = new TreeSet<>();
    environment
        .flags()
        .values()
        .forEach(flag -> flag.rules().forEach(rule -> add(names, rule.when())));
    environment.segments().values().forEach(other -> add(names, other.when()));
    return names;
  }

  static Set<String> named(@Nullable Condition condition) {
    Set<String> names = new TreeSet<>();
    add(names, condition);
    return names;
  }

  private static void add(Set<String> names, @Nullable Condition condition) {
    switch (condition) {
      case null -> {}
      case Condition.All all -> all.parts().forEach(part -> add(names, part));
      case Condition.Any any -> any.parts().forEach(part -> add(names, part));
      case Condition.Not not -> add(names, not.part());
      case Condition.InSegment in -> names.add(in.segment().value());
      case Condition.Test test -> {}
    }
  }
}
