package dev.guidon.conformance;

import java.util.ArrayList;
import java.util.List;

/** Asks an evaluator every question of every suite. */
public final class Runner {
  private Runner() {}

  /**
   * @param number the case's place in its suite, from 0
   */
  public record Result(Suite suite, int number, Suite.Case asked, Answer found) {
    public boolean passed() {
      return found.equals(asked.expected());
    }

    @Override
    public String toString() {
      return suite.name()
          + " case "
          + number
          + ": "
          + asked.question()
          + "\n  expected "
          + asked.expected()
          + "\n  found    "
          + found;
    }
  }

  public static List<Result> run(List<Suite> suites, Evaluator evaluator) {
    List<Result> results = new ArrayList<>();
    for (Suite suite : suites) {
      for (int i = 0; i < suite.cases().size(); i++) {
        Suite.Case one = suite.cases().get(i);
        Answer found = evaluator.answer(suite.scene(), one.question());
        results.add(new Result(suite, i, one, found));
      }
    }
    return results;
  }
}
