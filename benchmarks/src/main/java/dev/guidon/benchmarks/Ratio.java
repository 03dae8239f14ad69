package dev.guidon.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * How many times one thing costs what another does: the ratio of the medians of paired forks, with
 * the middle 90 % of what 10,000 samples drawn from the pairs say (bootstrap, fixed seed), so that
 * {@code low} is the lower bound at 95 %.
 */
public record Ratio(double value, double low, double high, int forks) {
  private static final int SAMPLES = 10_000;

  /** Pairs by position; what one list has more is left out. */
  public static Ratio of(List<Double> ours, List<Double> theirs) {
    int n = Math.min(ours.size(), theirs.size());
    if (n == 0) {
      return new Ratio(Double.NaN, Double.NaN, Double.NaN, 0);
    }
    SplittableRandom random = new SplittableRandom(20_261_122);
    double[] ratios = new double[SAMPLES];
    double[] a = new double[n];
    double[] b = new double[n];
    for (int s = 0; s < SAMPLES; s++) {
      for (int i = 0; i < n; i++) {
        int pick = random.nextInt(n);
        a[i] = ours.get(pick);
        b[i] = theirs.get(pick);
      }
      ratios[s] = median(a) / median(b);
    }
    Arrays.sort(ratios);
    return new Ratio(
        median(ours.subList(0, n)) / median(theirs.subList(0, n)),
        ratios[SAMPLES / 20],
        ratios[SAMPLES - 1 - SAMPLES / 20],
        n);
  }

  /** NaN of nothing. */
  public static double median(List<Double> values) {
    return median(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static double median(double[] values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** As 1.23 [1.20, 1.27]. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.2f [%.2f, %.2f]", value, low, high);
  }
}
