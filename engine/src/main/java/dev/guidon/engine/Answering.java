package dev.guidon.engine;

import dev.guidon.model.Flag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What decisions are made by.
 *
 * @param boundedCount how many flags say what to serve when the state is too old
 */
record Answering(Table<FlagProgram> programs, Boundaries boundaries, int boundedCount) {
  private static final Answering NOTHING = new Answering(Table.empty(), Boundaries.NONE, 0);

  /**
   * @param changes what became of flags that were looked at; {@code null}: gone
   */
  static Answering after(
      @Nullable Ruleset before, Map<String, @Nullable Unit<Flag, FlagProgram>> changes) {
    return (before == null ? NOTHING : before.answering()).with(changes);
  }

  private Answering with(Map<String, @Nullable Unit<Flag, FlagProgram>> changes) {
    Map<String, @Nullable FlagProgram> next = new HashMap<>();
    List<Long> gone = new ArrayList<>();
    List<Long> come = new ArrayList<>();
    int bounded = boundedCount;
    for (Map.Entry<String, @Nullable Unit<Flag, FlagProgram>> change : changes.entrySet()) {
      FlagProgram was = programs.get(change.getKey());
      FlagProgram is = change.getValue() == null ? null : serving(change.getValue());
      if (Unit.same(was, is)) {
        continue;
      }
      next.put(change.getKey(), is);
      if (was != null) {
        gone.addAll(was.boundaries());
        bounded -= was.boundsStaleness() ? 1 : 0;
      }
      if (is != null) {
        come.addAll(is.boundaries());
        bounded += is.boundsStaleness() ? 1 : 0;
      }
    }
    return new Answering(programs.with(next), boundaries.with(gone, come), bounded);
  }

  private static FlagProgram serving(Unit<Flag, FlagProgram> unit) {
    return Objects.requireNonNull(unit.serving(), "a flag always has a program");
  }
}
