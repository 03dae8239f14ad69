package dev.guidon.server.durability;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Entry;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeSnapshot;
import dev.guidon.model.ScopeState;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads a replication stream as an edge does and reconnects with the last id. Keeps every state it
 * was brought to, in order: by an entry, or, where a restarted server no longer has the entries
 * before its own state, by a snapshot.
 */
final class ReplicationRecorder implements AutoCloseable {
  private static final long PAUSE_NANOS = 50_000_000;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI edge;
  private final URI address;
  private final String key;
  private final List<Seen> seen = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private final Thread reader;
  private volatile boolean closed;

  /**
   * A state that the stream led to.
   *
   * @param entities hash of the whole state, where a snapshot brought it; {@code null} after an
   *     entry
   */
  record Seen(Position position, Hash chain, @Nullable Hash entities) {}

  ReplicationRecorder(URI edge, ScopeId scope, String key) {
    this.edge = edge;
    this.address = edge.resolve("/v1/replication?scope=" + scope.text());
    this.key = key;
    this.reader =
        Thread.ofPlatform().daemon().name("replication-recorder").start(this::keepReading);
  }

  private void keepReading() {
    while (!closed) {
      try {
        readOnce();
      } catch (IOException e) {
        // The other side is dead now and then; that is what this is for.
        LockSupport.parkNanos(PAUSE_NANOS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void readOnce() throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .header("Authorization", "Bearer " + key)
            .header("Accept", "text/event-stream");
    synchronized (this) {
      if (!seen.isEmpty()) {
        request.header("Last-Event-ID", seen.getLast().position().text());
      }
    }
    HttpResponse<InputStream> response = http.send(request.build(), BodyHandlers.ofInputStream());
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      if (response.statusCode() != 200) {
        throw new IOException("status " + response.statusCode());
      }
      String event = "";
      for (String line = lines.readLine(); line != null && !closed; line = lines.readLine()) {
        if (line.startsWith("event:")) {
          event = line.substring(6).strip();
        } else if (line.startsWith("data:")) {
          take(event, line.substring(5).strip());
        }
      }
    }
  }

  private void take(String event, String data) throws IOException, InterruptedException {
    if (event.equals("entry")) {
      takeEntry(data);
    } else if (event.equals("snapshot-ref")) {
      takeSnapshot(JsonReader.read(data, JsonLimits.DEFAULT));
    }
  }

  private synchronized void takeEntry(String data) {
    int space = data.indexOf(' ');
    CommittedEntry entry = Entry.read(data.substring(space + 1).getBytes(StandardCharsets.UTF_8));
    Hash said = new Hash(data.substring(0, space));
    Hash before = seen.isEmpty() ? Hash.ZERO : seen.getLast().chain();
    if (!entry.hash().equals(said) || !entry.entry().previous().equals(before)) {
      violations.add("entry " + entry + " does not follow " + before);
    }
    add(new Seen(entry.position(), entry.hash(), null));
  }

  private void takeSnapshot(Json reference) throws IOException, InterruptedException {
    String path =
        reference instanceof Json.Obj obj && obj.get("url") instanceof Json.Str url
            ? url.value()
            : "missing";
    HttpRequest request =
        HttpRequest.newBuilder(edge.resolve(path)).header("Authorization", "Bearer " + key).build();
    HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new IOException("snapshot: status " + response.statusCode());
    }
    ScopeState state = ScopeSnapshot.decode(response.body());
    synchronized (this) {
      add(new Seen(state.position(), state.chain(), state.entities().root()));
    }
  }

  private void add(Seen next) {
    if (!seen.isEmpty() && !seen.getLast().position().isBefore(next.position())) {
      violations.add("the edge went from " + seen.getLast().position() + " to " + next.position());
    }
    seen.add(next);
  }

  synchronized List<Seen> seen() {
    return List.copyOf(seen);
  }

  /** 0 before the first. */
  synchronized long revision() {
    return seen.isEmpty() ? 0 : seen.getLast().position().revision();
  }

  synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    http.shutdownNow();
    reader.interrupt();
    reader.join();
  }
}
