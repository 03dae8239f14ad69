package dev.guidon.stream;

import dev.guidon.model.CommittedEntry;

/**
 * What a control or an edge tells the edge that replicates from it. Written and read by {@link
 * LogFrames}.
 */
public sealed interface LogFrame permits LogFrame.EntryFrame, SnapshotRef, HeadFrame, Goodbye {

  /** An entry, verbatim; its bytes have the hash that stood beside them. */
  record EntryFrame(CommittedEntry committed) implements LogFrame {}
}
