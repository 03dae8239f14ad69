package dev.guidon.conformance;

import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/**
 * Suites of buckets: units of all sorts, and shares at their edges. Buckets are {@link Naive}'s.
 */
final class BucketSuites {
  private static final String SOURCE =
      "Murmur3, unit texts and shares by the plain code of Naive and BucketSuites, not by the engine";
  private static final int UNITS = 10_000;

  private BucketSuites() {}

  static List<Draft> all() {
    return List.of(buckets(), splits(), unitTexts());
  }

  /** Ten thousand units of all sorts, each to its bucket and its share. */
  private static Draft buckets() {
    Draft draft = new Draft("buckets", SOURCE, "10,000 units of all sorts: bucket and variant");
    String[] salts = {"checkout", "", "\u00e9\ud83d\ude00", "s".repeat(33)};
    int[] weights = {1, 9_999, 40_000, 0, 50_000};
    for (int i = 0; i < salts.length; i++) {
      draft.put("f" + i, splitFlag("f" + i, salts[i], weights));
    }
    Random random = new Random(20261122);
    Set<String> seen = new HashSet<>();
    while (seen.size() < UNITS) {
      String unit = unit(seen.size(), random);
      if (seen.add(unit)) {
        int which = seen.size() % salts.length;
        int bucket = Naive.bucket(salts[which], unit);
        Json context = Json.Obj.of("targetingKey", text(unit));
        draft.ask("f" + which, context, served(variant(bucket, weights), bucket), "");
      }
    }
    return draft;
  }

  private static Json splitFlag(String key, String salt, int... weights) {
    List<Json> shares = new ArrayList<>();
    Json.Obj.Builder variants = Json.Obj.builder();
    for (int i = 0; i < weights.length; i++) {
      variants.put("v" + i, "v" + i);
      shares.add(
          Json.Obj.builder().put("variant", "v" + i).put("weight", (long) weights[i]).build());
    }
    Json.Obj envelope =
        Json.Obj.builder()
            .put("key", key)
            .put("type", "string")
            .put("on", true)
            .put("variants", variants.build())
            .build();
    Json.Obj split =
        Json.Obj.builder().put("shares", new Json.Arr(shares)).put("salt", salt).build();
    return Json.Obj.of("envelope", envelope, "default", Json.Obj.of("split", split));
  }

  private static String variant(int bucket, int... weights) {
    int left = bucket;
    int i = 0;
    while (left >= weights[i]) {
      left -= weights[i++];
    }
    return "v" + i;
  }

  private static Json served(String variant, int bucket) {
    return Json.Obj.builder()
        .put("value", variant)
        .put("variant", variant)
        .put("reason", "SPLIT")
        .put("bucket", (long) bucket)
        .build();
  }

  private static String unit(int n, Random random) {
    return switch (n % 10) {
      case 0, 1 -> "user-" + n;
      case 2 -> String.valueOf(random.nextInt(1_000_000_000));
      case 3 -> new UUID(random.nextLong(), random.nextLong()).toString();
      case 4 -> "name" + n + "@example.org";
      case 5 -> chars(random, 1 + random.nextInt(12), 0x20, 0x17F);
      case 6 -> chars(random, 1 + random.nextInt(6), 0x800, 0xD7FF);
      case 7 -> chars(random, 1 + random.nextInt(4), 0x10000, 0x10FFFF);
      case 8 -> chars(random, random.nextInt(9), 0, 0x7F);
      default -> n % 100 == 9 ? chars(random, 3, 0xD800, 0xDFFF) : lone(random) + n;
    };
  }

