package dev.guidon.sdk;

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
import dev.guidon.stream.FeedStep;
import dev.guidon.stream.HeadFrame;
import dev.guidon.stream.SseWriter;
import dev.guidon.stream.UpstreamReply;
import dev.guidon.stream.UpstreamReport;
import dev.guidon.stream.ViewCursor;
import dev.guidon.stream.ViewFeed;
import dev.guidon.stream.ViewFeedSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An edge's delivery routes on loopback: the real {@link ViewFeed} behind the JDK's HTTP server. It
 * can die and come back on the same port, refuse, fall silent and talk nonsense.
 */
final class FakeEdge implements AutoCloseable {
  static final String KEY = "gdn_srv_a-key-of-the-tests";
  static final ScopeId SCOPE = ScopeId.of("shop", "prod");
  static final String REGION = "eu";

  final List<String> streams = new CopyOnWriteArrayList<>();
  final List<UpstreamReport> reports = new CopyOnWriteArrayList<>();

  /** The types of the events sent, but for heartbeats. */
  final List<String> sent = new CopyOnWriteArrayList<>();

  final List<String> requests = new CopyOnWriteArrayList<>();
  final Map<Hash, byte[]> blobs = new ConcurrentHashMap<>();
  volatile boolean streamsRefused;
  volatile boolean upstreamRefused;

  volatile boolean keyRefused;

  /** Reports are answered at one byte in 100 ms, without end. */
  volatile boolean upstreamTrickles;

  /** Asks for chunks are accepted and never answered. */
  volatile boolean blobsHang;

  /** Whether frames say that they are emergencies. */
  volatile boolean emergency;

  volatile byte @Nullable [] nonsense;
  volatile LongSupplier nowMicros = () -> System.currentTimeMillis() * 1000;

  private final Object moved = new Object();
  private ViewFeed feed;
  private View view;
  private volatile @Nullable HttpServer server;
  private volatile @Nullable ExecutorService threads;
  private int port;

  FakeEdge() {
    this(ViewFeedSettings.DEFAULT);
  }

  FakeEdge(ViewFeedSettings settings) {
    this(settings, "a".repeat(32));
  }

  FakeEdge(ViewFeedSettings settings, String logId) {
    this.view = View.empty(SCOPE, logId, REGION);
    this.feed = new ViewFeed(view, settings);
    head();
    start();
  }

  // Life and death.

