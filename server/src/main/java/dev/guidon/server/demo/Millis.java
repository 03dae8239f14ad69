package dev.guidon.server.demo;

import java.util.ArrayList;
import java.util.List;

/** Spans that were measured. */
final class Millis {
  private final List<Double> spans = new ArrayList<>();

  void add(long nanos) {
    spans.add(nanos / 1e6);
  }

  int count() {
    return spans.size();
  }

  double median() {
    List<Double> sorted = spans.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  double max() {
    return spans.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
  }
}
