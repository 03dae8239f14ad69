package dev.guidon.engine;

import dev.guidon.model.BlobSource;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Envelope;
import dev.guidon.model.Flag;
import dev.guidon.model.Hash;
import dev.guidon.model.Layer;
import dev.guidon.model.Segment;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a view, starting from the ruleset before it.
 *
 * <h2>What is done again</h2>
 *
 * A document is read again when its hash has changed. It is compiled again when it was read again
 * or when one of its references leads to another object than before; that way a change travels
 * along references and stops where it makes no difference. What was refused is tried again every
 * time, since the blob or the entity that it lacked may be there.
 *
 * <h2>What a refusal leaves</h2>
 *
 * The last document that could be compiled is linked to the present segments, layers and flags,
 * with reason STALE; when even that is impossible, its last program stays as it was. An envelope
 * that says off is obeyed before all that.
 */
final class Compiler {
  private final View view;
  private final @Nullable Ruleset before;
  private final boolean sameRegion;
  private final KeyLoader keys;
  private final Interned interned;

  private final Map<EntityId, Unit<Layer, LayerProgram>> layers = new LinkedHashMap<>();
  private final Map<EntityId, Unit<Segment, SegmentProgram>> segments = new LinkedHashMap<>();
  private final Map<EntityId, Unit<Flag, FlagProgram>> flags = new LinkedHashMap<>();
  private final Set<String> changed = new HashSet<>();
  private int compiled;

  Compiler(View view, BlobSource blobs, @Nullable Ruleset previous) {
    this.view = view;
    this.before =
        previous != null && previous.view().scope().equals(view.scope()) ? previous : null;
    this.sameRegion = before != null && before.view().region().equals(view.region());
    this.keys = new KeyLoader(blobs, this::putKnownChunks);
    this.interned = new Interned(view.region());
  }

  Compilation compile() {
    List<ViewEntity> ofLayers = new ArrayList<>();
    List<ViewEntity> ofSegments = new ArrayList<>();
    List<ViewEntity> ofFlags = new ArrayList<>();
    view.entities()
        .forEach((EntityId id, ViewEntity entity) -> {
          if (id.kind().equals(EntityKind.FLAG)) {
            ofFlags.add(entity);
          } else if (id.kind().equals(EntityKind.SEGMENT)) {
            ofSegments.add(entity);
          } else if (id.kind().equals(EntityKind.LAYER)) {
            ofLayers.add(entity);
          }
        });
    link(
        ofLayers,
        layers,
        before == null ? Map.of() : before.layers(),
        Source::layer,
        this::buildLayer);
    link(
        ofSegments,
        segments,
        before == null ? Map.of() : before.segments(),
        Source::segment,
        this::buildSegment);
    link(ofFlags, flags, before == null ? Map.of() : before.flags(), Source::flag, this::buildFlag);
    Ruleset ruleset = new Ruleset(view, layers, segments, flags, compiled, keys.chunksRead());
    return new Compilation(ruleset, ruleset.refusals(), changed);
  }

  private <D, P> void link(
      List<ViewEntity> entities,
      Map<EntityId, Unit<D, P>> done,
      Map<EntityId, Unit<D, P>> earlier,
      Function<ViewEntity, Source<D>> reader,
      Builder<D, P> builder) {
    Linker<D, P> linker = new Linker<>(done, builder);
    Map<EntityId, Source<D>> waiting = new LinkedHashMap<>();
    for (ViewEntity entity : entities) {
      Unit<D, P> prev = earlier.get(entity.id());
      Source<D> source = read(entity, prev, reader);
      if (edges(source, prev).isEmpty()) {
        linker.link(source, prev, /* isCyclic= */ false);
      } else {
        waiting.put(entity.id(), source);
      }
    }
    Graph graph = Graph.of(waiting.keySet(), id -> edgesAmong(waiting, id, earlier.get(id)));
    for (EntityId id : graph.order()) {
      Source<D> source = waiting.get(id);
      if (source != null) {
        linker.link(source, earlier.get(id), graph.isCyclic(id));
      }
    }
    if (earlier.size() + linker.added != done.size()) {
      earlier.keySet().stream().filter(id -> !done.containsKey(id)).forEach(this::noteChanged);
    }
  }