  private static String chars(Random random, int count, int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      int c = from + random.nextInt(to - from + 1);
      if (c > 0xFFFF) {
        text.appendCodePoint(c);
      } else {
        text.append((char) c);
      }
    }
    return text.toString();
  }

  /** A surrogate without its partner in the middle of text. */
  private static String lone(Random random) {
    return "a" + (char) (0xD800 + random.nextInt(0x800)) + "b";
  }

  /** As a string, or as code units where JSON has no such string. */
  private static Json text(String text) {
    if (text.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF)) {
      return Json.of(text);
    }
    List<Json> units = new ArrayList<>();
    text.chars().forEach(unit -> units.add(Json.of((long) unit)));
    return Json.Obj.of(Suite.UTF16, new Json.Arr(units));
  }

  /** Shares at their edges, salts and their order, units that are missing. */
  private static Draft splits() {
    Draft draft = new Draft("splits", SOURCE, "weights 0, 1, 99,999 and 100,000; salts; units");
    String first = unitOf(0);
    String second = unitOf(1);
    String lastButOne = unitOf(99_998);
    String last = unitOf(99_999);
    int[][] rows = {
      {100_000},
      {0, 100_000},
      {100_000, 0},
      {1, 99_999},
      {99_999, 1},
      {1, 99_998, 1},
      {0, 1, 0, 99_998, 0, 1, 0},
      {50_000, 50_000}
    };
    for (int i = 0; i < rows.length; i++) {
      draft.put("w" + i, splitFlag("w" + i, "edge", rows[i]));
      for (String unit : List.of(first, second, lastButOne, last, "x", "")) {
        int bucket = Naive.bucket("edge", unit);
        Json context = Json.Obj.of("targetingKey", Json.of(unit));
        draft.ask("w" + i, context, served(variant(bucket, rows[i]), bucket), "");
      }
    }
    String shares = "'shares':[{'variant':'on','weight':100000}]";
    draft.flag("saltOfSplit", "'salt':'flag','default':{'split':{" + shares + ",'salt':'own'}}");
    draft.flag("saltOfFlag", "'salt':'flag','default':{'split':{" + shares + "}}");
    draft.flag("saltIsKey", "'default':{'split':{" + shares + "}}");
    draft.flag("saltEmpty", "'salt':'flag','default':{'split':{" + shares + ",'salt':''}}");
    draft.flag("saltEmptyFlag", "'salt':'','default':{'split':{" + shares + ",'salt':null}}");
    all(draft, "saltOfSplit", "own", "u1");
    all(draft, "saltOfFlag", "flag", "u1");
    all(draft, "saltIsKey", "saltIsKey", "u1");
    all(draft, "saltEmpty", "", "u1");
    all(draft, "saltEmptyFlag", "", "u1");
    // The worked example of the page.
    draft.flag("checkout", "'default':{'split':{" + shares + "}}");
    draft.ask(
        "checkout",
        "{'targetingKey':'u1'}",
        "{'value':true,'variant':'on','reason':'SPLIT','bucket':49835}");
    draft.flag(
        "twice",
        "'default':{'split':{'shares':[{'variant':'on','weight':30000},{'variant':null,'weight':40000},{'variant':'on','weight':30000}],'salt':'edge'}}");
    for (int i = 0; i < 20; i++) {
      int bucket = Naive.bucket("edge", "t" + i);
      String served = bucket >= 30_000 && bucket < 70_000 ? "" : "'value':true,'variant':'on',";
      draft.ask(
          "twice",
          "{'targetingKey':'t" + i + "'}",
          "{" + served + "'reason':'SPLIT','bucket':" + bucket + "}");
    }
    draft.flag(
        "attribute",
        "'rules':[{'id':'r','if':{'attribute':'go','op':'present'},'serve':{'split':{"
            + shares
            + ",'unit':'/a/b','kind':'o','salt':'s'}}}]");
    draft.ask(
        "attribute",
        "{'go':1,'$kinds':{'o':{'a':{'b':'x'}}}}",
        "{'value':true,'variant':'on','reason':'SPLIT','ruleId':'r','bucket':"
            + Naive.bucket("s", "x")
            + "}");
    draft.ask(
        "attribute",
        "{'go':1,'a':{'b':'x'}}",
        "{'reason':'ERROR','errorCode':'TARGETING_KEY_MISSING','ruleId':'r'}");
    draft.ask(
        "attribute",
        "{'go':1,'$kinds':{'o':{'a':{'b':['x']}}}}",
        "{'reason':'ERROR','errorCode':'TARGETING_KEY_MISSING','ruleId':'r'}");
    draft.ask("attribute", "{}", Draft.OFF);
    draft.ask("saltIsKey", "{}", "{'reason':'ERROR','errorCode':'TARGETING_KEY_MISSING'}");
    return draft;
  }

  private static void all(Draft draft, String flag, String salt, String unit) {
    int bucket = Naive.bucket(salt, unit);
    draft.ask(
        flag,
        "{'targetingKey':'" + unit + "'}",
        "{'value':true,'variant':'on','reason':'SPLIT','bucket':" + bucket + "}");
  }

  /** The first of {@code u0, u1, …} with this bucket. */
  private static String unitOf(int bucket) {
    int n = 0;
    while (Naive.bucket("edge", "u" + n) != bucket) {
      n++;
    }
    return "u" + n;
  }

  /** Units that are no strings, by the text that is hashed. */
  private static Draft unitTexts() {
    Draft draft = new Draft("unit-texts", SOURCE, "numbers and booleans as units of splits");
    draft.put("f", splitFlag("f", "s", 50_000, 50_000));
    draft.put(
        "f",
        ((Json.Obj) splitFlag("f", "s", 50_000, 50_000))
            .with(
                "default",
                Draft.json(
                    "{'split':{'shares':[{'variant':'v0','weight':50000},{'variant':'v1','weight':50000}],'unit':'a','salt':'s'}}")));
    List<Double> numbers = new ArrayList<>();
    String edges =
        "0 -0.0 1 -1 10 1e15 1e16 123456789012345680 1e20 1e21 -1e21 1e22 1.5e300 9007199254740992"
            + " 9007199254740991 9223372036854775808 -9223372036854775808 1.7976931348623157e308"
            + " 0.1 -0.1 0.5 1.5 100.25 123456.789 0.000001 0.0000012 9.5e-7 1e-7 1.5e-7 -1.25e-10"
            + " 5e-324 2.2250738585072014e-308 4.35 0.30000000000000004 0.3333333333333333"
            + " 0.6666666666666666 0.00001 1234.5678e-9 999999999999999900000";
    for (String edge : edges.split(" ", -1)) {
      numbers.add(Double.parseDouble(edge));
    }
    Random random = new Random(7);
    for (int i = 0; i < 400; i++) {
      double value = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(40) - 20);
      numbers.add(i % 4 == 0 ? Math.rint(value) : value);
    }
    for (double number : numbers) {
      ask(draft, Json.of(number), Naive.unit(number));
    }
    ask(draft, Json.of(true), "true");
    ask(draft, Json.of(false), "false");
    ask(draft, Json.of("1"), "1");
    ask(draft, Json.of(""), "");
    for (String none :
        new String[] {"{'a':null}", "{'a':[]}", "{'a':[1]}", "{'a':{}}", "{'b':1}"}) {
      draft.ask("f", none, "{'reason':'ERROR','errorCode':'TARGETING_KEY_MISSING'}");
    }
    return draft;
  }

  private static void ask(Draft draft, Json value, String unit) {
    int bucket = Naive.bucket("s", unit);
    String variant = variant(bucket, 50_000, 50_000);
    draft.ask("f", Json.Obj.of("a", value), served(variant, bucket), "");
  }
}
