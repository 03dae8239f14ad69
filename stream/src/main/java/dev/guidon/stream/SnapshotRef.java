package dev.guidon.stream;

import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.Texts;

/**
 * Where a snapshot can be fetched from the same server.
 *
 * @param url a path that begins with {@code /v1/}; a server cannot send its followers elsewhere
 * @param hash of the bytes
 * @param bytes how many they are
 */
public record SnapshotRef(Position position, String url, Hash hash, long bytes)
    implements ViewFrame, LogFrame {
  private static final int URL_CHARS_MAX = 500;

  public SnapshotRef {
    boolean plain = url.chars().allMatch(c -> c > ' ' && c < 0x7F && c != '\\');
    if (!url.startsWith("/v1/") || url.length() > URL_CHARS_MAX || !plain || url.contains("..")) {
      throw new IllegalArgumentException(
          "snapshot url: "
              + Texts.shown(url)
              + " (expected: a path on the same server that begins with /v1/)");
    }
    if (bytes < 0) {
      throw new IllegalArgumentException("snapshot bytes: " + bytes + " (expected: at least 0)");
    }
  }
}
