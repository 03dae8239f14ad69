package dev.guidon.log;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Hash;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A process that writes a log, says on its standard output what was acknowledged, and dies: by its
 * own hand in a window of the append, or killed by its parent.
 */
final class LogChild {
  /** The exit code that says that the window was reached. */
  static final int HALTED = 77;

  private static final String ACKNOWLEDGED = "ack ";
  private static final int WRITERS = 8;

  private LogChild() {}

  /** Where the process ends, in the last round. */
  enum Window {
    BEFORE_APPEND,
    AFTER_BLOB,
    BEFORE_COMMIT,
    AFTER_COMMIT
  }

  /** What a child said until it died. */
  record Told(List<String> acknowledged, int exitCode) {}

  static String shown(CommittedEntry entry) {
    return entry.position().revision() + " " + entry.entry().key() + " " + entry.hash();
  }

  static byte[] blob(int round) {
    return ("[\"unit-" + round + "\"]").getBytes(StandardCharsets.UTF_8);
  }

  /** Runs a child that appends in rounds and halts in a window of the last. */
  static Told run(Class<? extends LogCompliance> kit, Path directory, Window window, int rounds)
      throws Exception {
    Process process =
        start(kit.getName(), directory.toString(), window.name(), String.valueOf(rounds));
    return listen(process, Integer.MAX_VALUE);
  }

  /** Runs a child with many writers and kills it when it has acknowledged so many appends. */
  static Told killAfter(Class<? extends LogCompliance> kit, Path directory, int acknowledgements)
      throws Exception {
    return listen(start(kit.getName(), directory.toString(), "", ""), acknowledgements);
  }

  static List<String> command(String mainClass, List<String> options, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Xshare:auto");
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(options);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(mainClass);
    command.addAll(List.of(arguments));
    return command;
  }

  private static Process start(String... arguments) throws IOException {
    return new ProcessBuilder(command(LogChild.class.getName(), List.of(), arguments))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static Told listen(Process process, int killAfter)
      throws IOException, InterruptedException {
    List<String> acknowledged = new ArrayList<>();
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        // A kill can cut the last line short; then nobody was told.
        if (line.startsWith(ACKNOWLEDGED) && line.endsWith(".")) {
          acknowledged.add(line.substring(ACKNOWLEDGED.length(), line.length() - 1));
        }
        if (acknowledged.size() == killAfter) {
          // By its handle, which leaves the pipe open: what was said before counts.
          process.toHandle().destroyForcibly();
        }
      }
    } finally {
      process.destroyForcibly();
    }
    return new Told(acknowledged, process.waitFor());
  }

  /** Arguments: kit class, directory, window, rounds. */
  public static void main(String... arguments) throws Exception {
    LogCompliance kit =
        Class.forName(arguments[0])
            .asSubclass(LogCompliance.class)
            .getDeclaredConstructor()
            .newInstance();
    Path directory = Path.of(arguments[1]);
    if (arguments[2].isEmpty()) {
      writeForEver(kit.open(directory));
    } else {
      writeUntil(kit, directory, Window.valueOf(arguments[2]), Integer.parseInt(arguments[3]));
    }
  }

  private static void writeUntil(LogCompliance kit, Path directory, Window window, int rounds) {
    AtomicBoolean isLastRound = new AtomicBoolean();
    Log log =
        kit.openWatched(
            directory, () -> haltIf(isLastRound.get() && window == Window.BEFORE_COMMIT));
    Head head = log.create(Scribe.SHOP, Scribe.logId(Scribe.SHOP.text()));
    for (int round = 1; round <= rounds; round++) {
      boolean isLast = round == rounds;
      byte[] blob = blob(round);
      log.putBlob(Hash.of(blob), blob);
      haltIf(isLast && window == Window.AFTER_BLOB);
      CommittedEntry entry =
          Scribe.next(head, "round-" + round, Scribe.segment("s", round, Hash.of(blob)));
      haltIf(isLast && window == Window.BEFORE_APPEND);
      isLastRound.set(isLast);
      head = ((AppendResult.Committed) log.append(Scribe.SHOP, head, entry)).head();
      haltIf(isLast && window == Window.AFTER_COMMIT);
      say(entry);
    }
  }

  private static void haltIf(boolean isHere) {
    if (isHere) {
      Runtime.getRuntime().halt(HALTED);
    }
  }

  private static void writeForEver(Log log) {
    log.create(Scribe.SHOP, Scribe.logId(Scribe.SHOP.text()));
    for (int i = 0; i < WRITERS; i++) {
      int writer = i;
      Thread.ofPlatform().start(() -> writeForEver(log, writer));
    }
  }

  private static void writeForEver(Log log, int writer) {
    // Below the first checkpoint, which nobody here would know.
    for (int i = 0; i < 100; i++) {
      AppendResult result;
      CommittedEntry entry;
      do {
        Head head = Objects.requireNonNull(log.head(Scribe.SHOP));
        entry = Scribe.next(head, writer + "-" + i, Scribe.flag("f" + writer, i + 1, true));
        result = log.append(Scribe.SHOP, head, entry);
      } while (!(result instanceof AppendResult.Committed));
      say(entry);
    }
  }

  static void say(CommittedEntry entry) {
    PrintStream out = System.out;
    out.println(ACKNOWLEDGED + shown(entry) + ".");
    out.flush();
  }
}
