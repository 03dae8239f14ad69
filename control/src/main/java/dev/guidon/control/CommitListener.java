package dev.guidon.control;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.ScopeState;

/**
 * Hears of entries as an image takes them in: own commits at once, other writers' when they are
 * read.
 */
@FunctionalInterface
public interface CommitListener {
  /**
   * Called in order per scope, on the scope's own thread, so it must be quick and must not throw.
   */
  void committed(CommittedEntry entry, ScopeState after);
}
