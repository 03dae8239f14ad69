package dev.guidon.engine;

import dev.guidon.model.Hash;
import dev.guidon.model.ViewEntity;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of one entity of the view. There is one for each, in all rulesets that follow each
 * other while it stays as it is: what was read is held only where it could not be used.
 *
 * @param entity as the view has it
 * @param good whose document could be compiled last: {@code entity}, or an older one
 * @param program what {@code good} was compiled to
 * @param isStale compiled as a stand-in for a newer version
 * @param links what the references of {@code good} led to when it was compiled
 * @param serving what decisions use; {@code null} when nothing can be used
 * @param refused why the document of the view is not what serves; {@code null} when it is
 */
record Unit<D, P>(
    ViewEntity entity,
    @Nullable ViewEntity good,
    @Nullable P program,
    boolean isStale,
    Links links,
    @Nullable P serving,
    @Nullable Refused<D> refused)
    implements Table.Keyed {

  /** What was read and cannot be used. */
  record Refused<D>(Source<D> source, Refusal refusal) {}

  static <D, P> Unit<D, P> of(ViewEntity entity, Built<P> built) {
    return new Unit<>(
        entity,
        built.entity(),
        built.program(),
        built.isStale(),
        built.links(),
        built.program(),
        /* refused= */ null);
  }

  static <D, P> Unit<D, P> refused(
      Source<D> source, @Nullable Built<P> stale, @Nullable P serving, Refusal refusal) {
    return new Unit<>(
        source.entity(),
        stale == null ? null : stale.entity(),
        stale == null ? null : stale.program(),
        stale != null && stale.isStale(),
        stale == null ? Links.NONE : stale.links(),
        serving,
        new Refused<>(source, refusal));
  }

  @Override
  public String key() {
    return entity.id().key();
  }

  @Nullable Refusal refusal() {
    return refused == null ? null : refused.refusal();
  }

  boolean isOf(Hash hash) {
    return entity.hash().equals(hash);
  }

  /** What was compiled last, {@code null} when nothing ever could be. */
  @Nullable Built<P> built() {
    return good == null || program == null ? null : new Built<>(good, isStale, links, program);
  }

  boolean isSameAs(Unit<D, P> other) {
    return same(entity, other.entity)
        && same(good, other.good)
        && same(program, other.program)
        && same(serving, other.serving)
        && Objects.equals(refusal(), other.refusal());
  }

  /** Identity: what was read or compiled again is another object, even when it is equal. */
  @SuppressWarnings("ReferenceEquality") // that is the question
  static boolean same(@Nullable Object a, @Nullable Object b) {
    return a == b;
  }

  /**
   * A document and what it was compiled to.
   *
   * @param isStale compiled as a stand-in for a newer version
   */
  record Built<P>(ViewEntity entity, boolean isStale, Links links, P program) {}
}