  private static <D, P> List<EntityId> edgesAmong(
      Map<EntityId, Source<D>> waiting, EntityId id, @Nullable Unit<D, P> prev) {
    return edges(waiting.get(id), prev).stream().filter(waiting::containsKey).toList();
  }

  private void noteChanged(EntityId id) {
    if (id.kind().equals(EntityKind.FLAG)) {
      changed.add(id.key());
    }
  }

  /**
   * The references that will be followed: of the document, or when it cannot be read of the one
   * that stands in.
   */
  private static <D, P> Collection<EntityId> edges(
      @Nullable Source<D> source, @Nullable Unit<D, P> prev) {
    if (source == null) {
      return Set.of();
    }
    if (source.doc() != null || prev == null || prev.good() == null) {
      return source.references();
    }
    D doc = prev.good().doc();
    return doc instanceof Flag flag
        ? References.of(flag)
        : doc instanceof Segment segment ? References.of(segment) : Set.of();
  }

  private static <D, P> Source<D> read(
      ViewEntity entity, @Nullable Unit<D, P> prev, Function<ViewEntity, Source<D>> reader) {
    if (prev != null
        && (Unit.same(prev.source().entity(), entity)
            || prev.source().entity().hash().equals(entity.hash()))) {
      return prev.source();
    }
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

  /** Makes the program of one document. */
  private interface Builder<D, P> {
    P build(EntityId id, D doc, long version, boolean isStale, Links links) throws RefusedException;
  }

  private LayerProgram buildLayer(
      EntityId id, Layer layer, long version, boolean isStale, Links links) {
    return new LayerProgram(
        layer, Bucketing.of(layer.salt(), interned.attribute(layer.unit())), isStale);
  }

  private SegmentProgram buildSegment(
      EntityId id, Segment segment, long version, boolean isStale, Links links)
      throws RefusedException {
    return SegmentCompiler.compile(segment, () -> segment, isStale, links, interned, keys);
  }

  private FlagProgram buildFlag(EntityId id, Flag flag, long version, boolean isStale, Links links)
      throws RefusedException {
    return FlagCompiler.compile(flag, () -> flag, version, isStale, links, interned, keys);
  }

  /** Links the entities of one kind, in an order in which what they refer to is done. */
  private final class Linker<D, P> {
    private final Map<EntityId, Unit<D, P>> done;
    private final Builder<D, P> builder;
    private int added;

    Linker(Map<EntityId, Unit<D, P>> done, Builder<D, P> builder) {
      this.done = done;
      this.builder = builder;
    }

    void link(Source<D> source, @Nullable Unit<D, P> prev, boolean isCyclic) {
      EntityId id = source.entity().id();
      if (prev != null && isUntouched(source, prev)) {
        done.put(id, prev);
        return;
      }
      Unit<D, P> next = next(source, prev, isCyclic);
      done.put(id, prev != null && prev.isSameAs(next) ? prev : next);
      added += prev == null ? 1 : 0;
      if (prev == null || !Unit.same(prev.serving(), next.serving())) {
        noteChanged(id);
      }
    }

    /**
     * The common case, a short cut through {@link #next}: in use, read before, and without
     * references.
     */
    private boolean isUntouched(Source<D> source, Unit<D, P> prev) {
      return sameRegion
          && prev.refusal() == null
          && Unit.same(prev.source(), source)
          && source.references().isEmpty();
    }

    private Unit<D, P> next(Source<D> source, @Nullable Unit<D, P> prev, boolean isCyclic) {
      Refusal refusal = source.refusal();
      D doc = source.doc();
      if (isCyclic) {
        refusal =
            refused(
                source,
                Refusal.CYCLE,
                source.entity().id() + ": refers to itself by way of " + source.references());
      } else if (doc != null) {
        try {
          Unit.Built<D, P> built =
              build(
                  source.entity().id(), doc, source.entity().version(), /* isStale= */ false, prev);
          return new Unit<>(source, built, built.program(), null);
        } catch (RefusedException e) {
          refusal = refused(source, e.code(), e.detail());
        }
      }
      if (refusal == null) {
        throw new IllegalStateException(
            source.entity().id() + ": neither a document nor a refusal");
      }
      Unit.Built<D, P> stale = stale(source.entity().id(), prev, isCyclic);
      return new Unit<>(source, stale, serving(source, prev, stale, refusal), refusal);
    }

    private Refusal refused(Source<D> source, String code, String detail) {
      return new Refusal(source.entity().id(), source.entity().version(), code, detail);
    }

    private Unit.@Nullable Built<D, P> stale(
        EntityId id, @Nullable Unit<D, P> prev, boolean isCyclic) {
      Unit.Built<D, P> kept = prev == null ? null : prev.good();
      if (kept == null) {
        return null;
      }
      try {
        return isCyclic
            ? relabelled(id, kept)
            : build(id, kept.doc(), kept.version(), /* isStale= */ true, prev);
      } catch (RefusedException e) {
        return relabelled(id, kept);
      }
    }

    /** The program as it was, linked as it was, only that it says that it is stale. */
    private Unit.Built<D, P> relabelled(EntityId id, Unit.Built<D, P> kept) {
      if (kept.isStale()) {
        return kept;
      }
      try {
        return built(id, kept.doc(), kept.version(), /* isStale= */ true, kept.links());
      } catch (RefusedException e) {
        return kept; // what was compiled once is compiled again; if not, an answer without the
        // label is better than none
      }
    }

    private Unit.Built<D, P> build(
        EntityId id, D doc, long version, boolean isStale, @Nullable Unit<D, P> prev)
        throws RefusedException {
      Links links = resolve(doc);
      Unit.Built<D, P> last = prev == null ? null : prev.good();
      if (sameRegion
          && last != null
          && Unit.same(last.doc(), doc)
          && last.version() == version
          && last.isStale() == isStale
          && last.links().leadTo(links)) {
        return last;
      }
      return built(id, doc, version, isStale, links);
    }

    private Unit.Built<D, P> built(EntityId id, D doc, long version, boolean isStale, Links links)
        throws RefusedException {
      compiled++;
      try {
        return new Unit.Built<>(
            doc, version, isStale, links, builder.build(id, doc, version, isStale, links));
      } catch (RuntimeException e) {
        // A fault of the compiler, or of the source of blobs, is this entity's matter and not that
        // of the others.
        throw new RefusedException(Refusal.INVALID, "compiling failed: " + e);
      }
    }

    @SuppressWarnings("unchecked") // a stand-in is made for flags only, where P is FlagProgram
    private @Nullable P serving(
        Source<D> source,
        @Nullable Unit<D, P> prev,
        Unit.@Nullable Built<D, P> stale,
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
          prev != null
              && prev.refusal() != null
              && (prev.good() == null || !Unit.same(prev.serving(), prev.good().program()));
      if (prev != null
          && wasStandIn
          && Unit.same(prev.source(), source)
          && refusal.equals(prev.refusal())) {
        return prev.serving();
      }
      return (P) standIn(source, envelope, isOff, refusal);
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

  private Links resolve(Object doc) throws RefusedException {
    Set<EntityId> references =
        doc instanceof Flag flag
            ? References.of(flag)
            : doc instanceof Segment segment ? References.of(segment) : Set.of();
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
    Envelope envelope = unit.source().envelope();
    return unit.good() != null || (envelope != null && !envelope.on());
  }

  private void putKnownChunks(Map<Hash, KeyChunk> into) {
    if (before == null) {
      return;
    }
    for (Unit<Segment, SegmentProgram> unit : before.segments().values()) {
      if (unit.good() != null) {
        unit.good().program().included().putChunks(into);
        unit.good().program().excluded().putChunks(into);
      }
    }
    for (Unit<Flag, FlagProgram> unit : before.flags().values()) {
      if (unit.good() != null) {
        unit.good().program().putChunks(into);
      }
    }
  }
}
