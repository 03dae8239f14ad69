package dev.guidon.benchmarks;

import dev.guidon.benchmarks.edge.OfrepCommand;
import dev.guidon.benchmarks.edge.StreamsCommand;
import dev.guidon.benchmarks.eval.EvalCommand;
import dev.guidon.benchmarks.load.CompileCommand;
import dev.guidon.benchmarks.load.MemoryCommand;
import dev.guidon.benchmarks.report.ReportCommand;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code ./guidon bench COMMAND}. */
public final class Main {
  private static final Map<String, Entry> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put(
        "eval",
        new Entry("one answer in this process, beside floors and rivals", new EvalCommand()));
    COMMANDS.put("memory", new Entry("the heap that 10,000 flags hold", new MemoryCommand()));
    COMMANDS.put(
        "compile", new Entry("from disk to answers, and one changed flag", new CompileCommand()));
    COMMANDS.put(
        "report",
        new Entry("docs/reference/benchmarks.md, from the newest results", new ReportCommand()));
    COMMANDS.put(
        "ofrep", new Entry("a decision over OFREP, beside a bare server", new OfrepCommand()));
    COMMANDS.put(
        "streams", new Entry("10,000 event streams, beside a bare server", new StreamsCommand()));
  }

  private Main() {}

  private record Entry(String says, Command command) {}

  public static void main(String[] args) throws Exception {
    Entry entry = args.length == 0 ? null : COMMANDS.get(args[0]);
    if (entry == null) {
      System.err.println(usage());
      System.exit(2);
      return;
    }
    System.exit(entry.command().run(List.of(args).subList(1, args.length)));
  }

  private static String usage() {
    StringBuilder text = new StringBuilder("Usage: ./guidon bench COMMAND\n");
    COMMANDS.forEach(
        (name, entry) -> text.append(String.format("  %-10s %s%n", name, entry.says())));
    return text.toString();
  }
}
