package dev.guidon.benchmarks;

import dev.guidon.model.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Where a number was measured; without it a number means little. */
public record Machine(String cpu, int cores, String java, String system, LocalDate date) {

  public static Machine here() {
    return new Machine(
        model(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        LocalDate.now(ZoneOffset.UTC));
  }

  private static String model() {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }

  /** As every line of results has it. */
  public Json.Obj.Builder line() {
    return Json.Obj.builder()
        .put("date", date.toString())
        .put("cpu", cpu)
        .put("cores", cores)
        .put("java", java)
        .put("system", system);
  }

  @Override
  public String toString() {
    return cpu + ", " + cores + " cores, " + java + ", " + system + ", " + date;
  }
}
