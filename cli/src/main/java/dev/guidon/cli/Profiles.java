package dev.guidon.cli;

import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonException;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import dev.guidon.model.json.PrettyJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Named sets of server, project and environment, kept under the XDG configuration folder. A token
 * is never in this file: a profile may name the file that holds it.
 *
 * @param current the profile in use
 */
record Profiles(@Nullable String current, Map<String, Profile> byName) {
  /** One profile; whatever it leaves out comes from options and variables. */
  record Profile(
      @Nullable String server,
      @Nullable String project,
      @Nullable String environment,
      @Nullable String tokenFile) {
    static final Profile EMPTY = new Profile(null, null, null, null);

    Json.Obj json() {
      return Json.Obj.builder()
          .putIfPresent("server", server)
          .putIfPresent("project", project)
          .putIfPresent("env", environment)
          .putIfPresent("tokenFile", tokenFile)
          .build();
    }
  }

  Profiles {
    byName = Map.copyOf(byName);
  }

  Profile active() {
    return current == null ? Profile.EMPTY : byName.getOrDefault(current, Profile.EMPTY);
  }

  /** With one profile set and in use. */
  Profiles using(String name, Profile profile) {
    Map<String, Profile> changed = new TreeMap<>(byName);
    changed.put(name, profile);
    return new Profiles(name, changed);
  }

  /** {@code $XDG_CONFIG_HOME/guidon} or its customary place. */
  static Path folder(CliEnvironment env) {
    return xdg(env, "XDG_CONFIG_HOME", ".config");
  }

  static Path xdg(CliEnvironment env, String variable, String customary) {
    String base = env.variable(variable);
    if (base != null && Path.of(base).isAbsolute()) {
      return Path.of(base, "guidon");
    }
    String home = env.variable("HOME");
    return (home == null ? env.workingDirectory() : Path.of(home)).resolve(customary, "guidon");
  }

  private static Path file(CliEnvironment env) {
    return folder(env).resolve("config.json");
  }

  static Profiles load(CliEnvironment env) {
    Path file = file(env);
    try {
      return read(JsonReader.read(Files.readAllBytes(file), JsonLimits.DEFAULT));
    } catch (NoSuchFileException e) {
      return new Profiles(null, Map.of());
    } catch (IOException | JsonException e) {
      throw new CliException(
          ExitCode.FAILED,
          "unreadable-configuration",
          file + " cannot be read: " + e.getMessage(),
          "Mend the file or remove it.",
          e);
    }
  }

  private static Profiles read(Json json) {
    Map<String, Profile> byName = new TreeMap<>();
    if (Members.at(json, "contexts") instanceof Json.Obj contexts) {
      contexts
          .members()
          .forEach((name, profile) ->
              byName.put(
                  name,
                  new Profile(
                      Members.string(profile, "server"),
                      Members.string(profile, "project"),
                      Members.string(profile, "env"),
                      Members.string(profile, "tokenFile"))));
    }
    return new Profiles(Members.string(json, "current"), byName);
  }

  void save(CliEnvironment env) {
    Json.Obj.Builder contexts = Json.Obj.builder();
    new TreeMap<>(byName).forEach((name, profile) -> contexts.put(name, profile.json()));
    Json json =
        Json.Obj.builder()
            .put("v", 1)
            .putIfPresent("current", current)
            .put("contexts", contexts.build())
            .build();
    writePrivate(file(env), PrettyJson.text(json) + "\n");
  }

  /** Writes a file that nobody else can read, whole or not at all. */
  static void writePrivate(Path file, String text) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Path fresh = Files.createTempFile(file.toAbsolutePath().getParent(), ".new", "");
      if (Files.getFileStore(fresh).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
      }
      Files.write(fresh, text.getBytes(StandardCharsets.UTF_8));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }
}
