package dev.guidon.benchmarks.eval;

import dev.guidon.model.json.Json;
import java.util.List;

/** Says what the forks show. */
final class Verdicts {
  private final List<Json.Obj> lines;

  Verdicts(List<Json.Obj> lines) {
    this.lines = lines;
  }

  void print() {
    System.out.println(lines.size() + " lines");
  }
}
