package dev.guidon.fuzz;

import dev.guidon.engine.Context;
import dev.guidon.engine.Decision;
import dev.guidon.engine.ErrorCode;
import dev.guidon.engine.Outcome;
import dev.guidon.engine.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Threads that ask while rulesets are swapped. Every answer is held against a table that the naive
 * reference made for every version before it came into service: right is an answer of a version
 * that was in service at some moment of the call, and no thread ever meets a version older than one
 * it has met.
 */
final class Concurrency {
  private static final long SWAP_EVERY_MILLIS = 1_000;
  private static final int ASKED_BETWEEN_LOOKS = 4_096;

  /** Who is asked. */
  interface Subject extends AutoCloseable {
    Decision decision(String flag, Context context);

    boolean booleanValue(String flag, Context context, boolean fallback);

    /** Of the ruleset that is in service now. */
    long revision();

    /** Brings the next version; it may come into service later. */
    void bring(Versions.Version version);

    /** After the last answer: how many evaluations were counted, all told. */
    long counted();

    @Override
    void close() throws Exception;
  }

  /**
   * @param counted what the counters came to; equal to {@code countable} when nothing was lost or
   *     doubled
   * @param scaling throughput of two threads over that of one, medians; 0 when not measured
   */
  record Result(
      long evaluations,
      int threads,
      long swaps,
      long wrong,
      long back,
      long countable,
      long counted,
      double seconds,
      double scaling,
      @Nullable String firstWrong) {
    boolean isClean() {
      return wrong == 0 && back == 0 && counted == countable;
    }

    String text() {
      return String.format(
          Locale.ROOT,
          "%,d evaluations by %d threads in %.0f s, %d ruleset swaps, wrong %d, went back %d; counters %,d of %,d; %.2f million/s checked%s%s",
          evaluations,
          threads,
          seconds,
          swaps,
          wrong,
          back,
          counted,
          countable,
          evaluations / seconds / 1e6,
          scaling == 0
              ? ""
              : String.format(Locale.ROOT, "; two threads ask %.2f times as fast as one", scaling),
          firstWrong == null ? "" : "; first wrong: " + firstWrong);
    }
  }

  private final int threads;
  private final long evaluations;
  private final long seed;
  private final long swapEveryMillis;

  Concurrency(int threads, long evaluations, long seed) {
    this(threads, evaluations, seed, SWAP_EVERY_MILLIS);
  }

  Concurrency(int threads, long evaluations, long seed, long swapEveryMillis) {
    this.threads = threads;
    this.evaluations = evaluations;
    this.seed = seed;
    this.swapEveryMillis = swapEveryMillis;
  }

  /** With the shipped client, its default counters on, behind a real edge. */
  Result run(boolean measuresScaling) throws Exception {
    Versions versions = new Versions(seed);
    try (ServedClient client = new ServedClient(versions.next())) {
      double scaling = measuresScaling ? new Scaling(client, versions).measure() : 0;
      return run(client, versions, scaling);
    }
  }

