package dev.guidon.engine;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of one entity of the view.
 *
 * @param good the last document that could be compiled, this one or an older one
 * @param serving what decisions use; {@code null} when nothing can be used
 * @param refusal why the document of the view is not what serves
 */
record Unit<D, P>(
    Source<D> source, @Nullable Built<D, P> good, @Nullable P serving, @Nullable Refusal refusal) {

  boolean isSameAs(Unit<D, P> other) {
    return same(source, other.source)
        && same(good, other.good)
        && same(serving, other.serving)
        && Objects.equals(refusal, other.refusal);
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
  record Built<D, P>(D doc, long version, boolean isStale, Links links, P program) {}
}
