package dev.guidon.engine;

import dev.guidon.model.Condition;
import dev.guidon.model.EntityId;
import dev.guidon.model.Flag;
import dev.guidon.model.Segment;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a document refers to. */
final class References {
  private Set<EntityId> found = Set.of();

  private References() {}

  static Set<EntityId> of(Flag flag) {
    References references = new References();
    flag.prerequisites().forEach(p -> references.add(EntityId.flag(p.flag().value())));
    flag.rules().forEach(rule -> references.collect(rule.when()));
    if (flag.layer() != null) {
      references.add(EntityId.layer(flag.layer().value()));
    }
    return references.found;
  }

  static Set<EntityId> of(Segment segment) {
    References references = new References();
    references.collect(segment.when());
    return references.found;
  }

  private void add(EntityId id) {
    if (found.isEmpty()) {
      found = new LinkedHashSet<>();
    }
    found.add(id);
  }

  private void collect(@Nullable Condition condition) {
    if (condition instanceof Condition.All all) {
      all.parts().forEach(this::collect);
    } else if (condition instanceof Condition.Any any) {
      any.parts().forEach(this::collect);
    } else if (condition instanceof Condition.Not not) {
      collect(not.part());
    } else if (condition instanceof Condition.InSegment in) {
      add(EntityId.segment(in.segment().value()));
    }
  }
}
