package dev.guidon.log;

import static java.util.Objects.requireNonNull;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Hash;
import dev.guidon.model.ScopeId;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Fills an empty log from an export: same entries, same bytes, same hashes. The export is proven
 * whole before the first entry is written. After a crash in between, throw the half-filled log away
 * and import again.
 */
public final class LogImport {
  private final Log log;
  private final Map<ScopeId, Head> heads = new HashMap<>();

  private LogImport(Log log) {
    this.log = log;
  }

  /**
   * @throws IllegalArgumentException when the log holds anything
   * @throws CorruptLogException when the export is damaged; nothing was written
   */
  public static LogExport.Summary read(Path export, Log log) {
    if (!log.heads().isEmpty() || !log.blobs(Hash.ZERO, 1).isEmpty()) {
      throw new IllegalArgumentException(
          "import: the log holds " + log.heads().values() + " (expected: an empty log)");
    }
    ExportFile.check(export);
    return ExportFile.read(export, new LogImport(log).sink());
  }

  private ExportFile.Sink sink() {
    return new ExportFile.Sink() {
      @Override
      public void begin(List<ExportFile.Part> parts) {
        for (ExportFile.Part part : parts) {
          heads.put(part.base().scope(), log.createAt(part.base()));
        }
      }

      @Override
      public void line(ExportFile.Line line) {
        take(line);
      }
    };
  }

  private void take(ExportFile.Line line) {
    switch (line) {
      case ExportFile.Line.BlobLine blob -> log.putBlob(blob.hash(), blob.bytes());
      case ExportFile.Line.ErasedLine erased -> log.eraseBlob(erased.hash());
      case ExportFile.Line.EntryLine added -> append(added.scope(), added.entry());
      case ExportFile.Line.SnapshotLine snapshot ->
          log.putSnapshot(
              snapshot.scope(), snapshot.snapshot().position(), snapshot.snapshot().bytes());
    }
  }

  private void append(ScopeId scope, CommittedEntry entry) {
    Head head = requireNonNull(heads.get(scope), "the header names every scope");
    boolean isRecovery = entry.position().era() > head.position().era();
    AppendResult result =
        isRecovery ? log.recover(scope, head, entry) : log.append(scope, head, entry);
    if (!(result instanceof AppendResult.Committed committed)) {
      throw new IllegalStateException(
          "import of " + entry.position() + ": " + result + " (expected: nobody else writes)");
    }
    heads.put(scope, committed.head());
  }
}
