package dev.guidon.simulation;

import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import java.util.ArrayList;
import java.util.List;

/**
 * One run: two controls over one log, two edges (one behind the other), three SDKs, three writers;
 * a minute of faults, then quiet until everyone agrees.
 */
public final class Simulation {
  private static final long CHAOS_MICROS = 60 * World.SECONDS;
  private static final long QUIET_MICROS_MAX = 3_600 * World.SECONDS;
  private static final long HEARTBEAT_MICROS = 15 * World.SECONDS;
  private static final String REGION = "fra1";

  /**
   * What a run was like.
   *
   * @param traceHash equal for every run of the same seed, on every machine
   */
  public record Result(
      long seed,
      String traceHash,
      long events,
      long committed,
      long evaluations,
      long faults,
      long eras,
      long virtualMicros) {}

  private final World world;
  private final Network network;
  private final SimLog log;
  private final Reference reference;
  private final List<SimControl> controls = new ArrayList<>();
  private final List<SimEdge> edges = new ArrayList<>();
  private final List<SimSdk> sdks = new ArrayList<>();
  private final List<SimClient> clients = new ArrayList<>();
  private final Invariants invariants;
  private boolean quiet;
  private long faults;
  private long eras = 1;

  private Simulation(long seed, Bug bug) {
    ScopeId scope = ScopeId.of("shop", "prod");
    world = new World(seed);
    network = new Network(world);
    SimLog[] later = new SimLog[1];
    reference = new Reference(scope, REGION, hash -> later[0].blob(hash));
    log = new SimLog(world, bug, scope, reference);
    later[0] = log;
    for (String name : List.of("control-1", "control-2")) {
      controls.add(
          new SimControl(world, network, log, scope, name, name.endsWith("1") ? bug : Bug.NONE));
    }
    SimEdge first =
        new SimEdge(world, network, scope, "edge-1", REGION, List.copyOf(controls), bug);
    SimEdge second =
        new SimEdge(world, network, scope, "edge-2", REGION, List.of(first, controls.get(1)), bug);
    edges.addAll(List.of(first, second));
    sdks.add(
        new SimSdk(
            world,
            network,
            scope,
            "sdk-1",
            REGION,
            List.of(first.views(REGION), second.views(REGION)),
            bug));
    sdks.add(
        new SimSdk(world, network, scope, "sdk-2", REGION, List.of(second.views(REGION)), bug));
    sdks.add(
        new SimSdk(
            world,
            network,
            scope,
            "sdk-3",
            REGION,
            List.of(second.views(REGION), first.views(REGION)),
            bug));
    for (String name : List.of("ana", "ben", "cem")) {
      clients.add(new SimClient(world, network, scope, name, controls, reference));
    }
    invariants = new Invariants(world, bug, reference, edges, sdks);
  }

  /** Runs a seed. Throws {@link Violation} when an invariant does not hold. */
  public static Result run(long seed, Bug bug) {
    return new Simulation(seed, bug).run();
  }

  private Result run() {
    long began = world.nowMicros();
    controls.forEach(SimControl::start);
    edges.forEach(SimEdge::start);
    sdks.forEach(SimSdk::start);
    clients.forEach(SimClient::start);
    heartbeat();
    nextFault();
    world.runUntil(began + CHAOS_MICROS, invariants::check, () -> false);
    calmDown();
    world.runUntil(
        world.nowMicros() + QUIET_MICROS_MAX,
        invariants::check,
        () -> quiet && invariants.hasConverged(head()));
    invariants.checkConverged(head());
    long committed = clients.stream().mapToLong(SimClient::committed).sum();
    return new Result(
        world.seed(),
        world.traceHash(),
        world.eventsRun(),
        committed,
        invariants.evaluations(),
        faults,
        eras,
        world.nowMicros() - began);
  }

  private Position head() {
    return log.head().position();
  }

  private void heartbeat() {
    world.after(
        HEARTBEAT_MICROS,
        "heartbeats",
        () -> {
          edges.forEach(SimEdge::heartbeat);
          controls.forEach(SimControl::heartbeat);
          heartbeat();
        });
  }

  private void calmDown() {
    clients.forEach(SimClient::stop);
    network.calm();
    log.readOnly(false);
    edges.forEach(edge -> edge.disk().calm());
    sdks.forEach(sdk -> sdk.disk().calm());
    // Commands and restarts that are under way may still end; then nothing new happens.
    quiet = false;
    faultsOver = true;
    world.after(20 * World.SECONDS, "quiet", () -> quiet = true);
  }

  private boolean faultsOver;

  // Faults.

  private void nextFault() {
    world.after(
        world.between(200 * World.MILLIS, 6 * World.SECONDS),
        "fault",
        () -> {
          if (!faultsOver) {
            faults++;
            fault();
            nextFault();
          }
        });
  }

  private void fault() {
    switch (world.random().nextInt(12)) {
      case 0, 1, 2 -> partition();
      case 3, 4 -> restart(pick(edges));
      case 5, 6 -> restart(pick(sdks));
      case 7, 8 -> restart(pick(controls));
      case 9 -> {
        log.crash();
        controls.forEach(this::restart);
      }
      case 10 -> {
        log.readOnly(true);
        world.after(
            world.between(World.SECONDS, 5 * World.SECONDS),
            "log writable",
            () -> log.readOnly(false));
      }
      default -> {
        if (eras < 3 && world.chance(0.4)) {
          restore();
        }
      }
    }
  }

  private <T> T pick(List<T> all) {
    return all.get(world.random().nextInt(all.size()));
  }

  private void partition() {
    List<String> hosts = new ArrayList<>(List.of(SimLog.HOST));
    controls.forEach(c -> hosts.add(c.name()));
    edges.forEach(e -> hosts.add(e.name()));
    sdks.forEach(s -> hosts.add(s.name()));
    String one = pick(hosts);
    boolean bothWays = world.chance(0.5);
    for (String other : hosts) {
      if (!other.equals(one) && world.chance(0.7)) {
        network.cut(one, other);
        if (bothWays) {
          network.cut(other, one);
        }
      }
    }
    world.after(world.between(World.SECONDS, 15 * World.SECONDS), "heal", network::healAll);
  }

  private long downMicros() {
    return world.between(50 * World.MILLIS, 8 * World.SECONDS);
  }

  private void restart(SimControl control) {
    if (control.isUp()) {
      control.crash();
      world.after(downMicros(), control.name() + " start", control::start);
    }
  }

  private void restart(SimEdge edge) {
    if (edge.isUp()) {
      edge.crash();
      world.after(downMicros(), edge.name() + " start", edge::start);
    }
  }

  private void restart(SimSdk sdk) {
    if (sdk.isRunning()) {
      sdk.crash();
      world.after(downMicros(), sdk.name() + " start", sdk::start);
    }
  }

  /**
   * A person stops the controls, restores an older backup, raises the era, and starts the controls.
   */
  private void restore() {
    controls.forEach(this::restart);
    log.restore(1 + world.random().nextInt(10));
    eras++;
  }
}
