package dev.guidon.fuzz.targets;

import java.util.Arrays;

/** Reads choices off an input. After its end every choice is 0. */
final class Draw {
  private final byte[] bytes;
  private int at;

  Draw(byte[] bytes) {
    this.bytes = bytes;
  }

  boolean isOver() {
    return at >= bytes.length;
  }

  /** 0 to below {@code bound}, which is at most 65,536. */
  int below(int bound) {
    int value = next();
    if (bound > 256) {
      value = value << 8 | next();
    }
    return value % bound;
  }

  int next() {
    return at < bytes.length ? bytes[at++] & 0xff : 0;
  }

  byte[] bytes(int count) {
    byte[] part =
        Arrays.copyOfRange(bytes, Math.min(at, bytes.length), Math.min(bytes.length, at + count));
    at += part.length;
    return part;
  }

  /** A copy with some of its bytes changed, or cut. */
  byte[] damaged(byte[] from) {
    byte[] out = from.clone();
    for (int i = 1 + below(4); i > 0 && out.length > 0; i--) {
      int place = below(Math.min(out.length, 65_536));
      switch (below(8)) {
        case 0 -> out = Arrays.copyOf(out, place);
        case 1 -> out[place] = (byte) next();
        case 2 -> {
          // A part in another's place.
          int length = Math.min(below(64), out.length - place);
          System.arraycopy(
              out, place, out, below(Math.min(65_536, out.length - length + 1)), length);
        }
        case 3 -> {
          byte[] more = bytes(below(16));
          byte[] longer = Arrays.copyOf(out, out.length + more.length);
          System.arraycopy(out, place, longer, place + more.length, out.length - place);
          System.arraycopy(more, 0, longer, place, more.length);
          out = longer;
        }
        default -> out[place] ^= (byte) (1 << below(8));
      }
    }
    return out;
  }
}
