package dev.guidon.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code guidon history}: the commits of an environment, of a catalog, or of the system. */
@Command(
    name = "history",
    header = "Lists commits, newest first.",
    footer = {
      "guidon history --env shop/prod",
      "guidon history --entity segment:beta --limit 5 -o wide",
      "guidon history --catalog --project shop"
    })
final class History extends ApiCommand {
  @Option(
      names = "--entity",
      paramLabel = "KIND:KEY",
      description = "Only commits that changed it, such as flag:checkout.")
  @Nullable String entity;

  @Option(names = "--since", paramLabel = "REVISION", description = "Only later commits.")
  @Nullable String since;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "At most so many commits (20).")
  int limit = 20;

  @Option(names = "--catalog", description = "Of the project's catalog instead of an environment.")
  boolean catalog;

  @Option(names = "--system", description = "Of projects, environments and credentials instead.")
  boolean system;

  History(CliEnvironment env) {
    super(env);
  }

  @Override
  ExitCode run(Session session) {
    if (entity != null && !entity.matches("[a-z-]+:.+")) {
      throw CliException.usage(
          "--entity: \"" + Table.clean(entity) + "\" (expected: KIND:KEY such as flag:checkout)",
          null);
    }
    Call call;
    String place;
    if (system) {
      call = Call.get("commits");
      place = "system";
    } else if (catalog) {
      place = session.settings().project();
      call = Call.get("projects", place, "commits");
    } else {
      Place environment = Place.of(session);
      place = environment.name();
      call = environment.get("commits");
    }
    Commits.list(session, call.query("entity", entity), place, Tail.revision(since), limit);
    return ExitCode.OK;
  }
}
