package dev.guidon.server.proof;

import dev.guidon.server.Main;
import dev.guidon.server.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a command of the program to its end, in a process of its own. */
final class Commands {
  private Commands() {}

  /** What it printed, once it ended with 0. */
  static String run(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                TestServer.classPath(),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    if (code != 0) {
      throw new IOException(
          "guidon " + String.join(" ", arguments) + ": exit code " + code + ": " + out);
    }
    return out;
  }
}
