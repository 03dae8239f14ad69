package dev.guidon.sdk;

import dev.guidon.engine.Compilation;
import dev.guidon.engine.Context;
import dev.guidon.engine.ErrorCode;
import dev.guidon.engine.Explanation;
import dev.guidon.engine.FlagHandle;
import dev.guidon.engine.Outcome;
import dev.guidon.engine.Refusal;
import dev.guidon.engine.Ruleset;
import dev.guidon.model.Position;
import dev.guidon.model.Token;
import dev.guidon.model.View;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client answers from, and how it stands. Evaluations read one reference to one immutable
 * ruleset and wait for nobody; whatever brings rulesets installs them here whole.
 */
final class Serving {
  private static final Logger log = LoggerFactory.getLogger(Serving.class);

  /** Listeners that lag this far behind hear several changes as one. */
  private static final int UNTOLD_MAX = 100;

  private final LongSupplier nowMicros;
  private final Samples samples;
  private final boolean counting;
  private final ConcurrentLinkedQueue<Live> retired = new ConcurrentLinkedQueue<>();
  private final CopyOnWriteArrayList<Consumer<? super ClientEvent>> listeners =
      new CopyOnWriteArrayList<>();

  /** Held while listeners are told, so that they hear one event at a time and in order. */
  private final ReentrantLock telling = new ReentrantLock();

  /** What listeners are still to be told, where they are told on a thread of their own. */
  private final ArrayDeque<ClientEvent> untold = new ArrayDeque<>();

  private @Nullable Consumer<Runnable> teller;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();

  /** Nothing is too old unless somebody tells how old it is. */
  private volatile LongSupplier headReadAtMicros;

  private volatile @Nullable Live live;
  private volatile ClientStatus status = ClientStatus.NOT_READY;

  /**
   * @param nowMicros corrected time; called at most once in an evaluation, and only where time
   *     matters
   * @param counting whether anyone will ever take the counts out
   */
  Serving(LongSupplier nowMicros, Samples samples, boolean counting) {
    this.nowMicros = nowMicros;
    this.samples = samples;
    this.counting = counting;
    this.headReadAtMicros = nowMicros;
  }

  /**
   * Log time of the last reading of the log's head, -1 without any; called on evaluations of flags
   * that bound it.
   */
  void ageOfState(LongSupplier headReadAtMicros) {
    this.headReadAtMicros = headReadAtMicros;
  }

  /**
   * Tells listeners by tasks that this runs, one after the other, instead of on the thread that
   * brings the news. To be called before anything is told.
   */
  void tellOn(Consumer<Runnable> teller) {
    this.teller = teller;
  }

  /**
   * A ruleset in use, with the counts of what it answered.
   *
   * @param bounded whether any of its flags says what to serve when the state is too old
   * @param sinceMicros corrected time at which it came into use
   */
  record Live(
      Ruleset ruleset, Tally tally, List<Refusal> refusals, boolean bounded, long sinceMicros) {}

  // Evaluation.

  /** The outcome, counted; {@code null} before the first ruleset. Allocates nothing. */
  @Nullable Outcome decide(String flag, Context context) {
    Live current = live;
    return current == null ? null : decide(current, flag, context);
  }

  /** By a ruleset that was in service a moment ago. */
  Outcome decide(Live current, String flag, Context context) {
    Outcome outcome =
        current.bounded && current.ruleset.boundsStaleness(flag)
            ? decideBounded(current, flag, context, nowMicros.getAsLong())
            : current.ruleset.decide(flag, context, nowMicros);
    note(current, outcome, context);
    return outcome;
  }

  /** Like {@link #decide(String, Context)}, without looking the flag up. */
  @Nullable Outcome decide(FlagHandle flag, Context context) {
    Live current = live;
    if (current == null) {
      return null;
    }
    Outcome outcome =
        current.bounded && current.ruleset.boundsStaleness(flag)
            ? decideBounded(current, flag.key(), context, nowMicros.getAsLong())
            : current.ruleset.decide(flag, context, nowMicros);
    note(current, outcome, context);
    return outcome;
  }

