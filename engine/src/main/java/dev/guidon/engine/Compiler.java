package dev.guidon.engine;

import dev.guidon.model.BlobSource;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Envelope;
import dev.guidon.model.Flag;
import dev.guidon.model.Hash;
import dev.guidon.model.HashedMap;
import dev.guidon.model.KeyList;
import dev.guidon.model.Layer;
import dev.guidon.model.Segment;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import dev.guidon.model.json.Json;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a view, starting from the ruleset before it.
 *
 * <h2>What is looked at</h2>
 *
 * Entities whose hashes differ, which a {@link HashedMap} tells from the buckets that differ; all
 * that refers to one of them, by whatever number of steps; and what was refused, since the blob or
 * the entity that it lacked may be there now. Nothing else can have become another program, nor can
 * a new circle of references be without one of them. For another region, and without a ruleset
 * before, that is everything.
 *
 * <h2>What is done again</h2>
 *
 * A document is read again when its hash has changed. It is compiled again when it was read again
 * or when one of its references leads to another object than before; that way a change travels
 * along references and stops where it makes no difference. Documents are not kept as values: one
 * that has to be compiled again although it is the same is read again for that.
 *
 * <h2>What a refusal leaves</h2>
 *
 * The last document that could be compiled is linked to the present segments, layers and flags,
 * with reason STALE; when even that is impossible, its last program stays as it was. An envelope
 * that says off is obeyed before all that.
 *
 * <h2>Threads</h2>
 *
 * Many documents at once are read, and compiled where they refer to nothing, on all processors. The
 * outcome does not depend on it.
 */
final class Compiler {
  /** From here on it is worth waking other threads. */
  private static final int PARALLEL_MIN = 256;

  /** Layers before segments before flags, and in each the order of the view. */
  private static final Comparator<EntityId> ORDER =
      Comparator.<EntityId>comparingInt(Compiler::rank).thenComparing(HashedMap.order());

  private final View view;
  private final @Nullable Ruleset before;
  private final boolean sameRegion;
  private final boolean everything;
  private final KeyLoader keys;
  private final Interned interned;

  private final Phase<Layer, LayerProgram> layers;
  private final Phase<Segment, SegmentProgram> segments;
  private final Phase<Flag, FlagProgram> flags;

  /** Entities that others may be linked to and that are not what they were. */
  private final Set<EntityId> moved = new HashSet<>();

  private final SortedMap<EntityId, Refusal> refusals = new TreeMap<>(ORDER);
  private final Set<String> changed = new HashSet<>();
  private final AtomicInteger compiled = new AtomicInteger();

  Compiler(View view, BlobSource blobs, @Nullable Ruleset previous) {
    this(view, blobs, previous, /* everything= */ false);
  }

  /**
   * @param everything looks at all entities, which must not make a difference; for tests
   */
  Compiler(View view, BlobSource blobs, @Nullable Ruleset previous, boolean everything) {
    this.view = view;
    this.before =
        previous != null && previous.view().scope().equals(view.scope()) ? previous : null;
    this.sameRegion = before != null && before.view().region().equals(view.region());
    this.everything = everything || !sameRegion;
    this.keys = new KeyLoader(blobs, this::putKnownChunks);
    this.interned =
        before != null && sameRegion && !before.interned().isCrowded()
            ? before.interned()
            : new Interned(view.region());
    this.layers =
        new Phase<>(
            before == null ? Linked.none() : before.layers(), Source::layer, this::buildLayer);
    this.segments =
        new Phase<>(
            before == null ? Linked.none() : before.segments(),
            Source::segment,
            this::buildSegment);
    this.flags =
        new Phase<>(before == null ? Linked.none() : before.flags(), Source::flag, this::buildFlag);
  }

  private static int rank(EntityId id) {
    return id.kind().equals(EntityKind.LAYER) ? 0 : id.kind().equals(EntityKind.SEGMENT) ? 1 : 2;
  }

  Compilation compile() {
    if (everything) {
      noteAll();
    } else {
      noteDifferences();
    }
    Linked<Layer, LayerProgram> ofLayers = layers.run();
    Linked<Segment, SegmentProgram> ofSegments = segments.run();
    Linked<Flag, FlagProgram> ofFlags = flags.run();
    Ruleset ruleset =
        new Ruleset(
            view,
            ofLayers,
            ofSegments,
            ofFlags,
            Answering.after(before, flags.next),
            Collections.unmodifiableSortedMap(refusals),
            interned,
            compiled.get(),
            keys.chunksRead());
    return new Compilation(ruleset, ruleset.refusals(), changed);
  }

