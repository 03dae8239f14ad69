package dev.guidon.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The wall clock may be set to anything, by anybody. */
class CorrectedClockTest {
  private static final long YEAR = Duration.ofDays(365).toMillis() * 1000;
  private static final long SERVER = 1_800_000_000_000_000L;

  private long wall = SERVER - 5_000_000;
  private long monotonic = 77_000_000;

  private final TimeSource time =
      new TimeSource() {
        @Override
        public long wallMicros() {
          return wall;
        }

        @Override
        public long monotonicMicros() {
          return monotonic;
        }
      };
  private final CorrectedClock clock = new CorrectedClock(time);

  private void pass(long micros) {
    wall += micros;
    monotonic += micros;
  }

  @Test
  void beforeTheServerIsHeardTheWallClockIsBelieved() {
    wall += YEAR;

    assertThat(clock.check()).isTrue();

    assertThat(clock.nowMicros()).isEqualTo(wall);
  }

  @Test
  void wallClockThatIsSetByAYearMovesNoScheduleOnceTheServerWasHeard() {
    for (long leap : new long[] {YEAR, -YEAR, -YEAR, YEAR}) {
      clock.ping(monotonic - 1_000, monotonic, SERVER, 0);
      long before = clock.nowMicros();

      wall += leap;
      assertThat(clock.check()).isTrue();
      assertThat(clock.check()).isFalse();
      pass(60_000_000);

      assertThat(clock.nowMicros()).isEqualTo(before + 60_000_000);
      monotonic -= 60_000_000;
      wall -= 60_000_000;
    }
  }

  @Test
  void afterASleepTheServersNextWordCountsAlone() {
    for (int i = 0; i < 8; i++) {
      clock.ping(monotonic - 1_000, monotonic, SERVER + i * 10_000_000L, 0);
      pass(10_000_000);
    }
    long hour = 3_600_000_000L;
    wall += hour;
    assertThat(clock.check()).isTrue();

    clock.ping(monotonic - 1_000, monotonic, SERVER + 80_000_000 + hour, 0);

    assertThat(clock.nowMicros()).isBetween(SERVER + 80_000_000 + hour, SERVER + 80_001_000 + hour);
  }
}
