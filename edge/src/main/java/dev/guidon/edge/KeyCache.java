package dev.guidon.edge;

import dev.guidon.edge.core.KeyIndex;
import dev.guidon.model.ScopeId;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Remembers keys that were found good, so that a request with one costs no digest. One event loop.
 *
 * <h2>What it may answer</h2>
 *
 * Only what a look into the scope's keys would answer at the same instant: an entry counts while
 * the scope is followed and its keys are the very ones that the entry was made from (a commit that
 * touches a key makes new ones), and before the first instant at which the key or its secret
 * expires. Unknown keys are never remembered, so nobody without a key can push others out.
 *
 * <p>A text finds its place by a hash with a secret of this process; then every character is
 * compared, however early one differs.
 */
final class KeyCache {
  private static final int PLACES = 1 << 10;

  private final ToLongFunction<String> hash;
  private final @Nullable Known[] places = new @Nullable Known[PLACES];

  /**
   * @param hash of a header's text; spreads well and cannot be foreseen from outside
   */
  KeyCache(ToLongFunction<String> hash) {
    this.hash = hash;
  }

  private record Known(
      String text, KeyIndex keys, long untilMicros, KeyCheck.Application application) {}

  /** What this header opens, if that is remembered and still true. */
  KeyCheck.@Nullable Application find(
      String text, Map<ScopeId, ScopeDriver> scopes, long nowMicros) {
    int place = place(text);
    Known known = places[place];
    if (known == null || !isSame(known.text(), text)) {
      return null;
    }
    ScopeDriver scope = known.application().scope();
    if (scope.keys() == known.keys()
        && nowMicros < known.untilMicros()
        && scopes.get(scope.id()) == scope) {
      return known.application();
    }
    places[place] = null;
    return null;
  }

  void remember(String text, KeyCheck.Application application) {
    long until = application.key().admitsNewUntil(application.secret());
    places[place(text)] = new Known(text, application.keys(), until, application);
  }

  private int place(String text) {
    return (int) hash.applyAsLong(text) & (PLACES - 1);
  }

  private static boolean isSame(String known, String text) {
    if (known.length() != text.length()) {
      return false;
    }
    int difference = 0;
    for (int i = 0; i < known.length(); i++) {
      difference |= known.charAt(i) ^ text.charAt(i);
    }
    return difference == 0;
  }

  /** A hash for {@link #KeyCache} that only this process can compute. */
  static ToLongFunction<String> secretHash(long seed) {
    return text -> {
      long h = (text.hashCode() ^ seed) * 0x9E3779B97F4A7C15L;
      return (h ^ h >>> 32) * (seed | 1) >>> 40;
    };
  }
}