  /** One instant for both questions: how old the state is, and what the flag answers. */
  private Outcome decideBounded(Live current, String flag, Context context, long now) {
    Outcome old = tooStale(current, flag, now);
    return old == null ? current.ruleset.decide(flag, context, now) : old;
  }

  /** What the flag itself wants served when the state is this old. */
  private @Nullable Outcome tooStale(Live current, String flag, long now) {
    long readAt = headReadAtMicros.getAsLong();
    return current.ruleset.tooStale(flag, readAt < 0 ? Long.MAX_VALUE : Math.max(0, now - readAt));
  }

  private void note(Live current, Outcome outcome, Context context) {
    // Flags that do not exist have outcomes of their own each time, and names that anyone can make
    // up.
    if (counting && outcome.error() != ErrorCode.FLAG_NOT_FOUND && current.tally.count(outcome)) {
      sample(current, context);
    }
  }

  private void sample(Live current, Context context) {
    current.tally.skip(samples.offer(context, nowMicros.getAsLong()));
  }

  /** Not counted: whoever asks why did not meet the flag. */
  @Nullable Explanation explain(String flag, Context context) {
    Live current = live;
    return current == null ? null : current.ruleset.explain(flag, context, nowMicros.getAsLong());
  }

  @Nullable Live live() {
    return live;
  }

  @Nullable Position position() {
    Live current = live;
    return current == null ? null : current.ruleset.position();
  }

  /** Rulesets that are in use no more and may still hold counts; forgotten with this call. */
  List<Live> takeRetired() {
    List<Live> taken = new ArrayList<>();
    for (Live one = retired.poll(); one != null; one = retired.poll()) {
      taken.add(one);
    }
    return taken;
  }

  // What the source of rulesets does.

  /**
   * Puts a ruleset in place and wakes who waits for it. Listeners hear of it by {@link
   * #tellChanged}.
   */
  void install(Compilation compilation) {
    Live before;
    lock.lock();
    try {
      before = live;
      live =
          new Live(
              compilation.ruleset(),
              new Tally(),
              compilation.refusals(),
              compilation.ruleset().boundsStaleness(),
              nowMicros.getAsLong());
      if (before != null && counting) {
        retired.add(before);
      }
      moved.signalAll();
    } finally {
      lock.unlock();
    }
    pack(before == null ? null : before.ruleset.view(), compilation.ruleset().view());
  }

  /** Saves memory, and must not cost an answer where there is too little of it. */
  private static void pack(@Nullable View before, View view) {
    try {
      Packing.pack(before, view);
    } catch (RuntimeException | Error e) {
      log.warn("Documents stay unpacked.", e);
    }
  }

  void tellChanged(Set<String> flags) {
    if (!flags.isEmpty()) {
      tell(new ClientEvent.Changed(flags));
    }
  }

  ClientStatus status() {
    return status;
  }

  void ready() {
    if (moveTo(ClientStatus.READY)) {
      tell(new ClientEvent.Ready());
    }
  }

  /** Without a ruleset there is nothing that could be stale, and this says nothing. */
  void stale(String reason) {
    if (live != null && status != ClientStatus.ERROR && moveTo(ClientStatus.STALE)) {
      tell(new ClientEvent.Stale(reason));
    }
  }

  void eraMoved(Position from, Position to, long dropped) {
    tell(new ClientEvent.EraMoved(from, to, dropped));
  }

  /** Says that something is wrong; answers, where there are any, go on. */
  void error(String message) {
    if (live == null) {
      log.warn("No ruleset yet: {}", message);
      tell(new ClientEvent.Failed(message, /* fatal= */ false));
    } else if (moveTo(ClientStatus.ERROR)) {
      log.warn("Answering from an old ruleset: {}", message);
      tell(new ClientEvent.Failed(message, /* fatal= */ false));
    }
  }

