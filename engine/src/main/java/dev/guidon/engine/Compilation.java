package dev.guidon.engine;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

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
    // In order, not in the order of a hash that differs from process to process.
    changedFlags = Collections.unmodifiableSet(new TreeSet<>(changedFlags));
  }
}
