package dev.guidon.benchmarks.report;

import dev.guidon.benchmarks.Command;
import dev.guidon.benchmarks.Ratio;
import dev.guidon.benchmarks.Results;
import dev.guidon.benchmarks.eval.Contender;
import dev.guidon.benchmarks.eval.Forks;
import dev.guidon.benchmarks.eval.Scenario;
import dev.guidon.benchmarks.eval.Verdicts;
import dev.guidon.model.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * {@code ./guidon bench report}: writes {@code docs/reference/benchmarks.md} and its plots from the
 * newest results of each command. What was not measured is not on the page.
 */
public final class ReportCommand implements Command {
  private static final List<String> OURS =
      List.of("floor", "engine", "client", "handle", "openfeature");

  @Override
  public int run(List<String> arguments) throws IOException {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Benchmarks

        Written by `./guidon bench report` from the data in [benchmarks/results](../../benchmarks/results). Ratios first: a number of nanoseconds
        is one machine's, a ratio measured side by side travels. What is not here was not measured.

        """);
    Results eval = Results.newest("eval");
    if (eval != null) {
      eval(page, new Forks(eval.lines()), eval);
    }
    lines(page, "Memory", Results.newest("memory"), ReportCommand::memory);
    lines(page, "Start and changes", Results.newest("compile"), ReportCommand::compile);
    others(page);
    Path file = Results.root().resolve("docs/reference/benchmarks.md");
    Files.writeString(file, page.toString());
    System.out.println("wrote " + file);
    return 0;
  }

  private static void eval(StringBuilder page, Forks forks, Results results) throws IOException {
    page.append("## One answer in this process\n\n").append(where(results)).append("\n");
    for (Verdicts.Verdict verdict : new Verdicts(results.lines()).all()) {
      page.append("- ")
          .append(verdict.holds() ? "Held: " : "**Missed**: ")
          .append(verdict.says())
          .append(".\n");
    }
    page.append("\n### Times the client's, counters on\n\n");
    table(page, forks, /* isRatio= */ true);
    page.append("\n### Median nanoseconds (bytes allocated) per answer\n\n");
    table(page, forks, /* isRatio= */ false);
    page.append("\nBars are medians on a logarithmic scale; each dot is a fork.\n\n");
    Path folder = Files.createDirectories(Results.root().resolve("docs/images"));
    for (Scenario scenario : Scenario.values()) {
      List<Bars.Bar> bars = bars(forks, scenario);
      if (!bars.isEmpty()) {
        String name = "bench-" + scenario.name().toLowerCase(Locale.ROOT) + ".svg";
        String title = scenario + ": " + scenario.says();
        Files.writeString(folder.resolve(name), Bars.svg(title, bars));
        page.append("![").append(title).append("](../images/").append(name).append(")\n");
      }
    }
    page.append("\n### What each subject is\n\n");
    for (Json.Obj setup : forks.setups()) {
      page.append("- ").append(Results.text(setup, "subject")).append(": ");
      page.append(Results.text(setup, "says")).append('\n');
    }
    page.append("\n### Not measured\n\n");
    for (Json.Obj none : forks.notMeasured()) {
      if (!OURS.contains(Results.text(none, "subject"))) {
        page.append("- ").append(Results.text(none, "subject")).append(", ");
        page.append(Results.text(none, "scenario")).append(": ");
        page.append(Results.text(none, "says")).append('\n');
      }
    }
    page.append('\n');
  }

  private static List<Bars.Bar> bars(Forks forks, Scenario scenario) {
    List<Bars.Bar> bars = new ArrayList<>();
    for (String subject : forks.subjects()) {
      List<Double> nanos = forks.nanos(subject, scenario);
      if (!nanos.isEmpty()) {
        bars.add(new Bars.Bar(subject, Ratio.median(nanos), nanos, OURS.contains(subject)));
      }
    }
    return bars;
  }

  private static void table(StringBuilder page, Forks forks, boolean isRatio) {
    page.append("| |");
    for (Scenario scenario : Scenario.values()) {
      page.append(' ').append(scenario).append(" |");
    }
    page.append("\n| --- |").append(" ---: |".repeat(Scenario.values().length)).append('\n');
    for (Contender contender : Contender.ALL) {
      String subject = contender.name();
      if (forks.subjects().contains(subject)) {
        page.append("| ").append(subject).append(" |");
        for (Scenario scenario : Scenario.values()) {
          page.append(' ').append(cell(forks, subject, scenario, isRatio)).append(" |");
        }
        page.append('\n');
      }
    }
  }

  private static String cell(Forks forks, String subject, Scenario scenario, boolean isRatio) {
    double nanos = forks.median(subject, scenario);
    double client = forks.median(scenario == Scenario.S6 ? "openfeature" : "client", scenario);
    if (Double.isNaN(nanos) || isRatio && Double.isNaN(client)) {
      return "–";
    }
    return isRatio
        ? String.format(Locale.ROOT, nanos / client >= 10 ? "%,.0f" : "%.2f", nanos / client)
        : String.format(
            Locale.ROOT, "%,.1f (%,.0f)", nanos, Ratio.median(forks.bytes(subject, scenario)));
  }

  private interface Row {
    @Nullable String of(Json.Obj line);
  }

  private static void lines(StringBuilder page, String title, @Nullable Results results, Row row) {
    if (results == null || results.lines().isEmpty()) {
      return;
    }
    page.append("## ").append(title).append("\n\n").append(where(results)).append('\n');
    for (Json.Obj line : results.lines()) {
      String text = row.of(line);
      if (text != null) {
        page.append("- ").append(text).append('\n');
      }
    }
    page.append('\n');
  }

  private static @Nullable String memory(Json.Obj line) {
    String who =
        String.format(
            Locale.ROOT,
            "%s, %,.0f flags: ",
            Results.text(line, "subject"),
            Results.number(line, "flags"));
    if (line.has("failed")) {
      return who + "not measured: " + Results.text(line, "failed");
    }
    double bytes = Results.number(line, "heapBytes");
    return String.format(
        Locale.ROOT,
        "%s%.1f MB of heap, %.2f KB a flag (JVM %.0f)",
        who,
        bytes / 1e6,
        bytes / 1e3 / Results.number(line, "flags"),
        Results.number(line, "fork"));
  }

  private static @Nullable String compile(Json.Obj line) {
    double flags = Results.number(line, "flags");
    return switch (Results.text(line, "kind")) {
      case "start" ->
          String.format(
              Locale.ROOT,
              "%,.0f flags, fresh JVM %.0f: %.0f ms from bytes on disk to answers, %.0f ms since the process began",
              flags,
              Results.number(line, "fork"),
              Results.number(line, "millis"),
              Results.number(line, "processMillis"));
      case "start-warm" ->
          String.format(
              Locale.ROOT,
              "%,.0f flags, warm JVM: median %.0f ms",
              flags,
              Results.number(line, "millis"));
      case "delta-stream" -> delta("from the commit to the client's answer", line);
      case "delta-compile" -> delta("compiling alone", line);
      default -> null;
    };
  }

  private static String delta(String what, Json.Obj line) {
    return String.format(
        Locale.ROOT,
        "one changed flag among %,.0f, %s: p50 %.2f ms, p99 %.2f ms, slowest %.2f ms of %.0f",
        Results.number(line, "flags"),
        what,
        Results.number(line, "p50"),
        Results.number(line, "p99"),
        Results.number(line, "most"),
        Results.number(line, "changes"));
  }

  /** Results that other commands keep, as they are. */
  private static void others(StringBuilder page) throws IOException {
    for (String command : List.of("ofrep", "streams")) {
      lines(
          page,
          command.equals("ofrep") ? "OFREP" : "Streams",
          Results.newest(command),
          line -> plain(line));
    }
  }

  private static String plain(Json.Obj line) {
    List<String> parts = new ArrayList<>();
    Set<String> known = Set.of("date", "cpu", "cores", "java", "system");
    line.members()
        .forEach((name, value) -> {
          if (!known.contains(name)) {
            parts.add(name + " " + dev.guidon.model.json.CanonicalJson.text(value));
          }
        });
    return String.join(", ", parts);
  }

  private static String where(Results results) {
    Set<String> places = new TreeSet<>();
    for (Json.Obj line : results.lines()) {
      places.add(
          String.format(
              Locale.ROOT,
              "%s, %.0f cores, %s, %s, %s",
              Results.text(line, "cpu"),
              Results.number(line, "cores"),
              Results.text(line, "java"),
              Results.text(line, "system"),
              Results.text(line, "date")));
    }
    return "Measured on " + String.join("; ", places) + ".\n";
  }
}
