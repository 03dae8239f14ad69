package dev.guidon.engine;

import dev.guidon.model.json.Json;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes an explanation of what it hears. One evaluation. */
final class ExplanationTrace implements Trace {
  /**
   * An evaluation within its limit of work has no more; a guard for the memory of whoever explains.
   */
  private static final int STEPS_MAX = 20_000;

  private final Deque<Open> open = new ArrayDeque<>();
  private final List<Explanation.Step> roots = new ArrayList<>();
  private int steps;

  @Override
  public void open(Explanation.Kind kind, Map<String, Json> facts) {
    open.push(new Open(kind, new HashMap<>(facts), new ArrayList<>()));
  }

  @Override
  public void note(String name, @Nullable Json value) {
    Open step = open.peek();
    if (step != null) {
      step.facts.put(name, value == null ? Json.NULL : value);
    }
  }

  @Override
  public void close(@Nullable Boolean passed) {
    Open done = open.poll();
    if (done == null || ++steps > STEPS_MAX) {
      return;
    }
    Open parent = open.peek();
    (parent == null ? roots : parent.inner)
        .add(new Explanation.Step(done.kind, done.facts, passed, done.inner));
  }

  /** Ends what an exception left open. */
  List<Explanation.Step> finish() {
    while (!open.isEmpty()) {
      close(null);
    }
    return roots;
  }

  private record Open(
      Explanation.Kind kind, Map<String, Json> facts, List<Explanation.Step> inner) {}
}
