package dev.guidon.simulation;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Links between hosts. Single messages are delayed, reordered by their delays, and lost; a
 * connection delivers in order until it breaks, and a break is noticed by both ends, by one, or by
 * none.
 */
final class Network {
  private static final double LOSS = 0.03;
  private static final double RESET = 0.01;
  private static final long DELAY_MICROS_MIN = 200;
  private static final long DELAY_MICROS_MAX = 60_000;

  private final World world;
  private final Set<String> cuts = new HashSet<>();
  private boolean calm;

  Network(World world) {
    this.world = world;
  }

  /** One way only: {@code from} cannot reach {@code to}. */
  void cut(String from, String to) {
    cuts.add(from + ">" + to);
  }

  void healAll() {
    cuts.clear();
  }

  /** No more losses nor resets: the end of the chaos. */
  void calm() {
    calm = true;
    healAll();
  }

  boolean isCut(String from, String to) {
    return cuts.contains(from + ">" + to);
  }

  void send(String from, String to, String label, Runnable onArrival) {
    boolean lost = isCut(from, to) || (!calm && world.chance(LOSS));
    long delay = delay();
    if (!lost) {
      world.after(delay, label, onArrival);
    }
  }

  private long delay() {
    return world.between(DELAY_MICROS_MIN, world.chance(0.9) ? 5_000 : DELAY_MICROS_MAX);
  }

  /** A byte stream from a server to a client, once it is open. */
  final class Connection {
    private final String client;
    private final String server;
    private final Consumer<byte[]> onBytes;
    private final Runnable onClosed;
    private long lastArrival;
    private boolean broken;
    private boolean closed;

    Connection(String client, String server, Consumer<byte[]> onBytes, Runnable onClosed) {
      this.client = client;
      this.server = server;
      this.onBytes = onBytes;
      this.onClosed = onClosed;
      this.lastArrival = world.nowMicros();
    }

    /** Bytes arrive in order, cut anywhere. */
    void toClient(byte[] bytes) {
      if (closed || broken) {
        return;
      }
      if (isCut(server, client) || isCut(client, server) || (!calm && world.chance(RESET))) {
        breakDown(bytes);
        return;
      }
      int at = 0;
      while (at < bytes.length) {
        int next =
            world.chance(0.7) ? bytes.length : at + 1 + world.random().nextInt(bytes.length - at);
        deliver(Arrays.copyOfRange(bytes, at, next));
        at = next;
      }
    }

    private void deliver(byte[] part) {
      lastArrival = Math.max(lastArrival + 1, world.nowMicros() + delay());
      world.after(
          lastArrival - world.nowMicros(),
          "bytes " + server + ">" + client,
          () -> {
            if (!closed) {
              onBytes.accept(part);
            }
          });
    }

    /** Some of it may still arrive; then the client hears of the end, or of nothing any more. */
    private void breakDown(byte[] bytes) {
      broken = true;
      int some = bytes.length == 0 ? 0 : world.random().nextInt(bytes.length);
      if (some > 0 && world.chance(0.5)) {
        deliver(Arrays.copyOf(bytes, some));
      }
      if (world.chance(0.7)) {
        tellClosed();
      }
    }

    /** The server's end is gone: its process died or it said goodbye. */
    void closeByServer() {
      if (!broken && !closed) {
        broken = true;
        if (!isCut(server, client) && (calm || world.chance(0.8))) {
          tellClosed();
        }
      }
    }

    private void tellClosed() {
      lastArrival = Math.max(lastArrival + 1, world.nowMicros() + delay());
      world.after(
          lastArrival - world.nowMicros(),
          "closed " + server + ">" + client,
          () -> {
            if (!closed) {
              closed = true;
              onClosed.run();
            }
          });
    }

    void closeByClient() {
      closed = true;
    }

    boolean isUsable() {
      return !closed && !broken;
    }
  }
}
