package dev.guidon.engine;

import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** The instants that flags name, in order, each with the number of flags that name it. */
final class Boundaries {
  static final Boundaries NONE = new Boundaries(new long[0], new int[0]);

  private final long[] micros;
  private final int[] counts;

  private Boundaries(long[] micros, int[] counts) {
    this.micros = micros;
    this.counts = counts;
  }

  /** After some flags have stopped naming instants and others have begun to. */
  Boundaries with(List<Long> gone, List<Long> come) {
    if (gone.isEmpty() && come.isEmpty()) {
      return this;
    }
    TreeMap<Long, Integer> changes = new TreeMap<>();
    gone.forEach(at -> changes.merge(at, -1, Integer::sum));
    come.forEach(at -> changes.merge(at, 1, Integer::sum));
    long[] nextMicros = new long[micros.length + changes.size()];
    int[] nextCounts = new int[nextMicros.length];
    int size = 0;
    int i = 0;
    for (var change : changes.entrySet()) {
      long at = change.getKey();
      for (; i < micros.length && micros[i] < at; i++, size++) {
        nextMicros[size] = micros[i];
        nextCounts[size] = counts[i];
      }
      boolean known = i < micros.length && micros[i] == at;
      int count = change.getValue() + (known ? counts[i] : 0);
      i += known ? 1 : 0;
      if (count > 0) {
        nextMicros[size] = at;
        nextCounts[size++] = count;
      }
    }
    for (; i < micros.length; i++, size++) {
      nextMicros[size] = micros[i];
      nextCounts[size] = counts[i];
    }
    return new Boundaries(Arrays.copyOf(nextMicros, size), Arrays.copyOf(nextCounts, size));
  }

  /** How many instants are not after this one. */
  int passed(long nowMicros) {
    int found = Arrays.binarySearch(micros, nowMicros);
    return found < 0 ? -found - 1 : found + 1;
  }

  /** The first instant after this one, {@link Long#MAX_VALUE} when there is none. */
  long next(long nowMicros) {
    int after = passed(nowMicros);
    return after == micros.length ? Long.MAX_VALUE : micros[after];
  }
}
