package dev.guidon.benchmarks.load;

import dev.guidon.benchmarks.Claim;
import dev.guidon.benchmarks.ClassPaths;
import dev.guidon.benchmarks.Command;
import dev.guidon.benchmarks.Machine;
import dev.guidon.benchmarks.Options;
import dev.guidon.benchmarks.Ratio;
import dev.guidon.benchmarks.Results;
import dev.guidon.model.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * {@code ./guidon bench memory}: the heap that flags hold after they were loaded from disk, each in
 * fresh JVMs: used heap after repeated collections, less what was used before loading. Guidon and
 * LaunchDarkly with the same flags, then Guidon with five times as many.
 *
 * <pre>
 *   --flags N   how many (10,000)
 *   --forks N   fresh JVMs each (3)
 *   --short     300 flags, one JVM each, results not kept
 * </pre>
 */
public final class MemoryCommand implements Command {
  private static final String KIND = "memory";
  private static final String GUIDON = GuidonHolder.class.getName();
  private static final String RIVAL = "dev.guidon.benchmarks.rivals.LaunchDarklyHolder";
  private static final double MEGABYTE = 1_000_000;

  @Override
  public int run(List<String> arguments) throws Exception {
    Options options = new Options(arguments, List.of("--flags", "--forks"), List.of("--short"));
    boolean isShort = options.has("--short");
    int flags = options.number("--flags", isShort ? 300 : 10_000);
    int forks = options.number("--forks", isShort ? 1 : 3);
    Machine machine = Machine.here();
    Path file =
        isShort
            ? Results.root().resolve("benchmarks/target/memory-short.jsonl")
            : Results.folder().resolve(KIND + "-" + machine.date() + ".jsonl");
    Files.deleteIfExists(file);
    Results results = Results.open(file);
    System.out.println("memory on " + machine + "; results go to " + file);
    List<Double> ours =
        measure("guidon", GUIDON, ClassPaths.ours(), flags, forks, machine, results);
    List<Double> theirs =
        measure("LaunchDarkly 7.13.0", RIVAL, ClassPaths.rivals(), flags, forks, machine, results);
    List<Double> more =
        measure("guidon", GUIDON, ClassPaths.ours(), flags * 5, 1, machine, results);
    double mine = Ratio.median(ours) / MEGABYTE;
    double yours = Ratio.median(theirs) / MEGABYTE;
    Claim claim = new Claim(isShort ? KIND + "-short" : KIND);
    String text =
        String.format(
            Locale.ROOT,
            "%,d flags of 20 rules, none like another: %.1f MB of heap, %.2f KB a flag (at most 40 MB); LaunchDarkly"
                + " %.1f MB, %.1f times as much (at least 8); %,d flags: %.1f MB",
            flags,
            mine,
            mine * 1_000 / flags,
            yours,
            yours / mine,
            flags * 5,
            Ratio.median(more) / MEGABYTE);
    if (isShort) {
      System.out.println(text);
    } else {
      claim.say("bench-memory", mine <= 40 && yours / mine >= 8, text);
      claim.keep();
    }
    return 0;
  }

  private static List<Double> measure(
      String subject,
      String holder,
      String classPath,
      int flags,
      int forks,
      Machine machine,
      Results results)
      throws Exception {
    Path folder = Files.createTempDirectory("guidon-memory");
    List<Double> bytes = new ArrayList<>();
    try {
      Writer.write(classPath, holder, folder, flags);
      for (int fork = 1; fork <= forks; fork++) {
        Json.Obj probed = Probe.run(classPath, holder, folder, flags, /* repeats= */ 0, "6g");
        double heap = Results.number(probed, "heapBytes");
        bytes.add(heap);
        results.add(
            machine
                .line()
                .put("kind", KIND)
                .put("subject", subject)
                .put("flags", flags)
                .put("fork", fork)
                .put("heapBytes", heap)
                .build());
        System.out.printf(
            Locale.ROOT,
            "%-22s %,7d flags fork %d: %.1f MB%n",
            subject,
            flags,
            fork,
            heap / MEGABYTE);
      }
    } catch (IOException e) {
      System.out.println(subject + ", " + flags + " flags, not measured: " + e.getMessage());
      results.add(
          machine
              .line()
              .put("kind", KIND)
              .put("subject", subject)
              .put("flags", flags)
              .put("failed", String.valueOf(e.getMessage()).lines().findFirst().orElse(""))
              .build());
    } finally {
      deleteAll(folder);
    }
    return bytes;
  }

  static void deleteAll(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
