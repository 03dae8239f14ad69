package dev.guidon.server;

import dev.guidon.control.Scopes;
import dev.guidon.edge.Edge;
import dev.guidon.edge.core.EdgeKeys;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Hash;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the edge of this process in step with the system scope: which environments there are, which
 * edges may read.
 */
final class FollowedScopes implements EdgeKeys, AutoCloseable {
  private final Scopes scopes;
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("followed-scopes").daemon().factory());
  private final AtomicReference<@Nullable Edge> edge = new AtomicReference<>();
  private volatile EdgeKeys keys;

  FollowedScopes(Scopes scopes) {
    this.scopes = scopes;
    this.keys = EdgeKeys.of(scopes.current(ScopeId.system()));
  }

  @Override
  public @Nullable EdgeKey find(Hash secret) {
    return keys.find(secret);
  }

  Set<ScopeId> environments() {
    return environments(scopes.current(ScopeId.system()));
  }

  private static Set<ScopeId> environments(ScopeState system) {
    Set<ScopeId> all = new HashSet<>();
    system
        .entities()
        .forEach((id, body) -> {
          if (id.kind().equals(EntityKind.ENVIRONMENT) && body instanceof EntityBody.Present) {
            all.add(ScopeId.parse(id.key()));
          }
        });
    return all;
  }

  /** From now on this edge is kept in step. */
  void steer(Edge started) {
    edge.set(started);
    systemChanged(scopes.current(ScopeId.system()));
  }

  /** Called on the system scope's own thread, so that the edge is told on another. */
  void systemChanged(ScopeState system) {
    keys = EdgeKeys.of(system);
    Edge told = edge.get();
    if (told != null && !worker.isShutdown()) {
      worker.execute(() -> keepInStep(told, environments(system)));
    }
  }

  private void keepInStep(Edge told, Set<ScopeId> wanted) {
    for (ScopeId scope : wanted) {
      // Gives a new environment its log, without which there is nothing to follow.
      scopes.current(scope);
      told.follow(scope);
    }
    for (ScopeId followed : told.scopes()) {
      if (!wanted.contains(followed)) {
        told.unfollow(followed);
      }
    }
  }

  @Override
  public void close() {
    edge.set(null);
    worker.shutdownNow();
  }
}
