package dev.guidon.engine;

import dev.guidon.model.EntityId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the references of a document lead to: compiled segments and flags, layers as they were read.
 * Compiled programs hold each other directly, so that following a reference costs nothing when
 * deciding; a program is as good as new exactly as long as its links lead to the same objects.
 */
final class Links {
  static final Links NONE = new Links(new EntityId[0], new Object[0]);

  private static final int SEARCHED_MAX = 16;

  private final EntityId[] ids;
  private final Object[] targets;
  private final @Nullable Map<EntityId, Object> large;

  private Links(EntityId[] ids, Object[] targets) {
    this.ids = ids;
    this.targets = targets;
    this.large = ids.length > SEARCHED_MAX ? new HashMap<>() : null;
    if (large != null) {
      for (int i = 0; i < ids.length; i++) {
        large.put(ids[i], targets[i]);
      }
    }
  }

  /** In the order of the references. */
  static Links of(Map<EntityId, Object> targets) {
    return targets.isEmpty()
        ? NONE
        : new Links(
            targets.keySet().toArray(EntityId[]::new), targets.values().toArray(Object[]::new));
  }

  /** The references, in the order in which the document has them. */
  List<EntityId> ids() {
    return Arrays.asList(ids);
  }

  int size() {
    return ids.length;
  }

  EntityId id(int i) {
    return ids[i];
  }

  boolean isEmpty() {
    return ids.length == 0;
  }

  <T> T get(EntityId id, Class<T> type) throws RefusedException {
    Object target = target(id);
    if (!type.isInstance(target)) {
      throw new RefusedException(Refusal.DANGLING_REFERENCE, dangling(id));
    }
    return type.cast(target);
  }

  private @Nullable Object target(EntityId id) {
    if (large != null) {
      return large.get(id);
    }
    for (int i = 0; i < ids.length; i++) {
      if (ids[i].equals(id)) {
        return targets[i];
      }
    }
    return null;
  }

  static String dangling(EntityId id) {
    return id + ": not there (expected: an entity of the view that has a usable version)";
  }

  /** Whether a segment or a layer behind these links is older than the view has it. */
  boolean areStale() {
    for (Object target : targets) {
      if (target instanceof SegmentProgram segment && segment.isStale()
          || target instanceof LayerProgram layer && layer.isStale()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Identity, not equality: an equal object that was compiled again may be linked to other objects.
   */
  @SuppressWarnings("ReferenceEquality") // that is the question
  boolean leadTo(Links other) {
    if (ids.length != other.ids.length) {
      return false;
    }
    for (int i = 0; i < ids.length; i++) {
      if (targets[i] != other.targets[i] || !ids[i].equals(other.ids[i])) {
        return false;
      }
    }
    return true;
  }

  /** Links to the same segments and flags, compiled so that they can be traced. */
  Links explained(Explaining explaining) throws RefusedException {
    Object[] explained = new Object[targets.length];
    for (int i = 0; i < explained.length; i++) {
      explained[i] = explaining.of(targets[i]);
    }
    return new Links(ids, explained);
  }

  /** What was compiled to be traced so far, each thing once. One explanation. */
  static final class Explaining {
    private final IdentityHashMap<Object, Object> done = new IdentityHashMap<>();

    Object of(Object target) throws RefusedException {
      Object known = done.get(target);
      if (known == null) {
        known = explained(target);
        done.put(target, known);
      }
      return known;
    }

    private Object explained(Object target) throws RefusedException {
      if (target instanceof FlagProgram flag) {
        return flag.explained(this);
      }
      return target instanceof SegmentProgram segment ? segment.explained(this) : target;
    }
  }
}
