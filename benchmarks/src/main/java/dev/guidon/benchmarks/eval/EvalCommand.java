package dev.guidon.benchmarks.eval;

import dev.guidon.benchmarks.Claim;
import dev.guidon.benchmarks.ClassPaths;
import dev.guidon.benchmarks.Command;
import dev.guidon.benchmarks.Machine;
import dev.guidon.benchmarks.Options;
import dev.guidon.benchmarks.Results;
import dev.guidon.model.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * {@code ./guidon bench eval}: every subject in every scenario, interleaved, so that a machine that
 * slows down slows all down alike. First each subject is checked in a process of its own; then come
 * rounds, in each of which every pair of subject and scenario has one fork. Ours have more rounds
 * than rivals, because they are held to closer bounds.
 *
 * <pre>
 *   --rounds N        forks of ours and the floors (11)
 *   --rival-rounds N  forks of each rival (3)
 *   --scenarios S1,S4 only these
 *   --subjects A,B    only these, by name; "ours" and "rivals" stand for groups
 *   --into FILE       results go there, and what it has already is not measured again
 *   --fresh           an earlier file of today is begun anew
 *   --minutes N       no new fork is started after N minutes (24)
 *   --short           one fork each, short ones; at most a minute
 * </pre>
 */
public final class EvalCommand implements Command {
  private static final String KIND = "eval";

  @Override
  public int run(List<String> arguments) throws Exception {
    Plan plan = Plan.of(arguments);
    Machine machine = Machine.here();
    Path file = plan.into();
    if (plan.isFresh()) {
      Files.deleteIfExists(file);
    }
    Results results = Results.open(file);
    System.out.println("eval on " + machine + "; results go to " + file);
    Map<Contender, Set<Scenario>> cells = check(plan, machine, results);
    long until = System.nanoTime() + plan.minutesMax() * 60_000_000_000L;
    int rounds = Math.max(plan.rounds(), plan.rivalRounds());
    for (int round = 1; round <= rounds && System.nanoTime() < until; round++) {
      round(plan, cells, round, machine, results, until);
    }
    Verdicts verdicts = new Verdicts(results.lines());
    verdicts.print();
    if (!plan.isShort()) {
      Claim claim = new Claim(KIND);
      verdicts.claim(claim);
      // Trials with a file of their own prove nothing to anybody else.
      if (file.startsWith(Results.folder())) {
        claim.keep();
      }
    }
    return 0;
  }

  /** Asks each subject, in a process of its own, what it can do and whether it does it right. */
  private static Map<Contender, Set<Scenario>> check(Plan plan, Machine machine, Results results)
      throws IOException, InterruptedException {
    Map<Contender, Set<Scenario>> cells = new LinkedHashMap<>();
    for (Contender contender : plan.contenders()) {
      Set<Scenario> able = new LinkedHashSet<>();
      List<Json.Obj> seen = checked(contender, results);
      if (seen.isEmpty()) {
        seen = Checker.ask(contender, classPath(contender));
        for (Json.Obj one : seen) {
          Json.Obj.Builder line =
              machine.line().put("kind", "check").put("subject", contender.name());
          one.members().forEach(line::put);
          results.add(line.build());
        }
      }
      for (Json.Obj one : seen) {
        if (Results.text(one, "state").equals("ok")) {
          able.add(Scenario.valueOf(Results.text(one, "scenario")));
        } else if (!Results.text(one, "state").equals("setup")) {
          System.out.printf(
              "%-28s %-3s not measured: %s%n",
              contender.name(), Results.text(one, "scenario"), Results.text(one, "says"));
        }
      }
      able.retainAll(plan.scenarios());
      able.removeIf(scenario -> !contender.isAsked(scenario));
      cells.put(contender, able);
    }
    return cells;
  }

  private static List<Json.Obj> checked(Contender contender, Results results) {
    return results.lines().stream()
        .filter(line -> Results.text(line, "kind").equals("check"))
        .filter(line -> Results.text(line, "subject").equals(contender.name()))
        .toList();
  }

  private static void round(
      Plan plan,
      Map<Contender, Set<Scenario>> cells,
      int round,
      Machine machine,
      Results results,
      long until)
      throws IOException {
    for (Scenario scenario : plan.scenarios()) {
      for (Map.Entry<Contender, Set<Scenario>> cell : cells.entrySet()) {
        Contender contender = cell.getKey();
        int wanted = contender.isRival() ? plan.rivalRounds() : plan.rounds();
        boolean isDue = round <= wanted && cell.getValue().contains(scenario);
        if (isDue && !has(results, contender, scenario, 1, round) && System.nanoTime() < until) {
          fork(plan, contender, scenario, /* threads= */ 1, round, machine, results);
        }
      }
      if (plan.threads() > 1 && cells.keySet().stream().anyMatch(c -> c.name().equals("client"))) {
        threads(plan, scenario, round, machine, results, until);
      }
    }
  }

