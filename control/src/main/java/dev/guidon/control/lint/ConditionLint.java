package dev.guidon.control.lint;

import dev.guidon.model.Condition;
import dev.guidon.model.ConditionFormat;
import dev.guidon.model.json.CanonicalJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One condition: whole, and part by part as long as the whole is in order. */
final class ConditionLint {
  static final String A_LIST = "an attribute is a list that holds a value for each test";
  private static final int SHOWN_CHARS_MAX = 160;

  private final Logic logic;
  private final Linter.Found found;

  ConditionLint(Logic logic, Linter.Found found) {
    this.logic = logic;
    this.found = found;
  }

  void run(String pointer, @Nullable Condition condition) {
    if (condition == null || contradiction(pointer, condition)) {
      return;
    }
    if (logic.isImpossible(List.of(Logic.Goal.unmet(condition)), /* single= */ false)) {
      found.add(
          LintRule.ALWAYS_TRUE_CONDITION,
          pointer,
          "every context meets " + shown(condition),
          "Leave the condition out, or mend the test that was meant to be narrower.");
      return;
    }
    switch (condition) {
      case Condition.All all -> parts(pointer + "/all/", all.parts());
      case Condition.Any any -> parts(pointer + "/any/", any.parts());
      case Condition.Not not -> run(pointer + "/not", not.part());
      case Condition.Test test -> {}
      case Condition.InSegment in -> {}
    }
  }

  private void parts(String pointer, List<Condition> parts) {
    for (int i = 0; i < parts.size(); i++) {
      run(pointer + i, parts.get(i));
    }
  }

  private boolean contradiction(String pointer, Condition condition) {
    Logic.Goal met = Logic.Goal.met(condition);
    boolean never = logic.isImpossible(List.of(met), /* single= */ false);
    if (never || logic.isImpossible(List.of(met), /* single= */ true)) {
      say(found, pointer, condition, never);
      return true;
    }
    return false;
  }

  static void say(Linter.Found found, String pointer, Condition condition, boolean never) {
    found.add(
        LintRule.CONTRADICTORY_CONDITION,
        pointer,
        "nothing meets " + shown(condition),
        "Mend the test that excludes the others, or put the tests under any.",
        never ? null : A_LIST);
  }

  static String shown(Condition condition) {
    String text = CanonicalJson.text(ConditionFormat.write(condition));
    return text.length() <= SHOWN_CHARS_MAX ? text : text.substring(0, SHOWN_CHARS_MAX) + "…";
  }
}
