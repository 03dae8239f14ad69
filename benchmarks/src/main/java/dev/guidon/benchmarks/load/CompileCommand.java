package dev.guidon.benchmarks.load;

import dev.guidon.benchmarks.Claim;
import dev.guidon.benchmarks.ClassPaths;
import dev.guidon.benchmarks.Command;
import dev.guidon.benchmarks.Machine;
import dev.guidon.benchmarks.Options;
import dev.guidon.benchmarks.Ratio;
import dev.guidon.benchmarks.Results;
import dev.guidon.benchmarks.ViewSource;
import dev.guidon.benchmarks.eval.User;
import dev.guidon.engine.Context;
import dev.guidon.engine.Ruleset;
import dev.guidon.model.BlobSource;
import dev.guidon.model.EntityId;
import dev.guidon.model.Position;
import dev.guidon.model.Token;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import dev.guidon.model.json.Json;
import dev.guidon.sdk.ClientStatus;
import dev.guidon.sdk.GuidonClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code ./guidon bench compile}: from bytes on disk to answers, in fresh JVMs and again in a warm
 * one; then one changed flag at a time among as many, twice: over the stream, from the commit at a
 * server on loopback until the client answers by it, and alone, from the changed view to its
 * ruleset.
 *
 * <pre>
 *   --flags N    how many (10,000)
 *   --forks N    fresh JVMs (5)
 *   --changes N  changes of each kind (1,000)
 *   --short      300 flags, one JVM, 50 changes, results not kept
 * </pre>
 */
public final class CompileCommand implements Command {
  private static final String KIND = "compile";
  private static final int UNTIMED = 200;

  @Override
  public int run(List<String> arguments) throws Exception {
    Options options =
        new Options(arguments, List.of("--flags", "--forks", "--changes"), List.of("--short"));
    boolean isShort = options.has("--short");
    int flags = options.number("--flags", isShort ? 300 : 10_000);
    int forks = options.number("--forks", isShort ? 1 : 5);
    int changes = options.number("--changes", isShort ? 50 : 1_000);
    Machine machine = Machine.here();
    Path file =
        isShort
            ? Results.root().resolve("benchmarks/target/compile-short.jsonl")
            : Results.folder().resolve(KIND + "-" + machine.date() + ".jsonl");
    Files.deleteIfExists(file);
    Results results = Results.open(file);
    System.out.println("compile on " + machine + "; results go to " + file);
    Start start = start(flags, forks, isShort ? 3 : 15, machine, results);
    Start more = start(flags * 5, 1, 3, machine, results);
    Many many = new Many(flags);
    List<Double> streamed = streamed(many, changes);
    List<Double> alone = alone(many, changes);
    add(results, machine, "delta-stream", flags, streamed);
    add(results, machine, "delta-compile", flags, alone);
    String starts =
        String.format(
            Locale.ROOT,
            "%,d flags from bytes on disk to answers: fresh JVM %.2f s (at most 2), with the start of its process %.2f s,"
                + " warm %.2f s (at most 0.5); %,d flags: %.2f s and %.2f s",
            flags,
            Ratio.median(start.fresh) / 1_000,
            Ratio.median(start.process) / 1_000,
            Ratio.median(start.warm) / 1_000,
            flags * 5,
            Ratio.median(more.fresh) / 1_000,
            Ratio.median(more.warm) / 1_000);
    String deltas =
        String.format(
            Locale.ROOT,
            "one changed flag among %,d, %d times: from the commit at a server on loopback to the client's answer p50 %.2f"
                + " ms, p99 %.2f ms (at most 5); of this compiling p50 %.2f ms, p99 %.2f ms",
            flags,
            changes,
            at(streamed, 0.5),
            at(streamed, 0.99),
            at(alone, 0.5),
            at(alone, 0.99));
    if (isShort) {
      System.out.println(starts + "\n" + deltas);
      return 0;
    }
    Claim claim = new Claim(KIND);
    boolean isFast = Ratio.median(start.fresh) <= 2_000 && Ratio.median(start.warm) <= 500;
    claim.say("bench-compile", isFast, starts);
    claim.say("bench-delta", at(streamed, 0.99) <= 5, deltas);
    claim.keep();
    return 0;
  }

  private record Start(List<Double> fresh, List<Double> process, List<Double> warm) {}

