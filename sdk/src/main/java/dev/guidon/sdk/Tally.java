package dev.guidon.sdk;

import dev.guidon.engine.Outcome;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts how often each outcome of one ruleset was given, exactly, while others take the counts
 * out. Counting takes no lock, and allocates nothing once a thread has met an outcome.
 *
 * <h2>Who writes what</h2>
 *
 * A thread that counts has a page of its own, which nobody else writes, so that one count is one
 * addition without any atomic instruction: that is what an evaluation of 20 ns can afford. Counters
 * only grow; whoever takes counts out remembers how far it got and takes the difference, so that
 * nothing is lost or taken twice and the writer never waits. A thread without a page (every place
 * near its own is taken, its page is full, or it is virtual and soon gone) counts in a map that all
 * share.
 *
 * <h2>Memory</h2>
 *
 * A page has 1 to 42 KB, 20 bytes for each place in its table, and room for {@value
 * Page#OUTCOMES_MAX} outcomes at most; there are at most eight times as many pages as processors.
 * Pages of threads that have ended go when counts are taken out.
 */
final class Tally {
  /** A page is looked for at this many places, the first being where the thread's number points. */
  private static final int STEPS = 4;

  private static final int PLACES_MIN = 16;
  private static final int PLACES_MAX = 256;
  private static final VarHandle PAGE = MethodHandles.arrayElementVarHandle(Page[].class);

  /**
   * Each place is written by the thread that claims it, and by {@link #drain} after that has ended.
   * A thread reads without ordering: it looks for its own page, which it put there itself, and that
   * of another is told from it by a final field.
   */
  private final @Nullable Page[] pages;

  private final int mask;
  private final ConcurrentHashMap<Outcome, LongAdder> shared = new ConcurrentHashMap<>();

  /** What {@link Page#skip} is for those without a page; racy, and none the worse for it. */
  private final int[] sharedSkips;

  Tally() {
    this(Runtime.getRuntime().availableProcessors());
  }

  Tally(int processors) {
    int wanted = Math.max(PLACES_MIN, Math.min(PLACES_MAX, 8 * processors));
    int places = Integer.highestOneBit(wanted);
    this.pages = new Page[places];
    this.mask = places - 1;
    this.sharedSkips = new int[(places + 2) * Page.LINE_LONGS];
  }

  /**
   * Counts an answer.
   *
   * @return whether its context is due as a sample; if so, {@link #skip} is to be called
   */
  boolean count(Outcome outcome) {
    Thread thread = Thread.currentThread();
    Page page = pages[(int) thread.getId() & mask];
    if (page != null && page.owner == thread && page.count(outcome)) {
      return page.isSampleDue();
    }
    return countElsewhere(thread, outcome);
  }

  /** Says how many evaluations of this thread are to pass until the next sample is due. */
  void skip(int evaluations) {
    Thread thread = Thread.currentThread();
    int place = place(thread);
    Page page = place < 0 ? null : pages[place];
    if (page != null) {
      page.skip(evaluations);
    }
    sharedSkips[sharedSkip(thread)] = evaluations;
  }

  private boolean countElsewhere(Thread thread, Outcome outcome) {
    int place = place(thread);
    if (place < 0 && !VirtualThreads.isVirtual(thread)) {
      place = claim(thread);
    }
    if (place >= 0 && countOn(place, outcome)) {
      Page page = pages[place];
      return page != null && page.isSampleDue();
    }
    LongAdder adder = shared.get(outcome);
    if (adder == null) {
      adder = shared.computeIfAbsent(outcome, unused -> new LongAdder());
    }
    adder.increment();
    return --sharedSkips[sharedSkip(thread)] < 0;
  }

  /** Counts on this thread's own page, or a larger one in its place; false when that is full. */
  private boolean countOn(int place, Outcome outcome) {
    Page page = pages[place];
    if (page == null) {
      return false;
    }
    if (page.countOrAdd(outcome)) {
      return true;
    }
    if (page.isLargest()) {
      return false;
    }
    Page larger = new Page(page);
    boolean counted = larger.countOrAdd(outcome);
    PAGE.setRelease(pages, place, larger);
    return counted;
  }

  private int sharedSkip(Thread thread) {
    return (((int) thread.getId() & mask) + 1) * Page.LINE_LONGS;
  }

  /** Where the page of this thread is, -1 when it has none. */
  private int place(Thread thread) {
    int from = (int) thread.getId();
    for (int i = from; i != from + STEPS; i++) {
      Page page = pages[i & mask];
      if (page != null && page.owner == thread) {
        return i & mask;
      }
    }
    return -1;
  }

  private int claim(Thread thread) {
    int from = (int) thread.getId();
    for (int i = from; i != from + STEPS; i++) {
      if (pages[i & mask] == null && PAGE.compareAndSet(pages, i & mask, null, new Page(thread))) {
        return i & mask;
      }
    }
    return -1;
  }

  /**
   * Takes the counts out. What is counted meanwhile is taken now or the next time. The same outcome
   * may be told several times.
   */
  synchronized void drain(ObjLongConsumer<Outcome> to) {
    for (int i = 0; i < pages.length; i++) {
      Page page = (Page) PAGE.getAcquire(pages, i);
      if (page != null) {
        // Asked before the page is looked up for good: of a thread that has ended, everything is
        // seen, also that its page was followed by a larger one a moment ago.
        boolean ended = !page.owner.isAlive();
        Page last = (Page) PAGE.getAcquire(pages, i);
        last.drainAll(to);
        if (ended) {
          PAGE.setRelease(pages, i, null);
        }
      }
    }
    shared.forEach((outcome, adder) -> {
      long n = adder.sumThenReset();
      if (n > 0) {
        to.accept(outcome, n);
      }
    });
  }

  /**
   * The counters of one thread, which alone writes them: a table of outcomes, not more than half
   * full, and their counters at the same places. A page that became too small is followed by a
   * larger one, which begins with nothing; the counts of the smaller one are final then.
   */
  @SuppressWarnings("ReferenceEquality") // An outcome is equal to itself only.
  private static final class Page {
    static final int OUTCOMES_MAX = 1024;

    /** Keeps what one thread writes away from what others do, by two cache lines. */
    static final int LINE_LONGS = 16;

    private static final int SLOTS_MIN = 32;
    private static final VarHandle OUTCOME = MethodHandles.arrayElementVarHandle(Outcome[].class);
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

    /** How many more evaluations are no sample. The first one is one. */
    private static final int SKIPS = LINE_LONGS;

    private static final int SIZE = LINE_LONGS + 1;
    private static final int FIRST = LINE_LONGS + 2;

    final Thread owner;
    private final @Nullable Outcome[] outcomes;

    /** All that the owner writes again and again is in this array, with space around it. */
    private final long[] counts;

    /** How much was taken out. Used, like {@link #smaller}, under the lock of draining. */
    private final long[] taken;

    private @Nullable Page smaller;

    Page(Thread owner) {
      this(owner, SLOTS_MIN);
    }

    Page(Page smaller) {
      this(smaller.owner, smaller.outcomes.length * 4);
      this.smaller = smaller;
      this.counts[SKIPS] = smaller.counts[SKIPS];
    }

    private Page(Thread owner, int slots) {
      this.owner = owner;
      this.outcomes = new Outcome[slots];
      this.counts = new long[FIRST + slots + LINE_LONGS];
      this.taken = new long[slots];
    }

    boolean isLargest() {
      return outcomes.length >= 2 * OUTCOMES_MAX;
    }

    boolean isSampleDue() {
      return --counts[SKIPS] < 0;
    }

    void skip(int evaluations) {
      counts[SKIPS] = evaluations;
    }

    /** Counts an outcome that lies where it is looked for first, as nearly all do. */
    boolean count(Outcome outcome) {
      @Nullable Outcome[] table = outcomes;
      int i = outcome.hashCode() & table.length - 1;
      if (table[i] != outcome) {
        return false;
      }
      increment(i);
      return true;
    }

    /** Whether there was room. */
    boolean countOrAdd(Outcome outcome) {
      int i = outcome.hashCode() & outcomes.length - 1;
      while (outcomes[i] != null && outcomes[i] != outcome) {
        i = i + 1 & outcomes.length - 1;
      }
      if (outcomes[i] == null) {
        if (counts[SIZE] * 2 >= outcomes.length) {
          return false;
        }
        counts[SIZE]++;
        // Whoever sees it finds an outcome that is whole, and a counter that is zero at least.
        OUTCOME.setRelease(outcomes, i, outcome);
      }
      increment(i);
      return true;
    }

    private void increment(int i) {
      COUNT.setOpaque(counts, FIRST + i, counts[FIRST + i] + 1);
    }

    /** By any thread, one at a time. */
    void drainAll(ObjLongConsumer<Outcome> to) {
      for (Page page = smaller; page != null; page = page.smaller) {
        page.drain(to);
      }
      smaller = null;
      drain(to);
    }

    private void drain(ObjLongConsumer<Outcome> to) {
      for (int i = 0; i < outcomes.length; i++) {
        Outcome outcome = (Outcome) OUTCOME.getAcquire(outcomes, i);
        if (outcome != null) {
          long count = (long) COUNT.getOpaque(counts, FIRST + i);
          if (count > taken[i]) {
            to.accept(outcome, count - taken[i]);
            taken[i] = count;
          }
        }
      }
    }
  }
}
