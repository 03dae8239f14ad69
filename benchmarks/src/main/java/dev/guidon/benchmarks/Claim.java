package dev.guidon.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Says what a run showed, where {@code ./guidon claims --write} finds it too. */
public final class Claim {
  private final String command;
  private final List<String> lines = new ArrayList<>();

  /**
   * @param command names the file that the lines are kept in
   */
  public Claim(String command) {
    this.command = command;
  }

  /**
   * @param holds whether what was promised was seen; a miss is said first
   */
  public void say(String id, boolean holds, String text) {
    String line = "CLAIM " + id + ": " + (holds ? "" : "MISSED: ") + text;
    lines.add(line);
    System.out.println(line);
  }

  public void keep() throws IOException {
    Path folder = Results.root().resolve("target/claims");
    Files.createDirectories(folder);
    Files.write(folder.resolve("bench-" + command + ".log"), lines, StandardCharsets.UTF_8);
  }
}
