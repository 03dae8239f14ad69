package dev.guidon.log;

import dev.guidon.model.Checkpoint;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Entry;
import dev.guidon.model.Position;
import dev.guidon.model.Priority;
import dev.guidon.model.ScopeId;
import java.util.ArrayList;
import java.util.List;

/**
 * Begins a new era after a log was restored from a copy that is older than what its followers have
 * seen: they then move into it and drop what the copy does not have, instead of waiting for ever.
 * To be done once per restore, before control writes again.
 *
 * <p>An era must never begin twice with different entries: who is in the first could not tell the
 * second from it. So the new era is above every one the engine remembers ({@link Log#highestEra}),
 * also when the copy is older than an earlier recovery.
 */
public final class LogRecovery {
  /** Far above any real era, and far below where numbers in JSON lose digits. */
  public static final long ERA_MAX = 1_000_000_000;

  private final Log log;
  private final long eraAtLeast;

  /** The new era is the first that is not known to have begun. */
  public LogRecovery(Log log) {
    this(log, 1);
  }

  /**
   * @param eraAtLeast the lowest era to begin, for a log whose engine cannot know of an earlier
   *     recovery: restored, from before that recovery, into an empty folder
   */
  public LogRecovery(Log log, long eraAtLeast) {
    if (eraAtLeast < 1 || eraAtLeast > ERA_MAX) {
      throw new IllegalArgumentException(
          "era: " + eraAtLeast + " (expected: from 1 to " + ERA_MAX + ")");
    }
    this.log = log;
    this.eraAtLeast = eraAtLeast;
  }

  /** One scope's new era. */
  public record Recovered(ScopeId scope, Position before, Position after) {}

  /**
   * Every scope of the log, in the order of {@link Log#heads}.
   *
   * @param nowMicros time of the entries, or just after their scope's last entry when that is later
   * @param keyPrefix begins the entries' idempotency keys; random, from the caller
   */
  public List<Recovered> recoverAll(String actor, String reason, long nowMicros, String keyPrefix) {
    List<Recovered> all = new ArrayList<>();
    for (ScopeId scope : log.heads().keySet()) {
      all.add(recover(scope, actor, reason, nowMicros, keyPrefix));
    }
    return all;
  }

  public Recovered recover(
      ScopeId scope, String actor, String reason, long nowMicros, String keyPrefix) {
    Head head = log.head(scope);
    if (head == null) {
      throw new UnknownScopeException(scope);
    }
    AppendResult result =
        log.recover(scope, head, entry(head, actor, reason, nowMicros, keyPrefix));
    return switch (result) {
      case AppendResult.Committed committed ->
          new Recovered(scope, head.position(), committed.head().position());
      case AppendResult.Conflict conflict ->
          throw new IllegalStateException(
              "log of "
                  + scope
                  + ": at "
                  + conflict.actual()
                  + " (expected: nobody writes during a recovery, "
                  + head
                  + ")");
      case AppendResult.KeyTaken taken ->
          throw new IllegalArgumentException(
              "key prefix: taken by " + taken.existing().position() + " (expected: a random one)");
    };
  }

  private CommittedEntry entry(
      Head head, String actor, String reason, long nowMicros, String keyPrefix) {
    Position at = head.position();
    long era = Math.max(log.highestEra(head.scope()) + 1, eraAtLeast);
    Position next = new Position(at.logId(), era, at.revision() + 1);
    Checkpoint checkpoint = null;
    if (AppendLaws.isCheckpointDue(next.revision())) {
      checkpoint =
          new Checkpoint(
              at.revision(), Replay.state(log, head.scope(), at.revision()).entities().root());
    }
    return new Entry(
            next,
            Math.max(nowMicros, head.timeMicros() + 1),
            actor,
            reason,
            keyPrefix + "-era-" + next.era(),
            Priority.NORMAL,
            /* catalogRevision= */ null,
            head.chain(),
            checkpoint,
            List.of())
        .commit();
  }
}
