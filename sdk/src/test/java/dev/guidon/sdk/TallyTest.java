package dev.guidon.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.engine.Context;
import dev.guidon.engine.Outcome;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TallyTest {
  private static final int OUTCOMES = 3_000;

  private final IdentityHashMap<Outcome, Long> taken = new IdentityHashMap<>();

  private static List<Outcome> outcomes(int count) {
    InMemoryFlags flags = InMemoryFlags.of("flag", true);
    var ruleset = flags.client().serving().live();
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      // Of flags that are not there: each is an outcome of its own.
      outcomes.add(ruleset.ruleset().decide("f" + i, Context.EMPTY, 0));
    }
    return outcomes;
  }

  private void drain(Tally tally) {
    tally.drain((outcome, n) -> taken.merge(outcome, n, Long::sum));
  }

  private long sum() {
    return taken.values().stream().mapToLong(Long::longValue).sum();
  }

  @Test
  void whatWasTakenIsNotTakenAgain() {
    Tally tally = new Tally();
    Outcome outcome = outcomes(1).get(0);
    count(tally, outcome, 5);

    drain(tally);
    count(tally, outcome, 2);
    drain(tally);
    drain(tally);

    assertThat(taken).containsExactly(Map.entry(outcome, 7L));
  }

  private static void count(Tally tally, Outcome outcome, int times) {
    for (int i = 0; i < times; i++) {
      boolean unused = tally.count(outcome);
    }
  }

  /** More outcomes than a page has room for. */
  @Test
  void everyOutcomeIsCountedHoweverManyThereAre() {
    Tally tally = new Tally();
    List<Outcome> outcomes = outcomes(OUTCOMES);

    for (int i = 0; i < OUTCOMES; i++) {
      count(tally, outcomes.get(i), 1 + i % 3);
      if (i % 1000 == 0) {
        drain(tally);
      }
    }
    drain(tally);

    for (int i = 0; i < OUTCOMES; i++) {
      assertThat(taken.get(outcomes.get(i))).as("outcome " + i).isEqualTo(1 + i % 3);
    }
  }

  /**
   * More threads than places, some of them short-lived, all outcomes of all threads mixed, and
   * somebody who takes counts out all the time: in the end each outcome was taken exactly as often
   * as it was counted.
   */
  @Test
  void nothingIsLostOrTakenTwiceWhileThreadsCountAndCountsAreTaken() throws InterruptedException {
    Tally tally = new Tally(/* processors= */ 1);
    List<Outcome> outcomes = outcomes(300);
    long[] expected = new long[outcomes.size()];
    List<long[]> counted = new ArrayList<>();
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong drains = new AtomicLong();
    CountDownLatch began = new CountDownLatch(1);
    Thread taker =
        new Thread(() -> {
          while (!done.get()) {
            drain(tally);
            drains.incrementAndGet();
            began.countDown();
          }
        });
    taker.start();
    began.await();

    for (int wave = 0; wave < 8; wave++) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        long[] mine = new long[outcomes.size()];
        counted.add(mine);
        long seed = wave * 100L + i;
        threads.add(
            factory(i)
                .newThread(() -> countSome(tally, outcomes, mine, seed, /* times= */ 20_000)));
      }
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
    }
    done.set(true);
    taker.join();
    drain(tally);

    counted.forEach(mine -> {
      for (int i = 0; i < mine.length; i++) {
        expected[i] += mine[i];
      }
    });
    assertThat(sum()).isEqualTo(8L * 24 * 20_000);
    assertThat(drains.get()).isGreaterThan(10);
    for (int i = 0; i < expected.length; i++) {
      assertThat(taken.get(outcomes.get(i))).as("outcome " + i).isEqualTo(expected[i]);
    }
    System.out.printf(
        "CLAIM counts-exact: %,d counts of %d outcomes by %d threads, 24 at a time at 16 places,"
            + " taken out %,d times meanwhile: none lost, none twice%n",
        sum(), outcomes.size(), counted.size(), drains.get());
  }

  /** Every other thread is virtual where the platform has them. */
  private static ThreadFactory factory(int i) {
    try {
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      return i % 2 == 0
          ? Thread::new
          : (ThreadFactory)
              Class.forName("java.lang.Thread$Builder").getMethod("factory").invoke(builder);
    } catch (ReflectiveOperationException e) {
      return Thread::new;
    }
  }

  private static void countSome(
      Tally tally, List<Outcome> outcomes, long[] mine, long seed, int times) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < times; i++) {
      // Few at first, so that pages grow while counts are taken.
      int which = random.nextInt(1 + Math.min(outcomes.size() - 1, i / 40));
      mine[which]++;
      if (tally.count(outcomes.get(which))) {
        tally.skip(random.nextInt(10));
      }
    }
  }

  @Test
  void sampleIsDueAtFirstAndAfterAsManyAsWereSkipped() {
    Tally tally = new Tally();
    Outcome outcome = outcomes(1).get(0);
    List<Boolean> due = new ArrayList<>();

    for (int i = 0; i < 5; i++) {
      boolean isDue = tally.count(outcome);
      due.add(isDue);
      if (isDue) {
        tally.skip(2);
      }
    }

    assertThat(due).containsExactly(true, false, false, true, false);
  }
}
