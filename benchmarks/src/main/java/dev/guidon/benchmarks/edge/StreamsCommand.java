package dev.guidon.benchmarks.edge;

import dev.guidon.benchmarks.Claim;
import dev.guidon.benchmarks.Command;
import dev.guidon.benchmarks.Machine;
import dev.guidon.benchmarks.Options;
import dev.guidon.benchmarks.Results;
import dev.guidon.model.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * {@code ./guidon bench streams}: what a stream that has nothing to say costs, and what it costs to
 * say something to all. First our edge, then {@link BareStreams}; readers in this process, servers
 * in their own. Needs a limit of open files above the number of streams.
 *
 * <pre>
 *   --streams N  open at once (10000)
 *   --flips N    changes sent to all (5)
 *   --into FILE  results go there
 *   --short      200 streams; proves only that it works
 * </pre>
 */
public final class StreamsCommand implements Command {
  private static final String KIND = "streams";
  private static final int STREAMS = 10_000;
  private static final int WARM_UP_STREAMS = 500;

  /** A heap that gives back what it does not need, so that resident memory tells something. */
  private static final List<String> JVM =
      List.of(
          "-Xmx512m",
          "-Xms16m",
          "-XX:+UseSerialGC",
          "-XX:MinHeapFreeRatio=5",
          "-XX:MaxHeapFreeRatio=10",
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

  /** What one server held and did. */
  private record Seen(
      String server,
      int streams,
      double heapBytes,
      double residentBytes,
      double openMillis,
      double medianMillis,
      double microsPerDelivery) {
    Json.Obj json(Machine machine) {
      return machine
          .line()
          .put("benchmark", KIND)
          .put("server", server)
          .put("streams", streams)
          .put("heapBytesPerStream", heapBytes)
          .put("residentBytesPerStream", residentBytes)
          .put("openMillis", openMillis)
          .put("millisUntilAllHadAChange", medianMillis)
          .put("serverMicrosPerDelivery", microsPerDelivery)
          .build();
    }
  }

  @Override
  public int run(List<String> arguments) throws IOException {
    var options =
        new Options(arguments, List.of("--streams", "--flips", "--into"), List.of("--short"));
    int streams = options.number("--streams", options.has("--short") ? 200 : STREAMS);
    int flips = options.number("--flips", options.has("--short") ? 2 : 5);
    String into = options.text("--into");
    Path file =
        into == null
            ? Results.folder().resolve(KIND + "-" + LocalDate.now(ZoneOffset.UTC) + ".jsonl")
            : Path.of(into);
    Path folder = Files.createTempDirectory("guidon-streams");
    Seen edge;
    Seen bare;
    try {
      edge = see("edge", EdgeServer.class, streams, flips, folder.toString(), "10");
      bare = see("bare", BareStreams.class, streams, flips);
    } finally {
      Child.deleteAll(folder);
    }
    Files.deleteIfExists(file);
    Results results = Results.open(file);
    Machine machine = Machine.here();
    results.add(edge.json(machine));
    results.add(bare.json(machine));
    System.out.println("written: " + file);
    verdicts(edge, bare);
    return 0;
  }

  private static Seen see(String name, Class<?> main, int streams, int flips, String... args)
      throws IOException {
    try (Child server = Child.start(main, JVM, args)) {
      int port = Integer.parseInt(server.await("port"));
      // Classes, threads and compiled code are there before anything is weighed.
      try (var first = new StreamReaders(port)) {
        first.open(Math.min(WARM_UP_STREAMS, streams));
        first.forgetChanges();
        server.say("flip");
        first.awaitChange(1);
      }
      try (var readers = new StreamReaders(port)) {
        readers.rest(1_000); // Until the server has noticed that the first ones left.
        long heap = heap(server);
        long resident = server.residentBytes();
        long start = System.nanoTime();
        readers.open(streams);
        double openMillis = (System.nanoTime() - start) / 1e6;
        readers.rest(2_000);
        readers.forgetChanges();
        double heapBytes = (double) (heap(server) - heap) / streams;
        double residentBytes = (double) (server.residentBytes() - resident) / streams;
        Seen seen = flips(name, server, readers, streams, flips, heapBytes, residentBytes);
        return new Seen(
            name,
            streams,
            heapBytes,
            residentBytes,
            openMillis,
            seen.medianMillis(),
            seen.microsPerDelivery());
      }
    }
  }

  private static Seen flips(
      String name,
      Child server,
      StreamReaders readers,
      int streams,
      int flips,
      double heapBytes,
      double residentBytes)
      throws IOException {
    List<Double> millis = new ArrayList<>();
    long cpu = server.cpuNanos();
    for (int flip = 1; flip <= flips; flip++) {
      server.say("flip");
      long flipped = Long.parseLong(server.await("flipped"));
      millis.add((readers.awaitChange(flip) - flipped) / 1e6);
    }
    double micros = (server.cpuNanos() - cpu) / 1e3 / flips / streams;
    double median = millis.stream().sorted().toList().get(flips / 2);
    System.out.printf(
        Locale.ROOT,
        "%s: %d streams, %.0f bytes of heap and %.0f resident each; all had a change after %.0f ms"
            + " (median of %d), %.1f µs of processor a delivery%n",
        name,
        streams,
        heapBytes,
        residentBytes,
        median,
        flips,
        micros);
    return new Seen(name, streams, heapBytes, residentBytes, 0, median, micros);
  }

  private static long heap(Child server) throws IOException {
    server.say("heap");
    return Long.parseLong(server.await("heap"));
  }

  private static void verdicts(Seen edge, Seen bare) throws IOException {
    if (edge.streams() < STREAMS) {
      System.out.println("no claim: " + edge.streams() + " streams (expected: " + STREAMS + ")");
      return;
    }
    Claim claim = new Claim(KIND);
    double heap = edge.heapBytes() / bare.heapBytes();
    double resident = edge.residentBytes() / bare.residentBytes();
    claim.say(
        "streams-memory",
        heap <= 2 && resident <= 2,
        String.format(
            Locale.ROOT,
            "%d idle view streams: %.1f KB of heap and %.1f KB resident each, a bare server of the"
                + " same stack %.1f and %.1f, ratios %.2f and %.2f (bound 2)",
            edge.streams(),
            edge.heapBytes() / 1024,
            edge.residentBytes() / 1024,
            bare.heapBytes() / 1024,
            bare.residentBytes() / 1024,
            heap,
            resident));
    System.out.printf(
        Locale.ROOT,
        "one flag flipped: all had it after %.0f ms, the bare server's frame after %.0f ms; %.1f and"
            + " %.1f µs of processor a delivery%n",
        edge.medianMillis(),
        bare.medianMillis(),
        edge.microsPerDelivery(),
        bare.microsPerDelivery());
    claim.keep();
  }
}
