package dev.guidon.model;

import java.util.List;

/**
 * Slots of units, handed out to rules so that no unit meets two of them.
 *
 * @param ranges disjoint
 */
public record Layer(LayerKey key, String salt, AttributeRef unit, List<Range> ranges) {
  public Layer {
    ranges = List.copyOf(ranges);
  }

  /**
   * @param from first slot, 0 to 99,999
   * @param to first slot after the range, at most 100,000
   */
  public record Range(FlagKey flag, String rule, int from, int to) {
    public Range {
      if (from < 0 || to <= from || to > Serve.WHOLE) {
        throw new IllegalArgumentException(
            "range: " + from + " to " + to + " (expected: 0 <= from < to <= " + Serve.WHOLE + ")");
      }
    }

    public boolean overlaps(Range other) {
      return from < other.to && other.from < to;
    }
  }
}