  void start() {
    try {
      HttpServer made =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
      port = made.getAddress().getPort();
      ExecutorService pool =
          Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "fake-edge");
            thread.setDaemon(true);
            return thread;
          });
      made.setExecutor(pool);
      made.createContext("/", this::handle);
      made.start();
      server = made;
      threads = pool;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void die() {
    HttpServer alive = server;
    ExecutorService pool = threads;
    server = null;
    if (alive != null && pool != null) {
      alive.stop(0);
      pool.shutdownNow();
    }
  }

  @Override
  public void close() {
    die();
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  // State.

  /** One commit. */
  synchronized Token put(EntityId id, Json.Obj document) {
    return putAll(Map.of(id, document));
  }

  synchronized Token flag(String key, Json.Obj document) {
    return put(EntityId.flag(key), document);
  }

  synchronized Token putAll(Map<EntityId, Json.Obj> documents) {
    Map<EntityId, @Nullable ViewEntity> changes = new LinkedHashMap<>();
    documents.forEach((id, document) -> {
      ViewEntity before = view.entities().get(id);
      changes.put(id, ViewEntity.of(id, before == null ? 1 : before.version() + 1, document));
    });
    return move(view.position().next(), view.entities().with(changes));
  }

  synchronized Token remove(String flag) {
    Map<EntityId, @Nullable ViewEntity> changes = new HashMap<>();
    changes.put(EntityId.flag(flag), null);
    return move(view.position().next(), view.entities().with(changes));
  }

  /** What a recovery does: a new era from an earlier revision on. */
  synchronized Token newEra(long revision, Map<EntityId, Json.Obj> documents) {
    Map<EntityId, @Nullable ViewEntity> all = new LinkedHashMap<>();
    documents.forEach((id, document) -> all.put(id, ViewEntity.of(id, 1, document)));
    Position now = view.position();
    return move(
        new Position(now.logId(), now.era() + 1, revision),
        HashedMap.<ViewEntity>empty().with(all));
  }

  private Token move(Position to, HashedMap<ViewEntity> entities) {
    view = new View(SCOPE, to, REGION, 0, nowMicros.getAsLong(), entities);
    feed.replace(view);
    head();
    return new Token(SCOPE, to.era(), to.revision());
  }

  synchronized View view() {
    return view;
  }

  /** A linearizable reading of the log's head, just now. */
  synchronized void head() {
    feed.head(
        new HeadFrame(
            view.position(),
            Hash.ZERO,
            nowMicros.getAsLong(),
            /* view= */ null,
            /* eraFrom= */ null));
    synchronized (moved) {
      moved.notifyAll();
    }
  }

  // Routes.

  private void handle(HttpExchange exchange) throws IOException {
    requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
    try (exchange) {
      String key = exchange.getRequestHeaders().getFirst("Authorization");
      if (keyRefused || !("Bearer " + KEY).equals(key)) {
        answer(exchange, 401, new byte[0]);
        return;
      }
      String path = exchange.getRequestURI().getPath();
      if (path.equals("/v1/upstream")) {
        upstream(exchange);
      } else if (path.equals("/v1/view")) {
        view(exchange);
      } else if (path.startsWith(ViewFeed.SNAPSHOT_PATH)) {
        bytes(exchange, feed.snapshot(new Hash(path.substring(ViewFeed.SNAPSHOT_PATH.length()))));
      } else if (path.startsWith("/v1/blobs/")) {
        while (blobsHang && server != null) {
          synchronized (moved) {
            moved.wait(50);
          }
        }
        bytes(exchange, blobs.get(new Hash(path.substring("/v1/blobs/".length()))));
      } else {
        answer(exchange, 404, new byte[0]);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void upstream(HttpExchange exchange) throws IOException, InterruptedException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (upstreamTrickles) {
      trickle(exchange);
      return;
    }
    if (upstreamRefused) {
      answer(exchange, 503, new byte[0]);
      return;
    }
    reports.add(UpstreamReport.read(body));
    answer(exchange, 200, new UpstreamReply(nowMicros.getAsLong(), 0, 0).bytes());
  }

  private void trickle(HttpExchange exchange) throws IOException, InterruptedException {
    exchange.sendResponseHeaders(200, 0);
    while (server != null) {
      exchange.getResponseBody().write(' ');
      exchange.getResponseBody().flush();
      java.util.concurrent.TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private void view(HttpExchange exchange) throws IOException {
    String accept = exchange.getRequestHeaders().getFirst("Accept");
    if ("text/event-stream".equals(accept)) {
      stream(exchange);
      return;
    }
    String from = query(exchange, "from");
    byte[] body = feed.poll(from == null ? null : Position.parse(from));
    HeadFrame head = feed.reachedHead();
    if (head != null) {
      exchange.getResponseHeaders().add(HeadFrame.HEADER, head.text());
    }
    if (body.length == 0) {
      answer(exchange, 304, body);
    } else {
      answer(exchange, 200, body);
    }
  }

  private static @Nullable String query(HttpExchange exchange, String name) {
    String query = exchange.getRequestURI().getRawQuery();
    for (String pair : query == null ? new String[0] : query.split("&")) {
      if (pair.startsWith(name + "=")) {
        return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
      }
    }
    return null;
  }

  private void stream(HttpExchange exchange) throws IOException {
    String resume = exchange.getRequestHeaders().getFirst("Last-Event-ID");
    if (streamsRefused) {
      answer(exchange, 503, new byte[0]);
      return;
    }
    streams.add(resume == null ? "" : resume);
    exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    byte[] junk = nonsense;
    if (junk != null) {
      out.write(junk);
      out.flush();
      return;
    }
    ViewCursor cursor = ViewCursor.at(resume == null ? null : Position.parse(resume));
    try {
      pump(out, cursor);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pump(OutputStream out, ViewCursor start) throws IOException, InterruptedException {
    ViewCursor cursor = start;
    while (server != null) {
      FeedStep<ViewCursor> step = feed.next(cursor);
      for (byte[] bytes : step.bytes()) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        out.write(
            emergency
                ? text.replace("\"priority\":\"normal\"", "\"priority\":\"emergency\"")
                    .getBytes(StandardCharsets.UTF_8)
                : bytes);
        int type = text.indexOf("event: ") + "event: ".length();
        sent.add(text.substring(type, text.indexOf('\n', type)));
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
        if (feed.next(cursor).isEmpty()) {
          moved.wait(200);
        }
      }
    }
  }

  private static void bytes(HttpExchange exchange, byte @Nullable [] found) throws IOException {
    answer(exchange, found == null ? 404 : 200, found == null ? new byte[0] : found);
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }
}