  private void noteAll() {
    view.entities().forEach((EntityId id, ViewEntity entity) -> note(id, entity));
    if (before != null) {
      before
          .view()
          .entities()
          .forEach((EntityId id, ViewEntity was) -> {
            if (view.entities().get(id) == null) {
              note(id, null);
            }
          });
    }
  }

  private void noteDifferences() {
    Ruleset last = Objects.requireNonNull(before);
    view.entities().difference(last.view().entities(), (id, was, is) -> note(id, is));
    for (EntityId id : last.refused().keySet()) {
      ViewEntity entity = view.entities().get(id);
      if (entity != null) {
        note(id, entity);
      }
    }
  }

  private void note(EntityId id, @Nullable ViewEntity entity) {
    if (id.kind().equals(EntityKind.FLAG)) {
      flags.looked.put(id, entity);
    } else if (id.kind().equals(EntityKind.SEGMENT)) {
      segments.looked.put(id, entity);
    } else if (id.kind().equals(EntityKind.LAYER)) {
      layers.looked.put(id, entity);
    }
  }

  /** Makes the program of one document; on several threads at once. */
  private interface Builder<D, P> {
    /**
     * @param written reads the document again, for whoever asks why
     */
    P build(D doc, Supplier<D> written, long version, boolean isStale, Links links)
        throws RefusedException;
  }

  private LayerProgram buildLayer(
      Layer layer, Supplier<Layer> written, long version, boolean isStale, Links links) {
    return new LayerProgram(
        layer, Bucketing.of(layer.salt(), interned.attribute(layer.unit())), isStale);
  }

  private SegmentProgram buildSegment(
      Segment segment, Supplier<Segment> written, long version, boolean isStale, Links links)
      throws RefusedException {
    return SegmentCompiler.compile(segment, written, isStale, links, interned, keys);
  }

  private FlagProgram buildFlag(
      Flag flag, Supplier<Flag> written, long version, boolean isStale, Links links)
      throws RefusedException {
    return FlagCompiler.compile(flag, written, version, isStale, links, interned, keys);
  }

  /** An entity that is looked at. */
  private static final class Draft<D, P> {
    private final ViewEntity entity;
    private final @Nullable Unit<D, P> prev;
    private final boolean isKnown;

    /** {@code null} while it is not read, and where it is known and in use. */
    private @Nullable Source<D> source;

    /** Compiled ahead of the others, or refused in that. */
    private Unit.@Nullable Built<P> ahead;

    private @Nullable RefusedException refusedAhead;

    Draft(ViewEntity entity, @Nullable Unit<D, P> prev) {
      this.isKnown = prev != null && prev.isOf(entity.hash());
      this.entity = isKnown && prev != null ? prev.entity() : entity;
      this.prev = prev;
      this.source =
          isKnown && prev != null && prev.refused() != null ? prev.refused().source() : null;
    }

    EntityId id() {
      return entity.id();
    }

    /** What the document refers to; what it referred to when it was compiled, if it is the same. */
    Collection<EntityId> references() {
      return source != null
          ? source.references()
          : prev == null || ahead != null ? List.of() : prev.links().ids();
    }

    /**
     * The references that will be followed: of the document, or when it cannot be read of the one
     * that stands in.
     */
    Collection<EntityId> edges() {
      return source != null && source.doc() == null && prev != null && prev.good() != null
          ? prev.links().ids()
          : references();
    }

    /** What the last document that could be compiled referred to, which may be this one. */
    Collection<EntityId> edgesOfStandIn() {
      return prev == null || prev.good() == null ? List.of() : prev.links().ids();
    }
  }

  /** Links the entities of one kind, in an order in which what they refer to is done. */
  private final class Phase<D, P> {
    private final Linked<D, P> earlier;
    private final Function<ViewEntity, Source<D>> reader;
    private final Builder<D, P> builder;

    /** What is looked at, in the order of the view; {@code null}: not there any more. */
    private final Map<EntityId, @Nullable ViewEntity> looked;

    /** What became of it. */
    private final Map<String, @Nullable Unit<D, P>> next = new HashMap<>();

    Phase(Linked<D, P> earlier, Function<ViewEntity, Source<D>> reader, Builder<D, P> builder) {
      this.earlier = earlier;
      this.reader = reader;
      this.builder = builder;
      this.looked = everything ? new LinkedHashMap<>() : new TreeMap<>(ORDER);
    }

    /** As it is by now; {@code null} also for what is still to be done. */
    @Nullable Unit<D, P> get(EntityId id) {
      return looked.containsKey(id) ? next.get(id.key()) : earlier.units().get(id.key());
    }

