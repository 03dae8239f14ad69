package dev.guidon.control;

import dev.guidon.model.EntityId;
import dev.guidon.model.View;
import java.util.List;

/** Says what an evaluator would refuse of a view before anybody is given it. */
@FunctionalInterface
public interface ViewCheck {
  /**
   * @param detail value and expectation
   */
  record Refused(EntityId entity, String code, String detail) {}

  /**
   * All that would be refused. Called with views that follow from each other; an implementation may
   * remember.
   */
  List<Refused> check(View next);
}
