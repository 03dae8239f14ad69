package dev.guidon.control;

import dev.guidon.log.Head;
import dev.guidon.log.Log;
import dev.guidon.log.LogException;
import dev.guidon.log.LogUnavailableException;
import dev.guidon.log.UnknownScopeException;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Priority;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.json.Json;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All scopes of a log: their images, loaded when needed and dropped beyond a budget, and the
 * commands on them. Every method may block; call from virtual threads.
 */
public final class Scopes implements AutoCloseable {

  /**
   * @param entitiesInImagesMax images beyond so many entities together are dropped, least recently
   *     used first; about 4 KiB of heap each
   * @param patienceMillis how long a lost answer of the log is followed up
   * @param waitMillisMax how long a caller waits for a scope at most
   */
  public record Options(
      Limits limits, long entitiesInImagesMax, long patienceMillis, long waitMillisMax) {
    public static final Options DEFAULT =
        new Options(
            Limits.DEFAULT,
            /* entitiesInImagesMax= */ 100_000,
            /* patienceMillis= */ 5_000,
            /* waitMillisMax= */ 30_000);
  }

  private final Log log;
  private final LongSupplier clockMicros;
  private final Supplier<String> logIds;
  private final Supplier<ViewCheck> checks;
  private final Options options;
  private final Map<ScopeId, ScopeActor> actors = new ConcurrentHashMap<>();
  private final Map<ScopeId, Long> lastUse = new ConcurrentHashMap<>();
  private final AtomicLong uses = new AtomicLong();
  private final List<CommitListener> listeners = new CopyOnWriteArrayList<>();

  /**
   * @param clockMicros corrected time
   * @param logIds random ids for new logs, 32 hexadecimal digits each
   * @param checks a fresh check for each image of an environment
   */
  public Scopes(
      Log log,
      LongSupplier clockMicros,
      Supplier<String> logIds,
      Supplier<ViewCheck> checks,
      Options options) {
    this.log = log;
    this.clockMicros = clockMicros;
    this.logIds = logIds;
    this.checks = checks;
    this.options = options;
    log.create(ScopeId.system(), logIds.get());
  }

  public Log log() {
    return log;
  }

  public long nowMicros() {
    return clockMicros.getAsLong();
  }

  /** Listeners hear of entries of every scope whose image is loaded. */
  public void onCommitted(CommitListener listener) {
    listeners.add(listener);
  }

  /**
   * Carries out a command. Throws {@link UnknownScopeException} when the system scope does not know
   * the scope.
   */
  public CommandResult execute(Command command) {
    ensureLog(command.scope());
    ScopeState catalog =
        command.scope() instanceof ScopeId.Environment environment
            ? current(new ScopeId.Catalog(environment.project()))
            : null;
    ScopeActor actor = actor(command.scope());
    try {
      return await(actor.submit(command, catalog, lane(command)), options.waitMillisMax());
    } catch (TimeoutException e) {
      return new CommandResult.Unavailable(
          "no outcome within " + options.waitMillisMax() + " ms", /* outcomeUnknown= */ true);
    } catch (LogUnavailableException e) {
      return new CommandResult.Unavailable(
          String.valueOf(e.getMessage()), /* outcomeUnknown= */ false);
    } finally {
      keepWithinBudget(command.scope());
    }
  }

  /** Only the order in the queue; the lane of the commit is decided by its check. */
  private static Priority lane(Command command) {
    if (command.returning() || command.edits().stream().allMatch(Scopes::looksLikeOff)) {
      return Priority.EMERGENCY;
    }
    return command.edits().size() > 50 ? Priority.BULK : Priority.NORMAL;
  }

  private static boolean looksLikeOff(Edit edit) {
    Json doc =
        switch (edit) {
          case Edit.Put put -> put.doc();
          case Edit.Merge merge -> merge.patch();
          case Edit.Delete delete -> Json.NULL;
          case Edit.Keys keys -> Json.NULL;
        };
    return doc instanceof Json.Obj object
        && object.get("envelope") instanceof Json.Obj envelope
        && Json.of(false).equals(envelope.get("on"));
  }

