package dev.guidon.engine;

import dev.guidon.model.EntityId;
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
}