  Result run(Subject subject, Versions versions, double scaling) throws Exception {
    long started = System.nanoTime();
    long before = subject.revision();
    List<Asker> askers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      long share = evaluations / threads + (i < evaluations % threads ? 1 : 0);
      askers.add(new Asker(subject, versions, share, new SplittableRandom(seed * 31 + i)));
    }
    List<Thread> running =
        askers.stream().map(asker -> Thread.ofPlatform().name("asker").start(asker)).toList();
    swapWhile(running, subject, versions);
    double seconds = (System.nanoTime() - started) / 1e9;
    long swaps = subject.revision() - before;
    Asker all = askers.get(0);
    askers.subList(1, askers.size()).forEach(all::add);
    return new Result(
        all.asked,
        threads,
        swaps,
        all.wrong,
        all.back,
        all.countable + versions.countedElsewhere(),
        subject.counted(),
        seconds,
        scaling,
        all.firstWrong.get());
  }

  private void swapWhile(List<Thread> running, Subject subject, Versions versions)
      throws InterruptedException {
    long next = System.nanoTime() + swapEveryMillis * 1_000_000;
    for (Thread one : running) {
      while (one.isAlive()) {
        long wait = Math.max(1, (next - System.nanoTime()) / 1_000_000);
        if (!one.join(java.time.Duration.ofMillis(wait)) && System.nanoTime() >= next) {
          subject.bring(versions.next());
          next += swapEveryMillis * 1_000_000;
        }
      }
    }
  }

  /** One thread's questions. */
  private static final class Asker implements Runnable {
    private final Subject subject;
    private final Versions versions;
    private final SplittableRandom random;
    private final long share;
    private final AtomicReference<@Nullable String> firstWrong = new AtomicReference<>();
    private long asked;
    private long countable;
    private long wrong;
    private long back;
    private long seen;

    Asker(Subject subject, Versions versions, long share, SplittableRandom random) {
      this.subject = subject;
      this.versions = versions;
      this.share = share;
      this.random = random;
    }

    @Override
    public void run() {
      for (long i = 0; i < share; i++) {
        int flag = random.nextInt(versions.flags().size());
        int context = random.nextInt(versions.contexts().size());
        // Only by the whole decision is it known whether a flag that comes and goes was there, and
        // so was counted.
        if (versions.isConstant(flag) && random.nextBoolean()) {
          askForValue(flag, context);
        } else {
          ask(flag, context);
        }
      }
    }

    private void ask(int flag, int context) {
      long before = look();
      Decision found =
          subject.decision(versions.flags().get(flag), versions.contexts().get(context));
      asked++;
      countable += found.outcome().error() == ErrorCode.FLAG_NOT_FOUND ? 0 : 1;
      if (!isRight(versions.answer(before, flag, context), found)) {
        long after = subject.revision();
        for (long at = before + 1; at <= after; at++) {
          if (isRight(versions.answer(at, flag, context), found)) {
            seen = at;
            return;
          }
        }
        tell(flag, context, before, after, Reference.Answer.of(found));
      }
    }

    private void askForValue(int flag, int context) {
      boolean fallback = (context & 1) == 0;
      long before = look();
      boolean found =
          subject.booleanValue(
              versions.flags().get(flag), versions.contexts().get(context), fallback);
      asked++;
      countable++;
      if (found != value(versions.answer(before, flag, context), fallback)) {
        long after = subject.revision();
        for (long at = before + 1; at <= after; at++) {
          if (found == value(versions.answer(at, flag, context), fallback)) {
            seen = at;
            return;
          }
        }
        tell(flag, context, before, after, found);
      }
    }

    private long look() {
      long now = subject.revision();
      if (now < seen) {
        back++;
        firstWrong.compareAndSet(null, "revision " + now + " after " + seen);
      }
      seen = now;
      return now;
    }

    private void tell(int flag, int context, long before, long after, Object found) {
      wrong++;
      firstWrong.compareAndSet(
          null,
          versions.flags().get(flag)
              + " for context "
              + context
              + " while revisions "
              + before
              + " to "
              + after
              + " were in service: "
              + found
              + " (expected: "
              + versions.answer(before, flag, context)
              + ")");
    }

    private static boolean value(Reference.Answer answer, boolean fallback) {
      return answer.variant() == null ? fallback : answer.variant().equals("on");
    }

    /** As {@code Answer.of(found).equals(wanted)}, without making anything. */
    private static boolean isRight(Reference.Answer wanted, Decision found) {
      Outcome outcome = found.outcome();
      ErrorCode error = outcome.error();
      return wanted.bucket() == found.bucket()
          && Objects.equals(wanted.variant(), outcome.variant())
          && wanted.reason().equals(outcome.reason().name())
          && Objects.equals(wanted.rule(), outcome.ruleId())
          && Objects.equals(wanted.error(), error == null ? null : error.name())
          && Objects.equals(wanted.detail(), error == null ? outcome.detail() : null);
    }

    void add(Asker other) {
      asked += other.asked;
      countable += other.countable;
      wrong += other.wrong;
      back += other.back;
      firstWrong.compareAndSet(null, other.firstWrong.get());
    }
  }

  /**
   * How much faster two threads ask than one, rounds taken in turn, with nothing but questions in
   * the loop.
   */
  private static final class Scaling {
    private static final int ROUNDS = 7;
    private static final long ROUND_MILLIS = 700;

    private final Subject subject;
    private final Versions versions;

    Scaling(Subject subject, Versions versions) {
      this.subject = subject;
      this.versions = versions;
    }

    double measure() throws InterruptedException {
      double[] ratios = new double[ROUNDS];
      perSecond(2);
      for (int i = 0; i < ROUNDS; i++) {
        double one = perSecond(1);
        ratios[i] = perSecond(2) / one;
      }
      Arrays.sort(ratios);
      return ratios[ROUNDS / 2];
    }

    private double perSecond(int threads) throws InterruptedException {
      List<long[]> counts = new ArrayList<>();
      List<Thread> running = new ArrayList<>();
      long end = System.nanoTime() + ROUND_MILLIS * 1_000_000;
      for (int i = 0; i < threads; i++) {
        long[] count = new long[2];
        counts.add(count);
        SplittableRandom random = new SplittableRandom(i);
        running.add(Thread.ofPlatform().start(() -> ask(random, end, count)));
      }
      for (Thread one : running) {
        one.join();
      }
      long asked = counts.stream().mapToLong(count -> count[0]).sum();
      versions.countElsewhere(asked);
      return asked * 1000.0 / ROUND_MILLIS;
    }

    private void ask(SplittableRandom random, long end, long[] count) {
      int flags = versions.flags().size() - 1;
      while (System.nanoTime() < end) {
        for (int i = 0; i < ASKED_BETWEEN_LOOKS; i++) {
          boolean on =
              subject.booleanValue(
                  versions.flags().get(random.nextInt(flags)),
                  versions.contexts().get(random.nextInt(versions.contexts().size())),
                  /* fallback= */ false);
          count[1] += on ? 1 : 0;
        }
        count[0] += ASKED_BETWEEN_LOOKS;
      }
    }
  }
}
