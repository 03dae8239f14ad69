package dev.guidon.benchmarks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.guidon.model.EntityId;
import dev.guidon.model.Hash;
import dev.guidon.model.HashedMap;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.Token;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import dev.guidon.model.json.Json;
import dev.guidon.sdk.GuidonClient;
import dev.guidon.stream.FeedStep;
import dev.guidon.stream.HeadFrame;
import dev.guidon.stream.SseWriter;
import dev.guidon.stream.UpstreamReply;
import dev.guidon.stream.ViewCursor;
import dev.guidon.stream.ViewFeed;
import dev.guidon.stream.ViewFeedSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * As much of an edge as a client needs: the real {@link ViewFeed} behind the JDK's HTTP server on
 * loopback. It is idle while nothing changes, so that it can stand in the process that is measured.
 */
public final class ViewSource implements AutoCloseable {
  private static final String KEY = "gdn_srv_a-key-of-the-benchmarks";
  private static final ScopeId SCOPE = ScopeId.of("bench", "prod");
  private static final String LOG_ID = "b".repeat(32);
  private static final String REGION = "local";

  /** The stream's comment that says it is alive; clients expect one every 15 s. */
  private static final long HEARTBEAT_MILLIS = 15_000;

  private final HttpServer server;
  private final ExecutorService threads;
  private final ViewFeed feed;
  private final Object moved = new Object();
  private View view;
  private volatile boolean isClosed;

  public ViewSource(Map<EntityId, Json.Obj> documents) throws IOException {
    this(view(documents));
  }

  public ViewSource(View start) throws IOException {
    this.view = start;
    this.feed = new ViewFeed(view, ViewFeedSettings.DEFAULT);
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    this.threads =
        Executors.newCachedThreadPool(work -> {
          Thread thread = new Thread(work, "view-source");
          thread.setDaemon(true);
          return thread;
        });
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    head();
    server.start();
  }

  /** A view of these documents at revision 1. */
  public static View view(Map<EntityId, Json.Obj> documents) {
    View empty = View.empty(SCOPE, LOG_ID, REGION);
    Map<EntityId, ViewEntity> shown = new LinkedHashMap<>();
    documents.forEach((id, document) -> shown.put(id, ViewEntity.of(id, 1, document)));
    return at(empty, empty.entities().with(shown));
  }

  private static View at(View before, HashedMap<ViewEntity> entities) {
    return new View(SCOPE, before.position().next(), REGION, 0, nowMicros(), entities);
  }

  /** A client as it ships, told nothing but where this is. */
  public GuidonClient.Builder client() {
    return GuidonClient.builder()
        .url("http://127.0.0.1:" + server.getAddress().getPort())
        .key(KEY)
        .region(REGION);
  }

  /** One commit; on its way to clients when this returns. */
  public synchronized Token put(EntityId id, Json.Obj document) {
    ViewEntity before = view.entities().get(id);
    ViewEntity changed = ViewEntity.of(id, before == null ? 1 : before.version() + 1, document);
    view = at(view, view.entities().with(Map.of(id, changed)));
    feed.replace(view);
    head();
    return new Token(SCOPE, view.position().era(), view.position().revision());
  }

  private void head() {
    feed.head(
        new HeadFrame(
            view.position(), Hash.ZERO, nowMicros(), /* view= */ null, /* eraFrom= */ null));
    synchronized (moved) {
      moved.notifyAll();
    }
  }

  private static long nowMicros() {
    return System.currentTimeMillis() * 1_000;
  }

  @Override
  public void close() {
    isClosed = true;
    synchronized (moved) {
      moved.notifyAll();
    }
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (path.equals("/v1/upstream")) {
        exchange.getRequestBody().readAllBytes();
        answer(exchange, new UpstreamReply(nowMicros(), 0, 0).bytes());
      } else if (path.equals("/v1/view") && wantsStream(exchange)) {
        stream(exchange);
      } else if (path.equals("/v1/view")) {
        poll(exchange);
      } else if (path.startsWith(ViewFeed.SNAPSHOT_PATH)) {
        answer(exchange, feed.snapshot(new Hash(path.substring(ViewFeed.SNAPSHOT_PATH.length()))));
      } else {
        answer(exchange, null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answer(HttpExchange exchange, byte @Nullable [] body) throws IOException {
    exchange.sendResponseHeaders(body == null ? 404 : 200, body == null ? -1 : body.length);
    if (body != null) {
      exchange.getResponseBody().write(body);
    }
  }

  private static boolean wantsStream(HttpExchange exchange) {
    return "text/event-stream".equals(exchange.getRequestHeaders().getFirst("Accept"));
  }

  /** The whole view, whatever the client has. */
  private void poll(HttpExchange exchange) throws IOException {
    HeadFrame head = feed.reachedHead();
    if (head != null) {
      exchange.getResponseHeaders().add(HeadFrame.HEADER, head.text());
    }
    answer(exchange, feed.poll(null));
  }

  private void stream(HttpExchange exchange) throws IOException, InterruptedException {
    String resume = exchange.getRequestHeaders().getFirst("Last-Event-ID");
    exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    ViewCursor cursor = ViewCursor.at(resume == null ? null : Position.parse(resume));
    while (!isClosed) {
      FeedStep<ViewCursor> step = feed.next(cursor);
      for (byte[] bytes : step.bytes()) {
        out.write(bytes);
      }
      cursor = step.cursor();
      if (step.isEmpty()) {
        out.write(SseWriter.heartbeat());
      }
      out.flush();
      if (step.close()) {
        return;
      }
      synchronized (moved) {
        if (!isClosed && feed.next(cursor).isEmpty()) {
          moved.wait(HEARTBEAT_MILLIS);
        }
      }
    }
  }
}
