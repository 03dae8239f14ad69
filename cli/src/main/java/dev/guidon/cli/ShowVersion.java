package dev.guidon.cli;

import dev.guidon.model.json.Json;
import picocli.CommandLine.Command;

/** {@code guidon version}. */
@Command(name = "version", header = "Shows the version of this program.", footer = "guidon version")
final class ShowVersion extends ApiCommand {
  ShowVersion(CliEnvironment env) {
    super(env);
  }

  @Override
  ExitCode run(Session session) {
    if (session.out().format().isForPrograms()) {
      session.out().document(Json.Obj.of("version", Json.of(Version.text())));
    } else {
      session.out().line("guidon " + Version.text());
    }
    return ExitCode.OK;
  }
}
