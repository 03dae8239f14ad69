package dev.guidon.benchmarks.eval;

import java.util.ArrayList;
import java.util.List;

/**
 * The users and the flags of all scenarios, the same for every subject and in every run.
 *
 * <p>Of S4: rule {@code i} of 20 wants one of 5 out of 20 countries and a build of at least a bound
 * that no user reaches, but for the last, which every user of the 1,024 reaches. Each country
 * stands in five rules.
 */
public final class Workload {
  public static final int USERS = 1_024;
  public static final int RULES = 20;
  public static final int COUNTRIES_PER_RULE = 5;
  public static final int SEGMENT_KEYS = 1_000;
  public static final String SEGMENT = "insiders";

  /** The country of S2's rule. */
  public static final String HOME = "DE";

  /** What the four variants of S5 weigh, in percent. */
  public static final List<Integer> WEIGHTS = List.of(10, 20, 30, 40);

  public static final List<String> VARIANTS = List.of("grid", "list", "cards", "map");

  /** S5's answer outside the segment. */
  public static final String OUTSIDE = "plain";

  private static final List<String> COUNTRIES =
      List.of(
          "DE", "FR", "IT", "ES", "PL", "NL", "BE", "AT", "SE", "DK", "FI", "NO", "CZ", "PT", "GR",
          "HU", "RO", "IE", "SK", "HR");

  private Workload() {}

  /**
   * The users that are asked for in turn. All are in {@link #HOME} where the scenario compares
   * countries for equality.
   */
  public static List<User> users(Scenario scenario) {
    List<String> last = countries(RULES - 1);
    List<User> users = new ArrayList<>();
    for (int i = 0; i < USERS; i++) {
      String country =
          switch (scenario) {
            case S4, S4V -> last.get(i % last.size());
            case S1, S2, S2C, S3, S5, S6 -> HOME;
          };
      int build = 40 + i % 50;
      users.add(new User(key(i), country, build, "3." + build + "." + i % 7));
    }
    return users;
  }

  /** Users whom no rule of S2, S4 and S5 matches; asked once, to see that an engine does look. */
  public static List<User> strangers() {
    return List.of(
        new User("stranger-1", "JP", 45, "3.45.0"), new User("stranger-2", "BR", 5, "3.5.0"));
  }

  /** A user key; those below {@link #SEGMENT_KEYS} are in the segment. */
  public static String key(int i) {
    return "user-" + (100_000 + i * 7_919 % 900_000);
  }

  public static List<String> segmentKeys() {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < SEGMENT_KEYS; i++) {
      keys.add(key(i));
    }
    return keys;
  }

  /** The countries of a rule of S4. */
  public static List<String> countries(int rule) {
    List<String> chosen = new ArrayList<>();
    for (int i = 0; i < COUNTRIES_PER_RULE; i++) {
      chosen.add(COUNTRIES.get((rule * 3 + i) % COUNTRIES.size()));
    }
    return chosen;
  }

  /** The least build that a rule of S4 wants. */
  public static int bound(int rule) {
    return rule == RULES - 1 ? 30 : 200 + rule;
  }

  /** The least version that a rule of S4V wants. */
  public static String versionBound(int rule) {
    return "3." + bound(rule) + ".0";
  }

  /** What a boolean scenario answers; for a split, any answer is right. */
  public static boolean isOn(Scenario scenario, User user) {
    return switch (scenario) {
      case S1 -> true;
      case S2, S2C, S6 -> user.country().equals(HOME);
      case S4, S4V -> {
        boolean matches = false;
        for (int i = 0; i < RULES; i++) {
          matches |= countries(i).contains(user.country()) && user.build() >= bound(i);
        }
        yield matches;
      }
      case S3, S5 -> throw new IllegalArgumentException(scenario + " (expected: no split)");
    };
  }
}
