package dev.guidon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.Instants;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final long MAY = micros("2030-05-01T00:00:00Z");
  private static final long JUNE = micros("2030-06-01T00:00:00Z");
  private static final String IN_MAY =
      "'rules':[{'id':'may','from':'2030-05-01T00:00:00Z','until':'2030-06-01T00:00:00Z','serve':{'variant':'on'}}]";

  @Test
  void ruleAppliesFromItsFirstInstantUntilBeforeItsLast() {
    Ruleset ruleset = new Scene().flag("f", IN_MAY).ruleset();

    assertThat(ruleset.booleanValue("f", Context.EMPTY, MAY - 1, true)).isFalse();
    assertThat(ruleset.booleanValue("f", Context.EMPTY, MAY, false)).isTrue();
    assertThat(ruleset.booleanValue("f", Context.EMPTY, JUNE - 1, false)).isTrue();
    assertThat(ruleset.booleanValue("f", Context.EMPTY, JUNE, true)).isFalse();
  }

  @Test
  void nextBoundaryIsTheNextInstantThatMayChangeAnAnswer() {
    Ruleset ruleset = new Scene().flag("f", IN_MAY).ruleset();

    assertThat(ruleset.nextBoundaryMicros(0)).isEqualTo(MAY);
    assertThat(ruleset.nextBoundaryMicros(MAY - 1)).isEqualTo(MAY);
    assertThat(ruleset.nextBoundaryMicros(MAY)).isEqualTo(JUNE);
    assertThat(ruleset.nextBoundaryMicros(JUNE)).isEqualTo(Long.MAX_VALUE);
    assertThat(new Scene().ruleset().nextBoundaryMicros(0)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void epochRisesAtEachBoundary() {
    Ruleset ruleset = new Scene().flag("f", IN_MAY).ruleset();

    assertThat(ruleset.epoch(MAY - 1)).isEqualTo(0);
    assertThat(ruleset.epoch(MAY)).isEqualTo(1);
    assertThat(ruleset.epoch(JUNE - 1)).isEqualTo(1);
    assertThat(ruleset.epoch(JUNE)).isEqualTo(2);
  }

  @Test
  void conditionsOnNowAreBoundariesToo() {
    Scene scene =
        new Scene()
            .flagWhen("f", "{'attribute':'$now','op':'before','values':['2030-05-01T00:00:00Z']}")
            .segment(
                "late", "'if':{'attribute':'$now','op':'after','values':['2030-06-01T00:00:00Z']}")
            .flagWhen("g", "{'segment':'late'}")
            .flag(
                "h", "'prerequisites':[{'flag':'g','variants':['on']}],'default':{'variant':'on'}");
    Ruleset ruleset = scene.ruleset();

    assertThat(ruleset.nextBoundaryMicros(0)).isEqualTo(MAY);
    assertThat(ruleset.nextBoundaryMicros(MAY)).isEqualTo(JUNE);
    assertThat(ruleset.booleanValue("f", Context.EMPTY, MAY - 1, false)).isTrue();
    assertThat(ruleset.booleanValue("f", Context.EMPTY, MAY, true)).isFalse();
    assertThat(ruleset.booleanValue("h", Context.EMPTY, JUNE - 1, true)).isFalse();
    assertThat(ruleset.booleanValue("h", Context.EMPTY, JUNE, false)).isTrue();
  }

  @Test
  void offFlagHasNoBoundaries() {
    assertThat(new Scene().offFlag("f", IN_MAY).ruleset().nextBoundaryMicros(0))
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void nowIsAnInstantAndNothingElse() {
    assertThat(holdsNow("{'attribute':'$now','op':'present','values':[]}")).isTrue();
    assertThat(holdsNow("{'attribute':'$now','op':'present','values':[],'negate':true}")).isFalse();
    assertThat(holdsNow("{'attribute':'$now','op':'gt','values':[0]}")).isFalse();
    assertThat(holdsNow("{'attribute':'$now','op':'gt','values':[0],'negate':true}")).isTrue();
    assertThat(
            holdsNow(
                "{'attribute':'$now','op':'after','values':['2000-01-01T00:00:00Z'],'negate':true}"))
        .isFalse();
  }

  private static boolean holdsNow(String condition) {
    return new Scene()
        .flagWhen("f", condition)
        .ruleset()
        .booleanValue("f", Context.EMPTY, Scene.NOW, false);
  }

  private static long micros(String text) {
    Long micros = Instants.parse(text);
    assertThat(micros).isNotNull();
    return micros;
  }
}
