package dev.guidon.cli;

import picocli.CommandLine.Option;

/** The options of commands that change something. */
final class ChangeOptions {
  @Option(names = "--dry-run", description = "Let the server check it and show what would change.")
  boolean dryRun;

  @Option(
      names = "--allow-growth",
      description =
          "Confirms a change that more than doubles a large document or empties a long list.")
  boolean allowGrowth;
}
