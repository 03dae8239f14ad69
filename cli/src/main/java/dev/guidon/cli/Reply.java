package dev.guidon.cli;

import dev.guidon.model.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * What the server answered.
 *
 * @param body JSON null when there was none
 * @param etag names the version of the document, for If-Match
 * @param token the state that the answer shows or made
 */
record Reply(int status, Json body, @Nullable String etag, @Nullable String token) {
  boolean isSuccess() {
    return status >= 200 && status < 300;
  }
}
