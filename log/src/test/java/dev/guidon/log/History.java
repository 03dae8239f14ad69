package dev.guidon.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What clients of one scope saw, and whether a linearizable log can explain it.
 *
 * <p>Every operation has a span of a shared counter. Since each key is appended by one operation
 * and the log's final content gives the order of all appends, linearizability needs no search: it
 * is the sum of the rules in {@link #violations}.
 */
final class History {
  /** What an operation reported. */
  sealed interface Seen {
    record Committed(String key, long revision) implements Seen {}

    /** The entry is said never to get in; {@code revision} is that of the head reported. */
    record Refused(String key, long revision) implements Seen {}

    record Unknown(String key) implements Seen {}

    record HeadAt(long revision) implements Seen {}
  }

  record Operation(long start, long end, Seen seen) {}

  private final AtomicLong clock = new AtomicLong();
  private final ConcurrentLinkedQueue<Operation> operations = new ConcurrentLinkedQueue<>();

  /** Runs an operation and notes its span. */
  Seen record(Supplier<Seen> operation) {
    long start = clock.incrementAndGet();
    Seen seen = operation.get();
    operations.add(new Operation(start, clock.incrementAndGet(), seen));
    return seen;
  }

  List<Operation> operations() {
    return List.copyOf(operations);
  }

  /**
   * Everything that no linearizable log would have shown.
   *
   * @param log the (revision, key) pairs that the log holds at the end, as read
   */
  static List<String> violations(List<Operation> operations, List<Map.Entry<Long, String>> log) {
    List<String> found = new ArrayList<>();
    Map<String, Long> revisions = contents(log, found);
    appendsAreTrue(operations, revisions, found);
    nothingCameFromNowhere(operations, revisions, found);
    realTimeOrderHolds(operations, revisions, found);
    return found;
  }

  private static Map<String, Long> contents(List<Map.Entry<Long, String>> log, List<String> found) {
    Map<String, Long> revisions = new HashMap<>();
    long expected = 1;
    for (Map.Entry<Long, String> entry : log) {
      if (entry.getKey() != expected) {
        found.add("gap or disorder: revision " + entry.getKey() + " (expected: " + expected + ")");
      }
      if (revisions.put(entry.getValue(), entry.getKey()) != null) {
        found.add("duplicate: " + entry.getValue());
      }
      expected = entry.getKey() + 1;
    }
    return revisions;
  }

  private static void appendsAreTrue(
      List<Operation> operations, Map<String, Long> revisions, List<String> found) {
    for (Operation operation : operations) {
      switch (operation.seen()) {
        case Seen.Committed committed -> {
          Long at = revisions.get(committed.key());
          if (at == null) {
            found.add("lost: " + committed);
          } else if (at != committed.revision()) {
            found.add("reordered: " + committed + " is at " + at);
          }
        }
        case Seen.Refused refused -> {
          if (revisions.containsKey(refused.key())) {
            found.add("refused, yet there: " + refused);
          }
        }
        case Seen.Unknown _, Seen.HeadAt _ -> {}
      }
    }
  }

  private static void nothingCameFromNowhere(
      List<Operation> operations, Map<String, Long> revisions, List<String> found) {
    Set<String> sent = new HashSet<>();
    for (Operation operation : operations) {
      switch (operation.seen()) {
        case Seen.Committed committed -> sent.add(committed.key());
        case Seen.Refused refused -> sent.add(refused.key());
        case Seen.Unknown unknown -> sent.add(unknown.key());
        case Seen.HeadAt _ -> {}
      }
    }
    for (String key : revisions.keySet()) {
      if (!sent.contains(key)) {
        found.add("never sent: " + key);
      }
    }
  }

  /**
   * What ended before an operation began must be seen by it; what began after it ended cannot be.
   */
  private static void realTimeOrderHolds(
      List<Operation> operations, Map<String, Long> revisions, List<String> found) {
    for (Operation later : operations) {
      long seen = revisionSeen(later.seen());
      if (seen < 0) {
        continue;
      }
      for (Operation earlier : operations) {
        if (earlier.end() < later.start() && revisionSeen(earlier.seen()) > seen) {
          found.add("went back: " + later + " after " + earlier);
        }
        boolean isAppend = earlier.seen() instanceof Seen.Committed;
        if (isAppend
            && later.seen() instanceof Seen.Committed
            && earlier.end() < later.start()
            && revisionSeen(earlier.seen()) >= seen) {
          found.add("appended before what was there: " + later + " after " + earlier);
        }
        if (isAppend && earlier.start() > later.end() && revisionSeen(earlier.seen()) <= seen) {
          found.add("seen before it was sent: " + earlier + " by " + later);
        }
      }
      if (seen > revisions.size()) {
        found.add("beyond the end: " + later);
      }
    }
  }

  private static long revisionSeen(Seen seen) {
    return switch (seen) {
      case Seen.Committed committed -> committed.revision();
      case Seen.Refused refused -> refused.revision();
      case Seen.HeadAt head -> head.revision();
      case Seen.Unknown _ -> -1;
    };
  }
}
