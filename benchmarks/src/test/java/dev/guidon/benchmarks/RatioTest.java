package dev.guidon.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RatioTest {
  private static final List<Double> ONE = List.of(10.0, 11.0, 9.0, 10.0, 10.0);

  @Test
  void twiceAsSlowIsTwo() {
    Ratio ratio = Ratio.of(ONE.stream().map(nanos -> 2 * nanos).toList(), ONE);

    assertThat(ratio.value()).isEqualTo(2);
    assertThat(ratio.low()).isBetween(1.6, 2.0);
    assertThat(ratio.high()).isBetween(2.0, 2.4);
  }

  @Test
  void sameDataSameBounds() {
    assertThat(Ratio.of(ONE, ONE.reversed())).isEqualTo(Ratio.of(ONE, ONE.reversed()));
  }
}
