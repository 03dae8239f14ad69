package dev.guidon.edge.core;

import dev.guidon.model.BlobSource;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Entry;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeSnapshot;
import dev.guidon.model.ScopeState;
import dev.guidon.stream.BlobStore;
import dev.guidon.stream.Disk;
import dev.guidon.stream.FollowerSettings;
import dev.guidon.stream.HeadFrame;
import dev.guidon.stream.LogFollower;
import dev.guidon.stream.LogSource;
import dev.guidon.stream.Output;
import dev.guidon.stream.SnapshotRef;
import dev.guidon.stream.StateFormat;
import dev.guidon.stream.StateStore;
import dev.guidon.stream.StreamException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One scope at an edge: follows its log, keeps it on disk, compiles it for every region that
 * someone reads, and knows its keys. A state machine around {@link LogFollower}: inputs are method
 * calls of one thread, outputs go to an {@link Io}. What readers need is published in immutable
 * pieces that any thread may look at.
 *
 * <p>Serving comes before the disk, the disk before the acknowledgement: a change is served at
 * once, and its position is reported upstream only after it would survive a crash.
 */
public final class EdgeScope {
  /** Where further edges fetch whole states; the hash follows. */
  public static final String SNAPSHOT_PATH = "/v1/replication/snapshot/";

  /** How many entries are kept for further edges at most. */
  public static final int ENTRIES_KEPT = EntryRing.ENTRIES_MAX;

  private static final int REPORTS_KEPT = 50;
  private static final long REGION_IDLE_MICROS = 60_000_000;

  private final ScopeId scope;
  private final FollowerSettings settings;
  private final RandomGenerator random;
  private final int regionsMax;
  private final Io io;
  private final StateStore<ScopeState> store;
  private final Disk disk;
  private @Nullable BlobStore blobs;
  private final EntryRing entries = new EntryRing();
  private final Map<String, RegionView> regions = new ConcurrentHashMap<>();
  private final Set<String> clientRegions = new HashSet<>();
  private final List<Report.Refused> troubles = new ArrayList<>();
  private @Nullable LogFollower follower;
  private boolean diskIsBehind;
  private boolean proven;
  private String ownRegion = "";
  private volatile @Nullable ScopeState state;
  private volatile KeyIndex keys = KeyIndex.EMPTY;
  private volatile BlobRefs refs = BlobRefs.NONE;
  private volatile long confirmedMicros = Long.MIN_VALUE;
  private volatile boolean connected;
  private volatile boolean atHead;
  private volatile @Nullable Position acknowledged;
  private volatile List<Report.Refused> refusals = List.of();
  private volatile @Nullable Position eraBegun;
  private volatile @Nullable Snapshot whole;
  private volatile @Nullable Snapshot previousWhole;

  /** What the core wants done. Calls come in order, on the thread of the input. */
  public interface Io {
    /** Carries out what needs a network: connecting, polling, fetching. */
    void carryOut(Output<ScopeState> output);

    /**
     * Something new is served.
     *
     * @param commitMicros the time of the newest commit in it; 0 for a whole state, which was not
     *     made just now
     */
    void served(long commitMicros);

    /** A position would now survive a crash of this machine. */
    void acknowledged(Position position);

    /** Something an operator should know. */
    void told(String code, String detail);
  }

  /**
   * @param disk of this scope alone
   * @param regionsMax how many regions' views are kept ready
   */
  public EdgeScope(
      ScopeId scope,
      Disk disk,
      FollowerSettings settings,
      RandomGenerator random,
      int regionsMax,
      Io io) {
    this.scope = scope;
    this.settings = settings;
    this.random = random;
    this.regionsMax = regionsMax;
    this.io = io;
    this.store = new StateStore<>(disk, StateFormat.ofScope(scope, settings.limits()));
    this.disk = disk;
  }

