package dev.guidon.benchmarks.load;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A fresh JVM that loads flags once or several times and says what that took. */
public final class Probe {
  private static final String MARK = "probed: ";
  private static final int SAMPLES = 200;
  private static final int COLLECTIONS = 6;

  private Probe() {}

  /** Runs one; throws when it fails, with what it said. */
  static Json.Obj run(
      String classPath, String holder, Path folder, int count, int repeats, String heap)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("guidon-probe", ".txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heap);
    command.add("-XX:+UseSerialGC");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=error");
    command.addAll(List.of("-cp", classPath, Probe.class.getName(), holder));
    command.addAll(List.of(folder.toString(), String.valueOf(count), String.valueOf(repeats)));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(180, TimeUnit.SECONDS);
    process.destroyForcibly();
    String text = Files.readString(output, StandardCharsets.UTF_8);
    Files.delete(output);
    for (String line : text.lines().toList()) {
      if (line.startsWith(MARK)
          && JsonReader.read(line.substring(MARK.length()), JsonLimits.DEFAULT)
              instanceof Json.Obj found) {
        return found;
      }
    }
    throw new IOException((ended ? "" : "not done in 180 s: ") + text);
  }

  /** In the fresh JVM. */
  public static void main(String[] args) throws Exception {
    Holder holder = make(args[0]);
    Path folder = Path.of(args[1]);
    Many many = new Many(Integer.parseInt(args[2]));
    int repeats = Integer.parseInt(args[3]);
    // Taking this before the clock starts costs a collection; so it is only done where heap is
    // asked for.
    long before = repeats == 0 ? usedHeap() : 0;
    long started = System.nanoTime();
    holder.load(folder);
    long nanos = System.nanoTime() - started;
    long sinceStart =
        System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    check(holder, many);
    Json.Obj.Builder line =
        Json.Obj.builder().put("loadMillis", nanos / 1e6).put("processMillis", sinceStart);
    if (repeats == 0) {
      line.put("heapBytes", usedHeap() - before);
      check(holder, many);
    }
    List<Json> warm = new ArrayList<>();
    for (int i = 0; i < repeats; i++) {
      holder.close();
      holder = make(args[0]);
      long again = System.nanoTime();
      holder.load(folder);
      warm.add(Json.of((System.nanoTime() - again) / 1e6));
    }
    line.put("warmMillis", new Json.Arr(warm));
    System.out.println(MARK + CanonicalJson.text(line.build()));
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }

  private static Holder make(String type) throws ReflectiveOperationException {
    return Class.forName(type).asSubclass(Holder.class).getDeclaredConstructor().newInstance();
  }

  /** A sample of the flags, for users that match and users that do not. */
  private static void check(Holder holder, Many many) {
    int step = Math.max(1, many.count() / SAMPLES);
    for (int flag = 0; flag < many.count(); flag += step) {
      for (boolean matches : new boolean[] {true, false}) {
        String answer = holder.ask(Many.key(flag), many.user(flag, matches));
        if (!answer.equals(Many.expected(flag, matches))) {
          throw new IllegalStateException(
              Many.key(flag) + ": " + answer + " (expected: " + Many.expected(flag, matches) + ")");
        }
      }
    }
  }

  private static long usedHeap() throws InterruptedException {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < COLLECTIONS; i++) {
      memory.gc();
      Thread.sleep(50);
      least = Math.min(least, memory.getHeapMemoryUsage().getUsed());
    }
    return least;
  }
}
