package dev.guidon.server.command;

import dev.guidon.log.Log;
import dev.guidon.log.LogExport;
import dev.guidon.log.LogImport;
import dev.guidon.server.DataFolder;
import dev.guidon.server.LogStore;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Fills a new data folder from an export. */
@Command(
    name = "import",
    description = "Fills an empty data folder from an export: same entries, same hashes.")
final class LogImportCommand extends LogCommand {
  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Parameters(paramLabel = "FILE", description = "What export wrote.")
  Path source;

  @Override
  public Integer call() throws IOException {
    DataFolder folder = folder();
    folder.create();
    try (Log log = LogStore.open(config(), folder)) {
      LogExport.Summary summary = LogImport.read(source, log);
      print(LogExportCommand.summary(summary), () -> print(summary));
      return ExitCode.OK;
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.CONFLICT, String.valueOf(e.getMessage()), e);
    }
  }

  private void print(LogExport.Summary summary) {
    LogJson.print(summary.heads(), out());
    out().println(summary.entries() + " entries and " + summary.blobs() + " blobs imported");
  }
}
