package dev.guidon.log;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.ScopeId;
import java.util.List;
import java.util.Random;

/**
 * Loses requests before the log sees them and replies after the log has acted, as a network does.
 */
final class LossyLog extends ForwardingLog {
  private final Random random;

  LossyLog(Log log, long seed) {
    super(log);
    this.random = new Random(seed);
  }

  @Override
  public AppendResult append(ScopeId scope, Head expected, CommittedEntry entry) {
    lose("request");
    AppendResult result = super.append(scope, expected, entry);
    lose("reply");
    return result;
  }

  @Override
  public List<CommittedEntry> read(ScopeId scope, long afterRevision, int max) {
    if (hits()) {
      throw new LogUnavailableException("read lost", null);
    }
    return super.read(scope, afterRevision, max);
  }

  private void lose(String what) {
    if (hits()) {
      throw new IndeterminateAppendException(what + " lost", null);
    }
  }

  private synchronized boolean hits() {
    return random.nextInt(4) == 0;
  }
}
