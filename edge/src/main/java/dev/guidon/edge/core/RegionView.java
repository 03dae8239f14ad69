package dev.guidon.edge.core;

import dev.guidon.edge.ofrep.Etags;
import dev.guidon.edge.ofrep.FlagAnswers;
import dev.guidon.engine.Compilation;
import dev.guidon.engine.Refusal;
import dev.guidon.engine.Ruleset;
import dev.guidon.model.BlobSource;
import dev.guidon.model.EntityId;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.Priority;
import dev.guidon.model.ScopeState;
import dev.guidon.model.View;
import dev.guidon.stream.FeedStep;
import dev.guidon.stream.HeadFrame;
import dev.guidon.stream.ViewCursor;
import dev.guidon.stream.ViewFeed;
import dev.guidon.stream.ViewFeedSettings;
import dev.guidon.stream.ViewSnapshot;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What one region sees of a scope: its view as streams send it, and its ruleset as OFREP answers
 * from it. One thread moves it on; any thread reads.
 */
public final class RegionView {
  private static final long HEAD_EVERY_MICROS = 1_000_000;

  private static final int RETIRED = -1;

  /** Well below a millisecond of encoding. */
  private static final int ENTITIES_AT_ONCE_MAX = 100;

  private final String name;
  private final AtomicInteger streams = new AtomicInteger();
  private final AtomicBoolean making = new AtomicBoolean();
  private volatile long usedMicros = Long.MIN_VALUE;
  private final ViewFeed feed;
  private long headMicros = Long.MIN_VALUE;
  private volatile @Nullable FlagAnswers answers;
  private volatile @Nullable Snapshot present;
  private volatile @Nullable Snapshot referred;

  RegionView(ScopeState state, String name) {
    this.name = name;
    this.feed = new ViewFeed(View.of(state, name), ViewFeedSettings.DEFAULT);
  }

  public String name() {
    return name;
  }

  /**
   * @param isCommit whether the state is the one after a single commit, rather than one that was
   *     taken over whole
   */
  void advance(ScopeState state, Set<EntityId> changed, Priority priority, boolean isCommit) {
    if (isCommit) {
      feed.apply(state, changed, priority);
    } else {
      feed.replace(View.of(state, name));
    }
  }

  /**
   * Streams need not hear of every look at the head: once a second is enough to know how old a
   * state is.
   */
  void head(HeadFrame head) {
    if (head.readAtMicros() - headMicros >= HEAD_EVERY_MICROS || headMicros == Long.MIN_VALUE) {
      headMicros = head.readAtMicros();
      feed.head(head);
    }
  }

  /** Compiles the present view, what has changed of it, and answers what cannot be used. */
  List<Refusal> compile(BlobSource blobs) {
    FlagAnswers before = answers;
    Compilation compiled =
        Ruleset.compile(feed.view(), blobs, before == null ? null : before.ruleset());
    answers = new FlagAnswers(compiled.ruleset(), name, round(before, compiled));
    return compiled.refusals();
  }

  /**
   * How often this position was compiled with other answers: a key list that comes late changes
   * them without a commit.
   */
  private static long round(@Nullable FlagAnswers before, Compilation compiled) {
    if (before == null || !before.ruleset().position().equals(compiled.ruleset().position())) {
      return 0;
    }
    return before.round() + (compiled.changedFlags().isEmpty() ? 0 : 1);
  }

  /** Remembers that someone asked. */
  public void used(long monotonicMicros) {
    usedMicros = monotonicMicros;
  }

  /** Counts a stream in; {@code false} when this view is not kept up any more. */
  public boolean open() {
    return streams.updateAndGet(n -> n < 0 ? n : n + 1) > 0;
  }

  /** Counts a stream out. */
  public void close() {
    streams.decrementAndGet();
  }

  boolean isIdleSince(long monotonicMicros) {
    return streams.get() == 0 && usedMicros <= monotonicMicros;
  }

  long usedMicros() {
    return usedMicros;
  }

  /** Ends a view that no stream reads; {@code false} when one does. */
  boolean retire() {
    return streams.compareAndSet(0, RETIRED);
  }

  /** Whether there is something to answer from. */
  public boolean isReady() {
    return answers != null;
  }

  /** The ruleset in use, with its answers. */
  public FlagAnswers answers() {
    return Objects.requireNonNull(answers, "not compiled yet");
  }

  public View view() {
    return feed.view();
  }

  /** What a stream writes next. */
  public FeedStep<ViewCursor> next(ViewCursor cursor) {
    return feed.next(cursor);
  }

  /**
   * Whether {@link #next} would have to encode the whole view, which takes its time: not for an
   * event loop when the view is large.
   */
  public boolean lacksSnapshot(ViewCursor cursor) {
    return feed.lacksSnapshot(cursor) && feed.view().entities().size() > ENTITIES_AT_ONCE_MAX;
  }

  /** Encodes it on a thread of its own, once for all who wait, and then tells. */
  public void makeSnapshot(Runnable made) {
    if (making.compareAndSet(false, true)) {
      Thread.startVirtualThread(() -> {
        try {
          feed.makeSnapshot();
        } finally {
          making.set(false);
          made.run();
        }
      });
    }
  }

  /**
   * A delta or a snapshot for a reader that polls; no bytes when it has everything. Takes its time.
   */
  public byte[] poll(@Nullable Position from) {
    return feed.poll(from);
  }

  /** Differs when a poll's answer would. */
  public String etag() {
    View view = feed.view();
    return Etags.of(
        view.scope().text(), view.position().text(), Long.toString(view.epoch()), name, "view");
  }

  /** The head as this view has reached it. */
  public @Nullable HeadFrame head() {
    return feed.reachedHead();
  }

  /** The present view whole; made once per position. Takes its time. */
  public Snapshot snapshot() {
    View view = feed.view();
    Snapshot known = present;
    if (known == null || !known.position().equals(view.position())) {
      known = Snapshot.of(view.position(), ViewSnapshot.encode(view));
      present = known;
    }
    return known;
  }

  /** The snapshot that a stream has referred to, or {@code null} when it is too old. */
  public @Nullable Snapshot snapshot(Hash hash) {
    for (Snapshot known : new @Nullable Snapshot[] {referred, present}) {
      if (known != null && known.hash().equals(hash)) {
        return known;
      }
    }
    byte[] bytes = feed.snapshot(hash);
    if (bytes == null) {
      return null;
    }
    // The position does not matter for bytes that are asked for by their hash.
    var found = Snapshot.of(feed.view().position(), bytes);
    referred = found;
    return found;
  }
}
