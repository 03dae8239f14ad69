package dev.guidon.model;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one region sees of a scope at a position and time epoch: for each entity its candidate where
 * a release has brought it, else its live version; only kinds whose audience reaches SDKs.
 *
 * @param region {@code *} stands for live versions only, for requests that cross regions
 * @param epoch counts the time boundaries of releases that lie behind this view; 0 without any
 * @param timeMicros scope log time of the position
 */
public record View(
    ScopeId scope,
    Position position,
    String region,
    long epoch,
    long timeMicros,
    HashedMap<ViewEntity> entities) {

  public static final String LIVE_ONLY = "*";

  public static View empty(ScopeId scope, String logId, String region) {
    return new View(scope, new Position(logId, 1, 0), region, 0, 0, HashedMap.empty());
  }

  /**
   * The view of a state. Until releases exist a view shows every live version, whatever the region.
   */
  public static View of(ScopeState state, String region) {
    Map<EntityId, ViewEntity> shown = new LinkedHashMap<>();
    state.entities().forEach((id, body) -> show(id, body, shown));
    return new View(
        state.scope(),
        state.position(),
        region,
        0,
        state.timeMicros(),
        HashedMap.<ViewEntity>empty().with(shown));
  }

  /** This view moved to a later state, of which only some entities have changed. */
  public View advance(ScopeState state, Iterable<EntityId> changed) {
    Map<EntityId, @org.jspecify.annotations.Nullable ViewEntity> changes = new LinkedHashMap<>();
    for (EntityId id : changed) {
      if (id.kind().audience() == Audience.SDK) {
        Versioned live = state.live(id);
        changes.put(id, live == null ? null : ViewEntity.of(id, live));
      }
    }
    return new View(
        scope, state.position(), region, epoch, state.timeMicros(), entities.with(changes));
  }

  private static void show(EntityId id, EntityBody body, Map<EntityId, ViewEntity> shown) {
    if (id.kind().audience() == Audience.SDK
        && body instanceof EntityBody.Present present
        && present.live() != null) {
      shown.put(id, ViewEntity.of(id, present.live()));
    }
  }

  /** The hash that both ends of a stream compare. */
  public Hash hash() {
    return entities.root();
  }
}
