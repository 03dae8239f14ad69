package dev.guidon.server.demo;

import dev.guidon.server.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** {@code guidon serve} in a process of its own, which ends with this one at the latest. */
public final class ServerProcess implements AutoCloseable {
  /** Options of this JVM that its children need too. */
  private static final List<String> INHERITED =
      List.of(
          "-XX:AOTCache=",
          "-Xlog:aot=",
          "-Xlog:cds=",
          "--enable-native-access=",
          "--sun-misc-unsafe-");

  private final Process process;
  private final long startedNanos = System.nanoTime();
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Ready> ready = new CompletableFuture<>();
  private final List<Thread> readers;

  /**
   * What a server said when it was ready.
   *
   * @param adminToken only at the first start on a data folder, like {@code sdkKey}
   * @param lines all it printed
   * @param took from starting the process
   */
  public record Ready(
      URI api,
      URI delivery,
      @Nullable String adminToken,
      @Nullable String sdkKey,
      String curl,
      List<String> lines,
      Duration took) {}

  private ServerProcess(Process process) {
    this.process = process;
    this.readers =
        List.of(
            Thread.ofVirtual()
                .start(() -> read(process.inputReader(StandardCharsets.UTF_8), lines, true)),
            Thread.ofVirtual()
                .start(() -> read(process.errorReader(StandardCharsets.UTF_8), errors, false)));
  }

  /** Starts a server with the classes of this process. */
  public static ServerProcess start(List<String> serveFlags) throws IOException {
    return start(List.of(), System.getProperty("java.class.path"), List.of(), serveFlags);
  }

  /**
   * Starts a server.
   *
   * @param wrapper a program that runs another, such as {@code strace}; may be empty
   */
  public static ServerProcess start(
      List<String> wrapper, String classPath, List<String> javaOptions, List<String> serveFlags)
      throws IOException {
    List<String> command = new ArrayList<>(wrapper);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (INHERITED.stream().anyMatch(option::startsWith)) {
        command.add(option);
      }
    }
    command.addAll(javaOptions);
    command.addAll(List.of("-cp", classPath, Main.class.getName(), "serve", "--until-input-ends"));
    command.addAll(serveFlags);
    return new ServerProcess(new ProcessBuilder(command).start());
  }

  private void read(BufferedReader from, List<String> kept, boolean announces) {
    try (from) {
      for (String line = from.readLine(); line != null; line = from.readLine()) {
        kept.add(line);
        if (announces && line.startsWith("try ")) {
          ready.complete(ready());
        }
      }
    } catch (IOException e) {
      kept.add("(reading ended: " + e + ")");
    }
    if (announces) {
      ready.completeExceptionally(new IOException("the server ended before it was ready"));
    }
  }

  private Ready ready() {
    return new Ready(
        URI.create(word("api")),
        URI.create(word("delivery")),
        optionalWord("token"),
        optionalWord("key"),
        lines.getLast().substring("try".length()).strip(),
        List.copyOf(lines),
        Duration.ofNanos(System.nanoTime() - startedNanos));
  }

  private String word(String label) {
    String found = optionalWord(label);
    return found == null ? "missing:" + label : found;
  }

  private @Nullable String optionalWord(String label) {
    for (String line : lines) {
      if (line.startsWith(label + " ")) {
        String rest = line.substring(label.length()).strip();
        int end = rest.indexOf(' ');
        return end < 0 ? rest : rest.substring(0, end);
      }
    }
    return null;
  }

  /** Waits for the last of the lines that a server prints. */
  public Ready awaitReady(Duration timeout) throws IOException, InterruptedException {
    try {
      return ready.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IOException(
          "the server did not start: exit code " + awaitExit(timeout) + "; it said " + said(), e);
    } catch (TimeoutException e) {
      throw new IOException(
          "the server was not ready within " + timeout + "; it said " + said(), e);
    }
  }

  private List<String> said() {
    List<String> all = new ArrayList<>(lines);
    all.addAll(errors);
    return all;
  }

  /**
   * Ends it at once, without a chance to write anything more (SIGKILL), and waits until it is gone.
   */
  public void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.toHandle().destroyForcibly();
    process.onExit().join();
  }

  /** Asks it to end (SIGTERM). */
  public void terminate() {
    // Not Process.destroy, which also closes the streams, and with them the last lines.
    process.toHandle().destroy();
  }

  /** The exit code once it has ended; an error when it goes on. */
  public int awaitExit(Duration timeout) throws IOException, InterruptedException {
    if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IOException("the server did not end within " + timeout);
    }
    for (Thread reader : readers) {
      reader.join(timeout);
    }
    return process.exitValue();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /** What it printed on its standard output so far. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  /** What it printed on its standard error stream so far. */
  public List<String> errors() {
    return List.copyOf(errors);
  }

  /** Lets it end by itself, as it does when this process is gone. */
  public void endInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException("the server's input cannot be closed", e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
