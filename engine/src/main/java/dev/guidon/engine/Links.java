package dev.guidon.engine;

import dev.guidon.model.EntityId;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the references of a document lead to: compiled segments and flags, layers as they were read.
 * Compiled programs hold each other directly, so that following a reference costs nothing when
 * deciding; a program is as good as new exactly as long as its links lead to the same objects.
 */
final class Links {
  static final Links NONE = new Links(Map.of());

  private final Map<EntityId, Object> targets;

  private Links(Map<EntityId, Object> targets) {
    this.targets = targets;
  }

  static Links of(Map<EntityId, Object> targets) {
    return targets.isEmpty() ? NONE : new Links(new LinkedHashMap<>(targets));
  }

  <T> T get(EntityId id, Class<T> type) throws RefusedException {
    Object target = targets.get(id);
    if (!type.isInstance(target)) {
      throw new RefusedException(Refusal.DANGLING_REFERENCE, dangling(id));
    }
    return type.cast(target);
  }

  static String dangling(EntityId id) {
    return id + ": not there (expected: an entity of the view that has a usable version)";
  }

  /** Whether a segment or a layer behind these links is older than the view has it. */
  boolean areStale() {
    for (Object target : targets.values()) {
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
    if (targets.size() != other.targets.size()) {
      return false;
    }
    for (Map.Entry<EntityId, Object> entry : targets.entrySet()) {
      if (other.targets.get(entry.getKey()) != entry.getValue()) {
        return false;
      }
    }
    return true;
  }

  /** Links to the same segments and flags, compiled so that they can be traced. */
  Links explained(Explaining explaining) throws RefusedException {
    Map<EntityId, Object> explained = new LinkedHashMap<>();
    for (Map.Entry<EntityId, Object> entry : targets.entrySet()) {
      explained.put(entry.getKey(), explaining.of(entry.getValue()));
    }
    return of(explained);
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
