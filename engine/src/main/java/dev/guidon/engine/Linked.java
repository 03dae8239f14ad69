package dev.guidon.engine;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The entities of one kind, compiled.
 *
 * @param linkedCount how many of them are linked to others
 */
record Linked<D, P>(Table<Unit<D, P>> units, int linkedCount) {
  static <D, P> Linked<D, P> none() {
    return new Linked<>(Table.empty(), 0);
  }

  /** After some of them have become something else, or gone. */
  Linked<D, P> with(Map<String, @Nullable Unit<D, P>> changes) {
    int count = linkedCount;
    for (Map.Entry<String, @Nullable Unit<D, P>> change : changes.entrySet()) {
      count += isLinked(change.getValue()) - isLinked(units.get(change.getKey()));
    }
    return new Linked<>(units.with(changes), count);
  }

  private static int isLinked(@Nullable Unit<?, ?> unit) {
    return unit == null || unit.links().isEmpty() ? 0 : 1;
  }
}