    Linked<D, P> run() {
      if (!everything) {
        addDependents();
      }
      List<Draft<D, P>> drafts = new ArrayList<>(looked.size());
      looked.forEach((id, entity) -> {
        Unit<D, P> prev = earlier.units().get(id.key());
        if (entity != null) {
          drafts.add(new Draft<>(entity, prev));
        } else if (prev != null) {
          next.put(id.key(), null);
          noteMoved(id);
        }
      });
      readAll(drafts);
      linkAll(drafts);
      return earlier.with(next);
    }

    private void addDependents() {
      if (earlier.linkedCount() == 0 || (looked.isEmpty() && moved.isEmpty())) {
        return;
      }
      if (!isReferredTo()) {
        return;
      }
      Map<EntityId, List<Unit<D, P>>> dependents = new HashMap<>();
      earlier
          .units()
          .forEach(unit -> {
            for (EntityId reference : unit.links().ids()) {
              dependents.computeIfAbsent(reference, id -> new ArrayList<>()).add(unit);
            }
          });
      Deque<EntityId> open = new ArrayDeque<>(looked.keySet());
      open.addAll(moved);
      while (!open.isEmpty()) {
        for (Unit<D, P> unit : dependents.getOrDefault(open.pop(), List.of())) {
          EntityId id = unit.entity().id();
          if (!looked.containsKey(id)) {
            looked.put(id, unit.entity());
            open.push(id);
          }
        }
      }
    }

    /** Most changes are to flags that no other builds on. */
    private boolean isReferredTo() {
      Set<EntityId> seeds = new HashSet<>(moved);
      seeds.addAll(looked.keySet());
      boolean[] found = new boolean[1];
      earlier
          .units()
          .forEach(unit -> {
            for (int i = 0; i < unit.links().size() && !found[0]; i++) {
              found[0] = seeds.contains(unit.links().id(i));
            }
          });
      return found[0];
    }

    private void readAll(List<Draft<D, P>> drafts) {
      if (drafts.size() < PARALLEL_MIN) {
        drafts.forEach(this::read);
      } else {
        drafts.parallelStream().forEach(this::readAndBuild);
      }
    }

    private void read(Draft<D, P> draft) {
      if (!draft.isKnown) {
        draft.source = read(draft.entity);
      }
    }

    private Source<D> read(ViewEntity entity) {
      try {
        return reader.apply(entity);
      } catch (RuntimeException e) {
        // Reading is meant to be total. If it is not, that is this entity's matter and not that of
        // the others.
        Refusal refusal =
            new Refusal(entity.id(), entity.version(), Refusal.INVALID, "reading failed: " + e);
        return new Source<>(entity, null, null, refusal, Set.of());
      }
    }

    /** The value is given up as soon as possible: thousands of them fill a heap. */
    private void readAndBuild(Draft<D, P> draft) {
      read(draft);
      Source<D> source = draft.source;
      if (draft.isKnown
          || source == null
          || source.doc() == null
          || !source.references().isEmpty()
          || needsBlobs(source.doc())) {
        return;
      }
      try {
        draft.ahead = built(draft.entity, source.doc(), /* isStale= */ false, Links.NONE);
        draft.source = null;
      } catch (RefusedException e) {
        draft.refusedAhead = e;
      }
    }

    /** Blobs come from a source that is asked by one thread. */
    private boolean needsBlobs(D doc) {
      return !(doc instanceof Flag flag)
          || flag.targets().stream().anyMatch(target -> target.keys() instanceof KeyList.Stored);
    }

    private void linkAll(List<Draft<D, P>> drafts) {
      Map<EntityId, Draft<D, P>> waiting = new LinkedHashMap<>();
      for (Draft<D, P> draft : drafts) {
        if (draft.edges().isEmpty() && draft.edgesOfStandIn().isEmpty()) {
          link(draft, /* isCyclic= */ false);
        } else {
          waiting.put(draft.id(), draft);
        }
      }
      Graph graph = Graph.of(waiting.keySet(), id -> edges(waiting, id));
      for (EntityId id : order(waiting, graph)) {
        Draft<D, P> draft = waiting.get(id);
        if (draft != null) {
          link(draft, graph.isCyclic(id));
        }
      }
    }

