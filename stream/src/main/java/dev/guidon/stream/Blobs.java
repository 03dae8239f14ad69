package dev.guidon.stream;

import dev.guidon.model.Hash;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * Which blobs are being fetched. Few at a time; a blob that upstream does not have, or that fails
 * too often, is given up: nothing waits for it any more, and it is tried again, at first soon and
 * then less and less often. A blob may also be late: fetched, although nothing waits for it.
 */
final class Blobs<S> {
  private static final int AT_ONCE_MAX = 16;
  private static final int GIVEN_UP_MAX = 10_000;
  private static final long AGAIN_MICROS_MIN = 5_000_000L;
  private static final long AGAIN_MICROS_MAX = 300_000_000L;

  private final Predicate<Hash> isPresent;
  private final FollowerSettings settings;
  private final RandomGenerator random;
  private final Map<Hash, Integer> inFlight = new HashMap<>();
  private final Queue<Hash> queued = new ArrayDeque<>();
  private final Set<Hash> wanted = new HashSet<>();
  private final Map<Hash, Again> givenUp = new LinkedHashMap<>();
  private final Set<Hash> late = new HashSet<>();

  /** When to try again, and how long to leave it alone if that fails too. */
  private record Again(long atMicros, long pauseMicros) {}

  Blobs(Predicate<Hash> isPresent, FollowerSettings settings, RandomGenerator random) {
    this.isPresent = isPresent;
    this.settings = settings;
    this.random = random;
  }

  /** Those that have to be waited for. */
  Set<Hash> missing(Set<Hash> needed) {
    Set<Hash> missing = new TreeSet<>();
    for (Hash hash : needed) {
      if (!givenUp.containsKey(hash) && !isPresent.test(hash)) {
        missing.add(hash);
      }
    }
    return missing;
  }

  void want(Set<Hash> missing, int upstream, List<Output<S>> out) {
    for (Hash hash : missing) {
      if (wanted.add(hash)) {
        queued.add(hash);
      }
    }
    pump(upstream, out);
  }

  boolean isSettled(Hash hash) {
    return !wanted.contains(hash);
  }

  void arrived(Hash hash, int upstream, List<Output<S>> out) {
    inFlight.remove(hash);
    wanted.remove(hash);
    givenUp.remove(hash);
    if (late.remove(hash)) {
      out.add(new Output.BlobArrived<>(hash));
    }
    pump(upstream, out);
  }

  /** Nothing waits for these any more; they are fetched all the same, and their arrival is told. */
  void stopWaiting(Set<Hash> hashes, String reason, int upstream, List<Output<S>> out) {
    int count = 0;
    String one = "";
    for (Hash hash : hashes) {
      if (wanted.remove(hash)) {
        count++;
        one = hash.hex();
        beLate(hash);
      }
    }
    out.add(
        new Output.Report<>(
            Output.Code.BLOB_MISSING,
            count + " blobs, one of them " + one + ", are not here yet: " + reason));
    pump(upstream, out);
  }

  /** Fetches what nothing waits for. */
  void fetchLate(Set<Hash> missing, int upstream, List<Output<S>> out) {
    for (Hash hash : missing) {
      if (!wanted.contains(hash) && !late.contains(hash)) {
        beLate(hash);
        queued.add(hash);
      }
    }
    pump(upstream, out);
  }

  private void beLate(Hash hash) {
    // Beyond the bound it is fetched when a frame names it again.
    if (late.size() < GIVEN_UP_MAX) {
      late.add(hash);
    }
  }

  void giveUp(Hash hash, String reason, long nowMicros, int upstream, List<Output<S>> out) {
    inFlight.remove(hash);
    wanted.remove(hash);
    beLate(hash);
    Again before = givenUp.get(hash);
    if (before == null) {
      out.add(new Output.Report<>(Output.Code.BLOB_MISSING, "blob " + hash + ": " + reason));
    }
    long pause =
        before == null ? AGAIN_MICROS_MIN : Math.min(before.pauseMicros() * 2, AGAIN_MICROS_MAX);
    givenUp.put(hash, new Again(nowMicros + pause, pause));
    if (givenUp.size() > GIVEN_UP_MAX) {
      Hash oldest = givenUp.keySet().iterator().next();
      givenUp.remove(oldest);
      late.remove(oldest);
    }
    pump(upstream, out);
  }

  void failed(Hash hash, long nowMicros, int upstream, List<Output<S>> out) {
    Integer attempts = inFlight.get(hash);
    if (attempts == null) {
      return;
    }
    if (attempts >= settings.blobAttemptsMax() || givenUp.containsKey(hash)) {
      giveUp(hash, attempts + " attempts failed", nowMicros, upstream, out);
      return;
    }
    inFlight.put(hash, attempts + 1);
    long window =
        Math.min(settings.backoffMillis() << Math.min(attempts, 20), settings.backoffMillisCap());
    out.add(new Output.FetchBlob<>(hash, upstream, random.nextLong(window + 1)));
  }

  /**
   * What frames waited for that are forgotten need not be fetched either; what is under way may
   * still come.
   */
  void forgetQueued() {
    queued.removeIf(hash -> !late.contains(hash));
    wanted.removeIf(hash -> !inFlight.containsKey(hash));
  }

  void tick(long nowMicros, int upstream, List<Output<S>> out) {
    for (Map.Entry<Hash, Again> one : givenUp.entrySet()) {
      if (inFlight.size() >= AT_ONCE_MAX) {
        return;
      }
      if (nowMicros >= one.getValue().atMicros() && !inFlight.containsKey(one.getKey())) {
        ask(one.getKey(), upstream, out);
      }
    }
  }

  private void pump(int upstream, List<Output<S>> out) {
    while (inFlight.size() < AT_ONCE_MAX && !queued.isEmpty()) {
      Hash next = queued.remove();
      if (wanted.contains(next) || late.contains(next)) {
        ask(next, upstream, out);
      }
    }
  }

  private void ask(Hash hash, int upstream, List<Output<S>> out) {
    if (inFlight.putIfAbsent(hash, 1) == null) {
      out.add(new Output.FetchBlob<>(hash, upstream, /* afterMillis= */ 0));
    }
  }
}
