package dev.guidon.engine;

import dev.guidon.model.FlagKey;
import dev.guidon.model.Layer;

/**
 * A compiled layer.
 *
 * @param isStale compiled from an older version than the view has
 */
record LayerProgram(Layer layer, Bucketing bucketing, boolean isStale) {

  /**
   * Pairs of first slot and first slot after that a rule owns, or {@code null} when the layer does
   * not gate it.
   */
  int @org.jspecify.annotations.Nullable [] slotsOf(FlagKey flag, String rule) {
    int[] slots =
        layer.ranges().stream()
            .filter(range -> range.flag().equals(flag) && range.rule().equals(rule))
            .flatMapToInt(range -> java.util.stream.IntStream.of(range.from(), range.to()))
            .toArray();
    return slots.length == 0 ? null : slots;
  }
}
