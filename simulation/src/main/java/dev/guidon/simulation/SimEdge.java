package dev.guidon.simulation;

import dev.guidon.edge.core.EdgeScope;
import dev.guidon.edge.core.RegionView;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.stream.Follower;
import dev.guidon.stream.FollowerSettings;
import dev.guidon.stream.LogCursor;
import dev.guidon.stream.LogFeed;
import dev.guidon.stream.LogFollower;
import dev.guidon.stream.LogSource;
import dev.guidon.stream.Output;
import dev.guidon.stream.ViewCursor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An edge process: the real {@link EdgeScope} over a disk that crashes. */
final class SimEdge implements ReplicationHost {
  private static final int REGIONS_MAX = 4;

  private final World world;
  private final Network network;
  private final ScopeId scope;
  private final String name;
  private final String region;
  private final List<Following.Upstream> upstreams;
  private final SimDisk disk;
  private final List<Server<?>> servers = new ArrayList<>();
  private @Nullable EdgeScope edge;
  private @Nullable Following<ScopeState> following;
  private @Nullable Position acknowledged;
  private long life;

  SimEdge(
      World world,
      Network network,
      ScopeId scope,
      String name,
      String region,
      List<ReplicationHost> upstreams,
      Bug bug) {
    this.world = world;
    this.network = network;
    this.scope = scope;
    this.name = name;
    this.region = region;
    this.upstreams = upstreams.stream().map(SimEdge::replication).toList();
    this.disk = new SimDisk(world, bug == Bug.EDGE_DISK_LIES);
  }

  /** How an edge follows a host. */
  static Following.Upstream replication(ReplicationHost host) {
    return new Following.Upstream() {
      @Override
      public String name() {
        return host.name();
      }

      @Override
      public boolean isUp() {
        return host.isUp();
      }

      @Override
      public boolean open(Network.Connection connection, @Nullable Position resume) {
        host.serve(
            new Server<>(
                connection, LogCursor.at(resume), c -> new LogFeed(host.logSource()).next(c)));
        return true;
      }

      @Override
      public Following.@Nullable Polled poll(@Nullable Position from) {
        LogSource source = host.logSource();
        byte[] body = from == null ? null : new LogFeed(source).poll(from);
        return body == null ? null : new Following.Polled(body, source.head());
      }

      @Override
      public byte @Nullable [] snapshot(Hash hash) {
        return host.snapshotBytes(hash);
      }

      @Override
      public byte @Nullable [] blob(Hash hash) {
        return host.blobBytes(hash);
      }
    };
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean isUp() {
    return edge != null;
  }

  SimDisk disk() {
    return disk;
  }

  void start() {
    life++;
    EdgeScope made =
        new EdgeScope(
            scope,
            disk,
            FollowerSettings.DEFAULT.withUpstreams(upstreams.size()),
            world.random().split(),
            REGIONS_MAX,
            new Wires());
    edge = made;
    following =
        new Following<>(
            world,
            network,
            name,
            upstreams,
            new Following.Inputs<>() {
              @Override
              public void input(Function<Follower<ScopeState>, List<Output<ScopeState>>> input) {
                made.input((LogFollower f) -> input.apply(f), world.nowMicros());
              }

              @Override
              public void blob(Hash hash, byte[] bytes) {
                made.blobFetched(hash, bytes, world.nowMicros(), world.nowMicros());
              }
            },
            /* deafToEnds= */ false);
    made.start(region, world.nowMicros(), world.nowMicros());
    tick(life);
  }

  /** The machine loses power. */
  void crash() {
    life++;
    edge = null;
    if (following != null) {
      following.end();
    }
    servers.forEach(Server::close);
    servers.clear();
    disk.crash();
  }

  private void tick(long ofLife) {
    if (life == ofLife && edge != null) {
      edge.tick(world.nowMicros(), world.nowMicros());
      servers.forEach(Server::pump);
      world.after(World.SECONDS, name + " tick", () -> tick(ofLife));
    }
  }

  private final class Wires implements EdgeScope.Io {
    @Override
    public void carryOut(Output<ScopeState> output) {
      Objects.requireNonNull(following).carryOut(output);
    }

    @Override
    public void served(long commitMicros) {
      world.after(0, name + " pump", () -> servers.forEach(Server::pump));
    }

    @Override
    public void acknowledged(Position position) {
      acknowledged = position;
    }

    @Override
    public void told(String code, String detail) {
      world.note(name + " " + code);
    }
  }

  // What the judge asks.

  @Nullable ScopeState state() {
    return edge == null ? null : edge.state();
  }

  /** The last position that this edge has told upstream to be safe, also across crashes. */
  @Nullable Position acknowledged() {
    return acknowledged;
  }

  long life() {
    return life;
  }

  // What it serves.

  @Override
  public LogSource logSource() {
    return Objects.requireNonNull(edge).logSource();
  }

  @Override
  public byte @Nullable [] snapshotBytes(Hash hash) {
    EdgeScope here = edge;
    var whole = here == null ? null : here.wholeState(hash);
    return whole == null ? null : whole.bytes();
  }

  @Override
  public byte @Nullable [] blobBytes(Hash hash) {
    return edge == null ? null : disk.read("blobs/" + hash.hex());
  }

  @Override
  public void serve(Server<?> server) {
    servers.removeIf(s -> !s.isOpen());
    servers.add(server);
    server.pump();
  }

  /** How an SDK follows this edge. */
  Following.Upstream views(String ofRegion) {
    return new Following.Upstream() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public boolean isUp() {
        return edge != null;
      }

      private @Nullable RegionView view() {
        return edge == null ? null : edge.region(ofRegion);
      }

      @Override
      public boolean open(Network.Connection connection, @Nullable Position resume) {
        RegionView view = view();
        if (view != null) {
          serve(new Server<>(connection, ViewCursor.at(resume), view::next));
        }
        return view != null;
      }

      @Override
      public Following.@Nullable Polled poll(@Nullable Position from) {
        RegionView view = view();
        return view == null ? null : new Following.Polled(view.poll(from), view.head());
      }

      @Override
      public byte @Nullable [] snapshot(Hash hash) {
        RegionView view = view();
        var found = view == null ? null : view.snapshot(hash);
        return found == null ? null : found.bytes();
      }

      @Override
      public byte @Nullable [] blob(Hash hash) {
        return blobBytes(hash);
      }
    };
  }

  void heartbeat() {
    servers.forEach(Server::heartbeat);
  }
}
