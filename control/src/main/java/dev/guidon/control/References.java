package dev.guidon.control;

import dev.guidon.model.Condition;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Flag;
import dev.guidon.model.FlagFormat;
import dev.guidon.model.LayerFormat;
import dev.guidon.model.Problems;
import dev.guidon.model.SegmentFormat;
import dev.guidon.model.Serve;
import dev.guidon.model.json.Json;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which entities name which others, over live and candidate versions together. Kept in step with a
 * scope's state; one thread.
 */
final class References {
  private final Map<EntityId, SortedSet<EntityId>> forward = new HashMap<>();
  private final Map<EntityId, SortedSet<EntityId>> backward = new HashMap<>();

  void update(EntityId id, EntityBody body) {
    for (EntityId old : from(id)) {
      SortedSet<EntityId> referrers = backward.get(old);
      if (referrers != null) {
        referrers.remove(id);
      }
    }
    SortedSet<EntityId> named = of(id, body);
    if (named.isEmpty()) {
      forward.remove(id);
      return;
    }
    forward.put(id, named);
    for (EntityId target : named) {
      backward.computeIfAbsent(target, t -> new TreeSet<>()).add(id);
    }
  }

  /** What an entity names. */
  Set<EntityId> from(EntityId id) {
    return forward.getOrDefault(id, new TreeSet<>());
  }

  /** Who names an entity. */
  Set<EntityId> to(EntityId id) {
    return backward.getOrDefault(id, new TreeSet<>());
  }

  static SortedSet<EntityId> of(EntityId id, @Nullable EntityBody body) {
    SortedSet<EntityId> named = new TreeSet<>();
    if (body instanceof EntityBody.Present present) {
      if (present.live() != null) {
        collect(id.kind(), present.live().doc(), named);
      }
      if (present.candidate() != null) {
        collect(id.kind(), present.candidate().doc(), named);
      }
    }
    return named;
  }

  private static void collect(EntityKind kind, Json.Obj doc, Set<EntityId> named) {
    if (kind.equals(EntityKind.FLAG)) {
      collect(FlagFormat.read(doc, new Problems(), /* strict= */ false), named);
    } else if (kind.equals(EntityKind.SEGMENT)) {
      collect(SegmentFormat.read(doc, new Problems(), /* strict= */ false).when(), named);
    } else if (kind.equals(EntityKind.LAYER)) {
      LayerFormat.read(doc, new Problems(), /* strict= */ false)
          .ranges()
          .forEach(range -> named.add(EntityId.flag(range.flag().value())));
    }
  }

  private static void collect(Flag flag, Set<EntityId> named) {
    flag.prerequisites().forEach(p -> named.add(EntityId.flag(p.flag().value())));
    if (flag.layer() != null) {
      named.add(EntityId.layer(flag.layer().value()));
    }
    for (Flag.Rule rule : flag.rules()) {
      collect(rule.when(), named);
      collect(rule.serve(), named);
    }
    collect(flag.defaultServe(), named);
  }

  private static void collect(Serve serve, Set<EntityId> named) {
    if (serve instanceof Serve.Learned learned) {
      try {
        named.add(new EntityId(EntityKind.POLICY, learned.policy()));
      } catch (IllegalArgumentException e) {
        // Not a key, so it names nothing; the check of the document says so.
        return;
      }
    }
  }

  private static void collect(@Nullable Condition condition, Set<EntityId> named) {
    switch (condition) {
      case null -> {}
      case Condition.All all -> all.parts().forEach(part -> collect(part, named));
      case Condition.Any any -> any.parts().forEach(part -> collect(part, named));
      case Condition.Not not -> collect(not.part(), named);
      case Condition.InSegment in -> named.add(EntityId.segment(in.segment().value()));
      case Condition.Test test -> {}
    }
  }
}
