package dev.guidon.simulation;

import dev.guidon.control.Command;
import dev.guidon.control.CommandResult;
import dev.guidon.control.EngineCheck;
import dev.guidon.control.Limits;
import dev.guidon.control.ScopeCore;
import dev.guidon.log.AppendResult;
import dev.guidon.log.Head;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Entry;
import dev.guidon.model.Hash;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeSnapshot;
import dev.guidon.model.ScopeState;
import dev.guidon.stream.HeadFrame;
import dev.guidon.stream.LogSource;
import dev.guidon.stream.SnapshotRef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A control process: the real {@link ScopeCore} behind a network, and the log as its edges see it
 * through it.
 */
final class SimControl implements ReplicationHost {
  private static final long RPC_TIMEOUT_MICROS = 300 * World.MILLIS;
  private static final long PATIENCE_MICROS = 2 * World.SECONDS;
  private static final long TAIL_EVERY_MICROS = 100 * World.MILLIS;

  private record Job(Command command, Consumer<CommandResult> reply) {}

  private final World world;
  private final Network network;
  private final SimLog log;
  private final ScopeId scope;
  private final String name;
  private final Bug bug;
  private final Deque<Job> jobs = new ArrayDeque<>();
  private final List<CommittedEntry> known = new ArrayList<>();
  private final Map<Hash, byte[]> snapshots = new HashMap<>();
  private final List<Server<?>> servers = new ArrayList<>();
  private ScopeCore core;
  private @Nullable Job running;
  private boolean up;
  private long life;
  private long headReadAtMicros;
  private boolean forked;

  SimControl(World world, Network network, SimLog log, ScopeId scope, String name, Bug bug) {
    this.world = world;
    this.network = network;
    this.log = log;
    this.scope = scope;
    this.name = name;
    this.bug = bug;
    this.core = freshCore(List.of());
  }

