package dev.guidon.model.json;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Strings that were read a moment ago, so that a text which stands in every document is one object
 * and not thousands. A place may be overwritten at any time by any thread: a string found is
 * compared in full, and a string lost is made again.
 */
final class Names {
  private static final int CHARS_MAX = 24;
  private static final int SLOTS = 1024;

  private final @Nullable String[] slots = new @Nullable String[SLOTS];

  /** The text of these bytes, all of them ASCII. */
  String of(byte[] bytes, int from, int to) {
    int length = to - from;
    if (length > CHARS_MAX) {
      return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    }
    int hash = length;
    for (int i = from; i < to; i++) {
      hash = hash * 31 + bytes[i];
    }
    int slot = (hash ^ hash >>> 15) & (SLOTS - 1);
    String known = slots[slot];
    if (known != null && isSame(known, bytes, from, length)) {
      return known;
    }
    String made = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    slots[slot] = made;
    return made;
  }

  private static boolean isSame(String known, byte[] bytes, int from, int length) {
    if (known.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (known.charAt(i) != bytes[from + i]) {
        return false;
      }
    }
    return true;
  }
}
