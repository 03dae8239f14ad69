package dev.guidon.benchmarks.eval;

import dev.guidon.benchmarks.Claim;
import dev.guidon.benchmarks.Ratio;
import dev.guidon.benchmarks.Results;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Says of every bound that was promised whether the forks show it. A bound against a floor holds
 * when the lower bound at 95 % of the ratio keeps it; the ratio itself is printed beside it.
 */
public final class Verdicts {
  /** Differences below this are ties on the machines that we have. */
  private static final double TIE = 1.3;

  /** What the profiler itself and the client's threads between two reports add to an answer. */
  private static final double BYTES_TOLERATED = 0.5;

  /** As the promise says. */
  private static final int FORKS_MIN = 10;

  private static final String LAUNCH_DARKLY = "LaunchDarkly 7.13.0";

  private final Forks forks;

  public Verdicts(List<Json.Obj> lines) {
    this.forks = new Forks(lines);
  }

  /**
   * One verdict.
   *
   * @param says the numbers
   */
  public record Verdict(String claim, boolean holds, String says) {}

  public void print() {
    System.out.println();
    System.out.print(table());
    System.out.println();
    for (Json.Obj none : forks.notMeasured()) {
      if (Results.text(none, "state").equals("failed")) {
        System.out.println(
            "not measured: "
                + Results.text(none, "subject")
                + " "
                + Results.text(none, "scenario")
                + ": "
                + Results.text(none, "says"));
      }
    }
  }

  /**
   * Says the verdicts as claims: only when every scenario has enough forks of ours, and
   * LaunchDarkly was measured where it is named. Less is no measurement of what was promised.
   */
  public void claim(Claim claim) {
    String lacking = lacking();
    if (!lacking.isEmpty()) {
      System.out.println("no claims: " + lacking);
      return;
    }
    all().forEach(verdict -> claim.say(verdict.claim(), verdict.holds(), verdict.says()));
  }

  private String lacking() {
    for (Scenario scenario :
        List.of(Scenario.S1, Scenario.S2, Scenario.S3, Scenario.S4, Scenario.S5)) {
      for (String subject : List.of("engine", "client")) {
        int forks = this.forks.ratio(subject, "floor", scenario).forks();
        if (forks < FORKS_MIN) {
          return subject
              + " "
              + scenario
              + " has "
              + forks
              + " forks (expected: at least "
              + FORKS_MIN
              + ")";
        }
      }
    }
    for (Scenario scenario : List.of(Scenario.S3, Scenario.S4)) {
      if (Double.isNaN(forks.median(LAUNCH_DARKLY, scenario))) {
        return LAUNCH_DARKLY + " has no " + scenario;
      }
    }
    return "";
  }

  /** Those of which there is any number. */
  public List<Verdict> all() {
    List<Verdict> all = new ArrayList<>();
    allocation(all);
    engine(all);
    client(all);
    rivals(all);
    openFeature(all);
    threads(all);
    return all;
  }

  private void allocation(List<Verdict> all) {
    List<String> seen = new ArrayList<>();
    boolean holds = true;
    for (Scenario scenario :
        List.of(Scenario.S1, Scenario.S2, Scenario.S3, Scenario.S4, Scenario.S5)) {
      double bytes = Ratio.median(forks.bytes("client", scenario));
      if (!Double.isNaN(bytes)) {
        holds &= bytes < BYTES_TOLERATED;
        seen.add(String.format(Locale.ROOT, "%s %.2f", scenario, bytes));
      }
    }
    if (!seen.isEmpty()) {
      all.add(
          new Verdict(
              "bench-eval-allocation",
              holds,
              "bytes per answer through the client, counters on: " + String.join(", ", seen)));
    }
  }

  private void engine(List<Verdict> all) {
    List<String> seen = new ArrayList<>();
    boolean holds = true;
    for (Scenario scenario :
        List.of(Scenario.S1, Scenario.S2, Scenario.S3, Scenario.S4, Scenario.S5)) {
      double bound =
          switch (scenario) {
            case S4 -> 3;
            case S5 -> 1.5;
            case S1, S2, S2C, S3, S4V, S6 -> 1.3;
          };
      Ratio ratio = forks.ratio("engine", "floor", scenario);
      if (ratio.forks() > 0) {
        double above = forks.median("engine", scenario) - forks.median("floor", scenario);
        boolean isNear = bound == 1.3 && above <= 5;
        holds &= ratio.low() <= bound || isNear;
        seen.add(
            String.format(
                Locale.ROOT,
                "%s %s (at most %.1f%s, %+.1f ns)%s",
                scenario,
                ratio,
                bound,
                bound == 1.3 ? " or 5 ns" : "",
                above,
                ratio.low() <= bound || isNear ? "" : " MISSED"));
      }
    }
    if (!seen.isEmpty()) {
      all.add(
          new Verdict(
              "bench-eval-engine",
              holds,
              "engine to floor, paired forks, 90 % interval: " + String.join(", ", seen)));
    }
  }

