package dev.guidon.server.durability;

import dev.guidon.model.json.Json;
import dev.guidon.server.demo.RestClient;
import java.io.IOException;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a flag of its own again and again, each write under a key of its own, and repeats a
 * write under the same key until it is acknowledged.
 */
final class Writer {
  private static final long THINK_NANOS_MAX = 30_000_000;
  private static final long RETRY_NANOS = 30_000_000;

  private final int number;
  private final RestClient api;
  private final String path;
  private final SplittableRandom random;
  private final AtomicBoolean open;
  private final Thread thread;

  /** Key → revision, as acknowledged. */
  private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();

  private final Map<String, Boolean> replayed = new ConcurrentHashMap<>();
  private final Map<String, Boolean> attempted = new ConcurrentHashMap<>();
  private volatile @Nullable String inFlight;
  private volatile @Nullable String failure;

  Writer(int number, RestClient api, String flagPath, SplittableRandom random, AtomicBoolean open) {
    this.number = number;
    this.api = api;
    this.path = flagPath;
    this.random = random;
    this.open = open;
    this.thread = Thread.ofPlatform().daemon().name("writer-" + number).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  void join() throws InterruptedException {
    thread.join();
  }

  private void run() {
    try {
      for (int n = 1; open.get(); n++) {
        write("writer-" + number + "-" + n, n);
        LockSupport.parkNanos(random.nextLong(THINK_NANOS_MAX));
      }
    } catch (InterruptedException e) {
      failure = "interrupted";
    }
  }

  private void write(String key, int n) throws InterruptedException {
    Json.Obj patch = Json.Obj.of("metadata", Json.Obj.of("write", Json.of(n)));
    attempted.put(key, true);
    while (failure == null) {
      inFlight = key;
      try {
        RestClient.Answer answer = api.send("PATCH", path, patch, Map.of("Idempotency-Key", key));
        if (answer.isSuccess() && answer.at("revision") instanceof Json.Num revision) {
          acknowledged.put(key, revision.longValue());
          replayed.put(key, Json.of(true).equals(answer.at("replayed")));
          inFlight = null;
          return;
        }
        if (answer.status() != 503) {
          failure = key + ": " + answer.status() + " " + answer.body();
        }
      } catch (IOException e) {
        // The server was killed under this request; nobody knows what became of it.
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
  }

  /**
   * The key of the write that was sent and is not acknowledged; {@code null} between two writes.
   */
  @Nullable String inFlight() {
    return inFlight;
  }

  boolean isAcknowledged(String key) {
    return acknowledged.containsKey(key);
  }

  /** Whether an acknowledged write had been in the log already when it was repeated. */
  boolean wasReplayed(String key) {
    return replayed.getOrDefault(key, false);
  }

  Map<String, Long> acknowledged() {
    return Map.copyOf(acknowledged);
  }

  Map<String, Boolean> attempted() {
    return Map.copyOf(attempted);
  }

  @Nullable String failure() {
    return failure;
  }
}
