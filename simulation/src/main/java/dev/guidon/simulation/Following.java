package dev.guidon.simulation;

import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.stream.Follower;
import dev.guidon.stream.HeadFrame;
import dev.guidon.stream.Output;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Carries a follower's wishes over the simulated network, for edges and SDKs alike. */
final class Following<S> {
  private static final int UNAVAILABLE = 503;
  private static final int NOT_FOUND = 404;

  /** Where a follower's inputs go. */
  interface Inputs<S> {
    void input(Function<Follower<S>, List<Output<S>>> input);

    /** Keeps the bytes if it can, and says what became of them. */
    void blob(Hash hash, byte[] bytes);
  }

  /** What a follower can ask of a server. */
  interface Upstream {
    String name();

    boolean isUp();

    /** Takes the connection over; false when there is nothing to serve yet. */
    boolean open(Network.Connection connection, @Nullable Position resume);

    /** {@code null}: nothing to serve yet, or no way from there. */
    @Nullable Polled poll(@Nullable Position from);

    byte @Nullable [] snapshot(Hash hash);

    byte @Nullable [] blob(Hash hash);
  }

  @SuppressWarnings("ArrayRecordComponent") // A carrier; never compared.
  record Polled(byte[] body, @Nullable HeadFrame head) {}

  private final World world;
  private final Network network;
  private final String name;
  private final List<Upstream> upstreams;
  private final Inputs<S> inputs;
  private final boolean deafToEnds;
  private Network.@Nullable Connection open;
  private boolean alive = true;

  Following(
      World world,
      Network network,
      String name,
      List<Upstream> upstreams,
      Inputs<S> inputs,
      boolean deafToEnds) {
    this.world = world;
    this.network = network;
    this.name = name;
    this.upstreams = upstreams;
    this.inputs = inputs;
    this.deafToEnds = deafToEnds;
  }

  /** The process died: nothing under way concerns anyone any more. */
  void end() {
    alive = false;
    close();
  }

  private void close() {
    if (open != null) {
      open.closeByClient();
      open = null;
    }
  }

  void carryOut(Output<S> output) {
    if (output instanceof Output.Connect<S> connect) {
      close();
      later(connect.afterMillis(), "connect", () -> connect(connect));
    } else if (output instanceof Output.Poll<S> poll) {
      close();
      later(poll.afterMillis(), "poll", () -> poll(poll));
    } else if (output instanceof Output.Disconnect<S>) {
      close();
    } else if (output instanceof Output.FetchSnapshot<S> fetch) {
      snapshot(fetch);
    } else if (output instanceof Output.FetchBlob<S> fetch) {
      later(fetch.afterMillis(), "fetch blob", () -> blob(fetch));
    }
  }

  private void later(long afterMillis, String what, Runnable action) {
    world.after(
        afterMillis * World.MILLIS,
        name + " " + what,
        () -> {
          if (alive) {
            action.run();
          }
        });
  }

  private void input(Function<Follower<S>, List<Output<S>>> input) {
    if (alive) {
      inputs.input(input);
    }
  }

  private void connect(Output.Connect<S> wish) {
    Upstream server = upstreams.get(wish.upstream());
    long id = wish.connection();
    Network.Connection made =
        network
        .new Connection(
            name,
            server.name(),
            bytes -> input(f -> f.received(id, bytes, world.nowMicros())),
            () -> {
              if (!deafToEnds) {
                input(f -> f.disconnected(id, "closed", world.nowMicros()));
              }
            });
    close();
    open = made;
    network.send(
        name,
        server.name(),
        "open " + name + ">" + server.name(),
        () -> {
          boolean served = server.isUp() && alive && open == made;
          // The answer's first byte and the stream share one connection, so the answer comes first.
          network.send(
              server.name(),
              name,
              "opened",
              () -> {
                if (served && server.isUp() && open == made) {
                  input(f -> f.connected(id, world.nowMicros()));
                  if (!server.open(made, wish.resume())) {
                    input(f -> f.rejected(id, UNAVAILABLE, 200, world.nowMicros()));
                  }
                } else {
                  input(f -> f.disconnected(id, "refused", world.nowMicros()));
                }
              });
        });
  }

  private void poll(Output.Poll<S> wish) {
    Upstream server = upstreams.get(wish.upstream());
    long id = wish.connection();
    network.send(
        name,
        server.name(),
        "poll " + name,
        () -> {
          Polled polled = server.isUp() ? server.poll(wish.from()) : null;
          network.send(
              server.name(),
              name,
              "polled",
              () -> {
                if (polled == null) {
                  input(f -> f.rejected(id, UNAVAILABLE, -1, world.nowMicros()));
                } else {
                  input(f -> f.polled(id, polled.body(), polled.head(), world.nowMicros()));
                }
              });
        });
  }

  private void snapshot(Output.FetchSnapshot<S> wish) {
    Upstream server = upstreams.get(wish.upstream());
    long id = wish.connection();
    network.send(
        name,
        server.name(),
        "snapshot " + name,
        () -> {
          byte[] bytes = server.isUp() ? server.snapshot(wish.ref().hash()) : null;
          network.send(
              server.name(),
              name,
              "snapshot answered",
              () -> {
                if (bytes == null) {
                  input(f -> f.snapshotFailed(id, NOT_FOUND, -1, world.nowMicros()));
                } else {
                  input(f -> f.snapshotFetched(id, bytes, world.nowMicros()));
                }
              });
        });
  }

  private void blob(Output.FetchBlob<S> wish) {
    Upstream server = upstreams.get(wish.upstream());
    Hash hash = wish.hash();
    boolean[] answered = {false};
    network.send(
        name,
        server.name(),
        "blob " + name,
        () -> {
          byte[] bytes = server.isUp() ? server.blob(hash) : null;
          network.send(
              server.name(),
              name,
              "blob answered",
              () -> {
                if (alive && !answered[0]) {
                  answered[0] = true;
                  if (bytes == null) {
                    input(f -> f.blobFailed(hash, world.nowMicros()));
                  } else {
                    inputs.blob(hash, bytes);
                  }
                }
              });
        });
    world.after(
        2 * World.SECONDS,
        "blob timed out",
        () -> {
          if (alive && !answered[0]) {
            answered[0] = true;
            input(f -> f.blobFailed(hash, world.nowMicros()));
          }
        });
  }
}
