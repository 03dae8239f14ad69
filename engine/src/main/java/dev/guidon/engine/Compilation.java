package dev.guidon.engine;

import java.util.List;
import java.util.Set;

/**
 * What came of compiling a view.
 *
 * @param refusals the entities of the view whose newest version is not in use, all of them, not
 *     only new ones
 * @param changedFlags flags whose answers may differ from those of the ruleset before: changed,
 *     added or removed themselves, or by a segment, layer or prerequisite
 */
public record Compilation(Ruleset ruleset, List<Refusal> refusals, Set<String> changedFlags) {
  public Compilation {
    refusals = List.copyOf(refusals);
    changedFlags = Set.copyOf(changedFlags);
  }
}
