package dev.guidon.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ClockSyncTest {
  private static final long SECOND = 1_000_000;
  private static final long OFFSET = 1_700_000_000L * SECOND;

  @Test
  void beforeTheFirstPingTheWallClockIsAllThereIsAndItsBoundIsUnknown() {
    ClockSync clock = new ClockSync(5, 1_005);

    assertThat(clock.estimate().nowMicros(10)).isEqualTo(1_010);
    assertThat(clock.estimate().boundMicros(10)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void theBoundIsHalfTheRoundTripPlusTheUpstreamsBound() {
    ClockSync clock = new ClockSync(0, 0);

    clock.ping(1_000, 5_000, OFFSET + 3_000, 700);

    assertThat(clock.estimate().nowMicros(5_000)).isEqualTo(OFFSET + 5_000);
    assertThat(clock.estimate().boundMicros(5_000)).isEqualTo(2_700);
  }

  @Test
  void theTrueTimeIsAlwaysWithinTheBound() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      double skew = 1 + (random.nextDouble() - 0.5) * 2 * 150e-6;
      ClockSync clock = new ClockSync(0, random.nextInt());
      long local = 0;
      long previous = Long.MIN_VALUE;
      for (int i = 0; i < 60; i++) {
        local += random.nextInt(20) * SECOND;
        long sent = local;
        long out = 1L + random.nextInt(200_000);
        long back = 1L + random.nextInt(200_000);
        long bound = random.nextInt(5_000);
        long upstream = trueTime(sent + out, skew) + random.nextInt((int) (2 * bound + 1)) - bound;
        local = sent + out + back;
        clock.ping(sent, local, upstream, bound);
        long later = local + random.nextInt(1_000) * SECOND;
        ClockSync.Estimate estimate = clock.estimate();

        assertThat(Math.abs(estimate.nowMicros(later) - trueTime(later, skew)))
            .as("seed %d, ping %d", seed, i)
            .isLessThanOrEqualTo(estimate.boundMicros(later) + 2);
        if (i > 0) {
          assertThat(estimate.nowMicros(local))
              .as("seed %d", seed)
              .isGreaterThanOrEqualTo(previous);
        }
        previous = estimate.nowMicros(local);
      }
    }
  }

  private static long trueTime(long local, double skew) {
    return OFFSET + Math.round(local * skew);
  }

  @Test
  void manyPingsNarrowTheBoundBelowThatOfTheBestOne() {
    ClockSync clock = new ClockSync(0, 0);

    clock.ping(0, 10_000, OFFSET + 1_000, 0);
    clock.ping(20_000, 30_000, OFFSET + 29_000, 0);

    assertThat(clock.estimate().boundMicros(30_000)).isLessThan(2_000);
  }

  @Test
  void oneWrongReplyMovesNothing() {
    ClockSync clock = new ClockSync(0, 0);
    for (int i = 0; i < 5; i++) {
      clock.ping(i * SECOND, i * SECOND + 2_000, OFFSET + i * SECOND + 1_000, 0);
    }
    long before = clock.estimate().nowMicros(6 * SECOND);

    clock.ping(5 * SECOND, 5 * SECOND + 2_000, OFFSET + 3_600 * SECOND, 0);

    assertThat(clock.estimate().nowMicros(6 * SECOND))
        .isCloseTo(before, org.assertj.core.data.Offset.offset(1_500L));
  }

  @Test
  void cutOffTheBoundGrows() {
    ClockSync clock = new ClockSync(0, 0);
    clock.ping(0, 1_000, OFFSET, 0);
    ClockSync.Estimate estimate = clock.estimate();

    assertThat(estimate.boundMicros(3_600 * SECOND) - estimate.boundMicros(1_000))
        .isBetween(700_000L, 730_000L);
  }

  @Test
  void aReplyThatCannotBeTrueIsIgnored() {
    ClockSync clock = new ClockSync(0, 77);

    clock.ping(5_000, 1_000, OFFSET, 0);
    clock.ping(0, 60 * SECOND, OFFSET, 0);
    clock.ping(0, 1_000, -5, 0);
    clock.ping(0, 1_000, OFFSET, -1);

    assertThat(clock.estimate().isSynced()).isFalse();
  }
}
