package dev.guidon.server.docs;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A process of a page that goes on while the page's other blocks run. */
final class Background implements AutoCloseable {
  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader;

  Background(ProcessBuilder command) throws IOException {
    process = command.redirectErrorStream(true).start();
    reader = Thread.ofVirtual().start(this::read);
  }

  private void read() {
    try (BufferedReader from = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = from.readLine(); line != null; line = from.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add("(reading ended: " + e + ")");
    }
  }

  String output() {
    return String.join("\n", lines);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** As Ctrl-C does, and waits for the end. */
  void stop() throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroy);
    process.toHandle().destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          "process " + process.pid() + " did not end within 30 s; it said\n" + output());
    }
    reader.join();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
