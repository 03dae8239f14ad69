package dev.guidon.engine;

import org.jspecify.annotations.Nullable;

/**
 * A flag's key that remembers where it was found: asked again of the same ruleset, it skips the
 * look-up. Made once, kept in a constant, shared by all threads; asked of a new ruleset, it looks
 * the key up once.
 *
 * <h2>Threads</h2>
 *
 * What was found is one immutable pair in a plain field. A thread that sees an old pair notices by
 * the ruleset that it belongs to, and looks the key up itself; nothing is ever answered by a
 * ruleset other than the one that was asked. A handle that nobody asks any more keeps one flag in
 * memory, not its ruleset.
 */
public final class FlagHandle {
  private final String key;
  private @Nullable Found found;

  private FlagHandle(String key) {
    this.key = key;
  }

  /** A handle for a flag that need not be there (yet). */
  public static FlagHandle of(String key) {
    return new FlagHandle(java.util.Objects.requireNonNull(key, "key"));
  }

  public String key() {
    return key;
  }

  @SuppressWarnings("ReferenceEquality") // identity is what tells one ruleset from another
  FlagProgram in(Ruleset ruleset) {
    Found last = found;
    return last != null && last.identity == ruleset.identity() ? last.program : find(ruleset);
  }

  private FlagProgram find(Ruleset ruleset) {
    FlagProgram program = ruleset.program(key);
    Found next =
        new Found(ruleset.identity(), program == null ? FlagProgram.missing(key) : program);
    found = next;
    return next.program;
  }

  @Override
  public String toString() {
    return key;
  }

  /** Final fields: safe to read in every thread that sees it. */
  private record Found(Object identity, FlagProgram program) {}
}
