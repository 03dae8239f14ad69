package dev.guidon.server.durability;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Entry;
import dev.guidon.model.Hash;
import dev.guidon.model.ScopeId;
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

/** Reads a replication stream as an edge does, reconnects with the last id, and keeps what came, in order. */
final class ReplicationRecorder implements AutoCloseable {
  private static final long PAUSE_NANOS = 50_000_000;

  private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI address;
  private final String key;
  private final List<CommittedEntry> entries = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private final Thread reader;
  private volatile boolean closed;

  ReplicationRecorder(URI edge, ScopeId scope, String key) {
    this.address = edge.resolve("/v1/replication?scope=" + scope.text());
    this.key = key;
    this.reader = Thread.ofPlatform().daemon().name("replication-recorder").start(this::keepReading);
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
        HttpRequest.newBuilder(address).header("Authorization", "Bearer " + key).header("Accept", "text/event-stream");
    synchronized (this) {
      if (!entries.isEmpty()) {
        request.header("Last-Event-ID", entries.getLast().position().text());
      }
    }
    HttpResponse<InputStream> response = http.send(request.build(), BodyHandlers.ofInputStream());
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
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

  private synchronized void take(String event, String data) {
    if (event.startsWith("snapshot")) {
      violations.add("a snapshot instead of entries after " + (entries.isEmpty() ? "nothing" : entries.getLast()));
    } else if (event.equals("entry")) {
      int space = data.indexOf(' ');
      CommittedEntry entry = Entry.read(data.substring(space + 1).getBytes(StandardCharsets.UTF_8));
      Hash said = new Hash(data.substring(0, space));
      Hash before = entries.isEmpty() ? Hash.ZERO : entries.getLast().hash();
      long expected = entries.isEmpty() ? 1 : entries.getLast().position().revision() + 1;
      if (!entry.hash().equals(said) || !entry.entry().previous().equals(before) || entry.position().revision() != expected) {
        violations.add("entry " + entry + " does not follow revision " + (expected - 1));
      }
      entries.add(entry);
    }
  }

  synchronized List<CommittedEntry> entries() {
    return List.copyOf(entries);
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
