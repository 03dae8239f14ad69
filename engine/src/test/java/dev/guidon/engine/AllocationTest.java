package dev.guidon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ObjLongConsumer;
import org.junit.jupiter.api.Test;

/**
 * Deciding makes no garbage. Measured by the virtual machine's own count of the bytes that a thread
 * allocates.
 */
class AllocationTest {
  private static final int CALLS = 100_000;
  private static final Context CONTEXT =
      Context.builder()
          .targetingKey("user-17")
          .put("country", "DE")
          .put("age", 31)
          .put("plan", "PRO")
          .put("app", "2.10.3-rc.1+build")
          .put("since", "2026-03-01T12:00:00.5+01:00")
          .put("address", "10.1.2.3")
          .put("address6", "fe80::1:2")
          .build();

  private long sink;

  /** Of the calls of one test. */
  private long most;

  @Test
  void booleanOfAnEmptyFlagAllocatesNothing() {
    Ruleset ruleset = new Scene().flag("f", "'default':{'variant':'on'}").ruleset();

    assertAllocatesNothing(
        (context, now) -> sink += ruleset.booleanValue("f", context, now, false) ? 1 : 0);
  }

  @Test
  void rulesOverTextsAndNumbersAllocateNothing() {
    Ruleset ruleset =
        new Scene()
            .flag(
                "f",
                "'rules':[{'id':'a','if':{'all':[{'attribute':'country','op':'in','values':['FR','ES']},"
                    + "{'attribute':'age','op':'gt','values':[18]}]},'serve':{'variant':'on'}},"
                    + "{'id':'b','if':{'any':[{'attribute':'plan','op':'in','values':['pro'],'ignoreCase':true},"
                    + "{'attribute':'plan','op':'contains','values':['pro'],'ignoreCase':true}]},'serve':{'variant':'on'}}]")
            .ruleset();

    assertAllocatesNothing((context, now) -> sink += ruleset.decide("f", context, now).ruleIndex());
    assertThat(ruleset.decide("f", CONTEXT, 0).ruleId()).isEqualTo("b");
  }

  @Test
  void splitAllocatesNothing() {
    Ruleset ruleset =
        new Scene()
            .flag(
                "f",
                "'default':{'split':{'shares':[{'variant':'on','weight':30000},{'variant':'off','weight':70000}],'unit':'targetingKey'}}")
            .ruleset();

    assertAllocatesNothing(
        (context, now) -> sink += ruleset.booleanValue("f", context, now, false) ? 1 : 0);
  }

  @Test
  void segmentTargetLayerAndPrerequisiteAllocateNothing() {
    Set<String> keys = new TreeSet<>();
    for (int i = 0; i < 5_000; i++) {
      keys.add("user-" + i);
    }
    Ruleset ruleset =
        SegmentTest.stored(new Scene(), keys, 16)
            .layer("l", "{'flag':'f','rule':'gated','from':0,'to':1}")
            .flagWhen("gate", "{'segment':'beta'}")
            .flag(
                "f",
                "'prerequisites':[{'flag':'gate','variants':['on']}],'targets':[{'variant':'on','keys':['u1','u2']}],"
                    + "'layer':'l','rules':[{'id':'gated','serve':{'variant':'off'}},"
                    + "{'id':'in','if':{'segment':'beta'},'serve':{'variant':'on'}}]")
            .ruleset();

    assertAllocatesNothing(
        (context, now) -> sink += ruleset.decide("f", context, now).flagVersion());
    assertThat(ruleset.decide("f", CONTEXT, 0).ruleId()).isEqualTo("in");
  }

  @Test
  void numbersAndTextsAllocateNothing() {
    Scene scene = new Scene();
    scene.put(
        dev.guidon.model.EntityId.flag("n"),
        "{'envelope':{'key':'n','type':'number','on':true,'variants':{'v':7},'offVariant':'v'},'default':{'variant':'v'}}");
    scene.put(
        dev.guidon.model.EntityId.flag("s"),
        "{'envelope':{'key':'s','type':'string','on':true,'variants':{'v':'x'},'offVariant':'v'},'default':{'variant':'v'}}");
    Ruleset ruleset = scene.ruleset();

    assertAllocatesNothing((context, now) ->
        sink +=
            ruleset.longValue("n", context, now, 0)
                + (long) ruleset.doubleValue("n", context, now, 0)
                + ruleset.stringValue("s", context, now, "").length()
                + ruleset.stringValue("missing", context, now, "").length());
  }

