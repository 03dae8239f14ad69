package dev.guidon.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.engine.Context;
import dev.guidon.engine.Decision;
import dev.guidon.engine.Ruleset;
import dev.guidon.model.BlobSource;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A short form of {@code ./guidon fuzz concurrency}, and doubles that show that it would notice.
 */
class ConcurrencyTest {
  private static final long SEED = 5;

  @Test
  void noAnswerIsWrongNothingGoesBackAndEveryEvaluationIsCountedOnce() throws Exception {
    Concurrency proof =
        new Concurrency(
            /* threads= */ 8, /* evaluations= */ 1_000_000, SEED, /* swapEveryMillis= */ 100);

    Concurrency.Result result = proof.run(/* measuresScaling= */ false);

    System.out.println("concurrency, short: " + result.text());
    assertThat(result.isClean()).as(result.text()).isTrue();
    assertThat(result.evaluations()).isEqualTo(1_000_000);
    assertThat(result.swaps()).isPositive();
  }

  @Test
  void swapsThatAreNotWholeAndCountsThatAreNotExactAreCaught() throws Exception {
    Concurrency.Result torn =
        run(new Broken(/* torn= */ true, /* goesBack= */ false, /* forgets= */ false));
    Concurrency.Result back =
        run(new Broken(/* torn= */ false, /* goesBack= */ true, /* forgets= */ false));
    Concurrency.Result forgetful =
        run(new Broken(/* torn= */ false, /* goesBack= */ false, /* forgets= */ true));
    Concurrency.Result whole =
        run(new Broken(/* torn= */ false, /* goesBack= */ false, /* forgets= */ false));

    assertThat(torn.wrong()).as(torn.text()).isPositive();
    assertThat(back.back()).as(back.text()).isPositive();
    assertThat(forgetful.counted()).as(forgetful.text()).isLessThan(forgetful.countable());
    assertThat(whole.isClean()).as(whole.text()).isTrue();
    System.out.printf(
        "CLAIM concurrency-planted: a double whose swaps are not whole gives %,d wrong answers of %,d, one that goes back is seen %,d times, one that loses counts misses %,d; the same double without a fault none%n",
        torn.wrong(), torn.evaluations(), back.back(), forgetful.countable() - forgetful.counted());
  }

  private static Concurrency.Result run(Broken subject) throws Exception {
    Versions versions = new Versions(SEED);
    subject.bring(versions.next());
    return new Concurrency(
            /* threads= */ 4, /* evaluations= */ 3_000_000, SEED, /* swapEveryMillis= */ 20)
        .run(subject, versions, /* scaling= */ 0);
  }

  /**
   * A client whose swap may be two steps, or take the old for the new for a moment, or whose
   * counter may be a plain one.
   */
  private static final class Broken implements Concurrency.Subject {
    private final boolean torn;
    private final boolean goesBack;
    private final boolean forgets;
    private final LongAdder counted = new LongAdder();
    private long plainCount;
    private volatile @Nullable Ruleset ruleset;
    private volatile @Nullable Ruleset other;
    private volatile long revision;

    Broken(boolean torn, boolean goesBack, boolean forgets) {
      this.torn = torn;
      this.goesBack = goesBack;
      this.forgets = forgets;
    }

    @Override
    public void bring(Versions.Version version) {
      Ruleset before = ruleset;
      Ruleset next = Ruleset.compile(version.view(), BlobSource.NONE, before).ruleset();
      if (before == null || !goesBack && !torn) {
        // Both are one step behind the other only here, where nobody asks, or where the ruleset
        // tells its own revision.
        ruleset = next;
        other = next;
        revision = version.revision();
        return;
      }
      revision = version.revision();
      if (torn) {
        // One half of the flags moves at the next swap only.
        other = before;
        ruleset = next;
      } else {
        ruleset = next;
        other = next;
        for (int i = 0; i < 1_000; i++) {
          revision = version.revision() - 1;
          java.util.concurrent.locks.LockSupport.parkNanos(1_000);
          revision = version.revision();
        }
      }
    }

    private Ruleset of(String flag) {
      counted.increment();
      plainCount++;
      Ruleset one = (flag.hashCode() & 1) == 0 ? ruleset : other;
      if (one == null) {
        throw new IllegalStateException("nothing brought");
      }
      return one;
    }

    @Override
    public Decision decision(String flag, Context context) {
      Ruleset asked = of(flag);
      Decision decision = asked.evaluate(flag, context, now());
      if (decision.outcome().error() == dev.guidon.engine.ErrorCode.FLAG_NOT_FOUND) {
        counted.decrement();
        plainCount--;
      }
      return decision;
    }

    @Override
    public boolean booleanValue(String flag, Context context, boolean fallback) {
      return of(flag).booleanValue(flag, context, now(), fallback);
    }

    private static long now() {
      return System.currentTimeMillis() * 1000;
    }

    @Override
    public long revision() {
      return revision;
    }

    @Override
    public long counted() {
      return forgets ? plainCount : counted.sum();
    }

    @Override
    public void close() {}
  }
}