  /**
   * The image after everything in the log at this instant: one look at the log's head, and a read
   * when it has moved. Throws {@link UnknownScopeException}, or another {@link LogException} when
   * the log cannot be asked.
   */
  public ScopeState current(ScopeId scope) {
    Head head = ensureLog(scope);
    ScopeActor actor = actor(scope);
    ScopeState state = actor.published();
    if (state != null && state.position().equals(head.position())) {
      return state;
    }
    try {
      return await(actor.refresh(), options.waitMillisMax());
    } catch (TimeoutException e) {
      throw new LogUnavailableException(
          "scope " + scope + " not read within " + options.waitMillisMax() + " ms", e);
    } finally {
      keepWithinBudget(scope);
    }
  }

  /** The image as it is, without a look at the log unless none is loaded. */
  public ScopeState state(ScopeId scope) {
    ScopeActor known = actors.get(scope);
    ScopeState state = known == null ? null : known.published();
    return state == null ? current(scope) : state;
  }

  /** The environments of a project, in order. */
  public List<ScopeId.Environment> environments(String project) {
    var all = new java.util.TreeMap<String, ScopeId.Environment>();
    current(ScopeId.system())
        .entities()
        .forEach((id, body) -> {
          if (id.kind().equals(EntityKind.ENVIRONMENT)
              && body instanceof dev.guidon.model.EntityBody.Present
              && ScopeId.parse(id.key()) instanceof ScopeId.Environment environment
              && environment.project().equals(project)) {
            all.put(id.key(), environment);
          }
        });
    return List.copyOf(all.values());
  }

  /**
   * A scope that the system knows gets its log when it is first needed, also after a crash in
   * between.
   */
  private Head ensureLog(ScopeId scope) {
    if (!isKnown(scope)) {
      throw new UnknownScopeException(scope);
    }
    Head head = log.head(scope);
    return head == null ? log.create(scope, logIds.get()) : head;
  }

  private boolean isKnown(ScopeId scope) {
    EntityId owner =
        switch (scope) {
          case ScopeId.SystemScope system -> null;
          case ScopeId.Catalog catalog -> new EntityId(EntityKind.PROJECT, catalog.project());
          case ScopeId.Environment environment ->
              new EntityId(EntityKind.ENVIRONMENT, environment.text());
        };
    if (owner == null) {
      return true;
    }
    ScopeState system = state(ScopeId.system());
    return system.present(owner) != null || current(ScopeId.system()).present(owner) != null;
  }

  private ScopeActor actor(ScopeId scope) {
    lastUse.put(scope, uses.incrementAndGet());
    return actors.computeIfAbsent(
        scope,
        id ->
            new ScopeActor(
                id,
                log,
                clockMicros,
                options.limits(),
                options.patienceMillis() * 1000,
                checks,
                (entry, state) -> listeners.forEach(listener -> listener.committed(entry, state))));
  }

  /** How many scopes have a thread here, for tests. */
  int actors() {
    return actors.size();
  }

  /** The system's image is asked for on every request and stays. */
  private void keepWithinBudget(ScopeId justUsed) {
    long entities = 0;
    for (ScopeActor actor : actors.values()) {
      ScopeState state = actor.published();
      entities += state == null ? 0 : state.entities().size();
    }
    while (entities > options.entitiesInImagesMax()) {
      ScopeId oldest = leastRecentlyUsed(justUsed);
      ScopeActor actor = oldest == null ? null : actors.get(oldest);
      ScopeState state = actor == null ? null : actor.published();
      if (actor == null || state == null) {
        return;
      }
      entities -= state.entities().size();
      var _ = actor.drop();
      lastUse.remove(oldest);
    }
  }

  private @Nullable ScopeId leastRecentlyUsed(ScopeId butNot) {
    ScopeId oldest = null;
    long oldestUse = Long.MAX_VALUE;
    for (Map.Entry<ScopeId, Long> use : lastUse.entrySet()) {
      ScopeActor actor = actors.get(use.getKey());
      boolean loaded = actor != null && actor.published() != null;
      boolean keep = use.getKey().equals(butNot) || use.getKey().equals(ScopeId.system());
      if (loaded && !keep && use.getValue() < oldestUse) {
        oldest = use.getKey();
        oldestUse = use.getValue();
      }
    }
    return oldest;
  }

  private static <T> T await(Future<T> future, long millis) throws TimeoutException {
    try {
      return future.get(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LogUnavailableException("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Ends the threads of all scopes; commands that wait are refused. The log stays open. */
  @Override
  public void close() {
    actors.values().forEach(ScopeActor::stop);
  }
}
