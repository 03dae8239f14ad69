package dev.guidon.edge;

import dev.guidon.edge.core.Report;
import dev.guidon.edge.core.Snapshot;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Hash;
import dev.guidon.model.InvalidDocumentException;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeSnapshot;
import dev.guidon.model.ScopeState;
import dev.guidon.stream.FeedStep;
import dev.guidon.stream.HeadFrame;
import dev.guidon.stream.LogCursor;
import dev.guidon.stream.LogFeed;
import dev.guidon.stream.LogSource;
import dev.guidon.stream.SnapshotRef;
import dev.guidon.stream.UpstreamReply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The log of the same process as an upstream: the same frames as over HTTP, without a socket. Every
 * stream has a virtual thread, since reading a log blocks.
 */
public final class LocalUpstream implements Upstream {
  private static final int SNAPSHOTS_KEPT = 4;
  private static final int PAST_AT_ONCE = 500;
  private static final long HEAD_EVERY_MILLIS = 2_000;
  private static final long FOR_EVER_NANOS = Long.MAX_VALUE / 2;

  private final Log log;
  private final Set<LocalLink> links = ConcurrentHashMap.newKeySet();
  private final Map<Hash, Snapshot> snapshots = new LinkedHashMap<>();

  /**
   * What a process that holds the log lets its edge have of it. May block; called on virtual
   * threads.
   */
  public interface Log {
    /**
     * A linearizable look at the head; {@code null} while the scope has no log. Throws when the log
     * cannot be reached.
     */
    @Nullable HeadFrame head(ScopeId scope);

    /** Consecutive entries after a revision. */
    List<CommittedEntry> read(ScopeId scope, long afterRevision, int max);

    /** A recent whole state of the head's era, or {@code null}. */
    @Nullable ScopeState state(ScopeId scope);

    byte @Nullable [] blob(Hash hash);

    /** Takes this edge's report in and answers the present time in microseconds. */
    long report(Report report);
  }

  public LocalUpstream(Log log) {
    this.log = log;
  }

  /** To be called after every append; streams look at once instead of at their next turn. */
  public void appended(ScopeId scope) {
    for (LocalLink link : links) {
      if (link.scope.equals(scope)) {
        link.wake();
      }
    }
  }

  @Override
  public int servers() {
    return 1;
  }

  @Override
  public List<CommittedEntry> past(ScopeId scope, long upToRevision, int max) {
    List<CommittedEntry> past = new ArrayList<>();
    long after = Math.max(0, upToRevision - max);
    while (after < upToRevision) {
      List<CommittedEntry> read =
          log.read(scope, after, (int) Math.min(PAST_AT_ONCE, upToRevision - after));
      if (read.isEmpty()) {
        return past;
      }
      past.addAll(read);
      after = read.getLast().position().revision();
    }
    return past;
  }

  @Override
  public Link stream(int server, ScopeId scope, @Nullable Position resume, Listener listener) {
    var link = new LocalLink(scope, listener);
    links.add(link);
    Thread.ofVirtual().name("guidon-local-" + scope.text()).start(() -> link.run(resume));
    return link;
  }

  @Override
  public void poll(int server, ScopeId scope, @Nullable Position after, Consumer<Answer> then) {
    answer(
        then,
        () -> {
          HeadFrame head = log.head(scope);
          if (head == null) {
            return new Answer.Failed(404, -1, "no log of " + scope);
          }
          Position from = after == null ? new Position(head.position().logId(), 1, 0) : after;
          byte[] lines = new LogFeed(source(scope)).poll(from);
          return lines == null
              ? events(scope, after)
              : new Answer.Body(lines, head.text(), /* isStream= */ false);
        });
  }

  private Answer events(ScopeId scope, @Nullable Position after) {
    var bytes = new java.io.ByteArrayOutputStream();
    new LogFeed(source(scope)).next(LogCursor.at(after)).bytes().forEach(bytes::writeBytes);
    return new Answer.Body(bytes.toByteArray(), /* head= */ null, /* isStream= */ true);
  }

  @Override
  public void snapshot(int server, ScopeId scope, String path, Consumer<Answer> then) {
    answer(
        then,
        () -> {
          Snapshot found = kept(path.substring(path.lastIndexOf('/') + 1));
          return found == null
              ? new Answer.Failed(404, -1, "no such snapshot any more")
              : new Answer.Body(found.bytes(), /* head= */ null, /* isStream= */ false);
        });
  }

  private synchronized @Nullable Snapshot kept(String hash) {
    return Hash.isHash(hash) ? snapshots.get(new Hash(hash)) : null;
  }