  private void client(List<Verdict> all) {
    List<String> seen = new ArrayList<>();
    boolean holds = true;
    for (Scenario scenario : List.of(Scenario.S1, Scenario.S2, Scenario.S3)) {
      double bound = scenario == Scenario.S1 ? 2.5 : 1.6;
      Ratio ratio = forks.ratio("client", "floor", scenario);
      if (ratio.forks() > 0) {
        holds &= ratio.low() <= bound;
        seen.add(
            String.format(
                Locale.ROOT,
                "%s %s (at most %.1f; by handle %s)%s",
                scenario,
                ratio,
                bound,
                forks.ratio("handle", "floor", scenario),
                ratio.low() <= bound ? "" : " MISSED"));
      }
    }
    if (!seen.isEmpty()) {
      all.add(
          new Verdict(
              "bench-eval-client",
              holds,
              "client with counters to floor, paired forks, 90 % interval: "
                  + String.join(", ", seen)));
    }
  }

  private void rivals(List<Verdict> all) {
    List<String> seen = new ArrayList<>();
    boolean holds = true;
    for (Scenario scenario : Scenario.values()) {
      double client = forks.median(scenario == Scenario.S6 ? "openfeature" : "client", scenario);
      String best =
          forks.rivals(scenario).stream()
              .min(Comparator.comparingDouble(rival -> forks.median(rival, scenario)))
              .orElse("");
      if (best.isEmpty() || Double.isNaN(client) || scenario == Scenario.S6) {
        continue;
      }
      double times = forks.median(best, scenario) / client;
      double bound = scenario == Scenario.S1 ? 1 / TIE : 2;
      boolean ok = times >= bound;
      String launchDarkly = "";
      double others = forks.median(LAUNCH_DARKLY, scenario) / client;
      double wanted = scenario == Scenario.S3 ? 5 : scenario == Scenario.S4 ? 10 : 0;
      if (wanted > 0 && !Double.isNaN(others)) {
        ok &= others >= wanted;
        launchDarkly =
            String.format(Locale.ROOT, ", LaunchDarkly %.1f (at least %.0f)", others, wanted);
      }
      holds &= ok || scenario == Scenario.S4V;
      seen.add(
          String.format(
              Locale.ROOT,
              "%s %.1f (%s)%s%s",
              scenario,
              times,
              best,
              launchDarkly,
              ok ? "" : " MISSED"));
    }
    if (!seen.isEmpty()) {
      all.add(
          new Verdict(
              "bench-eval-rivals",
              holds,
              "times faster than the best rival, client with counters: "
                  + String.join(", ", seen)));
    }
  }

  private void openFeature(List<Verdict> all) {
    double ours = forks.median("openfeature", Scenario.S6);
    double constant = forks.median("floor", Scenario.S6);
    double own = forks.median("client", Scenario.S2);
    if (!Double.isNaN(ours) && !Double.isNaN(constant) && !Double.isNaN(own)) {
      double above = ours - constant;
      all.add(
          new Verdict(
              "bench-eval-openfeature",
              above <= 2 * own,
              String.format(
                  Locale.ROOT,
                  "S2 through the OpenFeature client %.1f ns, before a constant provider %.1f ns: %.1f ns above,"
                      + " %.2f times S2's own %.1f ns (at most 2)",
                  ours,
                  constant,
                  above,
                  above / own,
                  own)));
    }
  }

  private void threads(List<Verdict> all) {
    List<String> seen = new ArrayList<>();
    boolean holds = true;
    for (Scenario scenario : List.of(Scenario.S2, Scenario.S4)) {
      // An answer's time with two threads is each thread's own: throughput is twice its inverse.
      Ratio ratio =
          Ratio.of(
              forks.nanos("client", scenario, 1).stream().map(nanos -> 2 * nanos).toList(),
              forks.nanos("client", scenario, 2));
      if (ratio.forks() > 0) {
        holds &= ratio.high() >= 1.7;
        seen.add(scenario + " " + ratio + (ratio.high() >= 1.7 ? "" : " MISSED"));
      }
    }
    if (!seen.isEmpty()) {
      all.add(
          new Verdict(
              "bench-eval-threads",
              holds,
              "throughput of two threads to one (at least 1.7), client with counters: "
                  + String.join(", ", seen)));
    }
  }

  private String table() {
    StringBuilder text = new StringBuilder();
    text.append(String.format("%-28s", "median ns (bytes)"));
    for (Scenario scenario : Scenario.values()) {
      text.append(String.format("%18s", scenario));
    }
    text.append('\n');
    for (String subject : forks.subjects()) {
      text.append(String.format("%-28s", subject));
      for (Scenario scenario : Scenario.values()) {
        double nanos = forks.median(subject, scenario);
        text.append(
            String.format(
                Locale.ROOT,
                "%18s",
                Double.isNaN(nanos)
                    ? "-"
                    : String.format(
                        Locale.ROOT,
                        "%,.1f (%,.0f)",
                        nanos,
                        Ratio.median(forks.bytes(subject, scenario)))));
      }
      text.append('\n');
    }
    return text.toString();
  }
}
