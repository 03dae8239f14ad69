package dev.guidon.edge;

import dev.guidon.edge.core.EdgeKeys;
import dev.guidon.edge.core.ReaderKey;
import dev.guidon.model.Hash;
import io.vertx.core.http.HttpServerRequest;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What a request's key opens. */
sealed interface KeyCheck {

  /** An application's key, which names its scope. */
  record Application(ScopeDriver scope, ReaderKey key, Hash secret) implements KeyCheck {}

  /** The credential of a further edge. */
  record FurtherEdge(EdgeKeys.EdgeKey key, Hash secret) implements KeyCheck {}

  /**
   * @param retryAfterSeconds 0 for none
   */
  record Denied(int status, String detail, int retryAfterSeconds) implements KeyCheck {}

  int SECRET_CHARS_MAX = 200;

  int BEHIND_RETRY_SECONDS = 5;

  /**
   * Checks the key of a request. A key that looks like one and is not known is an error of the
   * caller only where this edge knows everything; an edge that is behind says "later" instead,
   * because the key may be newer than its state.
   */
  static KeyCheck of(
      HttpServerRequest request,
      Collection<ScopeDriver> scopes,
      EdgeKeys edgeKeys,
      long nowMicros) {
    String text = secretText(request);
    if (text == null) {
      return new Denied(401, "no key (expected: Authorization: Bearer <key>, or X-API-Key)", 0);
    }
    if (text.length() > SECRET_CHARS_MAX || !text.startsWith("gdn_")) {
      return new Denied(401, "not a key of this system", 0);
    }
    Hash secret = Hash.of(text);
    return text.startsWith("gdn_edg_")
        ? edge(secret, scopes, edgeKeys, nowMicros)
        : application(secret, scopes, nowMicros);
  }

  private static KeyCheck application(Hash secret, Collection<ScopeDriver> scopes, long nowMicros) {
    boolean behind = scopes.isEmpty();
    for (ScopeDriver scope : scopes) {
      ReaderKey key = scope.keys().find(secret);
      if (key != null) {
        return key.admitsNew(secret, nowMicros)
            ? new Application(scope, key, secret)
            : new Denied(401, "the key has expired or admits no new connections", 0);
      }
      behind |= !scope.isSynced();
    }
    return unknown(behind);
  }

  private static KeyCheck edge(
      Hash secret, Collection<ScopeDriver> scopes, EdgeKeys edgeKeys, long nowMicros) {
    EdgeKeys.EdgeKey key = edgeKeys.find(secret);
    if (key == null) {
      return unknown(scopes.stream().anyMatch(scope -> !scope.isSynced()));
    }
    return key.key().admitsNew(secret, nowMicros)
        ? new FurtherEdge(key, secret)
        : new Denied(401, "the key has expired or admits no new connections", 0);
  }

  private static KeyCheck unknown(boolean behind) {
    return behind
        ? new Denied(503, "this edge is behind and does not know the key yet", BEHIND_RETRY_SECONDS)
        : new Denied(401, "the key is not known", 0);
  }

  private static @Nullable String secretText(HttpServerRequest request) {
    String authorization = request.getHeader("Authorization");
    if (authorization != null
        && authorization.regionMatches(/* ignoreCase= */ true, 0, "Bearer ", 0, 7)) {
      return authorization.substring(7).strip();
    }
    String apiKey = request.getHeader("X-API-Key");
    return apiKey == null ? null : apiKey.strip();
  }
}
