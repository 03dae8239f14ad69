package dev.guidon.server.command;

import dev.guidon.log.Log;
import dev.guidon.log.LogExport;
import dev.guidon.model.ScopeId;
import dev.guidon.model.json.Json;
import dev.guidon.server.Clock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes logs into one file that proves itself. Also beside a running server. */
@Command(name = "export", description = "Writes logs into one file, reads it back and proves it.")
final class LogExportCommand extends LogCommand {
  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Parameters(paramLabel = "FILE", description = "A new file.")
  Path target;

  @Option(
      names = "--scope",
      paramLabel = "SCOPE",
      description = "Only this one, such as shop/prod; may be repeated.")
  List<String> scopes = new ArrayList<>();

  @Override
  public Integer call() {
    try (Log log = openToRead()) {
      LogExport.Summary summary = LogExport.write(log, chosen(log), target, Clock.nowMicros());
      print(summary(summary), () -> print(summary));
      return ExitCode.OK;
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  private Collection<ScopeId> chosen(Log log) {
    return scopes.isEmpty() ? log.heads().keySet() : scopes.stream().map(ScopeId::parse).toList();
  }

  private void print(LogExport.Summary summary) {
    LogJson.print(summary.heads(), out());
    out()
        .println(
            summary.path()
                + ": "
                + summary.entries()
                + " entries, "
                + summary.blobs()
                + " blobs, "
                + summary.bytes()
                + " bytes, proven");
  }

  static Json.Obj summary(LogExport.Summary summary) {
    return Json.Obj.builder()
        .put("file", summary.path().toString())
        .put("entries", summary.entries())
        .put("blobs", summary.blobs())
        .put("bytes", summary.bytes())
        .put("heads", LogJson.heads(summary.heads()))
        .build();
  }
}
