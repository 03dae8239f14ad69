package dev.guidon.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a rule gives to a context that it matches. */
public sealed interface Serve permits Serve.Fixed, Serve.Split, Serve.Learned {
  /** The total weight of every split, and the number of slots of every layer. */
  int WHOLE = 100_000;

  /** One variant, or the code default when {@code null}. */
  record Fixed(@Nullable String variant) implements Serve {}

  /**
   * Shares of the units, in fixed order: unit and salt decide, the same on every node and in every
   * SDK.
   *
   * @param salt {@code null}: the flag's salt
   */
  record Split(List<Share> shares, AttributeRef unit, @Nullable String salt) implements Serve {
    public Split {
      shares = List.copyOf(shares);
      long sum = 0;
      for (Share share : shares) {
        sum += share.weight();
      }
      if (sum != WHOLE) {
        throw new IllegalArgumentException(
            "weight sum: " + sum + " (expected: exactly " + WHOLE + ")");
      }
    }
  }

  /**
   * @param variant {@code null}: the code default
   * @param weight in 1/100,000 of the units, 0 to 100,000
   */
  record Share(@Nullable String variant, int weight) {
    public Share {
      if (weight < 0 || weight > WHOLE) {
        throw new IllegalArgumentException("weight: " + weight + " (expected: 0 to " + WHOLE + ")");
      }
    }
  }

  /** A learned policy chooses; an engine that cannot follow it serves the fallback. */
  record Learned(String policy, @Nullable String fallback) implements Serve {}
}
