package dev.guidon.simulation;

import dev.guidon.stream.FeedStep;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** The server's side of a stream: a cursor, and what the feed says comes next. */
final class Server<C> {
  private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.UTF_8);
  private static final int STEPS_MAX = 20;

  private final Network.Connection connection;
  private final Function<C, FeedStep<C>> feed;
  private C cursor;

  Server(Network.Connection connection, C start, Function<C, FeedStep<C>> feed) {
    this.connection = connection;
    this.cursor = start;
    this.feed = feed;
  }

  boolean isOpen() {
    return connection.isUsable();
  }

  void pump() {
    for (int i = 0; i < STEPS_MAX && isOpen(); i++) {
      FeedStep<C> step = feed.apply(cursor);
      if (step.isEmpty()) {
        return;
      }
      step.bytes().forEach(connection::toClient);
      cursor = step.cursor();
      if (step.close()) {
        connection.closeByServer();
      }
    }
  }

  void heartbeat() {
    connection.toClient(HEARTBEAT);
  }

  void close() {
    connection.closeByServer();
  }
}
