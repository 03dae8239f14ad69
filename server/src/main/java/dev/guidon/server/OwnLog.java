package dev.guidon.server;

import dev.guidon.control.Scopes;
import dev.guidon.edge.LocalUpstream;
import dev.guidon.edge.core.Report;
import dev.guidon.log.BlobResult;
import dev.guidon.log.Head;
import dev.guidon.log.Log;
import dev.guidon.log.TruncatedException;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Hash;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.stream.HeadFrame;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The log of this process, as its edge and the edges behind that read it. */
final class OwnLog implements LocalUpstream.Log {
  private final Log log;
  private final Scopes scopes;
  private final EvaluationLedger ledger;
  private final Map<ScopeId, EraStart> eraStarts = new ConcurrentHashMap<>();

  private record EraStart(long era, long firstRevision) {}

  OwnLog(Log log, Scopes scopes, EvaluationLedger ledger) {
    this.log = log;
    this.scopes = scopes;
    this.ledger = ledger;
  }

  @Override
  public @Nullable HeadFrame head(ScopeId scope) {
    // The time before the look: whatever was committed until then is in it.
    long readAtMicros = scopes.nowMicros();
    Head head = log.head(scope);
    return head == null
        ? null
        : new HeadFrame(
            head.position(), head.chain(), readAtMicros, /* view= */ null, eraFrom(head));
  }

  /** The first revision of the head's era; {@code null} when its beginning was truncated. */
  private @Nullable Long eraFrom(Head head) {
    long era = head.position().era();
    if (era == 1) {
      return 1L;
    }
    EraStart known = eraStarts.get(head.scope());
    if (known == null || known.era() != era) {
      Long first = findEraStart(head);
      if (first == null) {
        return null;
      }
      known = new EraStart(era, first);
      eraStarts.put(head.scope(), known);
    }
    return known.firstRevision();
  }

  /** Eras only grow, so that the first entry of one is found by halving. */
  private @Nullable Long findEraStart(Head head) {
    long low = log.base(head.scope()).revision() + 1;
    long high = head.revision();
    try {
      while (low < high) {
        long middle = low + (high - low) / 2;
        boolean inEra =
            log.read(head.scope(), middle - 1, 1).getFirst().position().era()
                == head.position().era();
        if (inEra) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      return low;
    } catch (TruncatedException e) {
      // Truncated while looking: the next head tries again.
      return null;
    }
  }

  @Override
  public List<CommittedEntry> read(ScopeId scope, long afterRevision, int max) {
    return log.read(scope, afterRevision, max);
  }

  @Override
  public ScopeState state(ScopeId scope) {
    return scopes.current(scope);
  }

  @Override
  public byte @Nullable [] blob(Hash hash) {
    return log.getBlob(hash) instanceof BlobResult.Found found ? found.bytes() : null;
  }

  @Override
  public long report(Report report) {
    long now = scopes.nowMicros();
    ledger.add(report, now);
    return now;
  }
}