  /**
   * Loads what the disk has and begins to follow. A dead upstream or a damaged disk stops nothing.
   */
  public void start(String region, long monotonicMicros, long nowMicros) {
    ownRegion = region;
    try {
      blobs = new BlobStore(disk);
    } catch (IOException e) {
      io.told("DISK", "blobs: " + e.getMessage());
    }
    StateStore.Loaded<ScopeState> loaded = store.load();
    loaded.problems().forEach(problem -> io.told("DISK", problem));
    ScopeState start = loaded.state();
    LogFollower started = new LogFollower(scope, start, settings, this::hasBlob, random);
    follower = started;
    if (start != null) {
      install(start);
      makeRegion(region, start);
      compileAll();
      removeUnusedBlobs();
      acknowledged = start.position();
      run(started.persisted(start.position()), nowMicros);
      publish(started, nowMicros);
      io.served(/* commitMicros= */ 0);
    }
    run(started.start(monotonicMicros), nowMicros);
  }

  private void install(ScopeState loaded) {
    keys = KeyIndex.of(loaded);
    refs = BlobRefs.of(loaded);
    state = loaded;
  }

  private boolean hasBlob(Hash hash) {
    return blobs != null && blobs.isPresent(hash);
  }

  private BlobSource blobSource() {
    return blobs == null ? BlobSource.NONE : blobs;
  }

  private void removeUnusedBlobs() {
    try {
      if (blobs != null) {
        blobs.retain(refs.all());
      }
    } catch (IOException e) {
      io.told("DISK", "blobs: " + e.getMessage());
    }
  }

  /**
   * Takes over entries that lead to the present state, for further edges; ignores any others. To be
   * called right after {@link #start}.
   */
  public void remember(List<CommittedEntry> past) {
    ScopeState present = state;
    if (present == null || past.isEmpty() || !past.getLast().hash().equals(present.chain())) {
      return;
    }
    for (int i = 1; i < past.size(); i++) {
      if (!past.get(i).entry().previous().equals(past.get(i - 1).hash())) {
        return;
      }
    }
    past.forEach(entries::add);
  }

  /** Ends following; what is served stays as it is. */
  public void stop() {
    if (follower != null) {
      follower.stop().forEach(io::carryOut);
    }
  }

  /** Hands an input to the follower and carries out what comes of it. */
  public void input(Function<LogFollower, List<Output<ScopeState>>> input, long nowMicros) {
    LogFollower current = follower;
    if (current != null) {
      run(input.apply(current), nowMicros);
      publish(current, nowMicros);
    }
  }

  /** Whether the driver may read on from its socket. */
  public boolean wantsMore() {
    return follower == null || follower.wantsMore();
  }

  /** Keeps a blob that has been fetched, if it is what its name says. */
  public void blobFetched(Hash hash, byte[] bytes, long monotonicMicros, long nowMicros) {
    boolean kept = false;
    try {
      BlobStore known = blobs == null ? new BlobStore(disk) : blobs;
      blobs = known;
      known.put(hash, bytes);
      kept = true;
    } catch (IOException | StreamException e) {
      io.told("BLOB", String.valueOf(e.getMessage()));
    }
    boolean isHere = kept;
    input(
        f -> isHere ? f.blobFetched(hash, monotonicMicros) : f.blobFailed(hash, monotonicMicros),
        nowMicros);
  }

  /** About once a second. */
  public void tick(long monotonicMicros, long nowMicros) {
    input(f -> f.tick(monotonicMicros), nowMicros);
    if (diskIsBehind) {
      writeWhole();
    }
  }

  // What comes of an input.

