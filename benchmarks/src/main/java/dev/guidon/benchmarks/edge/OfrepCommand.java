package dev.guidon.benchmarks.edge;

import dev.guidon.benchmarks.Claim;
import dev.guidon.benchmarks.Command;
import dev.guidon.benchmarks.Machine;
import dev.guidon.benchmarks.Options;
import dev.guidon.benchmarks.Results;
import dev.guidon.model.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * A decision over OFREP beside {@link BareServer}: the same stack, the same request, the same bytes
 * back. Both servers stand on core 0 by turns, the generator on core 1, 64 connections kept alive.
 * The edge is as it ships: every key is checked, every evaluation counted; it has no open mode, so
 * that the same figures are held against the bound for one (0.85) and the bound with keys (0.75).
 *
 * <p>The figures count where a server had its core to itself: the share it had is printed, and a
 * run that shared the machine says so instead of claiming.
 *
 * <pre>
 *   --rounds N   alternated rounds of each kind (6)
 *   --seconds N  of each round (8)
 *   --warm-up N  seconds for each server (15)
 *   --into FILE  results go there
 *   --short      some seconds; proves only that it works
 * </pre>
 */
public final class OfrepCommand implements Command {
  private static final String KIND = "ofrep";
  private static final int ROUNDS = 6;
  private static final int CONNECTIONS = 64;
  private static final List<String> JVM =
      List.of(
          "-Xms512m",
          "-Xmx512m",
          "-XX:+UseSerialGC",
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=info");

  /** With less of its core than this a server was not measured, whatever it did. */
  private static final double SHARE_MIN = 0.85;

  private final List<Round> all = new ArrayList<>();

  /** How long to measure. */
  private record Plan(int rounds, double warmUpSeconds, double roundSeconds, Path into) {
    static Plan of(List<String> arguments) {
      var options =
          new Options(
              arguments,
              List.of("--rounds", "--seconds", "--warm-up", "--into"),
              List.of("--short"));
      boolean isShort = options.has("--short");
      String into = options.text("--into");
      return new Plan(
          options.number("--rounds", isShort ? 1 : ROUNDS),
          isShort ? 0.5 : options.number("--warm-up", 15),
          isShort ? 0.5 : options.number("--seconds", 8),
          into == null
              ? Results.folder().resolve(KIND + "-" + LocalDate.now(ZoneOffset.UTC) + ".jsonl")
              : Path.of(into));
    }
  }

  /**
   * One round against one server.
   *
   * @param serverShare how much of one core the server had
   * @param microsPerRequest processor time of the server for one request
   */
  private record Round(
      String server,
      String loop,
      int round,
      LoadGenerator.Run run,
      double serverShare,
      double microsPerRequest) {
    Json.Obj json(Machine machine) {
      return machine
          .line()
          .put("benchmark", KIND)
          .put("server", server)
          .put("loop", loop)
          .put("round", round)
          .put("requests", run.answered())
          .put("refused", run.refused())
          .put("perSecond", run.perSecond())
          .put("p50Millis", run.millisAt(50))
          .put("p99Millis", run.millisAt(99))
          .put("p999Millis", run.millisAt(99.9))
          .put("serverShare", serverShare)
          .put("generatorShare", run.share())
          .put("serverMicrosPerRequest", microsPerRequest)
          .build();
    }

    String line() {
      return String.format(
          Locale.ROOT,
          "%-4s %-6s %d %8.0f/s p50 %.2f ms p99 %.2f ms; %.2f µs of processor each;"
              + " core: server %.0f %%, generator %.0f %%",
          server,
          loop,
          round,
          run.perSecond(),
          run.millisAt(50),
          run.millisAt(99),
          microsPerRequest,
          serverShare * 100,
          run.share() * 100);
    }
  }

  /** One server, with a generator for it. */
  private record Side(String name, Child process, LoadGenerator generator) {}

  @Override
  public int run(List<String> arguments) throws IOException {
    Plan plan = Plan.of(arguments);
    Path folder = Files.createTempDirectory("guidon-ofrep");
    try (Child edge = Child.start(EdgeServer.class, JVM, folder.toString(), "100")) {
      int edgePort = Integer.parseInt(edge.await("port"));
      byte[] answer = ask(edgePort);
      Path body = Files.write(folder.resolve("answer"), body(answer));
      try (Child bare = Child.start(BareServer.class, JVM, body.toString())) {
        int barePort = Integer.parseInt(bare.await("port"));
        requireSame(answer, ask(barePort));
        try (var edgeLoad = new LoadGenerator(edgePort, CONNECTIONS, answer.length);
            var bareLoad = new LoadGenerator(barePort, CONNECTIONS, answer.length)) {
          measure(plan, new Side("bare", bare, bareLoad), new Side("edge", edge, edgeLoad));
        }
      }
    } finally {
      Child.deleteAll(folder);
    }
    Files.deleteIfExists(plan.into());
    Results results = Results.open(plan.into());
    Machine machine = Machine.here();
    for (Round round : all) {
      results.add(round.json(machine));
    }
    System.out.println("written: " + results.file());
    return verdicts(plan);
  }

  private void measure(Plan plan, Side bare, Side edge) throws IOException {
    for (Side side : List.of(bare, edge, bare, edge)) {
      var _ = side.generator().closedLoop(plan.warmUpSeconds() / 2);
    }
    boolean pinned = Child.pin(ProcessHandle.current().pid(), 1);
    pinned &= bare.process().pin(0) && edge.process().pin(0);
    System.out.println(
        pinned ? "servers on core 0, generator on core 1" : "not pinned: no taskset or no core 1");
    for (Side side : List.of(bare, edge)) {
      var _ = side.generator().closedLoop(plan.warmUpSeconds() / 4);
    }
    for (int i = 0; i < plan.rounds(); i++) {
      for (Side side : i % 2 == 0 ? List.of(bare, edge) : List.of(edge, bare)) {
        add(plan, side, "closed", i, 0);
      }
    }
    double half = median("bare", "closed", round -> round.run().perSecond()) / 2;
    half = Math.min(half, median("edge", "closed", round -> round.run().perSecond()) / 2);
    for (int i = 0; i < plan.rounds(); i++) {
      for (Side side : i % 2 == 0 ? List.of(bare, edge) : List.of(edge, bare)) {
        add(plan, side, "open", i, half);
      }
    }
  }

  private void add(Plan plan, Side side, String loop, int round, double perSecond)
      throws IOException {
    long cpu = side.process().cpuNanos();
    LoadGenerator.Run run =
        perSecond == 0
            ? side.generator().closedLoop(plan.roundSeconds())
            : side.generator().openLoop(plan.roundSeconds(), perSecond);
    double used = side.process().cpuNanos() - cpu;
    var done =
        new Round(
            side.name(),
            loop,
            round,
            run,
            used / 1e9 / run.seconds(),
            used / 1e3 / Math.max(1, run.answered()));
    all.add(done);
    System.out.println(done.line());
  }

  private double median(String server, String loop, ToDoubleFunction<Round> figure) {
    double[] sorted =
        all.stream()
            .filter(round -> round.server().equals(server) && round.loop().equals(loop))
            .mapToDouble(figure)
            .sorted()
            .toArray();
    return sorted.length % 2 == 1
        ? sorted[sorted.length / 2]
        : (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
  }

  private int verdicts(Plan plan) throws IOException {
    double bareRate = median("bare", "closed", round -> round.run().perSecond());
    double edgeRate = median("edge", "closed", round -> round.run().perSecond());
    double bareCpu = median("bare", "closed", Round::microsPerRequest);
    double edgeCpu = median("edge", "closed", Round::microsPerRequest);
    double bareP99 = median("bare", "open", round -> round.run().millisAt(99));
    double edgeP99 = median("edge", "open", round -> round.run().millisAt(99));
    double share =
        Math.min(
            median("bare", "closed", Round::serverShare),
            median("edge", "closed", Round::serverShare));
    long refused = all.stream().mapToLong(round -> round.run().refused()).sum();
    double ratio = edgeRate / bareRate;
    double bound = 1.3 * bareP99 + 0.5;
    String rates =
        String.format(
            Locale.ROOT,
            "%.0f requests/s, the bare server %.0f, ratio %.2f (median of %d alternated rounds);"
                + " processor time %.1f and %.1f µs a request, ratio %.2f",
            edgeRate,
            bareRate,
            ratio,
            plan.rounds(),
            edgeCpu,
            bareCpu,
            bareCpu / edgeCpu);
    String tail =
        String.format(
            Locale.ROOT,
            "p99 at half load %.2f ms, the bare server %.2f ms (bound %.2f ms; open loop, median of"
                + " %d rounds)",
            edgeP99,
            bareP99,
            bound,
            plan.rounds());
    if (share < SHARE_MIN) {
      System.out.printf(
          Locale.ROOT,
          "no claim: a server had %.0f %% of its core (expected: at least %.0f %%), because others"
              + " used this machine or the generator was the limit%n%s%n%s%n",
          share * 100,
          SHARE_MIN * 100,
          rates,
          tail);
      return refused == 0 ? 0 : 1;
    }
    if (plan.rounds() < ROUNDS) {
      System.out.println("no claim: " + plan.rounds() + " rounds (expected: " + ROUNDS + ")");
      return refused == 0 ? 0 : 1;
    }
    Claim claim = new Claim(KIND);
    claim.say("ofrep-throughput", ratio >= 0.85 && refused == 0, rates + "; bound 0.85");
    claim.say("ofrep-throughput-keys", ratio >= 0.75 && refused == 0, rates + "; bound 0.75");
    claim.say("ofrep-p99", edgeP99 <= bound && refused == 0, tail);
    claim.keep();
    return refused == 0 ? 0 : 1;
  }

  // One request by hand

  private static byte[] ask(int port) throws IOException {
    ByteBuffer request = Requests.of(port)[0].duplicate();
    byte[] bytes = new byte[request.remaining()];
    request.get(bytes);
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(bytes);
      return answer(socket.getInputStream());
    }
  }

  private static byte[] answer(InputStream in) throws IOException {
    var bytes = new ByteArrayOutputStream();
    while (!bytes.toString(StandardCharsets.ISO_8859_1).contains("\r\n\r\n")) {
      bytes.write(readOne(in));
    }
    String head = bytes.toString(StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    int at = head.indexOf("content-length:");
    int length = Integer.parseInt(head.substring(at + 15, head.indexOf('\r', at)).strip());
    bytes.writeBytes(in.readNBytes(length));
    return bytes.toByteArray();
  }

  private static int readOne(InputStream in) throws IOException {
    int b = in.read();
    if (b < 0) {
      throw new IOException("the server closed the connection before it answered");
    }
    return b;
  }

  private static byte[] body(byte[] answer) {
    int at = new String(answer, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n");
    return Arrays.copyOfRange(answer, at + 4, answer.length);
  }

  private static void requireSame(byte[] edge, byte[] bare) {
    if (!Arrays.equals(body(edge), body(bare)) || edge.length != bare.length) {
      throw new IllegalStateException(
          "answers differ: "
              + new String(edge, StandardCharsets.ISO_8859_1)
              + " and "
              + new String(bare, StandardCharsets.ISO_8859_1)
              + " (expected: the same bytes)");
    }
  }
}
