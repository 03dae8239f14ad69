package dev.guidon.edge;

import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import dev.guidon.stream.SseEvent;
import dev.guidon.stream.SseReader;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** An edge at a real socket over a log in memory, and a plain client. */
final class EdgeFixture implements AutoCloseable {
  static final String SERVER = "gdn_srv_server-secret-of-the-tests";
  static final String CLIENT = "gdn_cli_client-secret-of-the-tests";
  static final String EDGE = "gdn_edg_edge-secret-of-the-tests";

  final FakeLog log;
  final Vertx vertx = Vertx.vertx();
  final HttpClient http = HttpClient.newHttpClient();
  final Edge edge;
  private final Upstream upstream;

  EdgeFixture(FakeLog log, Path disk, UnaryOperator<EdgeOptions> options) {
    this(log, log.upstream(), disk, options);
  }

  EdgeFixture(FakeLog log, Upstream upstream, Path disk, UnaryOperator<EdgeOptions> options) {
    this.log = log;
    this.upstream = upstream;
    this.edge =
        Edge.start(
            vertx,
            options.apply(defaults()),
            upstream,
            disk,
            TimeSource.system(),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
  }

  static EdgeOptions defaults() {
    return EdgeOptions.of("edge-1")
        .withAddress("127.0.0.1", 0)
        .withScopes(Set.of(FakeLog.PROD))
        .withEventLoops(2);
  }

  static FakeLog shop() {
    return new FakeLog()
        .key("backend", "server", SERVER, "")
        .key("web", "client", CLIENT, "")
        .flag(
            "{'envelope':{'key':'checkout','type':'boolean','on':true,'variants':{'off':false,'on':true},'offVariant':'off'},"
                + "'rules':[{'id':'rule-germans','if':{'attribute':'country','op':'in','values':['DE']},'serve':{'variant':'on'}}],"
                + "'default':{'variant':'off'},'clientVisible':true,'metadata':{'team':'cart'}}")
        .flag(
            "{'envelope':{'key':'secret flag','type':'string','on':true,'variants':{'a':'A'},'offVariant':null},"
                + "'default':{'variant':'a'}}");
  }

  void awaitPosition() {
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(5))
        .until(() ->
            edge.state(FakeLog.PROD) != null
                && edge.state(FakeLog.PROD).position().equals(log.state().position()));
  }

  HttpRequest.Builder request(String path, String key) {
    var builder =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + edge.port() + path))
            .timeout(Duration.ofSeconds(20));
    return key.isEmpty() ? builder : builder.header("Authorization", "Bearer " + key);
  }

  HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path, String key, String... headers)
      throws IOException, InterruptedException {
    var builder = request(path, key).GET();
    return send(headers.length == 0 ? builder.build() : builder.headers(headers).build());
  }

  HttpResponse<String> post(String path, String key, String body, String... headers)
      throws IOException, InterruptedException {
    var builder =
        request(path, key)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')));
    return send(headers.length == 0 ? builder.build() : builder.headers(headers).build());
  }

  static Json.Obj object(HttpResponse<String> response) {
    return (Json.Obj) JsonReader.read(response.body(), JsonLimits.DEFAULT);
  }

  /** Sends bytes as they are and answers everything that comes back until the server closes. */
  String raw(String bytes) throws IOException {
    try (var socket = new Socket(java.net.InetAddress.getLoopbackAddress(), edge.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  Events events(String path, String key, String... headers)
      throws IOException, InterruptedException {
    var builder =
        request(path, key)
            .timeout(Duration.ofSeconds(60))
            .header("Accept", "text/event-stream")
            .GET();
    HttpRequest request = headers.length == 0 ? builder.build() : builder.headers(headers).build();
    return new Events(http.send(request, HttpResponse.BodyHandlers.ofInputStream()));
  }

  @Override
  public void close() {
    edge.close(Duration.ofMillis(200));
    upstream.close();
    http.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  /** Reads one event stream on a thread of its own. */
  static final class Events implements AutoCloseable {
    final HttpResponse<InputStream> response;
    final List<SseEvent> all = new CopyOnWriteArrayList<>();
    private final Thread thread;
    volatile boolean ended;

    Events(HttpResponse<InputStream> response) {
      this.response = response;
      this.thread = Thread.startVirtualThread(this::read);
    }

    private void read() {
      var reader = new SseReader(8 << 20);
      var buffer = new byte[8192];
      try (InputStream in = response.body()) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          all.addAll(reader.feed(buffer, 0, n));
        }
      } catch (IOException _) {
        // The server reset the stream, or the test closed it.
      } finally {
        ended = true;
      }
    }

    List<SseEvent> of(String type) {
      return all.stream().filter(event -> event.type().equals(type)).toList();
    }

    void await(java.util.function.Predicate<Events> condition) {
      org.awaitility.Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .pollInterval(Duration.ofMillis(5))
          .until(() -> condition.test(this));
    }

    @Override
    public void close() throws IOException {
      response.body().close();
      thread.interrupt();
    }
  }
}
