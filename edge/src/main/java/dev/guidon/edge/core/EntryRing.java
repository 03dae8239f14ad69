package dev.guidon.edge.core;

import dev.guidon.model.CommittedEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The latest entries of a scope, verbatim and without a gap, for further edges. Bounded by number
 * and bytes.
 */
final class EntryRing {
  static final int ENTRIES_MAX = 4_000;
  private static final long BYTES_MAX = 16 << 20;

  private final ArrayDeque<CommittedEntry> entries = new ArrayDeque<>();
  private long bytes;

  synchronized void add(CommittedEntry entry) {
    CommittedEntry last = entries.peekLast();
    if (last != null && last.position().revision() + 1 != entry.position().revision()) {
      clear();
    }
    entries.addLast(entry);
    bytes += entry.bytes().length;
    while (entries.size() > ENTRIES_MAX || bytes > BYTES_MAX && entries.size() > 1) {
      bytes -= entries.removeFirst().bytes().length;
    }
  }

  /** A whole state took the place of what was here. */
  synchronized void clear() {
    entries.clear();
    bytes = 0;
  }

  /** Consecutive entries after a revision; none when the next one is not kept. */
  synchronized List<CommittedEntry> after(long revision, int max) {
    CommittedEntry first = entries.peekFirst();
    if (first == null || revision + 1 < first.position().revision()) {
      return List.of();
    }
    List<CommittedEntry> found = new ArrayList<>();
    for (CommittedEntry entry : entries) {
      if (entry.position().revision() > revision && found.size() < max) {
        found.add(entry);
      }
    }
    return found;
  }
}