  @Test
  void everyOperatorAllocatesNothing() {
    String[] tests = {
      "'attribute':'country','op':'in','values':['FR','ES','IT']",
      "'attribute':'country','op':'in','values':['fr','es'],'ignoreCase':true",
      "'attribute':'age','op':'in','values':[1,2,true]",
      "'attribute':'age','op':'lt','values':[1]",
      "'attribute':'age','op':'lte','values':[1]",
      "'attribute':'age','op':'gt','values':[99]",
      "'attribute':'age','op':'gte','values':[99]",
      "'attribute':'plan','op':'contains','values':['x','y']",
      "'attribute':'plan','op':'startsWith','values':['x'],'ignoreCase':true",
      "'attribute':'plan','op':'endsWith','values':['x']",
      "'attribute':'plan','op':'matches','values':['^[a-z]+$','x|y']",
      "'attribute':'app','op':'semverEq','values':['2.10.3']",
      "'attribute':'app','op':'semverLt','values':['2.10.3-rc.1']",
      "'attribute':'app','op':'semverLte','values':['2.10.2']",
      "'attribute':'app','op':'semverGt','values':['2.10.3']",
      "'attribute':'app','op':'semverGte','values':['3']",
      "'attribute':'since','op':'before','values':['2026-01-01T00:00:00Z']",
      "'attribute':'since','op':'after','values':['2027-01-01T00:00:00Z']",
      "'attribute':'address','op':'inCidr','values':['10.2.0.0/16','fd00::/8']",
      "'attribute':'address6','op':'inCidr','values':['10.2.0.0/16','fe90::/16']",
      "'attribute':'absent','op':'present'",
      "'attribute':'$now','op':'before','values':['2020-01-01T00:00:00Z']",
      "'attribute':'$region','op':'in','values':['nowhere']"
    };
    for (String test : tests) {
      // Once by itself, once in many rules, which share it.
      StringBuilder rules = new StringBuilder();
      for (int i = 0; i < 5; i++) {
        rules
            .append(i == 0 ? "" : ",")
            .append("{'id':'r" + i + "','if':{'all':[{" + test + "}]},'serve':{'variant':'off'}}");
      }
      Ruleset ruleset =
          new Scene()
              .flag(
                  "one",
                  "'rules':[{'id':'r','if':{"
                      + test
                      + "},'serve':{'variant':'off'}}],'default':{'variant':'on'}")
              .flag("many", "'rules':[" + rules + "],'default':{'variant':'on'}")
              .ruleset();
      assertThat(ruleset.refusals()).as(test).isEmpty();
      assertThat(ruleset.booleanValue("one", CONTEXT, Scene.NOW, false)).as(test).isTrue();

      assertAllocatesNothing(
          test,
          CONTEXT,
          (context, now) ->
              sink +=
                  ruleset.booleanValue("one", context, now, false)
                          && ruleset.booleanValue("many", context, now, false)
                      ? 1
                      : 0);
    }
    System.out.printf(
        "CLAIM engine-garbage: %d tests of every operator, each alone and shared by five rules: at most %d bytes in %,d decisions%n",
        tests.length, most, 2 * CALLS);
  }

  @Test
  void unitsOfEveryKindAllocateNothing() {
    Ruleset ruleset =
        new Scene()
            .segment("beta", "'included':['7','8','true']")
            .flag(
                "f",
                "'targets':[{'variant':'off','keys':['1','-2']}],"
                    + "'rules':[{'id':'r','if':{'segment':'beta'},'serve':{'variant':'off'}}],"
                    + "'default':{'split':{'shares':[{'variant':'on','weight':50000},{'variant':null,'weight':50000}],'unit':'targetingKey'}}")
            .ruleset();
    for (Object unit :
        new Object[] {
          "user-1", "\u00E9t\u00E9", 17, -17L, 1_234_567_890_123_456_789L, 17.0, true
        }) {
      assertAllocatesNothing(
          "unit " + unit,
          Context.builder().put("targetingKey", unit).build(),
          (context, now) -> sink += ruleset.booleanValue("f", context, now, true) ? 1 : 2);
    }
  }

  @Test
  void twentyRulesOfTwoClausesAllocateNothing() {
    StringBuilder rules = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      rules
          .append(i == 0 ? "" : ",")
          .append(
              "{'id':'r"
                  + i
                  + "','if':{'all':[{'attribute':'country','op':'in','values':['DE','FR','x"
                  + i
                  + "']},"
                  + "{'attribute':'age','op':'gte','values':["
                  + (i == 19 ? 18 : 50 + i)
                  + "]}]},'serve':{'variant':'on'}}");
    }
    Ruleset ruleset = new Scene().flag("f", "'rules':[" + rules + "]").ruleset();
    FlagHandle handle = FlagHandle.of("f");

    assertAllocatesNothing(
        (context, now) -> sink += ruleset.decide(handle, context, now).ruleIndex());
    assertThat(ruleset.decide("f", CONTEXT, 0).ruleId()).isEqualTo("r19");
  }

  private void assertAllocatesNothing(ObjLongConsumer<Context> call) {
    assertAllocatesNothing("calls", CONTEXT, call);
  }

  private void assertAllocatesNothing(String what, Context context, ObjLongConsumer<Context> call) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().getId();
    run(context, call);

    // The smallest of some runs: what the machine does beside the calls, such as compiling them, is
    // not theirs.
    long least = Long.MAX_VALUE;
    for (int run = 0; run < 5; run++) {
      long before = threads.getThreadAllocatedBytes(id);
      run(context, call);
      least = Math.min(least, threads.getThreadAllocatedBytes(id) - before);
    }

    most = Math.max(most, least);
    assertThat(least).as("%s: bytes for %d calls", what, CALLS).isLessThan(CALLS);
    assertThat(sink).isNotZero();
  }

  private void run(Context context, ObjLongConsumer<Context> call) {
    for (int i = 0; i < CALLS; i++) {
      call.accept(context, Scene.NOW);
    }
  }
}
