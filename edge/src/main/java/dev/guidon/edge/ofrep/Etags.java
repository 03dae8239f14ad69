package dev.guidon.edge.ofrep;

import dev.guidon.model.Hash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Strong entity tags, and what {@code If-None-Match} says about one. */
public final class Etags {
  private Etags() {}

  /** A quoted tag that differs when any part differs. */
  public static String of(String... parts) {
    MessageDigest digest = Hash.digest();
    for (String part : parts) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      digest.update((byte) (bytes.length >>> 16));
      digest.update((byte) (bytes.length >>> 8));
      digest.update((byte) bytes.length);
      digest.update(bytes);
    }
    byte[] short128 = java.util.Arrays.copyOf(digest.digest(), 16);
    return '"' + Base64.getUrlEncoder().withoutPadding().encodeToString(short128) + '"';
  }

  /**
   * Whether a list of tags, weak or strong, or {@code *}, names this tag; false without a header.
   */
  public static boolean matches(@Nullable String ifNoneMatch, String etag) {
    if (ifNoneMatch == null) {
      return false;
    }
    if (ifNoneMatch.strip().equals("*")) {
      return true;
    }
    int at = 0;
    while (at < ifNoneMatch.length()) {
      int open = ifNoneMatch.indexOf('"', at);
      int close = open < 0 ? -1 : ifNoneMatch.indexOf('"', open + 1);
      if (close < 0) {
        return false;
      }
      if (close + 1 - open == etag.length() && ifNoneMatch.startsWith(etag, open)) {
        return true;
      }
      at = close + 1;
    }
    return false;
  }
}
