package dev.guidon.engine;

import dev.guidon.model.EntityId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The order in which entities are compiled: each after all it refers to; and which of them cannot
 * be ordered because they refer to themselves.
 *
 * <p>R. E. Tarjan, "Depth-first search and linear graph algorithms", SIAM J. Comput. 1 (1972), with
 * a stack of its own: a chain of references may be as long as a view.
 */
final class Graph {
  private final Function<EntityId, ? extends Collection<EntityId>> edges;
  private final Map<EntityId, Node> nodes = new HashMap<>();
  private final Deque<Node> component = new ArrayDeque<>();
  private final List<EntityId> order = new ArrayList<>();
  private final List<List<EntityId>> components = new ArrayList<>();
  private final Set<EntityId> cyclic = new HashSet<>();

  private Graph(Function<EntityId, ? extends Collection<EntityId>> edges) {
    this.edges = edges;
  }

  /**
   * @param edges what an entity refers to, restricted to {@code ids}
   */
  static Graph of(
      Collection<EntityId> ids, Function<EntityId, ? extends Collection<EntityId>> edges) {
    Graph graph = new Graph(edges);
    for (EntityId id : ids) {
      if (!graph.nodes.containsKey(id)) {
        graph.visit(id);
      }
    }
    return graph;
  }

  /** Every entity once; those outside cycles after all that they refer to. */
  List<EntityId> order() {
    return order;
  }

  /** The same in parts: those that refer to each other in a circle, and every other by itself. */
  List<List<EntityId>> components() {
    return components;
  }

  boolean isCyclic(EntityId id) {
    return cyclic.contains(id);
  }

  private void visit(EntityId start) {
    Deque<Node> path = new ArrayDeque<>();
    path.push(enter(start));
    while (!path.isEmpty()) {
      Node node = path.element();
      if (node.rest.hasNext()) {
        EntityId next = node.rest.next();
        Node known = nodes.get(next);
        if (known == null) {
          path.push(enter(next));
        } else if (known.isOpen) {
          node.low = Math.min(node.low, known.index);
        }
        node.refersToItself |= next.equals(node.id);
      } else {
        path.pop();
        if (!path.isEmpty()) {
          path.element().low = Math.min(path.element().low, node.low);
        }
        if (node.low == node.index) {
          leave(node);
        }
      }
    }
  }

  private Node enter(EntityId id) {
    Node node = new Node(id, nodes.size(), edges.apply(id).iterator());
    nodes.put(id, node);
    component.push(node);
    return node;
  }

  private void leave(Node root) {
    boolean isCycle = component.element() != root || root.refersToItself;
    List<EntityId> members = new ArrayList<>(1);
    components.add(members);
    Node node;
    do {
      node = component.pop();
      node.isOpen = false;
      order.add(node.id);
      members.add(node.id);
      if (isCycle) {
        cyclic.add(node.id);
      }
    } while (node != root);
  }

  private static final class Node {
    private final EntityId id;
    private final int index;
    private final Iterator<EntityId> rest;
    private int low;
    private boolean isOpen = true;
    private boolean refersToItself;

    Node(EntityId id, int index, Iterator<EntityId> rest) {
      this.id = id;
      this.index = index;
      this.low = index;
      this.rest = rest;
    }
  }
}
