package dev.guidon.server.command;

import dev.guidon.log.LogBackup;
import dev.guidon.log.SqliteLog;
import dev.guidon.model.json.Json;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Copies the log file as it is at one instant. Also beside a running server, without holding it up.
 */
@Command(
    name = "backup",
    description = "Copies the log file, also beside a running server, and verifies the copy.")
final class LogBackupCommand extends LogCommand {
  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Parameters(paramLabel = "FILE", description = "A new file.")
  Path target;

  @Override
  public Integer call() {
    if (config().database() != null) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "log.url: set (expected: a log in a file; back up the database with its own tools, or run: guidon log export)",
          null);
    }
    try (SqliteLog log = openFileToRead()) {
      LogBackup.Backup backup = LogBackup.write(log, target);
      print(json(backup), () -> print(backup));
      return ExitCode.OK;
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  private static Json.Obj json(LogBackup.Backup backup) {
    return Json.Obj.builder()
        .put("file", backup.path().toString())
        .put("bytes", backup.bytes())
        .put("entries", backup.report().entries())
        .put("blobs", backup.report().blobs())
        .put("heads", LogJson.heads(backup.report().heads()))
        .build();
  }

  private void print(LogBackup.Backup backup) {
    LogJson.print(backup.report().heads(), out());
    out()
        .println(
            backup.path()
                + ": "
                + backup.bytes()
                + " bytes, verified. To restore it, stop the server, put it in place of "
                + folder().log()
                + " and run: guidon log recover");
  }
}
