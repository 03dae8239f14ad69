package dev.guidon.benchmarks.load;

import dev.guidon.benchmarks.eval.Flags;
import dev.guidon.benchmarks.eval.User;
import dev.guidon.model.EntityId;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Any number of flags of the shape of S4, 20 rules of two clauses, none like another: keys, rule
 * ids, salts, the texts served, the sets of countries and the bounds all differ. Only names of
 * attributes and country codes come again, as they do in life.
 */
public final class Many {
  public static final int RULES = 20;
  private static final int COUNTRIES = 240;
  private static final int COUNTRIES_PER_RULE = 5;
  private final int count;

  public Many(int count) {
    this.count = count;
  }

  public int count() {
    return count;
  }

  public static String key(int flag) {
    return "team-" + flag % 97 + ".feature-" + flag;
  }

  public static String salt(int flag) {
    return Long.toHexString(new SplittableRandom(flag * 31L + 7).nextLong());
  }

  public static String ruleId(int flag, int rule) {
    return "r" + Integer.toHexString((flag * RULES + rule) * 2_654_435 + 12_345);
  }

  /** What is served when a rule matches. */
  public static String on(int flag) {
    return "treatment-" + flag;
  }

  public static String off(int flag) {
    return "control-" + flag;
  }

  /** No two rules of a flag have the same; every flag has its own. */
  public static List<String> countries(int flag, int rule) {
    SplittableRandom random = new SplittableRandom(flag * 1_000L + rule);
    Set<String> chosen = new HashSet<>();
    List<String> countries = new ArrayList<>();
    while (countries.size() < COUNTRIES_PER_RULE) {
      String country = country(random.nextInt(COUNTRIES));
      if (chosen.add(country)) {
        countries.add(country);
      }
    }
    return countries;
  }

  private static String country(int i) {
    return "" + (char) ('A' + i / 26) + (char) ('A' + i % 26);
  }

  /** Different for every rule of every flag. */
  public static int bound(int flag, int rule) {
    return 10 + flag * RULES + rule;
  }

  /** In a country of the flag's last rule, with a build that reaches all of its bounds, or none. */
  public User user(int flag, boolean matches) {
    int build = matches ? bound(flag, RULES - 1) : 0;
    return new User(
        "u" + flag, countries(flag, RULES - 1).get(flag % COUNTRIES_PER_RULE), build, "1.0.0");
  }

  public static String expected(int flag, boolean matches) {
    return matches ? on(flag) : off(flag);
  }

  /** Whether any rule of a flag whose bounds were moved up holds for a user. */
  public static boolean matches(int flag, User user, int shift) {
    for (int rule = 0; rule < RULES; rule++) {
      if (countries(flag, rule).contains(user.country())
          && user.build() >= bound(flag, rule) + shift) {
        return true;
      }
    }
    return false;
  }

  /** The flags as documents of Guidon's API. */
  public Map<EntityId, Json.Obj> documents() {
    Map<EntityId, Json.Obj> documents = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      documents.put(EntityId.flag(key(i)), document(i, /* shift= */ 0));
    }
    return documents;
  }

  /** A flag, its bounds moved up. */
  public static Json.Obj document(int flag, int shift) {
    List<Json> rules = new ArrayList<>();
    for (int rule = 0; rule < RULES; rule++) {
      Json country = Flags.test("country", "in", Flags.texts(countries(flag, rule)));
      Json bound = Flags.test("build", "gte", Json.arr(Json.of((long) bound(flag, rule) + shift)));
      rules.add(
          Json.Obj.of(
              "id",
              Json.of(ruleId(flag, rule)),
              "if",
              Json.Obj.of("all", Json.arr(country, bound)),
              "serve",
              Json.Obj.of("variant", Json.of("on"))));
    }
    Json.Obj variants = Json.Obj.of("on", Json.of(on(flag)), "off", Json.of(off(flag)));
    return Flags.document(
            key(flag), "string", variants, "off", rules, Json.Obj.of("variant", Json.of("off")))
        .with("salt", Json.of(salt(flag)));
  }
}