  private void run(List<Output<ScopeState>> outputs, long nowMicros) {
    Output.Applied<ScopeState> applied = null;
    long commitMicros = 0;
    boolean compileNeeded = false;
    List<Output<ScopeState>> toDisk = new ArrayList<>();
    for (Output<ScopeState> output : outputs) {
      switch (output) {
        case Output.Applied<ScopeState> next -> applied = next;
        // What is applied is always followed by how it gets to disk, which tells whether it was a
        // single commit.
        case Output.Persist<ScopeState> persist -> {
          advance(Objects.requireNonNull(applied), Entry.read(persist.record()));
          commitMicros = persist.state().timeMicros();
          compileNeeded = true;
          toDisk.add(persist);
        }
        case Output.PersistSnapshot<ScopeState> whole -> {
          advance(Objects.requireNonNull(applied), /* entry= */ null);
          compileNeeded = true;
          toDisk.add(whole);
        }
        case Output.BlobArrived<ScopeState> _ -> compileNeeded = true;
        case Output.Acknowledge<ScopeState> _ -> {}
        case Output.Fresh<ScopeState> _ -> proven = true;
        case Output.Stale<ScopeState> stale -> {
          proven = false;
          io.told("STALE", stale.reason());
        }
        case Output.EraMoved<ScopeState> moved -> eraMoved(moved);
        case Output.Report<ScopeState> report -> io.told(report.code().name(), report.detail());
        case Output.Connect<ScopeState> _,
            Output.Poll<ScopeState> _,
            Output.Disconnect<ScopeState> _,
            Output.FetchSnapshot<ScopeState> _,
            Output.FetchBlob<ScopeState> _ ->
            io.carryOut(output);
      }
    }
    if (compileNeeded) {
      serve(commitMicros, nowMicros);
    }
    persist(toDisk);
  }

  private void serve(long commitMicros, long nowMicros) {
    ScopeState present = state;
    if (present == null) {
      return;
    }
    if (regions.isEmpty()) {
      makeRegion(ownRegion, present);
    }
    compileAll();
    if (follower != null) {
      publish(follower, nowMicros);
    }
    io.served(commitMicros);
  }

  /**
   * Takes one step over into everything that is read; the ruleset follows when all steps are taken.
   */
  private void advance(Output.Applied<ScopeState> applied, @Nullable CommittedEntry entry) {
    ScopeState next = applied.state();
    if (entry == null) {
      entries.clear();
    } else {
      entries.add(entry);
      Position before = state == null ? null : state.position();
      if (before != null && before.era() < entry.position().era()) {
        eraBegun = entry.position();
      }
    }
    keys = state == null ? KeyIndex.of(next) : keys.advance(next, applied.changed());
    refs = state == null ? BlobRefs.of(next) : refs.advance(next, applied.changed());
    state = next;
    regions
        .values()
        .forEach(
            region -> region.advance(next, applied.changed(), applied.priority(), entry != null));
  }

  private void eraMoved(Output.EraMoved<ScopeState> moved) {
    String detail =
        moved.dropped() + " revisions dropped, moved from " + moved.from() + " to " + moved.to();
    io.told("ERA_MOVED", detail);
    if (troubles.size() < REPORTS_KEPT) {
      troubles.add(
          new Report.Refused(
              new EntityId(EntityKind.ENVIRONMENT, scope.text()).text(),
              moved.to().era(),
              "ERA_MOVED",
              detail,
              null,
              1));
    }
  }

  private void compileAll() {
    Map<String, Report.Refused> all = new LinkedHashMap<>();
    for (RegionView region : regions.values()) {
      region
          .compile(blobSource())
          .forEach(r ->
              all.putIfAbsent(
                  r.entity().text(),
                  new Report.Refused(
                      r.entity().text(), r.version(), r.code(), r.detail(), null, 1)));
    }
    troubles.forEach(
        trouble -> all.put(trouble.code() + trouble.entity() + trouble.version(), trouble));
    refusals = List.copyOf(all.values());
  }

  private void persist(List<Output<ScopeState>> toDisk) {
    ScopeState last = null;
    try {
      for (Output<ScopeState> output : toDisk) {
        if (output instanceof Output.Persist<ScopeState> persist) {
          last = persist.state();
          store.append(persist.record(), persist.state());
        } else if (output instanceof Output.PersistSnapshot<ScopeState> whole) {
          last = whole.state();
          store.snapshot(whole.state());
        }
      }
      if (last != null) {
        store.sync();
        confirmOnDisk(last.position());
      }
    } catch (IOException e) {
      diskIsBehind = true;
      io.told("DISK", "state not written: " + e.getMessage());
    }
  }

