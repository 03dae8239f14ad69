package dev.guidon.benchmarks.eval;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What one subject can do, and whether it does it right: all scenarios in one process. */
public final class Checker {
  private static final String MARK = "checked: ";
  private static final long SECONDS_MAX = 60;

  private Checker() {}

  /** A line per scenario: {@code scenario}, {@code state} (ok, none, failed), {@code says}. */
  static List<Json.Obj> ask(Contender contender, String classPath)
      throws IOException, InterruptedException {
    Path output = java.nio.file.Files.createTempFile("guidon-check", ".txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                classPath,
                Checker.class.getName(),
                contender.type())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(SECONDS_MAX, TimeUnit.SECONDS);
    process.destroyForcibly();
    String text = java.nio.file.Files.readString(output, StandardCharsets.UTF_8);
    java.nio.file.Files.delete(output);
    List<Json.Obj> lines = new ArrayList<>();
    for (String line : text.lines().toList()) {
      if (line.startsWith(MARK)
          && JsonReader.read(line.substring(MARK.length()), JsonLimits.DEFAULT)
              instanceof Json.Obj obj) {
        lines.add(obj);
      }
    }
    if (!ended || lines.isEmpty()) {
      String why = ended ? "ended: " + lastLine(text) : "not done in " + SECONDS_MAX + " s";
      lines.add(line("*", "failed", why));
    }
    return lines;
  }

  private static String lastLine(String text) {
    Optional<String> last = text.lines().filter(line -> !line.isBlank()).reduce((a, b) -> b);
    return last.orElse("without a word");
  }

  private static Json.Obj line(String scenario, String state, String says) {
    return Json.Obj.of(
        "scenario", Json.of(scenario), "state", Json.of(state), "says", Json.of(says));
  }

  /** In the process of its own. */
  public static void main(String[] args) {
    try (Subject subject = Contender.make(args[0])) {
      say(line("*", "setup", subject.setup()));
      for (Scenario scenario : Scenario.values()) {
        say(check(subject, scenario));
      }
    } catch (Throwable e) {
      say(line("*", "failed", reason(e)));
    }
    System.out.flush();
    // Some engines leave threads behind.
    Runtime.getRuntime().halt(0);
  }

  private static Json.Obj check(Subject subject, Scenario scenario) {
    try {
      Call call = subject.call(scenario);
      return call == null
          ? line(scenario.name(), "none", "cannot express it, or has no OpenFeature provider here")
          : line(scenario.name(), "ok", Answers.check(scenario, call));
    } catch (Throwable e) {
      return line(scenario.name(), "failed", reason(e));
    }
  }

  private static String reason(Throwable e) {
    Throwable root = e;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      root = cause;
    }
    return root.toString().lines().findFirst().orElse("").strip();
  }

  private static void say(Json.Obj line) {
    System.out.println(MARK + CanonicalJson.text(line));
  }
}
