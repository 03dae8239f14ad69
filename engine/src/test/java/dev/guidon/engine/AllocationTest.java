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
          .build();

  private long sink;

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

  private void assertAllocatesNothing(ObjLongConsumer<Context> call) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().getId();
    run(call);

    // The smallest of some runs: what the machine does beside the calls, such as compiling them, is
    // not theirs.
    long least = Long.MAX_VALUE;
    for (int run = 0; run < 5; run++) {
      long before = threads.getThreadAllocatedBytes(id);
      run(call);
      least = Math.min(least, threads.getThreadAllocatedBytes(id) - before);
    }

    assertThat(least).as("bytes for %d calls", CALLS).isLessThan(CALLS);
    assertThat(sink).isNotZero();
  }

  private void run(ObjLongConsumer<Context> call) {
    for (int i = 0; i < CALLS; i++) {
      call.accept(CONTEXT, Scene.NOW);
    }
  }
}
