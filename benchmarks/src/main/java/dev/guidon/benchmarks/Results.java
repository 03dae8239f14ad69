package dev.guidon.benchmarks;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was measured, as lines of JSON in {@code benchmarks/results}: {@code
 * <command>-<date>.jsonl}. A line is written when it is measured, so that a run that was cut off
 * goes on where it stopped.
 */
public final class Results {
  private static final JsonLimits LIMITS = JsonLimits.DEFAULT;
  private final Path file;
  private final List<Json.Obj> lines;

  private Results(Path file, List<Json.Obj> lines) {
    this.file = file;
    this.lines = lines;
  }

  /** The folder of the checkout; {@code -Dguidon.root} names it, else it is the working folder. */
  public static Path root() {
    return Path.of(System.getProperty("guidon.root", ".")).toAbsolutePath().normalize();
  }

  public static Path folder() {
    return root().resolve("benchmarks/results");
  }

  /** What a file has, to be gone on with; empty when there is no such file. */
  public static Results open(Path file) throws IOException {
    List<Json.Obj> lines = new ArrayList<>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        if (JsonReader.read(line, LIMITS) instanceof Json.Obj obj) {
          lines.add(obj);
        }
      }
    }
    return new Results(file, lines);
  }

  /** The newest results of a command, by the date in the file's name; {@code null} without any. */
  public static @Nullable Results newest(String command) throws IOException {
    if (!Files.isDirectory(folder())) {
      return null;
    }
    try (Stream<Path> files = Files.list(folder())) {
      Path newest =
          files
              .filter(file -> isOf(command, file.getFileName().toString()))
              .max((a, b) -> a.getFileName().compareTo(b.getFileName()))
              .orElse(null);
      return newest == null ? null : open(newest);
    }
  }

  private static boolean isOf(String command, String name) {
    return name.matches(java.util.regex.Pattern.quote(command) + "-\\d{4}-\\d\\d-\\d\\d\\.jsonl");
  }

  public void add(Json.Obj line) throws IOException {
    lines.add(line);
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(
        file,
        CanonicalJson.text(line) + "\n",
        StandardCharsets.UTF_8,
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  public List<Json.Obj> lines() {
    return lines;
  }

  public Path file() {
    return file;
  }

  public static String text(Json.Obj line, String member) {
    return line.get(member) instanceof Json.Str text ? text.value() : "";
  }

  /** NaN where there is none. */
  public static double number(Json.Obj line, String member) {
    return line.get(member) instanceof Json.Num number ? number.value() : Double.NaN;
  }
}
