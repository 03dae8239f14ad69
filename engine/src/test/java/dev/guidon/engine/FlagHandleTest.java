package dev.guidon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class FlagHandleTest {
  @Test
  void handleAnswersWhatTheKeyAnswersInEveryRuleset() {
    Scene scene = new Scene().flagWhen("f", "{'attribute':'a','op':'in','values':['x']}");
    FlagHandle handle = FlagHandle.of("f");
    Context context = Context.builder().targetingKey("u").put("a", "x").build();
    Ruleset before = scene.ruleset();
    Ruleset after = scene.flag("f", "'default':{'variant':'off'}").ruleset();

    for (Ruleset ruleset : new Ruleset[] {before, after, before, before}) {
      assertThat(ruleset.decide(handle, context, 0)).isSameAs(ruleset.decide("f", context, 0));
      assertThat(ruleset.evaluate(handle, context, 0)).isEqualTo(ruleset.evaluate("f", context, 0));
    }
    assertThat(before.booleanValue(handle, context, 0, false)).isTrue();
    assertThat(after.booleanValue(handle, context, 0, true)).isFalse();
  }

  @Test
  void handleOfAFlagThatIsNotThereAnswersSoUntilItIs() {
    Scene scene = new Scene();
    FlagHandle handle = FlagHandle.of("f");
    Ruleset without = scene.ruleset();
    Ruleset with = scene.flag("f", "'default':{'variant':'on'}").ruleset();

    assertThat(without.decide(handle, Context.EMPTY, 0).error())
        .isEqualTo(ErrorCode.FLAG_NOT_FOUND);
    assertThat(without.booleanValue(handle, Context.EMPTY, 0, true)).isTrue();
    assertThat(without.tooStale(handle, Long.MAX_VALUE)).isNull();
    assertThat(with.decide(handle, Context.EMPTY, 0).variant()).isEqualTo("on");
  }

  @Test
  void clockIsReadOnceAndOnlyWhereTimeDecides() {
    Ruleset ruleset =
        new Scene()
            .segment(
                "soon", "'if':{'attribute':'$now','op':'before','values':['2030-01-01T00:00:00Z']}")
            .flagWhen("plain", "{'attribute':'a','op':'present'}")
            .flagWhen("bySegment", "{'segment':'soon'}")
            .flag(
                "byPrerequisite",
                "'prerequisites':[{'flag':'bySegment','variants':['on']}],'default':{'variant':'on'}")
            .flag(
                "byWindow",
                "'rules':[{'id':'r','until':'2030-01-01T00:00:00Z','serve':{'variant':'on'}}]")
            .ruleset();
    AtomicInteger reads = new AtomicInteger();
    LongSupplier clock =
        () -> {
          reads.incrementAndGet();
          return Scene.NOW;
        };

    assertThat(ruleset.decide("plain", Context.EMPTY, clock).variant()).isEqualTo("off");
    assertThat(ruleset.decide("missing", Context.EMPTY, clock).error())
        .isEqualTo(ErrorCode.FLAG_NOT_FOUND);
    assertThat(reads).hasValue(0);
    assertThat(ruleset.decide("bySegment", Context.EMPTY, clock).variant()).isEqualTo("on");
    assertThat(ruleset.decide(FlagHandle.of("byPrerequisite"), Context.EMPTY, clock).variant())
        .isEqualTo("on");
    assertThat(ruleset.decide("byWindow", Context.EMPTY, clock).ruleId()).isEqualTo("r");
    assertThat(reads).hasValue(3);
  }

  @Test
  void rulesetKnowsWhetherAnyFlagBoundsStaleness() {
    assertThat(new Scene().flag("f", "").ruleset().boundsStaleness()).isFalse();
    assertThat(
            new Scene()
                .flag("f", "'staleness':{'seconds':60,'variant':'off'}")
                .ruleset()
                .boundsStaleness())
        .isTrue();
  }
}
