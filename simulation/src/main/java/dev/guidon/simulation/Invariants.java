package dev.guidon.simulation;

import dev.guidon.engine.Context;
import dev.guidon.engine.Outcome;
import dev.guidon.engine.Ruleset;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeState;
import dev.guidon.model.View;
import dev.guidon.simulation.Violation.Invariant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Looks at everyone after every event, and at the end. */
final class Invariants {
  /**
   * Someone without anything, someone ordinary, someone whose attributes are of unexpected types.
   */
  private static final List<Context> CONTEXTS =
      List.of(
          Context.EMPTY,
          Context.builder().targetingKey("u7").put("country", "DE").put("version", "1.9.9").build(),
          Context.builder().targetingKey("u21").put("country", "de").put("plan", "pro").build(),
          Context.builder()
              .targetingKey("\uD800")
              .put("country", 7.5)
              .put("version", List.of("2.1.0", "x"))
              .build());

  private record Seen(long life, Position position, long applied) {}

  private final World world;
  private final Bug bug;
  private final Reference reference;
  private final List<SimEdge> edges;
  private final List<SimSdk> sdks;
  private final Map<String, Seen> seen = new HashMap<>();
  private final Map<String, Position> safe = new HashMap<>();
  private long referenceVersion = -1;
  private long evaluations;

  Invariants(World world, Bug bug, Reference reference, List<SimEdge> edges, List<SimSdk> sdks) {
    this.world = world;
    this.bug = bug;
    this.reference = reference;
    this.edges = edges;
    this.sdks = sdks;
  }

  long evaluations() {
    return evaluations;
  }

  void check() {
    if (reference.version() != referenceVersion) {
      referenceVersion = reference.version();
      checkLog();
    }
    edges.forEach(this::checkEdge);
    sdks.forEach(this::checkSdk);
  }

  private void checkLog() {
    CommittedEntry lost = reference.lost();
    if (lost != null) {
      throw broken(
          Invariant.ACKNOWLEDGED_IS_KEPT,
          "entry " + lost.position() + " was acknowledged and is not in the log");
    }
    if (reference.repeatedKey() != null) {
      throw broken(Invariant.KEY_HAPPENS_ONCE, "key " + reference.repeatedKey());
    }
  }

  private void checkEdge(SimEdge edge) {
    ScopeState state = edge.state();
    Position told = edge.acknowledged();
    Position toldBefore = safe.get(edge.name());
    Seen before = seen.get(edge.name());
    boolean restarted = before != null && before.life() != edge.life() && edge.isUp();
    if (restarted
        && toldBefore != null
        && (state == null || state.position().isBefore(toldBefore))) {
      throw broken(
          Invariant.DURABLE_BEFORE_ACKNOWLEDGED,
          edge.name()
              + " came back at "
              + (state == null ? "nothing" : state.position())
              + " after it had acknowledged "
              + toldBefore);
    }
    if (told != null) {
      safe.put(edge.name(), told);
    }
    if (state == null
        || (before != null
            && before.position().equals(state.position())
            && before.life() == edge.life())) {
      return;
    }
    ScopeState truth = reference.state(state.position());
    if (state.position().revision() > 0
        && (truth == null || !truth.chain().equals(state.chain()))) {
      throw broken(
          Invariant.PREFIX,
          edge.name() + " at " + state.position() + " holds what the log never held");
    }
    notBack(edge.name(), before, edge.life(), state.position());
    seen.put(edge.name(), new Seen(edge.life(), state.position(), 0));
  }

  private void checkSdk(SimSdk sdk) {
    View view = sdk.served();
    Ruleset ruleset = sdk.ruleset();
    Seen before = seen.get(sdk.name());
    if (view == null || ruleset == null || (before != null && before.applied() == sdk.applied())) {
      return;
    }
    View truth = reference.view(view.position());
    if (truth == null || !truth.hash().equals(view.hash())) {
      throw broken(
          Invariant.VIEW_HASH,
          sdk.name() + " at " + view.position() + " holds another view than the log's");
    }
    notBack(sdk.name(), before, sdk.life(), view.position());
    seen.put(sdk.name(), new Seen(sdk.life(), view.position(), sdk.applied()));
    Ruleset wanted = Objects.requireNonNull(reference.ruleset(view.position()));
    for (int f = 0; f < SimClient.FLAGS + 1; f++) {
      for (Context context : CONTEXTS) {
        sameAnswer(sdk, ruleset, wanted, "f" + f, context);
      }
    }
  }

  private void notBack(String name, @Nullable Seen before, long life, Position now) {
    if (before != null && before.life() == life && now.isBefore(before.position())) {
      throw broken(Invariant.NEVER_BACK, name + " went from " + before.position() + " to " + now);
    }
  }

  private void sameAnswer(
      SimSdk sdk, Ruleset ruleset, Ruleset wanted, String flag, Context context) {
    evaluations++;
    Outcome outcome;
    try {
      outcome = decide(ruleset, flag, context);
    } catch (RuntimeException e) {
      throw broken(Invariant.TOTAL_EVALUATION, sdk.name() + " threw " + e + " for " + flag);
    }
    Outcome right = wanted.decide(flag, context, world.nowMicros());
    boolean same =
        Objects.equals(outcome.variant(), right.variant())
            && Objects.equals(outcome.value(), right.value())
            && Objects.equals(outcome.error(), right.error());
    if (sdk.isComplete() && !same) {
      throw broken(
          Invariant.SAME_ANSWER, sdk.name() + " answers " + outcome + " (expected: " + right + ")");
    }
  }

  private Outcome decide(Ruleset ruleset, String flag, Context context) {
    Context asked = context;
    if (bug == Bug.EVALUATION_THROWS) {
      Objects.requireNonNull(context.attribute("country"), "country");
    }
    if (bug == Bug.EVALUATION_DIFFERS && context.attribute("country") instanceof String country) {
      asked =
          context.toBuilder().put("country", country.toUpperCase(java.util.Locale.ROOT)).build();
    }
    return ruleset.decide(flag, asked, world.nowMicros());
  }

  // At the end.

  /** Whether everyone is where the log is. */
  boolean hasConverged(Position head) {
    return laggard(head) == null;
  }

  void checkConverged(Position head) {
    String laggard = laggard(head);
    if (laggard != null) {
      throw broken(
          Invariant.CONVERGENCE, laggard + " long after the last fault (expected: " + head + ")");
    }
  }

  private @Nullable String laggard(Position head) {
    for (SimEdge edge : edges) {
      ScopeState state = edge.state();
      if (state == null || !state.position().equals(head)) {
        return edge.name() + " is at " + (state == null ? "nothing" : state.position());
      }
    }
    for (SimSdk sdk : sdks) {
      View view = sdk.served();
      if (view == null || !view.position().equals(head) || !sdk.isComplete()) {
        return sdk.name()
            + " is at "
            + (view == null
                ? "nothing"
                : view.position() + (sdk.isComplete() ? "" : ", incomplete"));
      }
    }
    return null;
  }

  private Violation broken(Invariant invariant, String detail) {
    return new Violation(invariant, world.seed(), world.nowMicros(), detail);
  }
}
