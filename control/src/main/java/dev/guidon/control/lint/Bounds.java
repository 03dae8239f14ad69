package dev.guidon.control.lint;

import org.jspecify.annotations.Nullable;

/** What is left between bounds of one order. */
final class Bounds<T extends Comparable<? super T>> {
  private @Nullable T low;
  private boolean lowOpen;
  private @Nullable T high;
  private boolean highOpen;

  void atLeast(T bound, boolean open) {
    int compared = low == null ? -1 : low.compareTo(bound);
    if (compared < 0 || (compared == 0 && open)) {
      low = bound;
      lowOpen = open;
    }
  }

  void atMost(T bound, boolean open) {
    int compared = high == null ? 1 : high.compareTo(bound);
    if (compared > 0 || (compared == 0 && open)) {
      high = bound;
      highOpen = open;
    }
  }

  /** Whether surely nothing is left. Two bounds without anything between them are not seen. */
  boolean isEmpty() {
    if (low == null || high == null) {
      return false;
    }
    int compared = low.compareTo(high);
    return compared > 0 || (compared == 0 && (lowOpen || highOpen));
  }

  /** The one value that is left, or {@code null} when there are more or none. */
  @Nullable T only() {
    return low != null && high != null && low.compareTo(high) == 0 && !lowOpen && !highOpen
        ? low
        : null;
  }
}
