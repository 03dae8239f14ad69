package dev.guidon.edge;

import dev.guidon.edge.core.KeyIndex;
import dev.guidon.edge.core.ReaderKey;
import dev.guidon.model.Hash;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Whether the key that opened a stream is still good. Asked every second for every stream, so that
 * the key is looked up only when a commit has touched the scope's keys. One thread.
 */
final class Admission implements LongPredicate {
  private final ScopeDriver scope;
  private final Hash secret;
  private @Nullable KeyIndex seen;
  private long untilMicros;

  Admission(ScopeDriver scope, Hash secret) {
    this.scope = scope;
    this.secret = secret;
  }

  @Override
  public boolean test(long nowMicros) {
    KeyIndex keys = scope.keys();
    if (keys != seen) {
      ReaderKey key = keys.find(secret);
      untilMicros = key == null ? Long.MIN_VALUE : key.admitsExistingUntil(secret);
      seen = keys;
    }
    return nowMicros < untilMicros;
  }
}
