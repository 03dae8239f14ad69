package dev.guidon.cli;

import dev.guidon.model.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code guidon project}. */
@Command(
    name = "project",
    header = "Projects: products whose flags belong together.",
    footer = {"guidon project list", "guidon project create shop --name 'The shop'"})
final class ProjectCommands extends Noun {
  static CommandLine all(CliEnvironment env) {
    return Cli.group(
        new ProjectCommands(),
        List.of(new ProjectList(env), new ProjectCreate(env), new ProjectShow(env)));
  }

  @Command(
      name = "list",
      header = "Lists the projects you may see.",
      footer = "guidon project list")
  private static final class ProjectList extends ApiCommand {
    ProjectList(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      List<Json.Obj> items = session.api().list(Call.get("projects")).items();
      session
          .out()
          .list(
              new Table()
                  .column("KEY", item -> Members.text(item, "key"))
                  .column("NAME", item -> Members.text(item, "doc", "name"))
                  .column("DESCRIPTION", item -> Members.text(item, "doc", "description")),
              items,
              item -> Members.text(item, "key"),
              items.size() == 1 ? "1 project" : items.size() + " projects");
      return ExitCode.OK;
    }
  }

  @Command(
      name = "create",
      header = "Creates a project and its catalog.",
      footer = "guidon project create shop --name 'The shop'")
  private static final class ProjectCreate extends ApiCommand {
    @Parameters(paramLabel = "KEY", description = "Stays for ever; names the project everywhere.")
    String key = "";

    @Option(names = "--name", paramLabel = "TEXT", description = "For people.")
    @Nullable String name;

    @Option(names = "--description", paramLabel = "TEXT", description = "For people.")
    @Nullable String description;

    @Mixin ChangeOptions change = new ChangeOptions();

    ProjectCreate(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Settings.checkedKey("project", key);
      Json body =
          Json.Obj.builder()
              .put("key", key)
              .putIfPresent("name", name)
              .putIfPresent("description", description)
              .build();
      Changes.send(
          session,
          Call.of("POST", "projects").body(body),
          change,
          "project " + key + ": created",
          receipt -> session.out().next("guidon env create dev --project " + key));
      return ExitCode.OK;
    }
  }

  @Command(name = "show", header = "Shows a project.", footer = "guidon project show shop")
  private static final class ProjectShow extends ApiCommand {
    @Parameters(
        arity = "0..1",
        paramLabel = "PROJECT",
        description = "The one in force if left out.")
    @Nullable String key;

    ProjectShow(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      String wanted =
          key == null ? session.settings().project() : Settings.checkedKey("project", key);
      session.out().document(session.api().send(Call.get("projects", wanted)).body());
      return ExitCode.OK;
    }
  }
}