  private ScopeCore freshCore(List<CommittedEntry> entries) {
    ScopeState state = ScopeState.empty(scope, log.logId());
    for (CommittedEntry entry : entries) {
      state = state.apply(entry);
    }
    return new ScopeCore(state, Limits.DEFAULT, new EngineCheck(), PATIENCE_MICROS);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean isUp() {
    return up;
  }

  void start() {
    up = true;
    life++;
    known.clear();
    known.addAll(log.read(0, Integer.MAX_VALUE));
    headReadAtMicros = world.nowMicros();
    core = freshCore(known);
    tail(life);
  }

  void crash() {
    up = false;
    life++;
    jobs.clear();
    running = null;
    snapshots.clear();
    servers.forEach(Server::close);
    servers.clear();
  }

  void heartbeat() {
    servers.forEach(Server::heartbeat);
  }

  // Commands.

  /** A request that has arrived. The reply goes back through the network of whoever asked. */
  void submit(Command command, Consumer<CommandResult> reply) {
    if (up) {
      jobs.add(new Job(command, reply));
      next();
    }
  }

  private void next() {
    if (running == null && !jobs.isEmpty()) {
      running = jobs.remove();
      carryOut(core.submit(running.command(), /* projectCatalog= */ null, world.nowMicros()));
    }
  }

  private void carryOut(ScopeCore.Output output) {
    switch (output) {
      case ScopeCore.Output.LookUpKey look ->
          ask(
              "key",
              () -> java.util.Optional.ofNullable(log.byKey(look.key())),
              found -> core.keyLookedUp(found.orElse(null), world.nowMicros()),
              () -> core.failed("no answer"));
      case ScopeCore.Output.GetBlobs get ->
          ask(
              "get blobs",
              () -> blobs(get.hashes()),
              blobs -> core.blobsGot(blobs, get.hashes(), world.nowMicros()),
              () -> core.failed("no answer"));
      case ScopeCore.Output.PutBlobs put ->
          ask(
              "put blobs",
              () -> {
                put.blobs().forEach(log::putBlob);
                return true;
              },
              done -> core.blobsPut(world.nowMicros()),
              () -> core.failed("no answer"));
      case ScopeCore.Output.Append append -> append(append.expected(), append.entry());
      case ScopeCore.Output.Read read ->
          ask(
              "read",
              () -> log.read(read.afterRevision(), read.max()),
              entries -> core.entriesRead(entries, world.nowMicros()),
              () -> core.readFailed("no answer", world.nowMicros()));
      case ScopeCore.Output.Reply reply -> {
        Job job = Objects.requireNonNull(running);
        running = null;
        learn(core.state());
        job.reply().accept(reply.result());
        next();
      }
    }
  }

  private Map<Hash, byte[]> blobs(Set<Hash> hashes) {
    Map<Hash, byte[]> found = new HashMap<>();
    for (Hash hash : new TreeSet<>(hashes)) {
      byte[] bytes = log.blob(hash);
      if (bytes != null) {
        found.put(hash, bytes);
      }
    }
    return found;
  }

  private void append(Head expected, CommittedEntry entry) {
    ask(
        "append",
        () -> java.util.Optional.<AppendResult>ofNullable(log.append(expected, entry)),
        result ->
            result.isPresent()
                ? core.appended(result.get(), world.nowMicros())
                : core.appendUnavailable("read-only", world.nowMicros()),
        () -> core.appendIndeterminate("no answer", world.nowMicros()));
  }

  /**
   * Asks the log: the question, the answer, both or neither get through; late answers are for
   * nobody.
   */
  private <T> void ask(
      String what,
      Supplier<T> atLog,
      java.util.function.Function<T, ScopeCore.Output> answered,
      Supplier<ScopeCore.Output> unanswered) {
    long asked = life;
    boolean[] done = {false};
    network.send(
        name,
        SimLog.HOST,
        what,
        () -> {
          T answer = atLog.get();
          network.send(
              SimLog.HOST,
              name,
              what + " answered",
              () -> {
                if (!done[0] && life == asked) {
                  done[0] = true;
                  carryOut(answered.apply(answer));
                }
              });
        });
    world.after(
        RPC_TIMEOUT_MICROS,
        what + " timed out",
        () -> {
          if (!done[0] && life == asked) {
            done[0] = true;
            carryOut(unanswered.get());
          }
        });
  }

  // The log as edges see it through this control.

  private void tail(long ofLife) {
    if (life != ofLife) {
      return;
    }
    long after = known.size();
    network.send(
        name,
        SimLog.HOST,
        "tail",
        () -> {
          List<CommittedEntry> entries = log.read(after, 100);
          Head head = log.head();
          long readAt = world.nowMicros();
          network.send(
              SimLog.HOST,
              name,
              "tail answered",
              () -> {
                if (life == ofLife) {
                  tailed(entries, head, readAt);
                }
              });
        });
    world.after(TAIL_EVERY_MICROS, "tail", () -> tail(ofLife));
  }

  private void tailed(List<CommittedEntry> entries, Head head, long readAt) {
    for (CommittedEntry entry : entries) {
      if (entry.position().revision() == known.size() + 1) {
        known.add(seen(entry));
        if (running == null
            && core.state().position().revision() == entry.position().revision() - 1) {
          core.replay(List.of(entry));
        }
      }
    }
    if (head.revision() == known.size()) {
      headReadAtMicros = Math.max(headReadAtMicros, readAt);
    }
    servers.forEach(Server::pump);
  }

  /**
   * Planted: once, an entry that says something else, with everything after it chained to the lie.
   */
  private CommittedEntry seen(CommittedEntry entry) {
    boolean begin = bug == Bug.CONTROL_FORKS_HISTORY && !forked && known.size() > 5;
    if (!begin && !forked) {
      return entry;
    }
    forked = true;
    Entry true_ = entry.entry();
    return new Entry(
            true_.position(),
            true_.timeMicros(),
            "mallory",
            true_.reason(),
            true_.key(),
            true_.priority(),
            true_.catalogRevision(),
            known.getLast().hash(),
            /* checkpoint= */ null,
            List.of())
        .commit();
  }

  private void learn(ScopeState state) {
    if (state.position().revision() > known.size()) {
      for (CommittedEntry entry :
          log.read(known.size(), (int) (state.position().revision() - known.size()))) {
        known.add(seen(entry));
      }
      servers.forEach(Server::pump);
    }
  }

  @Override
  public LogSource logSource() {
    return new LogSource() {
      @Override
      public @Nullable HeadFrame head() {
        if (known.isEmpty()) {
          return null;
        }
        CommittedEntry last = known.getLast();
        return new HeadFrame(
            last.position(), last.hash(), headReadAtMicros, /* view= */ null, eraFrom());
      }

      @Override
      public List<CommittedEntry> read(long afterRevision, int max) {
        int from = (int) Math.min(afterRevision, known.size());
        return List.copyOf(known.subList(from, Math.min(known.size(), from + max)));
      }

      @Override
      public @Nullable SnapshotRef snapshot() {
        ScopeState state = ScopeState.empty(scope, log.logId());
        for (CommittedEntry entry : known) {
          state = state.apply(entry);
        }
        byte[] bytes = ScopeSnapshot.encode(state);
        Hash hash = Hash.of(bytes);
        snapshots.put(hash, bytes);
        return new SnapshotRef(
            state.position(), "/v1/replication/snapshot/" + hash, hash, bytes.length);
      }
    };
  }

  private long eraFrom() {
    long era = known.getLast().position().era();
    for (CommittedEntry entry : known) {
      if (entry.position().era() == era) {
        return entry.position().revision();
      }
    }
    return 1;
  }

  @Override
  public byte @Nullable [] snapshotBytes(Hash hash) {
    return snapshots.get(hash);
  }

  @Override
  public byte @Nullable [] blobBytes(Hash hash) {
    return network.isCut(name, SimLog.HOST) ? null : log.blob(hash);
  }

  @Override
  public void serve(Server<?> server) {
    servers.removeIf(s -> !s.isOpen());
    servers.add(server);
    server.pump();
  }
}
