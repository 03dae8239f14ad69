package dev.guidon.log;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeSnapshot;
import dev.guidon.model.ScopeState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Shortens a log at its old end. Entries go only when an export that proves itself holds them, the
 * log verifies, and a snapshot of the last of them is in the log, so that every state from there on
 * can still be made. Blobs stay.
 */
public final class LogRetention {
  private static final int BATCH = 256;

  private LogRetention() {}

  /**
   * @param removed how many entries went
   * @param base what the first entry still here follows
   */
  public record Truncated(ScopeId scope, long removed, Head base) {}

  /**
   * Truncates up to a revision, that one included.
   *
   * @throws IllegalArgumentException when the export does not hold exactly these entries, the
   *     revision is not in the log, or idempotency keys are still kept that far back
   * @throws CorruptLogException when the export or the log does not verify
   */
  public static Truncated truncate(Log log, ScopeId scope, long upToRevision, Path export) {
    Head base = log.base(scope);
    if (upToRevision <= base.revision()) {
      return new Truncated(scope, 0, base);
    }
    requireExported(log, scope, base.revision(), upToRevision, export);
    requireSound(log);
    ScopeState state = Replay.state(log, scope, upToRevision);
    log.putSnapshot(scope, state.position(), ScopeSnapshot.encode(state));
    log.truncate(scope, upToRevision);
    return new Truncated(scope, upToRevision - base.revision(), log.base(scope));
  }

  private static void requireSound(Log log) {
    LogVerifier.Report report = LogVerifier.verify(log);
    if (!report.isSound()) {
      throw new CorruptLogException(
          "log: does not verify, so nothing is truncated; first " + report.problems().getFirst(),
          null);
    }
  }

  /** Entry by entry: the export has the very hash that the log has. */
  private static void requireExported(Log log, ScopeId scope, long after, long upTo, Path export) {
    Comparison comparison = new Comparison(log, scope, after, upTo);
    ExportFile.read(export, comparison);
    if (comparison.at < upTo) {
      throw new IllegalArgumentException(
          "export "
              + export
              + ": "
              + scope
              + " up to revision "
              + comparison.at
              + " (expected: entries "
              + (after + 1)
              + " to "
              + upTo
              + ")");
    }
  }

  private static final class Comparison implements ExportFile.Sink {
    private final Log log;
    private final ScopeId scope;
    private final long upTo;
    private final List<CommittedEntry> ours = new ArrayList<>();
    private long at;

    Comparison(Log log, ScopeId scope, long after, long upTo) {
      this.log = log;
      this.scope = scope;
      this.at = after;
      this.upTo = upTo;
    }

    @Override
    public void begin(List<ExportFile.Part> parts) {}

    @Override
    public void line(ExportFile.Line line) {
      if (line instanceof ExportFile.Line.EntryLine entry
          && entry.scope().equals(scope)
          && entry.entry().position().revision() == at + 1
          && at < upTo) {
        compare(entry.entry());
      }
    }

    private void compare(CommittedEntry theirs) {
      if (ours.isEmpty()) {
        ours.addAll(log.read(scope, at, (int) Math.min(BATCH, upTo - at)).reversed());
      }
      CommittedEntry our = ours.removeLast();
      if (!our.hash().equals(theirs.hash())) {
        throw new IllegalArgumentException(
            "export: entry " + theirs + " of " + scope + " (expected: " + our + ")");
      }
      at++;
    }
  }
}
