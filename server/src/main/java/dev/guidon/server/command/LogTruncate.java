package dev.guidon.server.command;

import dev.guidon.log.Log;
import dev.guidon.log.LogRetention;
import dev.guidon.model.ScopeId;
import dev.guidon.model.json.Json;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shortens one log at its old end, after its entries were proven to be in an export. */
@Command(
    name = "truncate",
    description = "Removes old entries of one log that an export holds. Stop the server first.")
final class LogTruncate extends LogCommand {
  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Option(
      names = "--scope",
      required = true,
      paramLabel = "SCOPE",
      description = "Whose log, such as shop/prod.")
  String scope;

  @Option(
      names = "--up-to",
      required = true,
      paramLabel = "REVISION",
      description = "The last entry to remove.")
  long upTo;

  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Option(
      names = "--export",
      required = true,
      paramLabel = "FILE",
      description = "An export that holds them.")
  Path export;

  @Override
  public Integer call() {
    try (Log log = openToWrite()) {
      LogRetention.Truncated done = LogRetention.truncate(log, ScopeId.parse(scope), upTo, export);
      Json.Obj json =
          Json.Obj.builder()
              .put("scope", done.scope().text())
              .put("removed", done.removed())
              .put("base", done.base().position().text())
              .build();
      print(
          json,
          () ->
              out()
                  .println(
                      done.removed()
                          + " entries of "
                          + done.scope()
                          + " removed; the log goes on after "
                          + done.base()));
      return ExitCode.OK;
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
    }
  }
}
