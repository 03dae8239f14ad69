package dev.guidon.server.command;

import dev.guidon.log.Log;
import dev.guidon.log.LogRecovery;
import dev.guidon.model.json.Json;
import dev.guidon.server.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Raises the era of every log after a restore, so that edges and SDKs that are ahead move into it.
 */
@Command(
    name = "recover",
    description = {
      "Begins a new era after a restore from a backup.",
      "Edges and SDKs that saw more than the backup holds then move on instead of waiting."
    })
final class LogRecover extends LogCommand {
  @Option(names = "--reason", paramLabel = "TEXT", description = "Kept in the log.")
  String reason = "recovered from a backup";

  @Option(
      names = "--era",
      paramLabel = "N",
      description = {
        "The lowest era to begin. Needed only when the data folder is new and there was a recovery since the backup:",
        "then above every era that edges and SDKs have seen."
      })
  long era = 1;

  @Override
  public Integer call() {
    try (Log log = openToWrite()) {
      String key = "recover-" + UUID.randomUUID();
      List<LogRecovery.Recovered> all =
          recovery(log).recoverAll("guidon log recover", reason, Clock.nowMicros(), key);
      print(json(all), () -> print(all));
      return ExitCode.OK;
    }
  }

  private LogRecovery recovery(Log log) {
    try {
      return new LogRecovery(log, era);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  private static Json.Obj json(List<LogRecovery.Recovered> all) {
    List<Json> scopes = new ArrayList<>();
    for (LogRecovery.Recovered one : all) {
      scopes.add(
          Json.Obj.builder()
              .put("scope", one.scope().text())
              .put("before", one.before().text())
              .put("after", one.after().text())
              .build());
    }
    return Json.Obj.of("recovered", new Json.Arr(scopes));
  }

  private void print(List<LogRecovery.Recovered> all) {
    Table table = new Table("SCOPE", "BEFORE", "AFTER");
    for (LogRecovery.Recovered one : all) {
      table.row(
          one.scope().text(),
          one.before().era() + "." + one.before().revision(),
          one.after().era() + "." + one.after().revision());
    }
    table.print(out());
  }
}
