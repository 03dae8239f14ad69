package dev.guidon.engine;

import org.jspecify.annotations.Nullable;

/**
 * Somebody else's record of who and what a decision is about, read where it lies instead of copied;
 * see {@link Context#over}. Answers the same question with the same answer as long as a context
 * over it is in use, and need not bear more than one thread at a time. What it throws fails the
 * evaluation of one flag, as what an attribute throws does.
 */
public interface AttributeSource {
  /** The value of a top-level attribute, as {@link Context} has them. */
  @Nullable Object attribute(String name);

  /** The context of another kind than that of the top level. */
  @Nullable Context kind(String kind);

  /** All of it as a context of its own, for what needs everything, as samples do. */
  Context copy();
}
