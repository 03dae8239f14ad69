package dev.guidon.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Everything a command sees, under a test's hand. */
final class CliWorld implements Host {
  /**
   * @param out standard output
   * @param err standard error
   */
  record Run(int exitCode, String out, String err) {
    /** As golden files keep it. */
    String transcript() {
      return "exit " + exitCode + "\n--- out\n" + out + "--- err\n" + err;
    }
  }

  private final Path folder;
  private final Map<String, String> variables = new HashMap<>();
  private final List<Duration> pauses = new ArrayList<>();
  private String stdin = "";
  private boolean tty;
  private Instant now = Instant.parse("2026-11-22T18:00:00Z");
  private int keys;
  private Runnable whilePausing = () -> {};

  CliWorld(Path folder) {
    this.folder = folder;
    variables.put("HOME", folder.resolve("home").toString());
  }

  static CliWorld connected(Path folder, FakeControl control) {
    return new CliWorld(folder)
        .with("GUIDON_URL", control.url())
        .with("GUIDON_TOKEN", FakeControl.TOKEN)
        .with("GUIDON_ENV", "shop/prod");
  }

  CliWorld with(String variable, String value) {
    variables.put(variable, value);
    return this;
  }

  CliWorld without(String variable) {
    variables.remove(variable);
    return this;
  }

  CliWorld typing(String text) {
    stdin = text;
    return this;
  }

  CliWorld atTerminal() {
    tty = true;
    return this;
  }

  CliWorld at(String instant) {
    now = Instant.parse(instant);
    return this;
  }

  CliWorld whilePausing(Runnable event) {
    whilePausing = event;
    return this;
  }

  List<Duration> pauses() {
    return pauses;
  }

  CliWorld file(String name, String text) {
    try {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Run run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    CliEnvironment env =
        new CliEnvironment(
            new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            variables,
            tty,
            InstantSource.fixed(now),
            folder,
            this);
    int exitCode = Cli.run(args, env);
    return new Run(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Override
  public void pause(Duration duration) {
    pauses.add(duration);
    whilePausing.run();
  }

  @Override
  public String newKey() {
    return "key-" + ++keys;
  }

  @Override
  public String readSecret(String prompt) {
    return null;
  }
}
