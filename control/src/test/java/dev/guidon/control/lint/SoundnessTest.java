package dev.guidon.control.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.engine.Context;
import dev.guidon.engine.Outcome;
import dev.guidon.engine.Ruleset;
import dev.guidon.model.BlobSource;
import dev.guidon.model.EntityId;
import dev.guidon.model.View;
import dev.guidon.model.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * What the linter says can never happen never happens: over random flags and contexts, as the
 * engine decides them. Values are few, so that random conditions often are contradictory.
 */
class SoundnessTest {
  private static final int FLAGS = 3_000;
  private static final int CONTEXTS = 250;
  private static final String[] ATTRIBUTES = {"a", "b", "$now", "$region"};
  private static final List<Object> VALUES =
      List.of(
          "x",
          "X",
          "xy",
          "xyz",
          "y",
          "1.0.0",
          "1.0.0-rc",
          "2.0",
          "10.0.0.1",
          "10.1.0.1",
          "2027-01-15T08:00:00Z",
          "2027-03-01T00:00:00Z",
          1,
          2,
          2.5,
          3L,
          -0.0,
          1_800_000_000_000.0,
          true,
          false,
          Instant.ofEpochSecond(1_800_000_000L),
          Map.of("k", 1),
          Double.NaN);
  private static final String[] OPERATORS = {
    "in",
    "in",
    "in",
    "in",
    "in",
    "in",
    "lt",
    "lte",
    "gt",
    "gte",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "semverEq",
    "semverLt",
    "semverLte",
    "semverGt",
    "semverGte",
    "before",
    "after",
    "inCidr",
    "present"
  };

  private final Random random = new Random(20261122);

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private Json test() {
    String op = OPERATORS[random.nextInt(OPERATORS.length)];
    List<Json> values = new ArrayList<>();
    int several = 1 + random.nextInt(2);
    for (int i = 0; i < several; i++) {
      switch (op) {
        case "in" ->
            values.add(
                one(
                    List.<Json>of(
                        Json.of("x"),
                        Json.of("X"),
                        Json.of("xy"),
                        Json.of("y"),
                        Json.of(1),
                        Json.of(2),
                        Json.of(true),
                        Json.of("1.0.0"),
                        Json.of("eu"))));
        case "lt", "lte", "gt", "gte" -> values.add(Json.of((double) random.nextInt(4)));
        case "contains", "startsWith", "endsWith" ->
            values.add(Json.of(one(List.of("x", "X", "xy", "y", "z", ".0"))));
        case "matches" -> values.add(Json.of(one(List.of("^x", "y$"))));
        case "before", "after" ->
            values.add(Json.of(one(List.of("2027-01-15T08:00:00Z", "2027-02-01T00:00:00Z"))));
        case "inCidr" ->
            values.add(Json.of(one(List.of("10.0.0.0/8", "10.0.0.0/16", "10.1.0.0/16"))));
        case "present" -> {}
        default -> values.add(Json.of(one(List.of("1.0.0", "1.0.0-rc", "2.0.0"))));
      }
    }
    boolean single =
        op.startsWith("semver")
            || op.length() < 4 && !op.equals("in")
            || op.equals("before")
            || op.equals("after");
    boolean cases = Set.of("in", "contains", "startsWith", "endsWith", "matches").contains(op);
    return Json.Obj.builder()
        .put("attribute", ATTRIBUTES[random.nextInt(ATTRIBUTES.length)])
        .put("op", op)
        .put("values", new Json.Arr(single ? values.subList(0, 1) : values))
        .put("ignoreCase", cases && random.nextInt(3) == 0)
        .put("negate", random.nextInt(3) == 0)
        .build();
  }

  private Json condition(int depth, boolean segments) {
    int kind = random.nextInt(depth == 0 ? 2 : 6);
    if (kind == 1 && segments) {
      return Json.Obj.of(
          "segment", Json.of("s" + random.nextInt(3)), "negate", Json.of(random.nextBoolean()));
    }
    if (kind <= 2) {
      return test();
    }
    if (kind == 3) {
      return Json.Obj.of("not", condition(depth - 1, segments));
    }
    List<Json> parts = new ArrayList<>();
    for (int i = random.nextInt(10) == 0 ? 0 : 2 + random.nextInt(2); i > 0; i--) {
      parts.add(condition(depth - 1, segments));
    }
    return Json.Obj.of(kind == 4 ? "all" : "any", new Json.Arr(parts));
  }

  private Map<EntityId, Json.Obj> documents(int number) {
    Map<EntityId, Json.Obj> docs = new HashMap<>();
    for (int i = 0; i < 3; i++) {
      Json.Obj.Builder segment = Json.Obj.builder().put("key", "s" + i);
      if (random.nextInt(4) > 0) {
        segment.put("if", condition(1, /* segments= */ false));
      }
      if (random.nextInt(3) == 0) {
        segment.put("included", Json.arr(Json.of("u1")));
      }
      if (random.nextInt(3) == 0) {
        segment.put("excluded", Json.arr(Json.of("u" + random.nextInt(3))));
      }
      docs.put(EntityId.segment("s" + i), segment.build());
    }
    docs.put(
        EntityId.layer("l"),
        LintWorld.json(
            "{'key':'l','salt':'s','ranges':["
                + "{'flag':'base','rule':'r0','from':0,'to':50000}]}"));
    docs.put(EntityId.flag("base"), flag("base", "", number));
    docs.put(
        EntityId.flag("f"),
        flag(
            "f",
            "'prerequisites':[{'flag':'base','variants':['" + one(List.of("a", "b", "c")) + "']}],",
            number));
    return docs;
  }

