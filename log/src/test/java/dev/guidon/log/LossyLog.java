package dev.guidon.log;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.ScopeId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * Does to requests what a network does: loses some before the log sees them, holds some back and
 * delivers them later, and loses replies after the log has acted. For one thread.
 */
final class LossyLog extends ForwardingLog {
  private final Random random;
  private final Deque<Runnable> heldBack = new ArrayDeque<>();

  LossyLog(Log log, long seed) {
    super(log);
    this.random = new Random(seed);
  }

  @Override
  public AppendResult append(ScopeId scope, Head expected, CommittedEntry entry) {
    deliverSome();
    return switch (random.nextInt(6)) {
      case 0 -> throw new IndeterminateAppendException("request lost", null);
      case 1 -> {
        heldBack.add(() -> super.append(scope, expected, entry));
        throw new IndeterminateAppendException("request held back", null);
      }
      case 2 -> {
        super.append(scope, expected, entry);
        throw new IndeterminateAppendException("reply lost", null);
      }
      default -> super.append(scope, expected, entry);
    };
  }

  @Override
  public List<CommittedEntry> read(ScopeId scope, long afterRevision, int max) {
    deliverSome();
    if (random.nextInt(5) == 0) {
      throw new LogUnavailableException("read lost", null);
    }
    return super.read(scope, afterRevision, max);
  }

  private void deliverSome() {
    while (!heldBack.isEmpty() && random.nextInt(3) == 0) {
      heldBack.remove().run();
    }
  }

  /** What was held back arrives in the end. */
  void deliverAll() {
    heldBack.forEach(Runnable::run);
    heldBack.clear();
  }
}
