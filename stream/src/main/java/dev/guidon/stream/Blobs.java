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
 * too often, is given up: nothing waits for it any more, and it is tried again now and then.
 */
final class Blobs<S> {
  private static final int AT_ONCE_MAX = 16;
  private static final int GIVEN_UP_MAX = 10_000;
  private static final long AGAIN_MICROS = 300_000_000L;

  private final Predicate<Hash> isPresent;
  private final FollowerSettings settings;
  private final RandomGenerator random;
  private final Map<Hash, Integer> inFlight = new HashMap<>();
  private final Queue<Hash> queued = new ArrayDeque<>();
  private final Set<Hash> wanted = new HashSet<>();
  private final Map<Hash, Long> givenUp = new LinkedHashMap<>();
  private final Set<Hash> late = new HashSet<>();

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

  void giveUp(Hash hash, String reason, long nowMicros, int upstream, List<Output<S>> out) {
    inFlight.remove(hash);
    boolean wasWaitedFor = wanted.remove(hash);
    if (late.add(hash) && wasWaitedFor) {
      out.add(new Output.Report<>(Output.Code.BLOB_MISSING, "blob " + hash + ": " + reason));
    }
    givenUp.put(hash, nowMicros);
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
    if (attempts >= settings.blobAttemptsMax() || late.contains(hash)) {
      giveUp(hash, attempts + " attempts failed", nowMicros, upstream, out);
      return;
    }
    inFlight.put(hash, attempts + 1);
    long window =
        Math.min(settings.backoffMillis() << Math.min(attempts, 20), settings.backoffMillisCap());
    out.add(new Output.FetchBlob<>(hash, upstream, random.nextLong(window + 1)));
  }

  /**
   * What nobody waits for any more need not be fetched either; what is under way may still come.
   */
  void forgetQueued() {
    queued.forEach(wanted::remove);
    queued.clear();
  }

  void tick(long nowMicros, int upstream, List<Output<S>> out) {
    for (Map.Entry<Hash, Long> one : givenUp.entrySet()) {
      if (inFlight.size() >= AT_ONCE_MAX) {
        return;
      }
      if (nowMicros - one.getValue() >= AGAIN_MICROS && !inFlight.containsKey(one.getKey())) {
        one.setValue(nowMicros);
        ask(one.getKey(), upstream, out);
      }
    }
  }

  private void pump(int upstream, List<Output<S>> out) {
    while (inFlight.size() < AT_ONCE_MAX && !queued.isEmpty()) {
      ask(queued.remove(), upstream, out);
    }
  }

  private void ask(Hash hash, int upstream, List<Output<S>> out) {
    if (inFlight.putIfAbsent(hash, 1) == null) {
      out.add(new Output.FetchBlob<>(hash, upstream, /* afterMillis= */ 0));
    }
  }
}
