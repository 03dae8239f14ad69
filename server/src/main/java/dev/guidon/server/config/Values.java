package dev.guidon.server.config;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds each setting's winning value and reads it as what it should be. A value that cannot be read
 * is reported and replaced by something harmless, so that all problems are found in one go.
 */
final class Values {
  private final List<String> problems;
  private final Map<String, String> flags;
  private final Map<String, String> environment;
  private final Map<String, ConfigFile.Scalar> file;
  private final Map<Setting, Given> givens = new LinkedHashMap<>();

  Values(ConfigSources sources, List<String> problems) {
    this.problems = problems;
    this.flags = sources.flags();
    this.environment = sources.environment();
    this.file = sources.file() == null ? Map.of() : ConfigFile.read(sources.file(), problems);
    Settings.all().forEach(setting -> givens.put(setting, find(setting)));
    reportUnknown();
  }

  List<Given> givens() {
    return List.copyOf(givens.values());
  }

  private Given find(Setting setting) {
    List<Given> layers =
        new ArrayList<>(List.of(fromFlag(setting), fromVariable(setting), fromFile(setting)));
    layers.removeIf(layer -> layer.value() == null);
    return layers.isEmpty() ? new Given(setting, setting.fallback(), "default") : layers.getFirst();
  }

  private Given fromFlag(Setting setting) {
    String source = "flag " + setting.flag();
    return layer(
        setting,
        flags.get(setting.flag()),
        source,
        flags.get(setting.file().flag()),
        source + "-file");
  }

  private Given fromVariable(Setting setting) {
    return layer(
        setting,
        environment.get(setting.variable()),
        "environment " + setting.variable(),
        environment.get(setting.file().variable()),
        "environment " + setting.file().variable());
  }

  private Given fromFile(Setting setting) {
    ConfigFile.Scalar direct = file.get(setting.key());
    ConfigFile.Scalar named = file.get(setting.file().key());
    return layer(
        setting,
        direct == null ? null : direct.value(),
        direct == null ? "" : direct.place(),
        named == null ? null : named.value(),
        named == null ? "" : named.place());
  }

  /** One source's word: the value itself or, for a secret, the file that holds it. */
  private Given layer(
      Setting setting,
      @Nullable String direct,
      String source,
      @Nullable String secretFile,
      String fileSource) {
    if (!setting.secret() || secretFile == null) {
      return new Given(setting, direct, source);
    }
    if (direct != null) {
      problems.add(
          setting.key()
              + ": given directly and as a file (expected: one of them) from "
              + fileSource);
    }
    try {
      return new Given(
          setting,
          Files.readString(Path.of(secretFile)).strip(),
          fileSource + " (" + secretFile + ")");
    } catch (IOException | InvalidPathException e) {
      problems.add(
          setting.file().key()
              + ": \""
              + secretFile
              + "\" (expected: a file that can be read; "
              + e
              + ") from "
              + fileSource);
      return new Given(setting, "unreadable", fileSource);
    }
  }

  private void reportUnknown() {
    Set<String> keys = new HashSet<>();
    Set<String> variables = new HashSet<>();
    Set<String> sections = new HashSet<>();
    for (Setting setting : Settings.all()) {
      keys.add(setting.key());
      variables.add(setting.variable());
      if (setting.secret()) {
        keys.add(setting.file().key());
        variables.add(setting.file().variable());
      }
      if (setting.key().contains(".")) {
        sections.add("GUIDON_" + setting.section().toUpperCase(Locale.ROOT) + "_");
      }
    }
    file.forEach((key, scalar) -> {
      if (!keys.contains(key)) {
        problems.add(
            key
                + ": no such setting (expected: "
                + nearest(key, keys)
                + ") from "
                + scalar.place());
      }
    });
    // Other variables of that prefix belong to the launcher and to the commands that call the API.
    for (String name : new TreeSet<>(environment.keySet())) {
      if (!variables.contains(name) && sections.stream().anyMatch(name::startsWith)) {
        problems.add(
            name
                + ": no such setting (expected: "
                + nearest(name, variables)
                + ") from environment");
      }
    }
  }

  private static String nearest(String name, Set<String> known) {
    String best = "one of those that config print shows";
    int bestDistance = 4;
    for (String candidate : new TreeSet<>(known)) {
      int distance = EditDistance.between(name, candidate);
      if (distance < bestDistance) {
        best = "perhaps " + candidate;
        bestDistance = distance;
      }
    }
    return best;
  }

  private Given given(Setting setting) {
    Given given = givens.get(setting);
    if (given == null) {
      throw new IllegalStateException(
          "setting " + setting.key() + " is missing from Settings.all()");
    }
    return given;
  }

  void problem(Setting setting, String expected) {
    Given given = given(setting);
    String value = given.value() == null ? "not set" : "\"" + given.shown() + "\"";
    problems.add(
        setting.key() + ": " + value + " (expected: " + expected + ") from " + given.source());
  }

  boolean isSet(Setting setting) {
    return given(setting).value() != null;
  }

  @Nullable String optional(Setting setting) {
    return given(setting).value();
  }

  String text(Setting setting, String expected) {
    String value = given(setting).value();
    if (value == null || value.isBlank()) {
      problem(setting, expected);
      return "missing";
    }
    return value;
  }

  long whole(Setting setting, long least, long most) {
    String value = given(setting).value();
    try {
      long number = Long.parseLong(value == null ? "" : value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, together with a number out of bounds.
    }
    problem(setting, "a whole number from " + least + " to " + most);
    return least;
  }

  boolean bool(Setting setting) {
    String value = given(setting).value();
    if (!"true".equals(value) && !"false".equals(value)) {
      problem(setting, "true or false");
    }
    return "true".equals(value);
  }

  int port(Setting setting) {
    return Math.toIntExact(whole(setting, 0, 65535));
  }

  <E extends Enum<E>> E choice(Setting setting, Class<E> type) {
    List<String> names = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      names.add(constant.toString());
      if (constant.toString().equals(given(setting).value())) {
        return constant;
      }
    }
    problem(setting, "one of " + String.join(", ", names));
    return type.getEnumConstants()[0];
  }

  @Nullable Path path(Setting setting) {
    String value = given(setting).value();
    if (value == null) {
      return null;
    }
    try {
      if (!value.isBlank()) {
        return Path.of(value);
      }
    } catch (InvalidPathException e) {
      // Said below.
    }
    problem(setting, "a path");
    return null;
  }

  /** For settings that have a default. */
  Path requiredPath(Setting setting) {
    Path path = path(setting);
    return path == null ? Path.of("missing") : path;
  }

  @Nullable Path readableFile(Setting setting) {
    Path path = path(setting);
    if (path != null && !(Files.isRegularFile(path) && Files.isReadable(path))) {
      problem(setting, "a file that can be read");
    }
    return path;
  }

  @Nullable URI url(Setting setting) {
    String value = given(setting).value();
    if (value == null) {
      return null;
    }
    try {
      URI url = URI.create(value);
      boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (web && url.getHost() != null && url.getRawQuery() == null) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    problem(setting, "http://host:port or https://host:port");
    return null;
  }
}