    /**
     * Each after what it refers to, and where that is possible also after what its last document
     * referred to, which may have to stand in for it.
     */
    private List<EntityId> order(Map<EntityId, Draft<D, P>> waiting, Graph graph) {
      if (waiting.values().stream()
          .allMatch(draft -> draft.edges().containsAll(draft.edgesOfStandIn()))) {
        return graph.order();
      }
      Graph wider =
          Graph.of(
              waiting.keySet(),
              id -> {
                Set<EntityId> both = new LinkedHashSet<>(edges(waiting, id));
                Draft<D, P> draft = waiting.get(id);
                if (draft != null) {
                  both.addAll(among(waiting, draft.edgesOfStandIn()));
                }
                return both;
              });
      List<EntityId> order = new ArrayList<>(waiting.size());
      for (List<EntityId> component : wider.components()) {
        NavigableSet<EntityId> circle = new TreeSet<>(ORDER);
        circle.addAll(component);
        order.addAll(
            Graph.of(circle, id -> edges(waiting, id).stream().filter(circle::contains).toList())
                .order());
      }
      return order;
    }

    private List<EntityId> edges(Map<EntityId, Draft<D, P>> waiting, EntityId id) {
      Draft<D, P> draft = waiting.get(id);
      return draft == null ? List.of() : among(waiting, draft.edges());
    }

    private List<EntityId> among(
        Map<EntityId, Draft<D, P>> waiting, Collection<EntityId> references) {
      return references.stream().filter(waiting::containsKey).toList();
    }

    private void link(Draft<D, P> draft, boolean isCyclic) {
      EntityId id = draft.id();
      Unit<D, P> prev = draft.prev;
      Unit<D, P> made = next(draft, isCyclic);
      Unit<D, P> unit = prev != null && prev.isSameAs(made) ? prev : made;
      next.put(id.key(), unit);
      Refusal refusal = unit.refusal();
      if (refusal != null) {
        refusals.put(id, refusal);
      }
      if (prev == null || !Unit.same(prev.serving(), unit.serving())) {
        noteMoved(id);
      }
    }

    private Unit<D, P> next(Draft<D, P> draft, boolean isCyclic) {
      Refusal refusal = draft.source == null ? null : draft.source.refusal();
      if (isCyclic) {
        refusal =
            refused(
                draft,
                Refusal.CYCLE,
                draft.id() + ": refers to itself by way of " + draft.references());
      } else if (refusal == null) {
        try {
          return Unit.of(draft.entity, build(draft));
        } catch (RefusedException e) {
          refusal = refused(draft, e.code(), e.detail());
        }
      }
      Source<D> source = draft.source == null ? read(draft.entity) : draft.source;
      Unit.Built<P> stale = stale(draft.prev, isCyclic);
      return Unit.refused(source, stale, serving(source, draft.prev, stale, refusal), refusal);
    }

    private Refusal refused(Draft<D, P> draft, String code, String detail) {
      return new Refusal(draft.id(), draft.entity.version(), code, detail);
    }

    private Unit.Built<P> build(Draft<D, P> draft) throws RefusedException {
      if (draft.ahead != null) {
        return draft.ahead;
      }
      if (draft.refusedAhead != null) {
        throw draft.refusedAhead;
      }
      Links links = resolve(draft.references());
      Unit.Built<P> last = draft.prev == null ? null : draft.prev.built();
      if (last != null
          && last.entity().hash().equals(draft.entity.hash())
          && isAsGood(last, /* isStale= */ false, links)) {
        return last;
      }
      return builtFrom(draft.source, draft.entity, /* isStale= */ false, links);
    }

    private boolean isAsGood(Unit.Built<P> last, boolean isStale, Links links) {
      return sameRegion && last.isStale() == isStale && last.links().leadTo(links);
    }

    private Unit.@Nullable Built<P> stale(@Nullable Unit<D, P> prev, boolean isCyclic) {
      Unit.Built<P> kept = prev == null ? null : prev.built();
      if (kept == null) {
        return null;
      }
      try {
        if (!isCyclic) {
          Links links = resolve(kept.links().ids());
          return isAsGood(kept, /* isStale= */ true, links)
              ? kept
              : builtFrom(null, kept.entity(), /* isStale= */ true, links);
        }
      } catch (RefusedException e) {
        // As it was, then.
      }
      return relabelled(kept);
    }

    /** The program as it was, linked as it was, only that it says that it is stale. */
    private Unit.Built<P> relabelled(Unit.Built<P> kept) {
      if (kept.isStale()) {
        return kept;
      }
      try {
        return builtFrom(null, kept.entity(), /* isStale= */ true, kept.links());
      } catch (RefusedException e) {
        return kept; // what was compiled once is compiled again; if not, an answer without the
        // label is better than none
      }
    }

