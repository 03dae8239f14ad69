package dev.guidon.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options every command takes, before its name or after it; what stands after wins.
 *
 * <p>Fields stay empty until an option is given: {@link Settings} decides what comes next.
 */
final class Globals {
  /** The name of this group among a command's mixins. */
  static final String NAME = "globals";

  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "The API's address (GUIDON_URL; http://127.0.0.1:8016).")
  @Nullable String server;

  @Option(
      names = {"-p", "--project"},
      paramLabel = "PROJECT",
      description = "The project (GUIDON_PROJECT).")
  @Nullable String project;

  @Option(
      names = {"-e", "--env"},
      paramLabel = "ENV",
      description = "The environment, or PROJECT/ENV (GUIDON_ENV).")
  @Nullable String environment;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "Where the token is, instead of GUIDON_TOKEN; - is standard input.")
  @Nullable String tokenFile;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "table, wide, json, yaml or name.")
  @Nullable Format format;

  @Option(names = "--plain", description = "Tab-separated values: no header, nothing shortened.")
  boolean plain;

  @Option(names = "--color", paramLabel = "WHEN", description = "auto, always or never.")
  @Nullable String color;

  @Option(
      names = {"-y", "--yes"},
      description = "Answer every question with yes.")
  boolean yes;

  @Option(names = "--non-interactive", description = "Never ask; fail where one would have to.")
  boolean nonInteractive;

  @Option(
      names = {"-m", "--reason"},
      paramLabel = "TEXT",
      description = "Why; kept in the history with the change.")
  @Nullable String reason;

  /** This group where an option was given, the outer one elsewhere. */
  Globals over(Globals outer) {
    Globals both = new Globals();
    both.server = first(server, outer.server);
    both.project = first(project, outer.project);
    both.environment = first(environment, outer.environment);
    both.tokenFile = first(tokenFile, outer.tokenFile);
    both.format = first(format, outer.format);
    both.plain = plain || outer.plain;
    both.color = first(color, outer.color);
    both.yes = yes || outer.yes;
    both.nonInteractive = nonInteractive || outer.nonInteractive;
    both.reason = first(reason, outer.reason);
    return both;
  }

  private static <T> @Nullable T first(@Nullable T inner, @Nullable T outer) {
    return inner == null ? outer : inner;
  }
}
