package dev.guidon.cli;

import dev.guidon.model.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code guidon env}. */
@Command(
    name = "env",
    header = "Environments: isolated sets of a project's flags, such as dev and prod.",
    footer = {"guidon env list --project shop", "guidon env create prod --protected"})
final class EnvironmentCommands extends Noun {
  static CommandLine all(CliEnvironment env) {
    return Cli.group(
        new EnvironmentCommands(),
        List.of(new EnvironmentList(env), new EnvironmentCreate(env), new EnvironmentShow(env)));
  }

  @Command(
      name = "list",
      header = "Lists a project's environments.",
      footer = "guidon env list --project shop")
  private static final class EnvironmentList extends ApiCommand {
    EnvironmentList(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      String project = session.settings().project();
      List<Json.Obj> items =
          session.api().list(Call.get("projects", project, "environments")).items();
      session
          .out()
          .list(
              new Table()
                  .column("KEY", item -> Members.text(item, "doc", "key"))
                  .column("NAME", item -> Members.text(item, "doc", "name"))
                  .column(
                      "PROTECTED", item -> Members.isTrue(item, "doc", "protected") ? "yes" : "no")
                  .column("DESCRIPTION", item -> Members.text(item, "doc", "description")),
              items,
              item -> Members.text(item, "doc", "key"),
              (items.size() == 1 ? "1 environment" : items.size() + " environments")
                  + " · "
                  + project);
      return ExitCode.OK;
    }
  }

  @Command(
      name = "create",
      header = "Creates an environment; every flag of the catalog is in it, off.",
      footer = "guidon env create prod --project shop --protected")
  private static final class EnvironmentCreate extends ApiCommand {
    @Parameters(paramLabel = "KEY", description = "Stays for ever; names it within the project.")
    String key = "";

    @Option(names = "--name", paramLabel = "TEXT", description = "For people.")
    @Nullable String name;

    @Option(names = "--description", paramLabel = "TEXT", description = "For people.")
    @Nullable String description;

    @Option(names = "--protected", description = "Changes in it take more care.")
    boolean isProtected;

    @Mixin ChangeOptions change = new ChangeOptions();

    EnvironmentCreate(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      String project = session.settings().project();
      Settings.checkedKey("environment", key);
      Json body =
          Json.Obj.builder()
              .put("key", key)
              .putIfPresent("name", name)
              .putIfPresent("description", description)
              .put("protected", isProtected)
              .build();
      String place = project + "/" + key;
      Changes.send(
          session,
          Call.of("POST", "projects", project, "environments").body(body),
          change,
          "environment " + place + ": created",
          receipt -> session.out().next("guidon key create backend --kind server --env " + place));
      return ExitCode.OK;
    }
  }

  @Command(name = "show", header = "Shows an environment.", footer = "guidon env show prod")
  private static final class EnvironmentShow extends ApiCommand {
    @Parameters(arity = "0..1", paramLabel = "ENV", description = "The one in force if left out.")
    @Nullable String key;

    EnvironmentShow(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      String wanted =
          key == null ? session.settings().environment() : Settings.checkedKey("environment", key);
      String project = session.settings().project();
      session
          .out()
          .document(
              session.api().send(Call.get("projects", project, "environments", wanted)).body());
      return ExitCode.OK;
    }
  }
}
