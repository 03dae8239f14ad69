package dev.guidon.control;

import dev.guidon.model.Change;
import dev.guidon.model.ScopeId;
import java.util.List;

/** The edges and SDKs that are connected, with what they can do. */
@FunctionalInterface
public interface Consumers {
  Consumers NONE = (scope, changes) -> List.of();

  /**
   * A consumer that could not use a change.
   *
   * @param lacks capabilities by name
   */
  record Lacking(String id, String name, String version, List<String> lacks) {
    public Lacking {
      lacks = List.copyOf(lacks);
    }
  }

  /** Those that could not use the outcome of these changes. */
  List<Lacking> lacking(ScopeId scope, List<Change> changes);
}
