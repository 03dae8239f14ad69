package dev.guidon.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Feeds a target until something is found or enough has been tried. One seed decides every input,
 * as far as the target itself is the same in every run.
 *
 * <p>An input that reaches a place where none has been before joins those that later ones are made
 * of. What is thrown is a finding, and so is an input that takes too long or too much memory; a
 * finding is made small before it is told.
 */
final class Loop {
  private static final int CORPUS_MAX = 20_000;
  private static final int SMALLER_TRIES = 3_000;
  private static final long SMALLER_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

  /**
   * Of computing, so that a busy machine is no finding; what is caught here is what grows without
   * bound.
   */
  private static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

  private static final long HANG_MILLIS = 60_000;
  private static final long BYTES_MAX = 256L << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Kind kind;
  private final long seed;
  private final long executions;
  private final @Nullable Planted bug;
  private final Map<String, Long> outcomes = new TreeMap<>();
  private final List<byte[]> corpus = new ArrayList<>();
  private volatile List<byte[]> running = List.of();

  /** When what runs now has begun; 0 between two inputs, and while the target is being made. */
  private volatile long since;

  private volatile @Nullable Summary summary;
  private volatile @Nullable Throwable failure;
  private volatile long done;

  Loop(Kind kind, long seed, long executions, @Nullable Planted bug) {
    this.kind = kind;
    this.seed = seed;
    this.executions = executions;
    this.bug = bug;
  }

  /** Runs on a thread of its own, so that an input that never ends is found as well. */
  Summary run() {
    long started = System.nanoTime();
    Thread worker = Thread.ofPlatform().daemon().name("fuzz-" + kind.text()).start(this::work);
    try {
      while (!worker.join(java.time.Duration.ofMillis(200))) {
        long begun = since;
        if (begun != 0 && System.nanoTime() - begun > TimeUnit.MILLISECONDS.toNanos(HANG_MILLIS)) {
          return hung(worker, started);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    Summary result = summary;
    if (result == null) {
      throw new IllegalStateException(kind.text() + ": the loop itself failed", failure);
    }
    return result;
  }

  private Summary hung(Thread worker, long started) {
    AssertionError stuck = new AssertionError("not done within " + HANG_MILLIS + " ms");
    stuck.setStackTrace(worker.getStackTrace());
    byte[] input = running.isEmpty() ? new byte[0] : running.get(0);
    return new Summary(
        kind.text(),
        seed,
        done,
        done,
        (System.nanoTime() - started) / 1e9,
        corpus.size(),
        new TreeMap<>(outcomes),
        new Coverage(Map.of(), new Coverage.Part(0, 0, 0, 0)),
        new Finding(kind.text(), seed, done, stuck, input));
  }

  private void work() {
    try {
      Probed.Measured measured = new Probed.Measured(kind.measured());
      Probed loader = new Probed(measured, bug);
      Thread.currentThread().setContextClassLoader(loader);
      Probes probes = loader.probes();
      try (Target target = loader.target(kind.target())) {
        long started = System.nanoTime();
        Finding finding = fuzz(target, probes);
        summary =
            new Summary(
                kind.text(),
                seed,
                target.executions(done),
                done,
                (System.nanoTime() - started) / 1e9,
                corpus.size(),
                outcomes,
                Coverage.of(measured, probes.store()),
                finding);
      } finally {
        loader.forget();
      }
    } catch (Throwable e) {
      failure = e;
    }
  }

  private @Nullable Finding fuzz(Target target, Probes probes) {
    Random random = new Random(seed);
    Mutator mutator = new Mutator(random, target.words());
    List<byte[]> seeds = target.seeds();
    corpus.addAll(seeds);
    int seen = 0;
    int planted = 0;
    long tried = 0;
    while (target.executions(tried) < executions) {
      List<byte[]> inputs = new ArrayList<>();
      for (int i = target.lot(); i > 0; i--) {
        inputs.add(planted < seeds.size() ? seeds.get(planted++) : input(target, mutator, random));
      }
      Throwable thrown = tryAll(target, inputs, /* counts= */ true);
      if (thrown != null) {
        return finding(target, inputs, thrown);
      }
      tried += inputs.size();
      done = tried;
      int hits = probes.hits();
      if (hits > seen) {
        seen = hits;
        if (corpus.size() < CORPUS_MAX) {
          corpus.addAll(inputs);
        }
      }
    }
    return null;
  }

  private byte[] input(Target target, Mutator mutator, Random random) {
    if (random.nextInt(target.freshOneIn()) == 0) {
      byte[] fresh = target.fresh(random);
      return random.nextBoolean() ? fresh : mutator.mutate(fresh, corpus);
    }
    // The newest know most of the code, the oldest are the purest: half from the last tenth.
    int size = corpus.size();
    int at = random.nextBoolean() ? random.nextInt(size) : size - 1 - random.nextInt(size / 10 + 1);
    return mutator.mutate(corpus.get(at), corpus);
  }

  private @Nullable Throwable tryAll(Target target, List<byte[]> inputs, boolean counts) {
    running = inputs;
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    long cpu = THREADS.getCurrentThreadCpuTime();
    since = System.nanoTime();
    try {
      target.runAll(
          inputs,
          outcome -> {
            if (counts) {
              outcomes.merge(outcome, 1L, Long::sum);
            }
          });
    } catch (Throwable e) {
      return e;
    } finally {
      since = 0;
    }
    long nanos = THREADS.getCurrentThreadCpuTime() - cpu;
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - bytes;
    if (nanos > NANOS_MAX * inputs.size()) {
      return new AssertionError("took " + nanos / 1_000_000 + " ms of computing");
    }
    return allocated > BYTES_MAX * inputs.size()
        ? new AssertionError("allocated " + allocated + " bytes")
        : null;
  }

  private Finding finding(Target target, List<byte[]> inputs, Throwable thrown) {
    byte[] culprit = inputs.get(0);
    Throwable last = thrown;
    if (inputs.size() > 1) {
      for (byte[] input : inputs) {
        Throwable alone = tryAll(target, List.of(input), /* counts= */ false);
        if (alone != null) {
          culprit = input;
          last = alone;
          break;
        }
      }
    }
    return smaller(target, culprit, last);
  }

  /** Leaves out ever smaller parts as long as the same kind of thing is thrown. */
  private Finding smaller(Target target, byte[] input, Throwable thrown) {
    byte[] best = input;
    Throwable last = thrown;
    int tries = 0;
    long end = System.nanoTime() + SMALLER_NANOS_MAX;
    for (int part = Math.max(1, best.length / 2); part >= 1; part /= 2) {
      for (int at = 0; at < best.length && tries < SMALLER_TRIES && System.nanoTime() < end; ) {
        byte[] less = Mutator.replace(best, at, Math.min(part, best.length - at), new byte[0]);
        tries++;
        Throwable again = tryAll(target, List.of(less), /* counts= */ false);
        if (again != null && again.getClass().equals(last.getClass())) {
          best = less;
          last = again;
        } else {
          at += part;
        }
      }
    }
    return new Finding(kind.text(), seed, done, last, Arrays.copyOf(best, best.length));
  }
}
