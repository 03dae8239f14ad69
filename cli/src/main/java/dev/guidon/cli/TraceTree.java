package dev.guidon.cli;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Draws an explanation as a tree: every question the evaluation asked, in its order, with what it
 * found and whether it held. Steps of a kind that this program does not know are shown as JSON.
 */
final class TraceTree {
  /** Longer labels push their own line out instead of everybody's. */
  private static final int COLUMN_CHARS_MAX = 60;

  private final List<Row> rows = new ArrayList<>();
  private final Ink ink;

  /**
   * @param mark whether it held, or empty
   */
  private record Row(String label, String found, String mark) {}

  private TraceTree(Ink ink) {
    this.ink = ink;
  }

  static List<String> lines(Json explanation, Ink ink) {
    TraceTree tree = new TraceTree(ink);
    List<Json.Obj> roots = Members.objects(explanation, "steps");
    // The first step is the flag itself, which the heading has named.
    boolean headed = roots.size() == 1 && "flag".equals(Members.string(roots.getFirst(), "step"));
    tree.steps(headed ? Members.objects(roots.getFirst(), "steps") : roots, "");
    return tree.lines();
  }

  private List<String> lines() {
    int labels = width(rows.stream().map(Row::label).toList());
    int founds = width(rows.stream().map(Row::found).toList());
    return rows.stream()
        .map(row ->
            (padded(row.label(), labels) + "  " + padded(row.found(), founds) + "  " + row.mark())
                .stripTrailing())
        .toList();
  }

  private static int width(List<String> texts) {
    int widest = texts.stream().mapToInt(TraceTree::length).max().orElse(0);
    return Math.min(COLUMN_CHARS_MAX, widest);
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - length(text)));
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /** The answer in one line: {@code checkout = true}, with its variant and reason. */
  static String answer(Json explanation) {
    String variant = Members.string(explanation, "variant");
    String error = Members.string(explanation, "error");
    String detail = Members.string(explanation, "detail");
    String rule = Members.string(explanation, "rule");
    Json value = Members.at(explanation, "value");
    return Members.text(explanation, "flag")
        + " = "
        + (value == null || value instanceof Json.Null
            ? "(code default)"
            : CanonicalJson.text(value))
        + "  "
        + (variant == null ? "" : "variant " + variant + ", ")
        + Members.text(explanation, "reason")
        + (rule == null ? "" : " by rule " + rule)
        + (error == null ? "" : " " + error)
        + (detail == null ? "" : " (" + detail + ")");
  }

  private void steps(List<Json.Obj> steps, String indent) {
    for (int i = 0; i < steps.size(); i++) {
      boolean isLast = i == steps.size() - 1;
      Json.Obj step = steps.get(i);
      line(indent + (isLast ? "└ " : "├ "), step);
      steps(Members.objects(step, "steps"), indent + (isLast ? "  " : "│ "));
    }
  }

  private void line(String branch, Json.Obj step) {
    rows.add(
        new Row(
            branch + Table.clean(label(step)), Table.clean(found(step)), mark(step.get("passed"))));
  }

  private String mark(@Nullable Json passed) {
    if (!(passed instanceof Json.Bool held)) {
      return "";
    }
    return held.value() ? ink.green("✓") : ink.red("✗");
  }

  private static String label(Json.Obj step) {
    String kind = Members.text(step, "step");
    return switch (kind) {
      case "flag" -> "flag " + Members.text(step, "flag");
      case "prerequisite" ->
          "prerequisite "
              + Members.text(step, "flag")
              + " serves "
              + either(Members.strings(step, "variants"));
      case "target" -> "target " + Members.text(step, "variant");
      case "rule" ->
          "rule " + (Members.whole(step, "index") + 1) + "  " + Members.text(step, "rule");
      case "window" -> "window " + bound(step, "from", "…") + " to " + bound(step, "until", "…");
      case "layer" -> "layer slots " + Members.text(step, "ranges");
      case "all" -> "all of";
      case "any" -> "any of";
      case "not" -> "not";
      case "test" -> "clause " + test(step);
      case "segment" ->
          "segment "
              + (Members.isTrue(step, "negate") ? "not " : "")
              + Members.text(step, "segment");
      case "default" -> "default";
      case "split" -> "split " + shares(step);
      default -> CanonicalJson.text(step.without("steps").without("passed"));
    };
  }

  private static String bound(Json.Obj step, String name, String open) {
    String text = Members.string(step, name);
    return text == null ? open : text;
  }

  private static String test(Json.Obj step) {
    String kind = Members.string(step, "kind");
    long count = Members.whole(step, "valuesCount");
    Json values = step.get("values");
    return (kind == null || kind.equals("user") ? "" : kind + ".")
        + Members.text(step, "attribute")
        + (Members.isTrue(step, "negate") ? " not " : " ")
        + Members.text(step, "op")
        + (values == null ? "" : " " + CanonicalJson.text(values))
        + (count < 0 ? "" : " … " + count + " values")
        + (Members.isTrue(step, "ignoreCase") ? " ignoring case" : "");
  }

  private static String shares(Json.Obj step) {
    List<String> shares =
        Members.objects(step, "shares").stream()
            .map(share -> {
              String variant = Members.string(share, "variant");
              long weight = Members.whole(share, "to") - Members.whole(share, "from");
              return (variant == null ? "(code default)" : variant)
                  + " "
                  + DocumentDiff.percent(weight);
            })
            .toList();
    return String.join(", ", shares);
  }

  /** What stood against the question. */
  private static String found(Json.Obj step) {
    return switch (Members.text(step, "step")) {
      case "test" -> {
        Json actual = step.get("actual");
        yield actual == null || actual instanceof Json.Null
            ? "(attribute missing)"
            : CanonicalJson.text(actual);
      }
      case "target" ->
          Members.string(step, "unit") == null ? "(unit missing)" : Members.text(step, "unit");
      case "segment" ->
          Members.string(step, "list") == null
              ? ""
              : Members.text(step, "unit") + " is " + Members.text(step, "list");
      case "window" -> "now " + Members.text(step, "now");
      case "layer" ->
          Members.whole(step, "slot") < 0 ? "(unit missing)" : "slot " + Members.text(step, "slot");
      case "split" -> bucket(step);
      case "flag" ->
          "variant "
              + DocumentDiff.shown(step.get("variant"))
              + ", "
              + Members.text(step, "reason");
      default -> "";
    };
  }

  private static String bucket(Json.Obj step) {
    long bucket = Members.whole(step, "bucket");
    if (bucket < 0) {
      return "(unit missing)";
    }
    for (Json.Obj share : Members.objects(step, "shares")) {
      long from = Members.whole(share, "from");
      long to = Members.whole(share, "to");
      if (bucket >= from && bucket < to) {
        return "bucket " + bucket + " in " + from + "–" + (to - 1);
      }
    }
    return "bucket " + bucket;
  }

  private static String either(List<String> names) {
    return String.join(" or ", names);
  }
}
