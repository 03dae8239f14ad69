package dev.guidon.model.json;

/**
 * Passes over canonical JSON without making values of it, to learn whether bytes are what {@link
 * CanonicalJson} would write. It is not asked to be complete: of what is rare (escapes in names,
 * fractions, deep nesting) it says that it does not know, and a {@link JsonReader} has to look. One
 * document, one thread.
 */
public final class CanonicalScan {
  private static final int UNKNOWN = -1;
  private static final int DEPTH_MAX = 60;
  private static final int CHILDREN_MAX = 100_000;
  private static final int DIGITS_MAX = 15;

  private static final boolean[] PLAIN = new boolean[256];

  static {
    for (int b = 0x20; b < 0x80; b++) {
      PLAIN[b] = b != '"' && b != '\\';
    }
  }

  private final byte[] bytes;
  private final int end;
  private final byte[] watched;
  private boolean met;

  /**
   * @param end the first byte that is not looked at
   * @param watched a member name to look out for, in ASCII
   */
  public CanonicalScan(byte[] bytes, int end, byte[] watched) {
    this.bytes = bytes;
    this.end = end;
    this.watched = watched;
  }

  /** Whether the watched name was met in a value that was passed. */
  public boolean met() {
    return met;
  }

  /** The place after the canonical value that begins here, or -1: not canonical, or not known. */
  public int skip(int from) {
    return value(from, 0);
  }

  /** The place after a string of plain ASCII, or -1. */
  public int skipPlain(int quote) {
    if (quote >= end || bytes[quote] != '"') {
      return UNKNOWN;
    }
    int at = quote + 1;
    while (at < end && PLAIN[bytes[at] & 0xFF]) {
      at++;
    }
    return at < end && bytes[at] == '"' ? at + 1 : UNKNOWN;
  }

  private int value(int at, int depth) {
    if (at < 0 || at >= end) {
      return UNKNOWN;
    }
    return switch (bytes[at]) {
      case '{' -> object(at, depth);
      case '[' -> array(at, depth);
      case '"' -> string(at);
      case 't' -> word(at, "true");
      case 'f' -> word(at, "false");
      case 'n' -> word(at, "null");
      default -> number(at);
    };
  }

  private int object(int open, int depth) {
    int at = open + 1;
    if (depth >= DEPTH_MAX || at >= end) {
      return UNKNOWN;
    }
    if (bytes[at] == '}') {
      return at + 1;
    }
    int name = -1;
    int nameEnd = -1;
    for (int count = 0; count < CHILDREN_MAX; count++) {
      int next = skipPlain(at);
      if (next < 0 || next >= end || bytes[next] != ':') {
        return UNKNOWN;
      }
      if (name >= 0 && !isBefore(name, nameEnd, at + 1, next - 1)) {
        return UNKNOWN;
      }
      name = at + 1;
      nameEnd = next - 1;
      met |= isWatched(name, nameEnd);
      at = value(next + 1, depth + 1);
      if (at < 0 || at >= end) {
        return UNKNOWN;
      }
      if (bytes[at] == '}') {
        return at + 1;
      }
      if (bytes[at] != ',') {
        return UNKNOWN;
      }
      at++;
    }
    return UNKNOWN;
  }

  /** Names are plain ASCII here, of which bytes have the order of UTF-16. */
  private boolean isBefore(int from, int to, int laterFrom, int laterTo) {
    int common = Math.min(to - from, laterTo - laterFrom);
    for (int i = 0; i < common; i++) {
      int order = bytes[from + i] - bytes[laterFrom + i];
      if (order != 0) {
        return order < 0;
      }
    }
    return to - from < laterTo - laterFrom;
  }

  private boolean isWatched(int from, int to) {
    if (to - from != watched.length) {
      return false;
    }
    for (int i = 0; i < watched.length; i++) {
      if (bytes[from + i] != watched[i]) {
        return false;
      }
    }
    return true;
  }

  private int array(int open, int depth) {
    int at = open + 1;
    if (depth >= DEPTH_MAX || at >= end) {
      return UNKNOWN;
    }
    if (bytes[at] == ']') {
      return at + 1;
    }
    for (int count = 0; count < CHILDREN_MAX; count++) {
      at = value(at, depth + 1);
      if (at < 0 || at >= end) {
        return UNKNOWN;
      }
      if (bytes[at] == ']') {
        return at + 1;
      }
      if (bytes[at] != ',') {
        return UNKNOWN;
      }
      at++;
    }
    return UNKNOWN;
  }

  private int string(int quote) {
    int at = quote + 1;
    while (at < end) {
      int b = bytes[at] & 0xFF;
      if (PLAIN[b]) {
        at++;
      } else if (b == '"') {
        return at + 1;
      } else if (b == '\\') {
        if (at + 1 >= end || "\"\\bfnrt".indexOf(bytes[at + 1]) < 0) {
          return UNKNOWN;
        }
        at += 2;
      } else {
        int length = b < 0x80 ? 0 : Wtf8.length(bytes, at, end, /* surrogates= */ false);
        if (length == 0) {
          return UNKNOWN;
        }
        at += length;
      }
    }
    return UNKNOWN;
  }

  private int word(int at, String word) {
    if (at + word.length() > end) {
      return UNKNOWN;
    }
    for (int i = 1; i < word.length(); i++) {
      if (bytes[at + i] != word.charAt(i)) {
        return UNKNOWN;
      }
    }
    return at + word.length();
  }

  /** Whole numbers that a double holds exactly; their canonical form is their digits. */
  private int number(int start) {
    int first = bytes[start] == '-' ? start + 1 : start;
    int at = first;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
      at++;
    }
    boolean zeroFirst = at > first && bytes[first] == '0' && (at - first > 1 || first > start);
    boolean goesOn = at < end && (bytes[at] == '.' || bytes[at] == 'e' || bytes[at] == 'E');
    return at == first || at - first > DIGITS_MAX || zeroFirst || goesOn ? UNKNOWN : at;
  }
}