  private void writeWhole() {
    ScopeState present = state;
    if (present != null) {
      try {
        store.snapshot(present);
        diskIsBehind = false;
        confirmOnDisk(present.position());
      } catch (IOException e) {
        io.told("DISK", "state not written: " + e.getMessage());
      }
    }
  }

  private void confirmOnDisk(Position position) {
    LogFollower current = follower;
    if (current != null && !diskIsBehind) {
      for (Output<ScopeState> output : current.persisted(position)) {
        if (output instanceof Output.Acknowledge<ScopeState> acknowledge) {
          acknowledged = acknowledge.position();
          io.acknowledged(acknowledge.position());
        }
      }
    }
  }

  private void publish(LogFollower current, long nowMicros) {
    // Polling is what is done when streams fail, so only polls that brought something count.
    atHead = current.isAtHead();
    connected = current.isConnected() || current.isPolling() && proven;
    long staleness = current.stalenessMicros(nowMicros);
    confirmedMicros = staleness == Long.MAX_VALUE ? Long.MIN_VALUE : nowMicros - staleness;
    HeadFrame head = head();
    if (head != null) {
      regions.values().forEach(region -> region.head(head));
    }
  }

  // Regions.

  /**
   * Makes a region's view ready; {@code null} when there is no state yet or there are too many
   * regions.
   */
  public @Nullable RegionView region(String name) {
    return region(name, /* forClient= */ false, /* monotonicMicros= */ 0);
  }

  /**
   * As {@link #region(String)}. Client keys are public, so that what they name gets no more than
   * half of the places; and views that nobody has asked for in a minute give way.
   */
  public @Nullable RegionView region(String name, boolean forClient, long monotonicMicros) {
    RegionView ready = regions.get(name);
    ScopeState present = state;
    if (!forClient) {
      clientRegions.remove(name);
    }
    if (ready != null || present == null) {
      return ready;
    }
    if (forClient && clientRegions.size() >= Math.max(1, regionsMax / 2)) {
      forgetIdle(clientRegions, monotonicMicros);
    } else if (regions.size() >= regionsMax) {
      forgetIdle(Set.copyOf(regions.keySet()), monotonicMicros);
    }
    if (regions.size() >= regionsMax
        || forClient && clientRegions.size() >= Math.max(1, regionsMax / 2)) {
      return null;
    }
    RegionView made = makeRegion(name, present);
    made.used(monotonicMicros);
    if (forClient) {
      clientRegions.add(name);
    }
    made.compile(blobSource());
    HeadFrame head = head();
    if (head != null) {
      made.head(head);
    }
    return made;
  }

  private void forgetIdle(Set<String> among, long monotonicMicros) {
    RegionView longest = null;
    for (String name : among) {
      RegionView region = regions.get(name);
      if (region != null
          && !name.equals(ownRegion)
          && region.isIdleSince(monotonicMicros - REGION_IDLE_MICROS)
          && (longest == null || region.usedMicros() < longest.usedMicros())) {
        longest = region;
      }
    }
    if (longest != null && longest.retire()) {
      regions.remove(longest.name());
      clientRegions.remove(longest.name());
    }
  }

  private RegionView makeRegion(String name, ScopeState present) {
    return regions.computeIfAbsent(name, _ -> new RegionView(present, name));
  }

  // What any thread may look at.

  public ScopeId id() {
    return scope;
  }

  public @Nullable ScopeState state() {
    return state;
  }

  public KeyIndex keys() {
    return keys;
  }

  /** A region's view if it has been made ready before. */
  public @Nullable RegionView regionNow(String name) {
    RegionView region = regions.get(name);
    return region != null && region.isReady() ? region : null;
  }

