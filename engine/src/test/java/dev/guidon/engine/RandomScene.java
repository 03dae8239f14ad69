package dev.guidon.engine;

import dev.guidon.model.EntityId;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Random documents that use everything a flag can say, and random contexts that often meet them.
 */
public final class RandomScene {
  public static final int FLAGS = 12;
  static final int SEGMENTS = 5;
  static final int LAYERS = 2;

  private static final String[] TEXTS = {
    "DE",
    "FR",
    "de",
    "1.2.0",
    "v1.2",
    "1.2.0-beta",
    "01.2.0",
    "10.0.0.1",
    "10.0.0.256",
    "fe80::1",
    "1.2.0-beta.3",
    "2000000000.0.0",
    "2026-01-01T00:00:00Z",
    "2026-01-01T01:00:00+02:00",
    "beta",
    "",
    "d\u0131\u017f"
  };
  private static final String[] ATTRIBUTES = {
    "a", "b", "/m/x", "/m/l/0", "targetingKey", "$region", "$now"
  };

  private final Random random;

  public RandomScene(Random random) {
    this.random = random;
  }

  /** A scene with some of everything, in which every reference leads somewhere. */
  public Scene scene() {
    Scene scene = new Scene();
    for (int i = 0; i < LAYERS; i++) {
      layer(scene, i);
    }
    for (int i = 0; i < SEGMENTS; i++) {
      segment(scene, i);
    }
    for (int i = 0; i < FLAGS; i++) {
      flag(scene, i);
    }
    return scene;
  }

  /** One change, after which every reference still leads somewhere. */
  public void edit(Scene scene) {
    switch (random.nextInt(8)) {
      case 0 -> layer(scene, random.nextInt(LAYERS));
      case 1, 2 -> segment(scene, random.nextInt(SEGMENTS));
      case 3 -> scene.region(random.nextBoolean() ? "eu" : "us");
      case 4 -> {
        // The last flag is nobody's prerequisite.
        EntityId last = EntityId.flag("f" + (FLAGS - 1));
        if (scene.has(last)) {
          scene.remove(last);
        } else {
          flag(scene, FLAGS - 1);
        }
      }
      default -> flag(scene, random.nextInt(FLAGS - 1));
    }
  }

  private void layer(Scene scene, int i) {
    List<String> ranges = new ArrayList<>();
    int at = random.nextInt(10_000);
    while (at < 90_000) {
      int to = at + 1 + random.nextInt(30_000);
      ranges.add(
          "{'flag':'f"
              + random.nextInt(FLAGS)
              + "','rule':'r"
              + random.nextInt(3)
              + "','from':"
              + at
              + ",'to':"
              + Math.min(to, 100_000)
              + "}");
      at = to + random.nextInt(10_000);
    }
    scene.layer("l" + i, String.join(",", ranges));
  }

  private void segment(Scene scene, int i) {
    scene.segment(
        "s" + i,
        "'if':"
            + condition(2, i)
            + ",'included':["
            + keys()
            + "],'excluded':["
            + keys()
            + "],'kind':'"
            + (random.nextInt(3) == 0 ? "organization" : "user")
            + "'");
  }

  private void flag(Scene scene, int i) {
    List<String> parts = new ArrayList<>();
    if (i > 0 && random.nextInt(3) == 0) {
      parts.add("'prerequisites':[{'flag':'f" + random.nextInt(i) + "','variants':['on']}]");
    }
    if (random.nextInt(3) == 0) {
      parts.add(
          "'targets':[{'variant':'off','keys':["
              + keys()
              + "]},{'variant':'on','keys':["
              + keys()
              + "]}]");
    }
    if (random.nextInt(2) == 0) {
      parts.add("'layer':'l" + random.nextInt(LAYERS) + "'");
    }
    if (random.nextInt(2) == 0) {
      parts.add("'salt':'salt" + random.nextInt(3) + "'");
    }
    List<String> rules = new ArrayList<>();
    if (random.nextInt(3) == 0) {
      shared(rules);
    } else {
      for (int r = random.nextInt(4); r > 0; r--) {
        rules.add(rule(rules.size()));
      }
    }
    parts.add("'rules':[" + String.join(",", rules) + "]");
    parts.add("'default':" + serve());
    String more = String.join(",", parts);
    if (random.nextInt(8) == 0) {
      scene.offFlag("f" + i, more);
    } else {
      scene.flag("f" + i, more);
    }
  }

  /** Many rules, most of them conjunctions of clauses on few attributes, as flags grow in life. */
  private void shared(List<String> rules) {
    int count = random.nextInt(10) == 0 ? 60 + random.nextInt(80) : 3 + random.nextInt(12);
    String first = pick(ATTRIBUTES);
    String second = pick("a", "b");
    boolean ofOrganization = random.nextInt(4) == 0;
    while (rules.size() < count) {
      if (random.nextInt(8) == 0) {
        rules.add(rule(rules.size()));
        continue;
      }
      List<String> clauses = new ArrayList<>();
      if (random.nextInt(8) > 0) {
        clauses.add(clause(first, equality(), ofOrganization));
      }
      for (int i = random.nextInt(3); i > 0; i--) {
        clauses.add(clause(random.nextBoolean() ? first : second, order(), ofOrganization));
      }
      if (random.nextInt(6) == 0) {
        clauses.add(condition(1, SEGMENTS));
      }
      rules.add(rule(rules.size(), "{'all':[" + String.join(",", clauses) + "]}"));
    }
  }