  private synchronized SnapshotRef keep(ScopeState state) {
    for (Snapshot known : snapshots.values()) {
      if (known.position().equals(state.position())) {
        return ref(known);
      }
    }
    Snapshot made = Snapshot.of(state.position(), ScopeSnapshot.encode(state));
    snapshots.put(made.hash(), made);
    if (snapshots.size() > SNAPSHOTS_KEPT) {
      snapshots.remove(snapshots.keySet().iterator().next());
    }
    return ref(made);
  }

  private static SnapshotRef ref(Snapshot snapshot) {
    return new SnapshotRef(
        snapshot.position(),
        dev.guidon.edge.core.EdgeScope.SNAPSHOT_PATH + snapshot.hash(),
        snapshot.hash(),
        snapshot.bytes().length);
  }

  @Override
  public void blob(int server, Hash hash, Consumer<Answer> then) {
    answer(
        then,
        () -> {
          byte[] bytes = log.blob(hash);
          return bytes == null
              ? new Answer.Failed(404, -1, "no such blob")
              : new Answer.Body(bytes, /* head= */ null, /* isStream= */ false);
        });
  }

  @Override
  public void report(int server, byte[] body, Consumer<Answer> then) {
    answer(
        then,
        () -> {
          long now = log.report(Report.read(body));
          byte[] reply =
              new UpstreamReply(now, /* boundMicros= */ 0, /* nextAfterMillis= */ 0).bytes();
          return new Answer.Body(reply, /* head= */ null, /* isStream= */ false);
        });
  }

  /** Looks on a virtual thread; whatever goes wrong there is an answer too. */
  private static void answer(Consumer<Answer> then, java.util.function.Supplier<Answer> look) {
    Thread.startVirtualThread(() -> {
      Answer answer;
      try {
        answer = look.get();
      } catch (InvalidDocumentException e) {
        answer = new Answer.Failed(400, -1, String.valueOf(e.getMessage()));
      } catch (RuntimeException e) {
        answer = new Answer.Failed(0, -1, String.valueOf(e.getMessage()));
      }
      then.accept(answer);
    });
  }

  @Override
  public void close() {
    links.forEach(LocalLink::close);
  }

  private LogSource source(ScopeId scope) {
    return new LogSource() {
      @Override
      public @Nullable HeadFrame head() {
        return log.head(scope);
      }

      @Override
      public List<CommittedEntry> read(long afterRevision, int max) {
        return log.read(scope, afterRevision, max);
      }

      @Override
      public @Nullable SnapshotRef snapshot() {
        ScopeState state = log.state(scope);
        return state == null ? null : keep(state);
      }
    };
  }

  /** One stream with its thread. */
  private final class LocalLink implements Link {
    private final ScopeId scope;
    private final Listener listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private boolean signalled;
    private boolean paused;
    private volatile boolean closed;

    LocalLink(ScopeId scope, Listener listener) {
      this.scope = scope;
      this.listener = listener;
    }

    void run(@Nullable Position resume) {
      try {
        if (log.head(scope) == null) {
          listener.rejected(404, -1);
          return;
        }
        listener.connected();
        send(LogCursor.at(resume));
      } catch (RuntimeException e) {
        if (!closed) {
          listener.disconnected("log: " + e.getMessage());
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      } finally {
        links.remove(this);
      }
    }

    private void send(LogCursor start) throws InterruptedException {
      var feed = new LogFeed(source(scope));
      LogCursor cursor = start;
      while (!closed) {
        LogCursor before = cursor;
        FeedStep<LogCursor> step = feed.next(before);
        step.bytes().forEach(listener::received);
        cursor = step.cursor();
        if (step.close()) {
          listener.disconnected("the log said goodbye");
          return;
        }
        if (isPaused()
            || step.isEmpty()
            || cursor.headReadAtMicros() != before.headReadAtMicros()) {
          await(); // A head is sent when everything else has been.
        }
      }
    }

    /**
     * Waits for an append or for the next head to be due; while paused, for the end of the pause.
     */
    private void await() throws InterruptedException {
      lock.lock();
      try {
        long left = TimeUnit.MILLISECONDS.toNanos(HEAD_EVERY_MILLIS);
        while (!closed && (paused || !signalled && left > 0)) {
          long rest = woken.awaitNanos(paused ? FOR_EVER_NANOS : left);
          left = paused ? left : rest;
        }
        signalled = false;
      } finally {
        lock.unlock();
      }
    }

    private boolean isPaused() {
      lock.lock();
      try {
        return paused;
      } finally {
        lock.unlock();
      }
    }

    void wake() {
      change(() -> signalled = true);
    }

    @Override
    public void pause() {
      change(() -> paused = true);
    }

    @Override
    public void resume() {
      change(() -> paused = false);
    }

    @Override
    public void close() {
      change(() -> closed = true);
    }

    private void change(Runnable change) {
      lock.lock();
      try {
        change.run();
        woken.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
