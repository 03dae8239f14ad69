package dev.guidon.control;

import dev.guidon.log.AppendResult;
import dev.guidon.log.BlobResult;
import dev.guidon.log.Head;
import dev.guidon.log.IndeterminateAppendException;
import dev.guidon.log.Log;
import dev.guidon.log.LogUnavailableException;
import dev.guidon.model.ChainException;
import dev.guidon.model.Checkpoint;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Hash;
import dev.guidon.model.InvalidDocumentException;
import dev.guidon.model.Priority;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeSnapshot;
import dev.guidon.model.ScopeState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one scope's core over a blocking log: one virtual thread, one queue, emergencies first. */
final class ScopeActor {
  private static final Logger LOG = LoggerFactory.getLogger(ScopeActor.class);

  /** So many commands wait for a log that is slow; then only emergencies still get in. */
  private static final int WAITING_MAX = 1_000;

  /** And so many of those, with the reads. */
  private static final int URGENT_WAITING_MAX = 5_000;

  private final ScopeId scope;
  private final Log log;
  private final LongSupplier clockMicros;
  private final Limits limits;
  private final long patienceMicros;
  private final Supplier<ViewCheck> checks;
  private final CommitListener listener;
  private final PriorityBlockingQueue<Job> queue = new PriorityBlockingQueue<>();
  private final AtomicLong sequence = new AtomicLong();
  private final Thread thread;

  private volatile @Nullable ScopeState published;
  private volatile boolean stopped;

  /** Only touched by the actor's thread. */
  private @Nullable ScopeCore core;

  private record Job(Priority lane, long number, Runnable work) implements Comparable<Job> {
    @Override
    public int compareTo(Job other) {
      int byLane = lane.compareTo(other.lane);
      return byLane != 0 ? byLane : Long.compare(number, other.number);
    }
  }

  ScopeActor(
      ScopeId scope,
      Log log,
      LongSupplier clockMicros,
      Limits limits,
      long patienceMicros,
      Supplier<ViewCheck> checks,
      CommitListener listener) {
    this.scope = scope;
    this.log = log;
    this.clockMicros = clockMicros;
    this.limits = limits;
    this.patienceMicros = patienceMicros;
    this.checks = checks;
    this.listener = listener;
    this.thread = Thread.ofVirtual().name("scope " + scope).start(this::run);
  }

  /** The image as far as it was read; {@code null} while none is loaded. */
  @Nullable ScopeState published() {
    return published;
  }

  CompletableFuture<CommandResult> submit(
      Command command, @Nullable ScopeState catalog, Priority lane) {
    return enqueue(lane, () -> execute(command, catalog));
  }

  /** The image after everything that is in the log now. */
  CompletableFuture<ScopeState> refresh() {
    return enqueue(Priority.EMERGENCY, this::readOn);
  }

  /** Lets go of the image; the next use loads it again. */
  CompletableFuture<Void> drop() {
    return enqueue(
        Priority.BULK,
        () -> {
          forget();
          return null;
        });
  }

  void stop() {
    stopped = true;
    thread.interrupt();
  }

  private <T extends @Nullable Object> CompletableFuture<T> enqueue(
      Priority lane, Supplier<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    if (stopped) {
      done.completeExceptionally(new LogUnavailableException("control is shutting down", null));
      return done;
    }
    if (queue.size() >= (lane == Priority.EMERGENCY ? URGENT_WAITING_MAX : WAITING_MAX)) {
      done.completeExceptionally(
          new LogUnavailableException(
              "scope " + scope + ": " + queue.size() + " commands wait already", null));
      return done;
    }
    queue.add(
        new Job(
            lane,
            sequence.incrementAndGet(),
            () -> {
              try {
                done.complete(work.get());
              } catch (RuntimeException | Error e) {
                // The caller decides what it means; the actor lives on with a fresh image.
                forget();
                done.completeExceptionally(e);
              }
            }));
    return done;
  }

  private void run() {
    while (!stopped) {
      try {
        queue.take().work().run();
      } catch (InterruptedException e) {
        break;
      }
    }
    for (Job left = queue.poll(); left != null; left = queue.poll()) {
      left.work().run();
    }
  }

  private void forget() {
    core = null;
    published = null;
  }

  // --- work

  private CommandResult execute(Command command, @Nullable ScopeState catalog) {
    ScopeCore running = loaded();
    ScopeCore.Output output = running.submit(command, catalog, now());
    while (!(output instanceof ScopeCore.Output.Reply reply)) {
      long revision = running.state().position().revision();
      output = carryOut(running, output);
      publish(running, revision);
    }
    if (reply.result() instanceof CommandResult.Committed done && !done.replayed()) {
      keepSnapshot(done);
    }
    return reply.result();
  }

  private ScopeCore.Output carryOut(ScopeCore running, ScopeCore.Output output) {
    return switch (output) {
      case ScopeCore.Output.LookUpKey lookUp -> lookUp(running, lookUp.key());
      case ScopeCore.Output.GetBlobs get -> getBlobs(running, get.hashes());
      case ScopeCore.Output.PutBlobs put -> putBlobs(running, put.blobs());
      case ScopeCore.Output.Append append -> append(running, append);
      case ScopeCore.Output.Read read -> read(running, read);
      case ScopeCore.Output.Reply reply -> reply;
    };
  }

