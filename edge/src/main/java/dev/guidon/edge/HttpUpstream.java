package dev.guidon.edge;

import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.stream.HeadFrame;
import dev.guidon.stream.StreamLimits;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An upstream over HTTP. Certificates are read again when their files change. */
public final class HttpUpstream implements Upstream {
  private static final int STREAMS_MAX = 10_000;
  private static final int REQUESTS_AT_ONCE = 16;
  private static final long ANSWER_MILLIS_MAX = 30_000;

  private final List<URI> servers;
  private final String key;
  private final HttpClientAgent streams;
  private final HttpClientAgent requests;
  private final @Nullable TlsReload tlsReload;

  private HttpUpstream(
      Vertx vertx, List<URI> servers, String key, @Nullable TlsFiles tls, Duration tlsCheck) {
    this.servers = List.copyOf(servers);
    this.key = key;
    HttpClientOptions options =
        new HttpClientOptions().setConnectTimeout(5_000).setDecompressionSupported(true);
    if (tls != null) {
      TlsReload.client(tls, options);
    }
    this.streams = vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(STREAMS_MAX));
    this.requests =
        vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(REQUESTS_AT_ONCE));
    this.tlsReload =
        tls == null ? null : TlsReload.watch(vertx, tls, tlsCheck, files -> renew(files));
  }

  /**
   * @param servers base addresses such as {@code https://control.example:8016}
   * @param key this edge's credential; never logged
   * @param tls what this edge shows and trusts; {@code null} shows nothing and trusts the
   *     platform's authorities
   */
  public static HttpUpstream of(
      Vertx vertx, List<URI> servers, String key, @Nullable TlsFiles tls) {
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("upstream servers: none (expected: at least one address)");
    }
    return new HttpUpstream(vertx, servers, key, tls, EdgeOptions.Timing.DEFAULT.tlsCheck());
  }

  private io.vertx.core.Future<?> renew(TlsReload.PemFiles files) {
    return io.vertx.core.Future.all(
        streams.updateSSLOptions(files.client()), requests.updateSSLOptions(files.client()));
  }

  @Override
  public int servers() {
    return servers.size();
  }

  @Override
  public Link stream(int server, ScopeId scope, @Nullable Position resume, Listener listener) {
    var link = new HttpLink(listener);
    RequestOptions options =
        options(server, HttpMethod.GET, "/v1/replication?scope=" + encoded(scope.text()))
            .putHeader("Accept", "text/event-stream");
    if (resume != null) {
      options.putHeader("Last-Event-ID", resume.text());
    }
    streams.request(options).onFailure(link::failed).onSuccess(link::send);
    return link;
  }

  @Override
  public void poll(int server, ScopeId scope, @Nullable Position after, Consumer<Answer> then) {
    String path = "/v1/replication?scope=" + encoded(scope.text());
    get(
        server,
        after == null ? path : path + "&after=" + encoded(after.text()),
        StreamLimits.DEFAULT.snapshotBytesMax(),
        then);
  }

  @Override
  public void snapshot(int server, ScopeId scope, String path, Consumer<Answer> then) {
    get(server, path, StreamLimits.DEFAULT.snapshotBytesMax(), then);
  }

  @Override
  public void blob(int server, Hash hash, Consumer<Answer> then) {
    get(server, "/v1/blobs/" + hash.hex(), dev.guidon.model.KeyChunks.CHUNK_BYTES_MAX, then);
  }

  @Override
  public void report(int server, byte[] body, Consumer<Answer> then) {
    RequestOptions options =
        options(server, HttpMethod.POST, "/v1/upstream")
            .putHeader("Content-Type", "application/json");
    fetch(options, Buffer.buffer(body), 64 << 10, then);
  }

  @Override
  public void close() {
    if (tlsReload != null) {
      tlsReload.close();
    }
    streams.close();
    requests.close();
  }

  private void get(int server, String path, int bytesMax, Consumer<Answer> then) {
    fetch(options(server, HttpMethod.GET, path), Buffer.buffer(), bytesMax, then);
  }

  private void fetch(RequestOptions options, Buffer body, int bytesMax, Consumer<Answer> then) {
    var once = new Once(then);
    requests
        .request(options.setTimeout(ANSWER_MILLIS_MAX).setIdleTimeout(ANSWER_MILLIS_MAX))
        .compose(request -> request.send(body))
        .onFailure(failure -> once.give(new Answer.Failed(0, -1, reason(failure))))
        .onSuccess(response -> collect(response, bytesMax, once));
  }

  private static void collect(HttpClientResponse response, int bytesMax, Once once) {
    Buffer body = Buffer.buffer();
    response.exceptionHandler(failure -> once.give(new Answer.Failed(0, -1, reason(failure))));
    response.handler(chunk -> {
      if (body.length() + chunk.length() > bytesMax) {
        once.give(new Answer.Failed(0, -1, "answer: more than " + bytesMax + " bytes"));
        var _ = response.request().reset();
      } else {
        body.appendBuffer(chunk);
      }
    });
    response.endHandler(_ -> {
      int status = response.statusCode();
      if (status == 200 || status == 304) {
        String type = response.getHeader("Content-Type");
        boolean isStream = type != null && type.startsWith("text/event-stream");
        once.give(new Answer.Body(body.getBytes(), response.getHeader(HeadFrame.HEADER), isStream));
      } else {
        once.give(new Answer.Failed(status, retryAfterMillis(response), "status " + status));
      }
    });
  }

  private RequestOptions options(int server, HttpMethod method, String pathAndQuery) {
    URI base = servers.get(server);
    boolean ssl = "https".equalsIgnoreCase(base.getScheme());
    int port = base.getPort() >= 0 ? base.getPort() : ssl ? 443 : 80;
    String prefix =
        base.getRawPath() == null || base.getRawPath().equals("/") ? "" : base.getRawPath();
    return new RequestOptions()
        .setMethod(method)
        .setHost(base.getHost())
        .setPort(port)
        .setSsl(ssl)
        .setURI(prefix + pathAndQuery)
        .putHeader("Authorization", "Bearer " + key);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String reason(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  private static long retryAfterMillis(HttpClientResponse response) {
    String text = response.getHeader("Retry-After");
    try {
      return text == null ? -1 : Math.multiplyExact(Long.parseLong(text.strip()), 1000L);
    } catch (ArithmeticException | NumberFormatException _) {
      return -1; // A date, or nonsense: our own backoff does.
    }
  }

  /** Hands an answer on once, whatever the client still has to say. */
  private static final class Once {
    private final Consumer<Answer> then;
    private final AtomicBoolean given = new AtomicBoolean();

    Once(Consumer<Answer> then) {
      this.then = then;
    }

    void give(Answer answer) {
      if (given.compareAndSet(false, true)) {
        then.accept(answer);
      }
    }
  }

  /** One stream's connection. The event loop of the request and the scope's thread meet here. */
  private static final class HttpLink implements Link {
    private final Listener listener;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean paused;
    private volatile @Nullable HttpClientRequest request;
    private volatile @Nullable HttpClientResponse response;

    HttpLink(Listener listener) {
      this.listener = listener;
    }

    void send(HttpClientRequest opened) {
      request = opened;
      if (ended.get()) {
        var _ = opened.reset();
        return;
      }
      opened.send().onFailure(this::failed).onSuccess(this::answered);
    }

    private void answered(HttpClientResponse answer) {
      if (answer.statusCode() != 200) {
        if (ended.compareAndSet(false, true)) {
          listener.rejected(answer.statusCode(), retryAfterMillis(answer));
        }
        var _ = answer.request().reset();
        return;
      }
      response = answer;
      answer.exceptionHandler(this::failed);
      answer.endHandler(_ -> end("the server ended the stream"));
      answer.handler(chunk -> {
        if (!ended.get()) {
          listener.received(chunk.getBytes());
        }
      });
      listener.connected();
      if (paused) {
        answer.pause();
      }
    }

    void failed(Throwable failure) {
      end(reason(failure));
    }

    private void end(String reason) {
      if (ended.compareAndSet(false, true)) {
        listener.disconnected(reason);
      }
    }

    @Override
    public void pause() {
      paused = true;
      HttpClientResponse open = response;
      if (open != null) {
        open.pause();
      }
    }

    @Override
    public void resume() {
      paused = false;
      HttpClientResponse open = response;
      if (open != null) {
        open.resume();
      }
    }

    @Override
    public void close() {
      ended.set(true);
      HttpClientRequest open = request;
      if (open != null) {
        var _ = open.reset();
      }
    }
  }
}
