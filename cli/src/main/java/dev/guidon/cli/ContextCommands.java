package dev.guidon.cli;

import dev.guidon.model.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code guidon context}: which server, project and environment commands mean by default. */
@Command(
    name = "context",
    header = "Keeps which server, project and environment commands mean.",
    footer = {
      "guidon context use prod --server https://flags.example.com --project shop --env prod",
      "guidon context list"
    })
final class ContextCommands extends Noun {
  static CommandLine all(CliEnvironment env) {
    return Cli.group(
        new ContextCommands(), List.of(new Use(env), new Contexts(env), new Show(env)));
  }

  @Command(
      name = "use",
      header = "Makes or changes a context, and uses it from now on.",
      description = "Options that are left out keep what the context had.",
      footer = {
        "guidon context use prod",
        "guidon context use prod --server https://flags.example.com --project shop --env prod",
        "guidon context use prod --save-token < token.txt"
      })
  private static final class Use extends ApiCommand {
    private static final int TOKEN_BYTES_MAX = 4096;

    @Parameters(paramLabel = "NAME", description = "Any name of letters, digits, '.', '_', '-'.")
    String name = "";

    @Option(
        names = "--save-token",
        description = "Read a token from standard input and keep it in a file of its own.")
    boolean saveToken;

    Use(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Settings.checkedKey("context", name);
      CliEnvironment env = session.env();
      Profiles before = Profiles.load(env);
      Globals given = Cli.globalsOf(spec, globals);
      Profiles.Profile old = before.byName().getOrDefault(name, Profiles.Profile.EMPTY);
      if (given.server != null) {
        session.settings().server();
      }
      Profiles.Profile profile =
          new Profiles.Profile(
              first(given.server, old.server()),
              first(given.project, old.project()),
              first(given.environment, old.environment()),
              saveToken
                  ? saved(session).toString()
                  : first(absolute(env, given.tokenFile), old.tokenFile()));
      before.using(name, profile).save(env);
      session.out().note("Context " + name + ": " + described(profile));
      return ExitCode.OK;
    }

    private static @Nullable String absolute(CliEnvironment env, @Nullable String file) {
      return file == null ? null : env.file(file).toAbsolutePath().toString();
    }

    private Path saved(Session session) {
      CliEnvironment env = session.env();
      String token = session.settings().mayAsk() ? env.host().readSecret("Token: ") : null;
      if (token == null) {
        try {
          token = new String(env.stdin().readNBytes(TOKEN_BYTES_MAX), StandardCharsets.UTF_8);
        } catch (IOException e) {
          throw new UncheckedIOException("standard input cannot be read", e);
        }
      }
      Path file = Profiles.folder(env).resolve("tokens").resolve(name);
      Profiles.writePrivate(file, Settings.checkedToken(token.strip(), "standard input") + "\n");
      return file;
    }

    private static @Nullable String first(@Nullable String given, @Nullable String old) {
      return given == null ? old : given;
    }
  }

  private static String described(Profiles.Profile profile) {
    return (profile.server() == null ? "default server" : profile.server())
        + (profile.project() == null ? "" : ", project " + profile.project())
        + (profile.environment() == null ? "" : ", environment " + profile.environment())
        + (profile.tokenFile() == null ? ", no token file" : ", token in " + profile.tokenFile());
  }

  @Command(name = "list", header = "Lists the contexts.", footer = "guidon context list")
  private static final class Contexts extends ApiCommand {
    Contexts(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Profiles profiles = Profiles.load(session.env());
      List<Json.Obj> rows =
          new TreeMap<>(profiles.byName())
              .entrySet().stream()
                  .map(entry ->
                      row(
                          entry.getKey(),
                          entry.getValue(),
                          entry.getKey().equals(profiles.current())))
                  .toList();
      session
          .out()
          .list(
              new Table()
                  .column("NAME", row -> Members.text(row, "name"))
                  .column("USED", row -> Members.isTrue(row, "used") ? "yes" : "")
                  .column("SERVER", row -> Members.text(row, "server"))
                  .column("PROJECT", row -> Members.text(row, "project"))
                  .column("ENV", row -> Members.text(row, "env"))
                  .wide("TOKEN FILE", row -> Members.text(row, "tokenFile")),
              rows,
              row -> Members.text(row, "name"),
              rows.size() == 1 ? "1 context" : rows.size() + " contexts");
      return ExitCode.OK;
    }

    private static Json.Obj row(String name, Profiles.Profile profile, boolean used) {
      Json.Obj row = Json.Obj.of("name", Json.of(name), "used", Json.of(used));
      for (var member : profile.json().members().entrySet()) {
        row = row.with(member.getKey(), member.getValue());
      }
      return row;
    }
  }

  @Command(
      name = "show",
      header = "Shows what is in force: options, variables and context together.",
      footer = "guidon context show")
  private static final class Show extends ApiCommand {
    Show(CliEnvironment env) {
      super(env);
    }

    @Override
    ExitCode run(Session session) {
      Profiles profiles = Profiles.load(session.env());
      Json.Obj.Builder shown =
          Json.Obj.builder()
              .putIfPresent("context", profiles.current())
              .put("server", session.settings().server().toString());
      putIfNamed(shown, "project", session.settings()::project);
      putIfNamed(shown, "env", session.settings()::environment);
      session.out().document(shown.build());
      return ExitCode.OK;
    }

    private static void putIfNamed(
        Json.Obj.Builder shown, String name, java.util.function.Supplier<String> setting) {
      try {
        shown.put(name, setting.get());
      } catch (CliException unset) {
        // To show that nothing is named is what this command is for.
        shown.put(name, Json.NULL);
      }
    }
  }
}
