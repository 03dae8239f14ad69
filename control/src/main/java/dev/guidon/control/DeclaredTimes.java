package dev.guidon.control;

import dev.guidon.log.TruncatedException;
import dev.guidon.model.Change;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * When catalogs declared their flags, gathered from the log once and then kept up with it. May
 * block, and throws what the log throws.
 */
public final class DeclaredTimes {
  private static final int READ_MAX = 500;

  private final Scopes scopes;
  private final Map<ScopeId.Catalog, Known> known = new ConcurrentHashMap<>();

  /**
   * @param fromMicros the time of the first entry that could be read: what is older was there then
   */
  private record Known(Position upTo, @Nullable Long fromMicros, Map<String, Long> times) {}

  public DeclaredTimes(Scopes scopes) {
    this.scopes = scopes;
  }

  /** By flag; of a flag from before the log's beginning, when the log begins. */
  public Map<String, Long> of(ScopeId.Catalog catalog) {
    ScopeState present = scopes.current(catalog);
    Known before = known.get(catalog);
    Known now =
        before == null || before.upTo().era() != present.position().era()
            ? read(catalog, scopes.log().base(catalog).revision(), null, Map.of(), present)
            : readOn(catalog, before, present);
    known.put(catalog, now);
    Map<String, Long> times = new HashMap<>();
    present
        .entities()
        .forEach((id, body) -> {
          Long micros = now.times().getOrDefault(id.key(), now.fromMicros());
          if (micros != null && body instanceof EntityBody.Present) {
            times.put(id.key(), micros);
          }
        });
    return Collections.unmodifiableMap(times);
  }

  private Known readOn(ScopeId.Catalog catalog, Known before, ScopeState present) {
    try {
      return read(catalog, before.upTo().revision(), before.fromMicros(), before.times(), present);
    } catch (TruncatedException e) {
      return read(catalog, scopes.log().base(catalog).revision(), null, Map.of(), present);
    }
  }

  private Known read(
      ScopeId.Catalog catalog,
      long after,
      @Nullable Long fromMicros,
      Map<String, Long> times,
      ScopeState present) {
    Map<String, Long> found = new HashMap<>(times);
    Long first = fromMicros;
    long revision = after;
    while (revision < present.position().revision()) {
      List<CommittedEntry> entries = scopes.log().read(catalog, revision, READ_MAX);
      if (entries.isEmpty()) {
        break;
      }
      for (CommittedEntry entry : entries) {
        first = first == null ? Long.valueOf(entry.entry().timeMicros()) : first;
        entry.entry().changes().forEach(change -> note(found, change, entry.entry().timeMicros()));
      }
      revision = entries.getLast().position().revision();
    }
    return new Known(present.position(), first, found);
  }

  private static void note(Map<String, Long> times, Change change, long micros) {
    if (change.id().kind().equals(EntityKind.DECLARATION)) {
      if (change.body() instanceof EntityBody.Present present) {
        if (present.version() == 1) {
          times.put(change.id().key(), micros);
        }
      } else {
        times.remove(change.id().key());
      }
    }
  }
}
