package dev.guidon.log;

import dev.guidon.model.ScopeId;

/** The entries asked for were moved out of the log into an export. */
public final class TruncatedException extends LogException {
  private static final long serialVersionUID = 1L;

  private final long firstRevision;

  public TruncatedException(ScopeId scope, long asked, long firstRevision) {
    super(
        "TRUNCATED: revision "
            + asked
            + " of "
            + scope
            + " (expected: at least "
            + firstRevision
            + "; older entries are in an export)",
        null);
    this.firstRevision = firstRevision;
  }

  /** The oldest revision that is still here (or will be the next one written). */
  public long firstRevision() {
    return firstRevision;
  }
}
