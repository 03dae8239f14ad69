package dev.guidon.benchmarks.edge;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The floor: Vert.x core on one event loop that holds event streams and writes the same frame to
 * all of them for every line {@code flip}.
 */
public final class BareStreams {
  private static final Set<HttpServerResponse> OPEN = new LinkedHashSet<>();
  private static final Buffer FRAME =
      Buffer.buffer(
          "id: 1.2\nevent: delta\ndata: {\"v\":1,\"text\":\"" + "x".repeat(600) + "\"}\n\n");

  private BareStreams() {}

  public static void main(String[] args) {
    Vertx vertx = Vertx.vertx();
    var context = vertx.getOrCreateContext();
    var listening =
        vertx
            .createHttpServer()
            .requestHandler(request -> {
              HttpServerResponse response = request.response().setChunked(true);
              response.putHeader("Content-Type", "text/event-stream");
              OPEN.add(response);
              response.closeHandler(_ -> OPEN.remove(response));
              var _ = response.write(": hello\n\n");
            })
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    System.out.println("port " + listening.actualPort());
    for (String line = IO.readln(); line != null; line = IO.readln()) {
      if (line.equals("heap")) {
        System.out.println("heap " + EdgeServer.heapAfterCollection());
      } else {
        System.out.println("flipped " + System.nanoTime());
        context.runOnContext(_ -> OPEN.forEach(response -> response.write(FRAME)));
      }
    }
  }
}
