package dev.guidon.stream;

import dev.guidon.model.CommittedEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a {@link LogFeed} reads: a control's log, or the entries that an edge keeps. May block. */
public interface LogSource {
  /** The newest head known, or {@code null} while there is no log. */
  @Nullable HeadFrame head();

  /**
   * Consecutive entries after a revision; none when there is nothing later, or the next one is not
   * kept any more.
   */
  List<CommittedEntry> read(long afterRevision, int max);

  /**
   * A recent whole state of the head's era that can be fetched from this server, or {@code null}.
   */
  @Nullable SnapshotRef snapshot();
}
