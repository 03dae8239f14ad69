package dev.guidon.simulation;

/**
 * {@code simulate [--from N] [--seeds N]}: runs seeds one after the other and stops at the first
 * that fails.
 */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    long from = option(args, "--from", 1);
    long seeds = option(args, "--seeds", 300);
    System.exit(run(from, seeds) ? 0 : 1);
  }

  private static long option(String[] args, String name, long otherwise) {
    for (int i = 0; i + 1 < args.length; i++) {
      if (args[i].equals(name)) {
        return Long.parseLong(args[i + 1]);
      }
    }
    return otherwise;
  }

  private static boolean run(long from, long seeds) {
    long began = System.nanoTime();
    long events = 0;
    long commits = 0;
    long evaluations = 0;
    long virtual = 0;
    long eras = 0;
    for (long seed = from; seed < from + seeds; seed++) {
      try {
        Simulation.Result result = Simulation.run(seed, Bug.NONE);
        events += result.events();
        commits += result.committed();
        evaluations += result.evaluations();
        virtual += result.virtualMicros();
        eras += result.eras() - 1;
      } catch (RuntimeException e) {
        System.out.println("seed " + seed + " failed: " + e);
        e.printStackTrace(System.out);
        return false;
      }
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    System.out.printf(
        "CLAIM simulation-seeds: %d seeds, %d events, %d acknowledged commits, %d restores into a new era, %d evaluations, 0 violations; %.0f s, %.0f times real time%n",
        seeds, events, commits, eras, evaluations, seconds, virtual / 1e6 / seconds);
    return true;
  }
}
