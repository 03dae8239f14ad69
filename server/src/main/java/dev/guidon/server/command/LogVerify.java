package dev.guidon.server.command;

import dev.guidon.log.Log;
import dev.guidon.log.LogVerifier;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** Proves every entry, checkpoint and blob. Also beside a running server. */
@Command(name = "verify", description = "Checks hashes, order, checkpoints and blobs of every log.")
final class LogVerify extends LogCommand {
  @Override
  public Integer call() {
    try (Log log = openToRead()) {
      LogVerifier.Report report = LogVerifier.verify(log);
      print(json(report), () -> print(report));
      return report.isSound() ? ExitCode.OK : ExitCode.FAILED;
    }
  }

  private static Json.Obj json(LogVerifier.Report report) {
    List<Json> problems = new ArrayList<>();
    for (LogVerifier.Problem problem : report.problems()) {
      problems.add(
          Json.Obj.of("place", Json.of(problem.place()), "message", Json.of(problem.message())));
    }
    return Json.Obj.builder()
        .put("sound", Json.of(report.isSound()))
        .put("entries", report.entries())
        .put("blobs", report.blobs())
        .put("erasedBlobs", report.erasedBlobs())
        .put("heads", LogJson.heads(report.heads()))
        .put("problems", new Json.Arr(problems))
        .build();
  }

  private void print(LogVerifier.Report report) {
    LogJson.print(report.heads(), out());
    report.problems().forEach(out()::println);
    out()
        .println(
            (report.isSound() ? "sound: " : "DAMAGED: " + report.problems().size() + " problems; ")
                + report.entries()
                + " entries, "
                + report.blobs()
                + " blobs ("
                + report.erasedBlobs()
                + " erased)");
  }
}