  private ScopeCore.Output lookUp(ScopeCore running, String key) {
    try {
      return running.keyLookedUp(log.byKey(scope, key), now());
    } catch (LogUnavailableException e) {
      return running.failed(message(e));
    }
  }

  private ScopeCore.Output getBlobs(ScopeCore running, Set<Hash> hashes) {
    Map<Hash, byte[]> found = new HashMap<>();
    try {
      for (Hash hash : hashes) {
        if (log.getBlob(hash) instanceof BlobResult.Found blob) {
          found.put(hash, blob.bytes());
        }
      }
    } catch (LogUnavailableException e) {
      return running.failed(message(e));
    }
    return running.blobsGot(found, hashes, now());
  }

  private ScopeCore.Output putBlobs(ScopeCore running, Map<Hash, byte[]> blobs) {
    try {
      blobs.forEach(log::putBlob);
    } catch (LogUnavailableException e) {
      return running.failed(message(e));
    }
    return running.blobsPut(now());
  }

  private ScopeCore.Output append(ScopeCore running, ScopeCore.Output.Append append) {
    AppendResult result;
    try {
      result = log.append(scope, append.expected(), append.entry());
    } catch (IndeterminateAppendException e) {
      return running.appendIndeterminate(message(e), now());
    } catch (LogUnavailableException e) {
      return running.appendUnavailable(message(e), now());
    }
    return running.appended(result, now());
  }

  private ScopeCore.Output read(ScopeCore running, ScopeCore.Output.Read read) {
    List<CommittedEntry> entries;
    try {
      entries = log.read(scope, read.afterRevision(), read.max());
    } catch (LogUnavailableException e) {
      return running.readFailed(message(e), now());
    }
    return running.entriesRead(entries, now());
  }

  private void publish(ScopeCore running, long before) {
    ScopeState state = running.state();
    published = state;
    if (state.position().revision() > before) {
      announce(before, state);
    }
  }

  private void announce(long before, ScopeState state) {
    List<CommittedEntry> entries;
    try {
      entries = log.read(scope, before, (int) (state.position().revision() - before));
    } catch (RuntimeException e) {
      LOG.atWarn()
          .addKeyValue("scope", scope.text())
          .setCause(e)
          .log("entries could not be read for listeners");
      return;
    }
    for (CommittedEntry entry : entries) {
      try {
        listener.committed(entry, state);
      } catch (RuntimeException e) {
        // A listener's fault must not undo a commit that is on disk.
        LOG.atError()
            .addKeyValue("scope", scope.text())
            .setCause(e)
            .log("a commit listener failed");
      }
    }
  }

  private ScopeState readOn() {
    ScopeCore running = loaded();
    long before = running.state().position().revision();
    replay(running);
    publish(running, before);
    return running.state();
  }

  private void replay(ScopeCore running) {
    List<CommittedEntry> entries;
    do {
      entries = log.read(scope, running.state().position().revision(), ScopeCore.READ_MAX);
      running.replay(entries);
    } while (!entries.isEmpty());
  }

  // --- image

  private ScopeCore loaded() {
    if (core == null) {
      ScopeState state = load();
      ScopeCore fresh = new ScopeCore(state, limits, checks.get(), patienceMicros);
      core = fresh;
      published = state;
      LOG.atDebug()
          .addKeyValue("scope", scope.text())
          .addKeyValue("revision", state.position().revision())
          .log("image loaded");
    }
    return core;
  }

  private ScopeState load() {
    Head head = log.head(scope);
    if (head == null) {
      throw new dev.guidon.log.UnknownScopeException(scope);
    }
    var stored = log.latestSnapshot(scope, head.revision());
    if (stored != null) {
      try {
        return replay(ScopeSnapshot.decode(stored.bytes()));
      } catch (InvalidDocumentException | ChainException e) {
        LOG.atWarn()
            .addKeyValue("scope", scope.text())
            .addKeyValue("position", stored.position().text())
            .setCause(e)
            .log("snapshot refused, the whole log is replayed");
      }
    }
    return replay(ScopeState.empty(scope, head.position().logId()));
  }

  private ScopeState replay(ScopeState from) {
    ScopeState state = from;
    List<CommittedEntry> entries = log.read(scope, state.position().revision(), ScopeCore.READ_MAX);
    while (!entries.isEmpty()) {
      for (CommittedEntry entry : entries) {
        state = state.apply(entry);
      }
      entries = log.read(scope, state.position().revision(), ScopeCore.READ_MAX);
    }
    return state;
  }

  /** The state that an entry's checkpoint speaks of, so that the next load starts there. */
  private void keepSnapshot(CommandResult.Committed done) {
    ScopeState before = done.before();
    if (before == null || done.entry().position().revision() % Checkpoint.EVERY != 0) {
      return;
    }
    try {
      log.putSnapshot(scope, before.position(), ScopeSnapshot.encode(before));
    } catch (RuntimeException e) {
      // Whatever it is, the commit has happened and its author is told so.
      LOG.atWarn().addKeyValue("scope", scope.text()).setCause(e).log("snapshot not kept");
    }
  }

  private long now() {
    return clockMicros.getAsLong();
  }

  private static String message(Throwable e) {
    return String.valueOf(e.getMessage());
  }
}