  void fatal(String message) {
    if (moveTo(ClientStatus.FATAL)) {
      log.error("{}", message);
      tell(new ClientEvent.Failed(message, /* fatal= */ true));
    }
  }

  void shutDown() {
    if (moveTo(ClientStatus.SHUT_DOWN)) {
      listeners.clear();
    }
  }

  private boolean moveTo(ClientStatus next) {
    lock.lock();
    try {
      boolean ended =
          status == ClientStatus.SHUT_DOWN
              || status == ClientStatus.FATAL && next != ClientStatus.SHUT_DOWN;
      if (ended || status == next) {
        return false;
      }
      status = next;
      moved.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  // Waiting and listening.

  /** Waits until there is a ruleset, or never will be, or time is up; the status then. */
  ClientStatus awaitFirst(Duration timeout) {
    // An end is as good as a beginning to those who wait. Who brings a ruleset says so after it is
    // in place, and nobody is to hear "not ready" in between.
    boolean unused =
        await(timeout, () -> status != ClientStatus.NOT_READY && live != null || isOver());
    return status;
  }

  boolean awaitRevision(Token token, Duration timeout) {
    return await(timeout, () -> reaches(token) || isOver()) && reaches(token);
  }

  private boolean isOver() {
    return status == ClientStatus.FATAL || status == ClientStatus.SHUT_DOWN;
  }

  private boolean reaches(Token token) {
    Live current = live;
    return current != null
        && current.ruleset.view().scope().equals(token.scope())
        && token.isReachedBy(
            current.ruleset.position().era(), current.ruleset.position().revision());
  }

  private boolean await(Duration timeout, java.util.function.BooleanSupplier done) {
    long left = nanos(timeout);
    lock.lock();
    try {
      while (!done.getAsBoolean()) {
        if (left <= 0) {
          return false;
        }
        left = moved.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Some people say "for ever" by durations that no number of nanoseconds can say. */
  private static long nanos(Duration timeout) {
    return timeout.toSeconds() > Integer.MAX_VALUE ? Long.MAX_VALUE : timeout.toNanos();
  }

  void listen(Consumer<? super ClientEvent> listener) {
    listeners.add(listener);
  }

  void unlisten(Consumer<? super ClientEvent> listener) {
    listeners.remove(listener);
  }

  private void tell(ClientEvent event) {
    Consumer<Runnable> by = teller;
    if (by == null) {
      tellNow(event);
      return;
    }
    synchronized (untold) {
      ClientEvent last = untold.peekLast();
      if (untold.size() >= UNTOLD_MAX
          && event instanceof ClientEvent.Changed more
          && last instanceof ClientEvent.Changed changed) {
        untold.removeLast();
        Set<String> both = new TreeSet<>(changed.flags());
        both.addAll(more.flags());
        untold.addLast(new ClientEvent.Changed(both));
        return;
      }
      if (untold.size() >= UNTOLD_MAX * 2) {
        untold.removeFirst();
      }
      untold.addLast(event);
    }
    by.accept(this::tellNext);
  }

  private void tellNext() {
    ClientEvent next;
    synchronized (untold) {
      next = untold.pollFirst();
    }
    if (next != null) {
      tellNow(next);
    }
  }

  private void tellNow(ClientEvent event) {
    telling.lock();
    try {
      listeners.forEach(listener -> tellOne(listener, event));
    } finally {
      telling.unlock();
    }
  }

  /**
   * Listeners are the application's code: whatever one throws must not reach the others, nor end
   * our threads.
   */
  private static void tellOne(Consumer<? super ClientEvent> listener, ClientEvent event) {
    try {
      listener.accept(event);
    } catch (Exception | Error e) {
      log.warn("A listener of the flag client failed on {}.", event, e);
    }
  }
}