  private String clause(String attribute, String asked, boolean ofOrganization) {
    return "{'attribute':'"
        + attribute
        + "',"
        + asked
        + (ofOrganization && random.nextInt(4) > 0 ? ",'kind':'organization'" : "")
        + (random.nextInt(8) == 0 ? ",'negate':true" : "")
        + "}";
  }

  private String equality() {
    List<String> values = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      values.add(
          switch (random.nextInt(6)) {
            case 0 -> pick("0", "1", "2", "-0", "1.5", "9007199254740992", "1e21");
            case 1 -> pick("true", "false");
            default -> "'" + pick(TEXTS) + "'";
          });
    }
    return "'op':'in','values':["
        + String.join(",", values)
        + "]"
        + (random.nextInt(3) == 0 ? ",'ignoreCase':true" : "");
  }

  private String order() {
    return switch (random.nextInt(8)) {
      case 0, 1, 2 ->
          "'op':'"
              + pick("lt", "lte", "gt", "gte")
              + "','values':["
              + pick("0", "1", "2", "1.5", "-0", "9007199254740991")
              + "]";
      case 3, 4 ->
          "'op':'"
              + pick("semverEq", "semverLt", "semverLte", "semverGt", "semverGte")
              + "','values':['"
              + pick("1.2.0", "v1.2", "1.2.0-beta", "1.2.0-beta.2", "2", "3000000.1", "0.9")
              + "']";
      case 5 ->
          "'op':'"
              + pick("before", "after")
              + "','values':['"
              + pick("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z", "1970-01-01T00:00:00.002Z")
              + "']";
      case 6 ->
          "'op':'inCidr','values':['"
              + pick("10.0.0.0/31", "10.0.0.1/32", "0.0.0.0/0", "::/0", "fe80::/10")
              + "']";
      default ->
          "'op':'" + pick("contains", "startsWith") + "','values':['" + pick("D", "1", "") + "']";
    };
  }

  private String rule(int index) {
    return rule(index, random.nextInt(5) == 0 ? "" : condition(3, SEGMENTS));
  }

  private String rule(int index, String condition) {
    String window =
        switch (random.nextInt(4)) {
          case 0 -> "'from':'2027-01-01T00:00:00Z',";
          case 1 -> "'until':'2027-01-01T00:00:00Z',";
          default -> "";
        };
    return "{'id':'r"
        + index
        + "',"
        + window
        + (condition.isEmpty() ? "" : "'if':" + condition + ",")
        + "'serve':"
        + serve()
        + "}";
  }

  private String serve() {
    return switch (random.nextInt(6)) {
      case 0 -> "{'variant':'on'}";
      case 1 -> "{'variant':'off'}";
      case 2 -> "{'variant':null}";
      case 3 -> "{'policy':{'key':'p','fallback':'on'}}";
      default -> split();
    };
  }

  private String split() {
    int on = random.nextInt(100_001);
    return "{'split':{'shares':[{'variant':'on','weight':"
        + on
        + "},{'variant':"
        + (random.nextBoolean() ? "'off'" : "null")
        + ",'weight':"
        + (100_000 - on)
        + "}],'unit':'"
        + pick("targetingKey", "a", "/m/x")
        + "'"
        + (random.nextInt(3) == 0 ? ",'kind':'organization'" : "")
        + (random.nextInt(3) == 0 ? ",'salt':'own'" : "")
        + "}}";
  }

  /** Segments refer only to earlier ones, so that no edit makes a cycle. */
  private String condition(int depth, int segmentsBelow) {
    int kind = random.nextInt(depth == 0 ? 6 : 10);
    if (kind == 0 && segmentsBelow > 0) {
      return "{'segment':'s"
          + random.nextInt(segmentsBelow)
          + "','negate':"
          + random.nextBoolean()
          + "}";
    }
    if (kind < 6) {
      return test();
    }
    if (kind == 6) {
      return "{'not':" + condition(depth - 1, segmentsBelow) + "}";
    }
    List<String> parts = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      parts.add(condition(depth - 1, segmentsBelow));
    }
    return "{'" + (kind < 9 ? "any" : "all") + "':[" + String.join(",", parts) + "]}";
  }

  private String test() {
    String values =
        switch (random.nextInt(22)) {
          case 13 ->
              "'op':'"
                  + pick("semverEq", "semverLt", "semverLte", "semverGt")
                  + "','values':['"
                  + pick("1.2.0", "v1.2", "1.2.0-beta", "2")
                  + "']";
          case 14 ->
              "'op':'"
                  + pick("lte", "gt")
                  + "','values':["
                  + pick("2", "1.5", "-0", "9007199254740991")
                  + "]";
          case 15 ->
              "'op':'in','values':["
                  + pick("2", "1.5", "-0", "9007199254740991", "1e21")
                  + ",'DE']";
          case 16 ->
              "'op':'inCidr','values':['" + pick("10.0.0.0/31", "10.0.0.1/32", "0.0.0.0/0") + "']";
          case 17 -> "'op':'matches','ignoreCase':true,'values':['^d','^$']";
          case 18 -> "'op':'contains','ignoreCase':true,'values':['E','\u0130']";
          case 19 ->
              "'op':'"
                  + pick("before", "after")
                  + "','values':['"
                  + pick(
                      "2026-01-01T00:00:00Z",
                      "2026-01-01T02:00:00+02:00",
                      "1970-01-01T00:00:00.002Z")
                  + "']";
          case 20 -> "'op':'startsWith','values':['','x']";
          case 0 -> "'op':'in','values':['" + pick(TEXTS) + "'," + random.nextInt(3) + ",true]";
          case 1 -> "'op':'in','ignoreCase':true,'values':['" + pick(TEXTS) + "']";
          case 2 -> "'op':'lt','values':[" + random.nextInt(3) + "]";
          case 3 -> "'op':'gte','values':[" + random.nextInt(3) + "]";
          case 4 -> "'op':'contains','values':['e']";
          case 5 -> "'op':'startsWith','ignoreCase':true,'values':['D','1']";
          case 6 -> "'op':'endsWith','values':['E','a']";
          case 7 -> "'op':'matches','values':['^[A-Z]+$']";
          case 8 -> "'op':'semverGte','values':['1.0.0']";
          case 9 -> "'op':'before','values':['2026-06-01T00:00:00Z']";
          case 10 -> "'op':'after','values':['2026-06-01T00:00:00Z']";
          case 11 -> "'op':'inCidr','values':['10.0.0.0/8']";
          default -> "'op':'present','values':[]";
        };
    return "{'attribute':'"
        + pick(ATTRIBUTES)
        + "',"
        + values
        + (random.nextInt(4) == 0 ? ",'kind':'organization'" : "")
        + (random.nextInt(3) == 0 ? ",'negate':true" : "")
        + "}";
  }

  private String keys() {
    List<String> keys = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      keys.add("'u" + random.nextInt(20) + "'");
    }
    return String.join(",", keys);
  }

  private String pick(String... from) {
    return from[random.nextInt(from.length)];
  }

  public Context context() {
    Context.Builder context = attributes();
    if (random.nextBoolean()) {
      context.kind("organization", attributes().build());
    }
    return context.build();
  }

  private Context.Builder attributes() {
    Context.Builder context = Context.builder();
    if (random.nextInt(6) > 0) {
      context.targetingKey("u" + random.nextInt(30));
    } else if (random.nextInt(3) == 0) {
      context.put("targetingKey", number());
    }
    for (String name : new String[] {"a", "b", "m"}) {
      context.put(name, value(2));
    }
    if (random.nextBoolean()) {
      Map<String, @Nullable Object> members = new HashMap<>();
      members.put("x", value(1));
      members.put("l", List.of("DE", 1));
      context.put("m", members);
    }
    return context;
  }

  /** Numbers of every kind that Java has, whole, broken, wide and none. */
  private Object number() {
    return switch (random.nextInt(10)) {
      case 0 -> Long.MAX_VALUE - random.nextInt(2);
      case 1 -> (1L << 53) - 1 + random.nextInt(3);
      case 2 -> new BigDecimal(pick("2.0", "1.5", "1e21", "0.1", "-0.00"));
      case 3 -> BigInteger.valueOf(Long.MAX_VALUE).add(BigInteger.valueOf(random.nextInt(2)));
      case 4 -> (short) random.nextInt(3);
      case 5 -> (float) random.nextInt(3) + 0.5f;
      case 6 -> pick("", "x").isEmpty() ? Double.NaN : Double.NEGATIVE_INFINITY;
      case 7 -> -0.0;
      case 8 -> random.nextBoolean();
      default -> 1e21;
    };
  }

  @Nullable Object value(int depth) {
    if (random.nextInt(8) == 0) {
      return number();
    }
    return switch (random.nextInt(depth == 0 ? 7 : 9)) {
      case 0 -> null;
      case 1 -> random.nextInt(4);
      case 2 -> random.nextBoolean();
      case 3 -> random.nextDouble() * 3;
      case 4 -> Instant.parse("2026-03-01T00:00:00Z").plusSeconds(random.nextInt(30_000_000));
      case 5, 6 -> pick(TEXTS);
      case 7 -> {
        List<@Nullable Object> items = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
          items.add(value(depth - 1));
        }
        yield items;
      }
      default -> Map.of("x", random.nextInt(3));
    };
  }

  public long now() {
    return Scene.NOW + (random.nextInt(3) - 1) * 40_000_000_000_000L;
  }
}
