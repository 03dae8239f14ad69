package dev.guidon.simulation;

import dev.guidon.engine.Compilation;
import dev.guidon.engine.Ruleset;
import dev.guidon.model.EntityId;
import dev.guidon.model.Hash;
import dev.guidon.model.HashedMap;
import dev.guidon.model.ScopeId;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import dev.guidon.stream.BlobStore;
import dev.guidon.stream.Follower;
import dev.guidon.stream.FollowerSettings;
import dev.guidon.stream.Output;
import dev.guidon.stream.StateFormat;
import dev.guidon.stream.StateStore;
import dev.guidon.stream.StreamException;
import dev.guidon.stream.StreamLimits;
import dev.guidon.stream.ViewFollower;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An application with the SDK's core: the real follower, store and engine; its disk is written
 * behind.
 */
final class SimSdk {
  private final World world;
  private final Network network;
  private final ScopeId scope;
  private final String name;
  private final String region;
  private final List<Following.Upstream> upstreams;
  private final SimDisk disk;
  private final Bug bug;
  private @Nullable ViewFollower follower;
  private @Nullable Following<View> following;
  private @Nullable StateStore<View> store;
  private @Nullable BlobStore blobs;
  private @Nullable View served;
  private @Nullable Ruleset ruleset;
  private @Nullable View older;
  private boolean complete;
  private long life;
  private long applied;

  SimSdk(
      World world,
      Network network,
      ScopeId scope,
      String name,
      String region,
      List<Following.Upstream> upstreams,
      Bug bug) {
    this.world = world;
    this.network = network;
    this.scope = scope;
    this.name = name;
    this.region = region;
    this.upstreams = upstreams;
    this.disk = new SimDisk(world, /* syncIsALie= */ false);
    this.bug = bug;
  }

  void start() {
    life++;
    StateStore<View> loading =
        new StateStore<>(disk, StateFormat.ofView(scope, region, StreamLimits.DEFAULT));
    store = loading;
    View start = loading.load().state();
    blobs = openBlobs();
    BlobStore known = blobs;
    ViewFollower made =
        new ViewFollower(
            scope,
            region,
            start,
            FollowerSettings.DEFAULT.withUpstreams(upstreams.size()),
            hash -> known != null && known.isPresent(hash),
            world.random().split());
    follower = made;
    following =
        new Following<>(
            world,
            network,
            name,
            upstreams,
            new Following.Inputs<>() {
              @Override
              public void input(Function<Follower<View>, List<Output<View>>> input) {
                run(input.apply(made));
              }

              @Override
              public void blob(Hash hash, byte[] bytes) {
                keep(made, hash, bytes);
              }
            },
            bug == Bug.SDK_STAYS_AWAY);
    if (start != null) {
      install(start);
    }
    run(made.start(world.nowMicros()));
    tick(life);
  }

  private @Nullable BlobStore openBlobs() {
    try {
      return new BlobStore(disk);
    } catch (IOException e) {
      return null;
    }
  }

  private void keep(ViewFollower made, Hash hash, byte[] bytes) {
    try {
      if (blobs != null) {
        blobs.put(hash, bytes);
        run(made.blobFetched(hash, world.nowMicros()));
        return;
      }
    } catch (IOException | StreamException e) {
      world.note(name + " blob not kept");
    }
    run(made.blobFailed(hash, world.nowMicros()));
  }

  /** The process dies, and its machine with it. */
  void crash() {
    life++;
    follower = null;
    served = null;
    ruleset = null;
    older = null;
    if (following != null) {
      following.end();
    }
    disk.crash();
  }

  private void tick(long ofLife) {
    ViewFollower current = follower;
    if (life == ofLife && current != null) {
      if (bug != Bug.SDK_STAYS_AWAY) {
        run(current.tick(world.nowMicros()));
      }
      world.after(World.SECONDS, name + " tick", () -> tick(ofLife));
    }
  }

  private void run(List<Output<View>> outputs) {
    for (Output<View> output : outputs) {
      if (output instanceof Output.Applied<View> step) {
        install(step.state());
      } else if (output instanceof Output.BlobArrived<View>) {
        if (served != null) {
          install(served);
        }
      } else if (output instanceof Output.Persist<View> persist) {
        write(s -> s.append(persist.record(), persist.state()));
      } else if (output instanceof Output.PersistSnapshot<View> whole) {
        write(s -> s.snapshot(whole.state()));
      } else if (following != null) {
        if (output instanceof Output.Connect<View> && bug == Bug.SDK_GOES_BACK && older != null) {
          install(older);
        }
        following.carryOut(output);
      }
    }
  }

  private interface Write {
    void to(StateStore<View> store) throws IOException;
  }

  private void write(Write write) {
    StateStore<View> target = store;
    if (target != null) {
      try {
        write.to(target);
        if (world.chance(0.3)) {
          target.sync();
        }
      } catch (IOException e) {
        world.note(name + " disk");
      }
    }
  }

  private void install(View next) {
    View taken =
        bug == Bug.SDK_SKIPS_A_CHANGE && served != null && world.chance(0.2)
            ? withoutOneChange(served, next)
            : next;
    if (older == null || world.chance(0.1)) {
      older = served;
    }
    served = taken;
    Compilation compiled =
        Ruleset.compile(taken, hash -> blobs == null ? null : blobs.blob(hash), ruleset);
    ruleset = compiled.ruleset();
    complete = compiled.refusals().isEmpty();
    applied++;
    world.note(name + " at " + taken.position() + " " + taken.hash());
  }

  /** Planted: the position of the new view, and one entity of the old one. */
  private static View withoutOneChange(View before, View after) {
    for (Map.Entry<EntityId, ViewEntity> one : after.entities()) {
      ViewEntity old = before.entities().get(one.getKey());
      if (old != null && !old.hash().equals(one.getValue().hash())) {
        Map<EntityId, ViewEntity> back = new HashMap<>();
        back.put(one.getKey(), old);
        HashedMap<ViewEntity> mixed = after.entities().with(back);
        return new View(
            after.scope(),
            after.position(),
            after.region(),
            after.epoch(),
            after.timeMicros(),
            mixed);
      }
    }
    return after;
  }

  // What the judge asks.

  String name() {
    return name;
  }

  SimDisk disk() {
    return disk;
  }

  boolean isRunning() {
    return follower != null;
  }

  @Nullable View served() {
    return served;
  }

  @Nullable Ruleset ruleset() {
    return ruleset;
  }

  /** Whether everything of the view is in use: no blob is missing. */
  boolean isComplete() {
    return complete;
  }

  long life() {
    return life;
  }

  /** Counts what was taken into service. */
  long applied() {
    return applied;
  }
}
