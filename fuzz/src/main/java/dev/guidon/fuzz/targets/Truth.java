package dev.guidon.fuzz.targets;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.EntityId;
import dev.guidon.model.Hash;
import dev.guidon.model.HashedMap;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeState;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import dev.guidon.stream.History;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A log with two eras, and all that is true of each of its positions. */
final class Truth {
  /** Where the second era cuts the first. */
  static final int CUT = 14;

  final History history = new History();

  /** Every entry that there ever was, also of the dropped suffix, and the state after it. */
  final List<CommittedEntry> entries = new ArrayList<>();

  final List<ScopeState> states = new ArrayList<>();
  final List<View> views = new ArrayList<>();
  private final Map<Position, ScopeState> byPosition = new HashMap<>();
  private final Set<Hash> viewHashes = new HashSet<>();

  Truth() {
    Random random = new Random(7);
    keep();
    for (int i = 0; i < 20; i++) {
      entries.add(history.commitRandom(random));
      keep();
    }
    history.recoverAfter(CUT);
    entries.add(history.entries.get(history.entries.size() - 1));
    keep();
    for (int i = 0; i < 12; i++) {
      entries.add(history.commitRandom(random));
      keep();
    }
  }

  private void keep() {
    ScopeState state = history.state();
    View view = history.view();
    states.add(state);
    views.add(view);
    byPosition.put(state.position(), state);
    viewHashes.add(view.hash());
  }

  /** A scope's state is one that the log had at that very position. */
  void check(ScopeState state) {
    ScopeState real =
        Must.present(
            byPosition.get(state.position()),
            "state at " + state.position() + ", where the log never was");
    Must.equal(state.chain(), real.chain(), "chain at " + state.position());
    Must.equal(
        state.entities().root(), real.entities().root(), "state hash at " + state.position());
  }

  /** A view is one that the log had. */
  void check(View view) {
    Must.hold(
        viewHashes.contains(view.hash()),
        "view at " + view.position() + " has a hash that no view ever had");
  }

  /** A view's hash is that of its entities, counted anew. */
  void checkWhole(View view) {
    Map<EntityId, ViewEntity> all = new LinkedHashMap<>();
    view.entities().forEach(all::put);
    Must.equal(
        HashedMap.<ViewEntity>empty().with(all).root(), view.hash(), "view hash counted anew");
  }

  /** Where nothing was forged, a view belongs to its position. */
  void checkPlace(View view) {
    ScopeState real =
        Must.present(
            byPosition.get(view.position()),
            "view at " + view.position() + ", where the log never was");
    Must.equal(
        view.hash(), View.of(real, History.REGION).hash(), "view hash at " + view.position());
  }
}
