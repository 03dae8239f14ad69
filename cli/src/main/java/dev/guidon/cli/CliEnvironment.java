package dev.guidon.cli;

import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Everything a command touches outside itself, so that a test can be its whole world.
 *
 * @param isTty whether a person sits at both ends: questions, colours and shortened tables need one
 * @param workingDirectory what relative file names start from
 */
public record CliEnvironment(
    InputStream stdin,
    PrintStream stdout,
    PrintStream stderr,
    Map<String, String> variables,
    boolean isTty,
    InstantSource clock,
    Path workingDirectory,
    Host host) {
  private static final int OUTPUT_BUFFER_BYTES = 1 << 16;

  public CliEnvironment {
    variables = Map.copyOf(variables);
  }

  /** The process this runs in. */
  // Without a terminal some consoles are null and some only say that they are none.
  @SuppressWarnings("SystemConsoleNull")
  public static CliEnvironment ofProcess() {
    Console console = System.console();
    return new CliEnvironment(
        System.in,
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), OUTPUT_BUFFER_BYTES),
            /* autoFlush= */ false,
            StandardCharsets.UTF_8),
        new PrintStream(
            new FileOutputStream(FileDescriptor.err),
            /* autoFlush= */ true,
            StandardCharsets.UTF_8),
        System.getenv(),
        console != null && console.isTerminal(),
        InstantSource.system(),
        Path.of("").toAbsolutePath(),
        new ProcessHost(console));
  }

  @Nullable String variable(String name) {
    String value = variables.get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  /** A file that a person named. */
  Path file(String name) {
    return workingDirectory.resolve(name);
  }

  private record ProcessHost(@Nullable Console console) implements Host {
    @Override
    public void pause(Duration duration) throws InterruptedException {
      Thread.sleep(duration);
    }

    @Override
    public String newKey() {
      return UUID.randomUUID().toString();
    }

    @Override
    public @Nullable String readSecret(String prompt) {
      char[] secret =
          console == null || !console.isTerminal() ? null : console.readPassword("%s", prompt);
      return secret == null ? null : new String(secret);
    }
  }
}
