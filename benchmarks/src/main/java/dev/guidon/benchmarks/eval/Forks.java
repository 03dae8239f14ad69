package dev.guidon.benchmarks.eval;

import dev.guidon.benchmarks.Ratio;
import dev.guidon.benchmarks.Results;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** What the forks of a run measured. */
public final class Forks {
  private final List<Json.Obj> lines;

  public Forks(List<Json.Obj> lines) {
    this.lines = lines;
  }

  /** Nanoseconds per answer, a number per fork, in the order of the rounds. */
  public List<Double> nanos(String subject, Scenario scenario) {
    return numbers(subject, scenario, /* threads= */ 1, "nanos");
  }

  List<Double> nanos(String subject, Scenario scenario, int threads) {
    return numbers(subject, scenario, threads, "nanos");
  }

  /** Bytes per answer, a number per fork. */
  public List<Double> bytes(String subject, Scenario scenario) {
    return numbers(subject, scenario, /* threads= */ 1, "bytes");
  }

  private List<Double> numbers(String subject, Scenario scenario, int threads, String member) {
    TreeMap<Integer, Double> byRound = new TreeMap<>();
    for (Json.Obj line : lines) {
      if (Results.text(line, "kind").equals("eval")
          && Results.text(line, "subject").equals(subject)
          && Results.text(line, "scenario").equals(scenario.name())
          && Results.number(line, "threads") == threads) {
        byRound.put((int) Results.number(line, "fork"), Results.number(line, member));
      }
    }
    return new ArrayList<>(byRound.values());
  }

  /** Pairs of the same rounds. */
  public Ratio ratio(String ours, String theirs, Scenario scenario) {
    return Ratio.of(nanos(ours, scenario), nanos(theirs, scenario));
  }

  public double median(String subject, Scenario scenario) {
    return Ratio.median(nanos(subject, scenario));
  }

  /** Everyone of whom there is anything, in the order of {@link Contender#ALL}. */
  public List<String> subjects() {
    Set<String> seen = new LinkedHashSet<>();
    lines.forEach(line -> seen.add(Results.text(line, "subject")));
    return Contender.ALL.stream().map(Contender::name).filter(seen::contains).toList();
  }

  /** Rivals that were measured in a scenario. */
  List<String> rivals(Scenario scenario) {
    return Contender.rivals().stream()
        .map(Contender::name)
        .filter(name -> !nanos(name, scenario).isEmpty())
        .toList();
  }

  /** What the checks said, apart from those that went well. */
  public List<Json.Obj> notMeasured() {
    return lines.stream()
        .filter(line -> Results.text(line, "kind").equals("check"))
        .filter(line ->
            Results.text(line, "state").equals("none")
                || Results.text(line, "state").equals("failed"))
        .toList();
  }

  /** How each subject is set up, as it says itself. */
  public List<Json.Obj> setups() {
    return lines.stream().filter(line -> Results.text(line, "state").equals("setup")).toList();
  }
}
