package dev.guidon.benchmarks.eval;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whether a subject answers what it is asked: before it is timed, every user is asked once and
 * compared with {@link Workload}. Engines hash differently, so that of a split only the shares are
 * compared.
 */
public final class Answers {
  /** Five standard deviations of 1,024 throws of a fair coin. */
  private static final int OFF_BY_MAX = 80;

  private Answers() {}

  /** All whom a call can be asked about: {@link Workload#USERS} users, then the strangers. */
  public static List<User> everybody(Scenario scenario) {
    java.util.ArrayList<User> all = new java.util.ArrayList<>(Workload.users(scenario));
    all.addAll(Workload.strangers());
    return List.copyOf(all);
  }

  /**
   * @return what was seen, for people
   * @throws IllegalStateException saying who was answered wrongly
   */
  public static String check(Scenario scenario, Call call) {
    return switch (scenario) {
      case S3 -> halves(call);
      case S5 -> shares(call);
      case S1, S2, S2C, S4, S4V, S6 -> each(scenario, call);
    };
  }

  private static String each(Scenario scenario, Call call) {
    List<User> all = everybody(scenario);
    int on = 0;
    for (int i = 0; i < all.size(); i++) {
      boolean expected = Workload.isOn(scenario, all.get(i));
      if (call.bool(i) != expected) {
        throw new IllegalStateException(
            scenario + ": " + !expected + " for " + all.get(i) + " (expected: " + expected + ")");
      }
      on += expected ? 1 : 0;
    }
    return on + " of " + all.size() + " on, as expected";
  }

  private static String halves(Call call) {
    int on = 0;
    for (int i = 0; i < Workload.USERS; i++) {
      on += call.bool(i) ? 1 : 0;
    }
    requireNear("on", on, Workload.USERS / 2);
    return on + " of " + Workload.USERS + " on";
  }

  private static String shares(Call call) {
    List<User> all = everybody(Scenario.S5);
    Set<String> inside = Set.copyOf(Workload.segmentKeys());
    Map<String, Integer> counts = new TreeMap<>();
    for (int i = 0; i < all.size(); i++) {
      String answer = call.text(i);
      boolean isInside = inside.contains(all.get(i).key());
      if (isInside != Workload.VARIANTS.contains(answer)
          || !isInside && !answer.equals(Workload.OUTSIDE)) {
        throw new IllegalStateException(
            "S5: "
                + answer
                + " for "
                + all.get(i)
                + " (expected: "
                + (isInside ? Workload.VARIANTS : Workload.OUTSIDE)
                + ")");
      }
      counts.merge(answer, 1, Integer::sum);
    }
    for (int i = 0; i < Workload.VARIANTS.size(); i++) {
      String variant = Workload.VARIANTS.get(i);
      requireNear(
          variant,
          counts.getOrDefault(variant, 0),
          Workload.WEIGHTS.get(i) * Workload.SEGMENT_KEYS / 100);
    }
    return "shares " + counts;
  }

  private static void requireNear(String what, int seen, int expected) {
    if (Math.abs(seen - expected) > OFF_BY_MAX) {
      throw new IllegalStateException(
          "share of " + what + ": " + seen + " (expected: about " + expected + ")");
    }
  }
}
