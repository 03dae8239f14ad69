package dev.guidon.engine;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Why a flag answers what it answers: the steps of the very evaluation that serves, in their order.
 * What the evaluation did not look at is not here.
 *
 * @param steps empty when the flag is not there
 */
public record Explanation(Outcome outcome, int bucket, List<Step> steps) {
  public Explanation {
    steps = List.copyOf(steps);
  }

  /** What a step is about. */
  public enum Kind {
    FLAG,
    PREREQUISITE,
    TARGET,
    RULE,
    WINDOW,
    LAYER,
    ALL,
    ANY,
    NOT,
    TEST,
    SEGMENT,
    DEFAULT,
    SPLIT
  }

  /**
   * @param facts what was asked (an attribute, an operator, values, a window, shares) and what was
   *     found (the actual value, a bucket), as JSON
   * @param passed whether it held; {@code null} for a step that is not a question, or that was not
   *     finished
   */
  public record Step(
      Kind kind, Map<String, Json> facts, @Nullable Boolean passed, List<Step> steps) {
    public Step {
      facts = java.util.Collections.unmodifiableMap(new TreeMap<>(facts));
      steps = List.copyOf(steps);
    }

    public Json.Obj toJson() {
      Json.Obj.Builder out = Json.Obj.builder().put("step", kind.name().toLowerCase(Locale.ROOT));
      if (passed != null) {
        out.put("passed", (boolean) passed);
      }
      facts.forEach((name, value) ->
          out.put(name.equals("step") || name.equals("passed") ? "_" + name : name, value));
      if (!steps.isEmpty()) {
        out.put("steps", new Json.Arr(steps.stream().map(step -> (Json) step.toJson()).toList()));
      }
      return out.build();
    }
  }

  public Json.Obj toJson() {
    return Json.Obj.builder()
        .put("flag", Values.text(outcome.flag()))
        .put("flagVersion", (double) outcome.flagVersion())
        .put("variant", outcome.variant() == null ? Json.NULL : Json.of(outcome.variant()))
        .put("value", outcome.value() == null ? Json.NULL : outcome.value())
        .put("reason", outcome.reason().name())
        .putIfPresent("error", outcome.error() == null ? null : outcome.error().name())
        .putIfPresent("detail", outcome.detail())
        .putIfPresent("rule", outcome.ruleId())
        .put("ruleIndex", (double) outcome.ruleIndex())
        .put("bucket", (double) bucket)
        .put("steps", new Json.Arr(steps.stream().map(step -> (Json) step.toJson()).toList()))
        .build();
  }

  @Override
  public String toString() {
    return CanonicalJson.text(toJson());
  }
}
