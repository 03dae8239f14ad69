package dev.guidon.edge;

import dev.guidon.edge.core.EdgeKeys;
import dev.guidon.edge.core.KeyIndex;
import dev.guidon.edge.core.ReaderKey;
import dev.guidon.edge.ofrep.Ofrep;
import dev.guidon.model.Hash;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What a request's key opens. */
sealed interface KeyCheck {

  /**
   * An application's key, which names its scope.
   *
   * @param keys of the scope, in which the key was found
   */
  record Application(ScopeDriver scope, KeyIndex keys, ReaderKey key, Hash secret)
      implements KeyCheck {
    Ofrep.Reader reader() {
      return key.kind() == ReaderKey.Kind.CLIENT ? Ofrep.Reader.CLIENT : Ofrep.Reader.SERVER;
    }
  }

  /** The credential of a further edge. */
  record FurtherEdge(EdgeKeys.EdgeKey key, Hash secret) implements KeyCheck {}

  /**
   * @param retryAfterSeconds 0 for none
   */
  record Denied(int status, String detail, int retryAfterSeconds) implements KeyCheck {}

  int SECRET_CHARS_MAX = 200;

  int BEHIND_RETRY_SECONDS = 5;

  CharSequence API_KEY = HttpHeaders.createOptimized("X-API-Key");

  String BEARER = "Bearer ";

  /**
   * Checks the key of a request. A key that looks like one and is not known is an error of the
   * caller only where this edge knows everything; an edge that is behind says "later" instead,
   * because the key may be newer than its state.
   */
  static KeyCheck of(
      HttpServerRequest request, EdgeRuntime runtime, KeyCache cache, long nowMicros) {
    String header = header(request);
    if (header == null) {
      return new Denied(401, "no key (expected: Authorization: Bearer <key>, or X-API-Key)", 0);
    }
    Application known = cache.find(header, runtime.scopes, nowMicros);
    if (known != null) {
      return known;
    }
    String text = (isBearer(header) ? header.substring(BEARER.length()) : header).strip();
    if (text.length() > SECRET_CHARS_MAX || !text.startsWith("gdn_")) {
      return new Denied(401, "not a key of this system", 0);
    }
    Hash secret = Hash.of(text);
    KeyCheck found =
        text.startsWith("gdn_edg_")
            ? edge(secret, runtime.scopes.values(), runtime.options.edgeKeys(), nowMicros)
            : application(secret, runtime.scopes.values(), nowMicros);
    if (found instanceof Application application && header.length() <= 2 * SECRET_CHARS_MAX) {
      cache.remember(header, application);
    }
    return found;
  }

  private static KeyCheck application(Hash secret, Collection<ScopeDriver> scopes, long nowMicros) {
    boolean behind = scopes.isEmpty();
    for (ScopeDriver scope : scopes) {
      KeyIndex keys = scope.keys();
      ReaderKey key = keys.find(secret);
      if (key != null) {
        return key.admitsNew(secret, nowMicros)
            ? new Application(scope, keys, key, secret)
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

  /** The header that shows a key, whole. */
  private static @Nullable String header(HttpServerRequest request) {
    String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
    return authorization != null && isBearer(authorization)
        ? authorization
        : request.getHeader(API_KEY);
  }

  private static boolean isBearer(String header) {
    return header.regionMatches(/* ignoreCase= */ true, 0, BEARER, 0, BEARER.length());
  }
}