  /** Two threads through the client, beside the one of the same round. */
  private static void threads(
      Plan plan, Scenario scenario, int round, Machine machine, Results results, long until)
      throws IOException {
    boolean isDue = scenario == Scenario.S2 || scenario == Scenario.S4;
    Contender client = Contender.named("client");
    if (isDue
        && round <= plan.rounds()
        && !has(results, client, scenario, plan.threads(), round)
        && System.nanoTime() < until) {
      fork(plan, client, scenario, plan.threads(), round, machine, results);
    }
  }

  private static boolean has(
      Results results, Contender contender, Scenario scenario, int threads, int round) {
    return results.lines().stream()
        .anyMatch(line ->
            Results.text(line, "kind").equals(KIND)
                && Results.text(line, "subject").equals(contender.name())
                && Results.text(line, "scenario").equals(scenario.name())
                && Results.number(line, "threads") == threads
                && Results.number(line, "fork") == round);
  }

  private static void fork(
      Plan plan,
      Contender contender,
      Scenario scenario,
      int threads,
      int round,
      Machine machine,
      Results results)
      throws IOException {
    RunResult run = measure(plan, contender, scenario, threads);
    if (run == null) {
      System.out.printf("%-28s %-3s fork %d failed%n", contender.name(), scenario, round);
      return;
    }
    double nanos = run.getPrimaryResult().getScore();
    Result<?> bytes = run.getSecondaryResults().get("gc.alloc.rate.norm");
    results.add(
        machine
            .line()
            .put("kind", KIND)
            .put("subject", contender.name())
            .put("scenario", scenario.name())
            .put("threads", threads)
            .put("fork", round)
            .put("nanos", rounded(nanos))
            .put("bytes", bytes == null ? -1 : rounded(bytes.getScore()))
            .build());
    System.out.printf(
        "%-28s %-3s %d thread%s fork %2d %,12.1f ns %,10.1f B%n",
        contender.name(),
        scenario,
        threads,
        threads == 1 ? " " : "s",
        round,
        nanos,
        bytes == null ? Double.NaN : bytes.getScore());
  }

  private static double rounded(double value) {
    return Math.round(value * 1_000) / 1_000.0;
  }

  private static @Nullable RunResult measure(
      Plan plan, Contender contender, Scenario scenario, int threads) {
    // Forks take the class path that this process says it has.
    System.setProperty("java.class.path", classPath(contender));
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(
                "^dev\\.guidon\\.benchmarks\\.eval\\.Evaluate\\."
                    + (scenario.isText() ? "text" : "bool")
                    + "$")
            .param("subject", contender.type())
            .param("scenario", scenario.name())
            .forks(1)
            .threads(threads)
            .warmupIterations(plan.warmups())
            .warmupTime(TimeValue.milliseconds(plan.millis()))
            .measurementIterations(plan.iterations())
            .measurementTime(TimeValue.milliseconds(plan.millis()))
            .jvmArgs(
                "-Xms1g",
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error")
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    try {
      Collection<RunResult> runs = new Runner(options.build()).run();
      return runs.isEmpty() ? null : runs.iterator().next();
    } catch (RunnerException e) {
      System.out.println(e.getMessage());
      return null;
    }
  }

  private static String classPath(Contender contender) {
    return contender.isRival() ? ClassPaths.rivals() : ClassPaths.ours();
  }

  /** How much is measured. */
  private record Plan(
      List<Contender> contenders,
      List<Scenario> scenarios,
      int rounds,
      int rivalRounds,
      int threads,
      int warmups,
      int iterations,
      int millis,
      int minutesMax,
      boolean isFresh,
      boolean isShort,
      Path into) {

    static Plan of(List<String> arguments) {
      Options options =
          new Options(
              arguments,
              List.of(
                  "--rounds", "--rival-rounds", "--scenarios", "--subjects", "--into", "--minutes"),
              List.of("--short", "--fresh"));
      boolean isShort = options.has("--short");
      String into = options.text("--into");
      String name = KIND + "-" + Machine.here().date() + ".jsonl";
      Path shortOne = Results.root().resolve("benchmarks/target/eval-short.jsonl");
      return new Plan(
          contenders(options.text("--subjects")),
          scenarios(options.text("--scenarios")),
          options.number("--rounds", isShort ? 1 : 11),
          options.number("--rival-rounds", isShort ? 1 : 3),
          isShort ? 1 : 2,
          isShort ? 1 : 3,
          isShort ? 1 : 3,
          isShort ? 20 : 250,
          options.number("--minutes", isShort ? 1 : 24),
          isShort || options.has("--fresh"),
          isShort,
          into != null ? Path.of(into) : isShort ? shortOne : Results.folder().resolve(name));
    }

    private static List<Scenario> scenarios(@Nullable String names) {
      return names == null
          ? List.of(Scenario.values())
          : Arrays.stream(names.split(",", -1)).map(Scenario::valueOf).toList();
    }

    private static List<Contender> contenders(@Nullable String names) {
      if (names == null) {
        return Contender.ALL;
      }
      List<Contender> chosen = new ArrayList<>();
      for (String name : names.split(",", -1)) {
        switch (name) {
          case "ours" -> chosen.addAll(Contender.ours());
          case "rivals" -> chosen.addAll(Contender.rivals());
          default -> chosen.add(Contender.named(name));
        }
      }
      return chosen;
    }
  }
}
