package dev.guidon.fuzz;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jacoco.core.data.ExecutionData;
import org.jacoco.core.data.ExecutionDataStore;

/**
 * Which places of the instrumented classes have run. The classes write into these arrays
 * themselves, so that asking after every input costs a few microseconds.
 */
public final class Probes {
  private static final Map<Integer, Probes> ALL = new ConcurrentHashMap<>();

  private final Map<Long, ExecutionData> classes = new HashMap<>();
  private volatile List<boolean[]> arrays = List.of();

  static Probes of(int loader) {
    return ALL.computeIfAbsent(loader, id -> new Probes());
  }

  static void forget(int loader) {
    ALL.remove(loader);
  }

  /** Called by instrumented classes when they are first used. */
  public static boolean[] array(int loader, long classId, String name, int count) {
    return of(loader).array(classId, name, count);
  }

  private synchronized boolean[] array(long classId, String name, int count) {
    ExecutionData data = classes.get(classId);
    if (data == null) {
      data = new ExecutionData(classId, name, count);
      classes.put(classId, data);
      List<boolean[]> more = new ArrayList<>(arrays);
      more.add(data.getProbes());
      arrays = List.copyOf(more);
    }
    return data.getProbes();
  }

  /** How many places have run so far. */
  int hits() {
    int hits = 0;
    for (boolean[] array : arrays) {
      for (boolean hit : array) {
        hits += hit ? 1 : 0;
      }
    }
    return hits;
  }

  synchronized ExecutionDataStore store() {
    ExecutionDataStore store = new ExecutionDataStore();
    classes.values().forEach(store::put);
    return store;
  }
}
