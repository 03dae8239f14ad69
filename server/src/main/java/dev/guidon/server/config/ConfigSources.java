package dev.guidon.server.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where values come from, strongest first.
 *
 * @param flags by name, such as {@code --data}
 * @param environment the process's variables; those that do not start with {@code GUIDON_} do not
 *     matter
 * @param file the YAML file, if any was named
 */
public record ConfigSources(
    Map<String, String> flags, Map<String, String> environment, @Nullable Path file) {
  /** Names the file when no flag does. */
  public static final String FILE_VARIABLE = "GUIDON_CONFIG";

  public ConfigSources {
    flags = Map.copyOf(flags);
    environment = Map.copyOf(environment);
  }

  /** The named file, else the one the environment names, else none. */
  public static ConfigSources of(
      Map<String, String> flags, Map<String, String> environment, @Nullable String fileFlag) {
    String file = fileFlag != null ? fileFlag : environment.get(FILE_VARIABLE);
    return new ConfigSources(
        flags, environment, file == null || file.isEmpty() ? null : Path.of(file));
  }
}