  private static Start start(int flags, int forks, int repeats, Machine machine, Results results)
      throws Exception {
    String holder = GuidonHolder.class.getName();
    Path folder = Files.createTempDirectory("guidon-compile");
    Start start = new Start(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    try {
      Writer.write(ClassPaths.ours(), holder, folder, flags);
      for (int fork = 1; fork <= forks; fork++) {
        Json.Obj probed =
            Probe.run(ClassPaths.ours(), holder, folder, flags, fork == 1 ? repeats : 1, "6g");
        start.fresh.add(Results.number(probed, "loadMillis"));
        start.process.add(Results.number(probed, "processMillis"));
        if (fork == 1 && probed.get("warmMillis") instanceof Json.Arr warm) {
          // The first third still warms up.
          for (Json one : warm.items().subList(repeats / 3, repeats)) {
            start.warm.add(one instanceof Json.Num number ? number.value() : Double.NaN);
          }
        }
        results.add(
            machine
                .line()
                .put("kind", "start")
                .put("flags", flags)
                .put("fork", fork)
                .put("millis", Results.number(probed, "loadMillis"))
                .put("processMillis", Results.number(probed, "processMillis"))
                .build());
        System.out.printf(
            Locale.ROOT,
            "%,7d flags fork %d: %.0f ms, with the process %.0f ms%n",
            flags,
            fork,
            Results.number(probed, "loadMillis"),
            Results.number(probed, "processMillis"));
      }
      results.add(
          machine
              .line()
              .put("kind", "start-warm")
              .put("flags", flags)
              .put("millis", Ratio.median(start.warm))
              .build());
      System.out.printf(
          Locale.ROOT, "%,7d flags warm: median %.0f ms%n", flags, Ratio.median(start.warm));
    } finally {
      MemoryCommand.deleteAll(folder);
    }
    return start;
  }

  /**
   * Milliseconds from the commit until the client serves the change, one change after the other.
   */
  private static List<Double> streamed(Many many, int changes) throws IOException {
    List<Double> millis = new ArrayList<>();
    try (ViewSource server = new ViewSource(many.documents());
        GuidonClient client = server.client().build()) {
      ClientStatus _ = client.awaitReady(Duration.ofSeconds(60));
      if (!client.isReady()) {
        throw new IOException("client: " + client.status() + " (expected: READY)");
      }
      for (int i = 0; i < UNTIMED + changes; i++) {
        int flag = (int) (i * 7_919L % many.count());
        Json.Obj changed = Many.document(flag, /* shift= */ i + 1);
        long started = System.nanoTime();
        Token token = server.put(EntityId.flag(Many.key(flag)), changed);
        boolean isThere = client.awaitRevision(token, Duration.ofSeconds(10));
        double took = (System.nanoTime() - started) / 1e6;
        requireChanged(isThere, client, many, flag, i + 1);
        if (i >= UNTIMED) {
          millis.add(took);
        }
      }
    }
    return millis;
  }

  /** Whoever just reached a bound of the last rule before reaches it no more. */
  private static void requireChanged(
      boolean isThere, GuidonClient client, Many many, int flag, int shift) throws IOException {
    User user = many.user(flag, /* matches= */ true);
    Context context =
        Context.builder()
            .targetingKey(user.key())
            .put("country", user.country())
            .put("build", user.build())
            .build();
    String answer = client.stringValue(Many.key(flag), context, "nothing");
    String expected = Many.expected(flag, Many.matches(flag, user, shift));
    if (!isThere || !answer.equals(expected)) {
      throw new IOException(
          Many.key(flag) + " after its change: " + answer + " (expected: " + expected + ")");
    }
  }

  /** Milliseconds from a view with one changed flag to its ruleset. */
  private static List<Double> alone(Many many, int changes) {
    View view = ViewSource.view(many.documents());
    Ruleset ruleset = Ruleset.compile(view, BlobSource.NONE, null).ruleset();
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < UNTIMED + changes; i++) {
      int flag = (int) (i * 7_919L % many.count());
      EntityId id = EntityId.flag(Many.key(flag));
      ViewEntity changed = ViewEntity.of(id, i + 2, Many.document(flag, i + 1));
      Position next = view.position().next();
      view =
          new View(
              view.scope(),
              next,
              view.region(),
              0,
              view.timeMicros() + 1,
              view.entities().with(Map.of(id, changed)));
      long started = System.nanoTime();
      ruleset = Ruleset.compile(view, BlobSource.NONE, ruleset).ruleset();
      double took = (System.nanoTime() - started) / 1e6;
      if (i >= UNTIMED) {
        millis.add(took);
      }
    }
    return millis;
  }

  private static void add(
      Results results, Machine machine, String kind, int flags, List<Double> millis)
      throws IOException {
    results.add(
        machine
            .line()
            .put("kind", kind)
            .put("flags", flags)
            .put("changes", millis.size())
            .put("p50", at(millis, 0.5))
            .put("p99", at(millis, 0.99))
            .put("most", at(millis, 1))
            .build());
    System.out.printf(
        Locale.ROOT,
        "%s: p50 %.2f ms, p99 %.2f ms, slowest %.2f ms of %d%n",
        kind,
        at(millis, 0.5),
        at(millis, 0.99),
        at(millis, 1),
        millis.size());
  }

  static double at(List<Double> values, double share) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(Math.min(sorted.size() - 1, (int) (sorted.size() * share)));
  }
}
