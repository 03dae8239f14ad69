package dev.guidon.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code guidon generate}: accessors with types, from the catalog. */
@Command(
    name = "generate",
    header = "Writes code that reads flags by name and type.",
    footer = {
      "guidon generate java --package shop.flags --out src/main/java",
      "guidon generate typescript --out src"
    })
final class Generate extends Noun {
  static CommandLine all(CliEnvironment env) {
    return Cli.group(new Generate(), List.of(new Java(env), new TypeScript(env)));
  }

  /** Names that the generated code uses itself. */
  private static final Set<String> TAKEN =
      Set.of(
          "Client",
          "EvaluationContext",
          "FlagEvaluationDetails",
          "EvaluationDetails",
          "Value",
          "JsonValue",
          "FlagKeys",
          "LinkedHashMap",
          "List",
          "Map",
          "Object",
          "String",
          "Boolean",
          "Integer",
          "Double",
          "Promise",
          "Override");

  /** What both languages have in common. */
  private abstract static class Language extends ApiCommand {
    @Option(
        names = "--out",
        required = true,
        paramLabel = "DIR",
        description = "The folder of sources; - writes to standard output.")
    String out = "";

    @Option(
        names = "--manifest",
        paramLabel = "FILE",
        description = "A manifest of the OpenFeature CLI instead of the server's catalog.")
    @Nullable String manifest;

    @Option(
        names = "--exclude",
        paramLabel = "FLAG",
        description = "A flag to leave out; may be given again.")
    List<String> excluded = List.of();

    @Option(
        names = "--class",
        paramLabel = "NAME",
        defaultValue = "Flags",
        description = "The name of the class; Flags if left out.")
    String className = "Flags";

    Language(CliEnvironment env) {
      super(env);
    }

    ManifestFlags flags(Session session) {
      if (!className.matches("[A-Z][A-Za-z0-9_]{0,99}") || TAKEN.contains(className)) {
        throw CliException.usage(
            "--class: \""
                + Table.clean(className)
                + "\" (expected: a capital, then letters and digits, and not a name that the code uses itself)",
            null);
      }
      ManifestFlags all =
          manifest != null
              ? ManifestFlags.ofFile(session.env().file(manifest))
              : ManifestFlags.ofServer(
                  session
                      .api()
                      .send(
                          Call.at("GET", "/openfeature/v0/manifest")
                              .query("project", session.settings().project())
                              .query("extended", "true"))
                      .body());
      return new ManifestFlags(
          all.flags().stream().filter(flag -> !excluded.contains(flag.key())).toList());
    }

    /** Writes only what changed, so that builds are not woken without need. */
    ExitCode write(Session session, Path inFolder, String text, int count) {
      if (out.equals("-")) {
        session.out().text(text);
        return ExitCode.OK;
      }
      Path file = session.env().file(out).resolve(inFolder);
      try {
        Files.createDirectories(file.getParent());
        boolean same = Files.exists(file) && Files.readString(file).equals(text);
        if (!same) {
          Files.writeString(file, text);
        }
        session
            .out()
            .line(
                file + (same ? ": unchanged, " : ": ") + count + (count == 1 ? " flag" : " flags"));
      } catch (IOException e) {
        throw new UncheckedIOException(file + " cannot be written", e);
      }
      return ExitCode.OK;
    }
  }

  @Command(
      name = "java",
      header = "Writes a Java class over OpenFeature's Client.",
      footer = "guidon generate java --package shop.flags --out src/main/java")
  private static final class Java extends Language {
    @Option(
        names = "--package",
        paramLabel = "NAME",
        defaultValue = "",
        description = "The package of the class; none if left out.")
    String packageName = "";

    Java(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      if (!packageName.matches("([A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*)?")) {
        throw CliException.usage(
            "--package: \"" + Table.clean(packageName) + "\" (expected: names with dots between)",
            null);
      }
      ManifestFlags flags = flags(session);
      return write(
          session,
          Path.of(packageName.replace('.', '/'), className + ".java"),
          JavaAccessors.text(flags, packageName, className),
          flags.flags().size());
    }
  }

  @Command(
      name = "typescript",
      header = "Writes a TypeScript module over OpenFeature's SDK for Node or browsers.",
      footer = "guidon generate typescript --out src")
  private static final class TypeScript extends Language {
    /** Where the code runs. */
    enum Target {
      SERVER,
      WEB;

      @Override
      public String toString() {
        return name().toLowerCase(Locale.ROOT);
      }
    }

    @Option(
        names = "--target",
        paramLabel = "WHERE",
        defaultValue = "SERVER",
        description = "server for @openfeature/server-sdk, web for @openfeature/web-sdk.")
    Target target = Target.SERVER;

    TypeScript(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      ManifestFlags flags = flags(session);
      return write(
          session,
          Path.of(className.toLowerCase(Locale.ROOT) + ".ts"),
          TypeScriptAccessors.text(flags, className, target == Target.WEB),
          flags.flags().size());
    }
  }
}