  public List<RegionView> regions() {
    return List.copyOf(regions.values());
  }

  public boolean refersTo(Hash blob) {
    return refs.contains(blob);
  }

  /** A blob that is kept here. On the thread of the inputs only. */
  public byte @Nullable [] blob(Hash hash) {
    return blobSource().blob(hash);
  }

  /** Whether this was the newest state there was by the newest word from upstream. */
  public boolean isAtHead() {
    return atHead;
  }

  public boolean isConnected() {
    return connected;
  }

  /** The last position that would survive a crash. */
  public @Nullable Position acknowledged() {
    return acknowledged;
  }

  /** What this edge could not take over, and what was dropped by a recovery. */
  public List<Report.Refused> refusals() {
    return refusals;
  }

  /**
   * How long ago the state served was known to be the newest; {@link Long#MAX_VALUE} without one.
   */
  public long stalenessMicros(long nowMicros) {
    ScopeState present = state;
    if (present == null) {
      return Long.MAX_VALUE;
    }
    return Math.max(0, nowMicros - Math.max(confirmedMicros, present.timeMicros()));
  }

  /**
   * What is known of the log's head, for those who follow this edge; {@code null} without a state.
   */
  public @Nullable HeadFrame head() {
    ScopeState present = state;
    if (present == null) {
      return null;
    }
    long readAt = Math.max(0, Math.max(confirmedMicros, present.timeMicros()));
    return new HeadFrame(
        present.position(), present.chain(), readAt, /* view= */ null, eraFrom(present.position()));
  }

  /** Where the era began, if this edge has seen it begin. */
  private @Nullable Long eraFrom(Position at) {
    Position begun = eraBegun;
    boolean isThisEra =
        begun != null && begun.era() == at.era() && begun.logId().equals(at.logId());
    return isThisEra && begun != null ? Long.valueOf(begun.revision()) : at.era() == 1 ? 1L : null;
  }

  /** The entries that this edge still has, for {@link dev.guidon.stream.LogFeed}. */
  public LogSource logSource() {
    return new LogSource() {
      @Override
      public @Nullable HeadFrame head() {
        return EdgeScope.this.head();
      }

      @Override
      public List<CommittedEntry> read(long afterRevision, int max) {
        return entries.after(afterRevision, max);
      }

      @Override
      public @Nullable SnapshotRef snapshot() {
        Snapshot whole = wholeState();
        return whole == null
            ? null
            : new SnapshotRef(
                whole.position(), SNAPSHOT_PATH + whole.hash(), whole.hash(), whole.bytes().length);
      }
    };
  }

  /**
   * A whole state that is recent enough for entries to lead on from it. Takes its time where one
   * has to be made; any thread.
   */
  public synchronized @Nullable Snapshot wholeState() {
    ScopeState present = state;
    Snapshot made = whole;
    if (present == null || made != null && leadsOn(made.position(), present.position())) {
      return made;
    }
    previousWhole = made;
    whole = Snapshot.of(present.position(), ScopeSnapshot.encode(present));
    return whole;
  }

  /**
   * Whether entries do not lead on from a position and {@link #wholeState()} would take its time.
   */
  public boolean lacksWholeState(@Nullable Position at) {
    ScopeState present = state;
    Snapshot made = whole;
    return present != null
        && at != null
        && at.isBefore(present.position())
        && !leadsOn(at, present.position())
        && (made == null || !leadsOn(made.position(), present.position()));
  }

  private boolean leadsOn(Position from, Position to) {
    return from.equals(to)
        || from.era() == to.era()
            && from.isBefore(to)
            && !entries.after(from.revision(), 1).isEmpty();
  }

  /** A snapshot that {@link #wholeState()} has made lately. */
  public @Nullable Snapshot wholeState(Hash hash) {
    for (Snapshot made : new @Nullable Snapshot[] {whole, previousWhole}) {
      if (made != null && made.hash().equals(hash)) {
        return made;
      }
    }
    return null;
  }
}