  private Json.Obj flag(String key, String more, int number) {
    StringBuilder rules = new StringBuilder();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      String window =
          switch (random.nextInt(6)) {
            case 0 -> "'until':'2027-01-15T08:00:00Z',";
            case 1 -> "'from':'2027-01-15T08:00:00Z',";
            default -> "";
          };
      String when =
          random.nextInt(8) == 0
              ? ""
              : "'if':"
                  + dev.guidon.model.json.CanonicalJson.text(condition(2, /* segments= */ true))
                  + ",";
      rules
          .append(i == 0 ? "" : ",")
          .append("{'id':'r" + i + "'," + window + when + "'serve':" + serve() + "}");
    }
    boolean on = random.nextInt(6) > 0;
    return LintWorld.json(
        "{'envelope':{'key':'"
            + key
            + "','type':'string','on':"
            + on
            + ",'variants':{'a':'A','b':'B','c':'C'},'offVariant':"
            + one(List.of("null", "'a'"))
            + "},"
            + more
            + (number % 3 == 0 ? "'layer':'l'," : "")
            + (random.nextInt(4) == 0 ? "'targets':[{'variant':'c','keys':['u2']}]," : "")
            + "'rules':["
            + rules
            + "],'default':"
            + serve()
            + "}");
  }

  private String serve() {
    return random.nextInt(4) == 0
        ? "{'split':{'shares':[{'variant':'a','weight':50000},{'variant':'b','weight':50000},{'variant':'c','weight':0}]}}"
        : "{'variant':" + one(List.of("'a'", "'b'", "null")) + "}";
  }

  private Object value(boolean lists) {
    return lists && random.nextInt(4) == 0
        ? List.of(one(VALUES), one(VALUES), one(VALUES))
        : one(VALUES);
  }

  private Context context(boolean lists) {
    Context.Builder context = Context.builder();
    if (random.nextInt(5) > 0) {
      context.targetingKey("u" + random.nextInt(4));
    }
    for (String name : List.of("a", "b")) {
      if (random.nextInt(4) > 0) {
        context.put(name, value(lists));
      }
    }
    return context.build();
  }

  @Test
  void whatIsSaidNeverToHappenNeverHappens() {
    int dead = 0;
    int listsOnly = 0;
    int reached = 0;
    Set<String> missed = new TreeSet<>();
    for (int number = 0; number < FLAGS; number++) {
      Map<EntityId, Json.Obj> docs = documents(number);
      var state = LintWorld.state(docs);
      LintEnvironment environment = LintEnvironment.of("prod", state);
      Reach reach = new Reach(environment, new Keys(BlobSource.NONE), new Logic.Budget());
      Ruleset[] rulesets = {
        Ruleset.compile(View.of(state, "eu"), BlobSource.NONE, null).ruleset(),
        Ruleset.compile(View.of(state, "x"), BlobSource.NONE, null).ruleset()
      };
      for (String key : List.of("base", "f")) {
        List<Reach.Verdict> verdicts = reach.verdicts(environment.flags().get(key));
        Set<String> served = reach.served(key);
        dead += (int) verdicts.stream().filter(Reach::isDead).count();
        for (int i = 0; i < CONTEXTS; i++) {
          boolean lists = i % 2 == 0;
          long now = LintWorld.NOW + (random.nextInt(3) - 1) * 40L * 24 * 3600 * 1_000_000;
          Context context = context(lists);
          Outcome outcome = rulesets[random.nextInt(2)].decide(key, context, now);
          int rule = outcome.ruleIndex();
          if (rule >= 0) {
            reached++;
            boolean single =
                verdicts.get(rule) instanceof Reach.Verdict.Contradiction contradiction
                    && contradiction.single();
            listsOnly += single ? 1 : 0;
            if (Reach.isDead(verdicts.get(rule)) || (single && !lists)) {
              missed.add(
                  number
                      + " "
                      + key
                      + " rule "
                      + rule
                      + " "
                      + verdicts.get(rule)
                      + " "
                      + docs.get(EntityId.flag(key))
                      + " "
                      + context.attributes());
            }
          }
          if (outcome.error() == null && !served.contains(outcome.variant())) {
            missed.add(number + " " + key + " served " + outcome.variant() + ", not " + served);
          }
        }
      }
    }

    assertThat(missed).isEmpty();
    assertThat(dead).as("rules proven unreachable").isGreaterThan(500);
    assertThat(reached).as("decisions by rules").isGreaterThan(50_000);
    assertThat(listsOnly).as("decisions by rules that only a list meets").isPositive();
    System.out.println(
        "CLAIM lint-sound: "
            + FLAGS * 2
            + " random flags, "
            + dead
            + " rules proven unreachable, none of them reached in "
            + FLAGS * 2 * CONTEXTS
            + " decisions ("
            + listsOnly
            + " by rules that only lists of values meet)");
  }
}