    /**
     * @param source {@code null}: to be read again, as it was read before
     */
    private Unit.Built<P> builtFrom(
        @Nullable Source<D> source, ViewEntity entity, boolean isStale, Links links)
        throws RefusedException {
      Source<D> read = source == null ? read(entity) : source;
      D doc = read.doc();
      if (doc == null) {
        throw new RefusedException(Refusal.INVALID, "reading again: " + read.refusal());
      }
      return built(entity, doc, isStale, links);
    }

    private Unit.Built<P> built(ViewEntity entity, D doc, boolean isStale, Links links)
        throws RefusedException {
      compiled.incrementAndGet();
      try {
        return new Unit.Built<>(
            entity,
            isStale,
            links,
            builder.build(doc, written(entity), entity.version(), isStale, links));
      } catch (RuntimeException e) {
        // A fault of the compiler, or of the source of blobs, is this entity's matter and not that
        // of the others.
        throw new RefusedException(Refusal.INVALID, "compiling failed: " + e);
      }
    }

    /** Holds the entity and not its document, which most of the time is packed. */
    private Supplier<D> written(ViewEntity entity) {
      Function<ViewEntity, Source<D>> reading = reader;
      return () ->
          Objects.requireNonNull(reading.apply(entity).doc(), "what was read once is read again");
    }

    @SuppressWarnings("unchecked") // a stand-in is made for flags only, where P is FlagProgram
    private @Nullable P serving(
        Source<D> source,
        @Nullable Unit<D, P> prev,
        Unit.@Nullable Built<P> stale,
        Refusal refusal) {
      Envelope envelope = source.envelope();
      boolean isOff = envelope != null && !envelope.on();
      if (stale != null && !isOff) {
        return stale.program();
      }
      if (!source.entity().id().kind().equals(EntityKind.FLAG)) {
        return null;
      }
      boolean wasStandIn =
          prev != null && prev.refused() != null && !Unit.same(prev.serving(), prev.program());
      if (prev != null
          && wasStandIn
          && prev.isOf(source.entity().hash())
          && refusal.equals(prev.refusal())) {
        return prev.serving();
      }
      return (P) standIn(source, envelope, isOff, refusal);
    }
  }

  private void noteMoved(EntityId id) {
    moved.add(id);
    if (id.kind().equals(EntityKind.FLAG)) {
      changed.add(id.key());
    }
  }

  private static FlagProgram standIn(
      Source<?> source, @Nullable Envelope envelope, boolean isOff, Refusal refusal) {
    String key = source.entity().id().key();
    long version = source.entity().version();
    if (envelope != null && isOff) {
      boolean clientVisible =
          source.entity().doc().get("clientVisible") instanceof Json.Bool visible
              && visible.value();
      return FlagCompiler.off(key, envelope, version, clientVisible);
    }
    return FlagCompiler.unreadable(
        key, envelope, version, refusal.code() + ": " + refusal.detail());
  }

  private Links resolve(Collection<EntityId> references) throws RefusedException {
    if (references.isEmpty()) {
      return Links.NONE;
    }
    Map<EntityId, Object> targets = new LinkedHashMap<>();
    for (EntityId reference : references) {
      Object target = usable(reference);
      if (target == null) {
        throw new RefusedException(Refusal.DANGLING_REFERENCE, Links.dangling(reference));
      }
      targets.put(reference, target);
    }
    return Links.of(targets);
  }

  private @Nullable Object usable(EntityId id) {
    if (id.kind().equals(EntityKind.FLAG)) {
      Unit<Flag, FlagProgram> unit = flags.get(id);
      return unit == null || !isUsable(unit) ? null : unit.serving();
    }
    Unit<?, ?> unit = id.kind().equals(EntityKind.LAYER) ? layers.get(id) : segments.get(id);
    return unit == null ? null : unit.serving();
  }

  /**
   * A flag that only says PARSE_ERROR is nothing to build on; one that is off by its envelope is.
   */
  private static boolean isUsable(Unit<Flag, FlagProgram> unit) {
    if (unit.refused() == null || unit.good() != null) {
      return true;
    }
    Envelope envelope = unit.refused().source().envelope();
    return envelope != null && !envelope.on();
  }

  private void putKnownChunks(Map<Hash, KeyChunk> into) {
    if (before == null) {
      return;
    }
    before
        .segments()
        .units()
        .forEach(unit -> {
          if (unit.program() != null) {
            unit.program().included().putChunks(into);
            unit.program().excluded().putChunks(into);
          }
        });
    before
        .flags()
        .units()
        .forEach(unit -> {
          if (unit.program() != null) {
            unit.program().putChunks(into);
          }
        });
  }
}
