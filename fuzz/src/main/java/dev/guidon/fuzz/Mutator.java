package dev.guidon.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Makes an input out of others: bits, bytes, numbers and words changed, parts dropped, doubled,
 * moved and crossed.
 */
final class Mutator {
  private static final int BYTES_MAX = 16 << 10;
  private static final byte[] EDGES = {
    0, 1, -1, 127, -128, '\n', '\r', '"', '\\', '{', '[', ' ', '%', '9', '.', '-'
  };

  private final Random random;
  private final List<byte[]> words;

  Mutator(Random random, List<byte[]> words) {
    this.random = random;
    this.words = words;
  }

  byte[] mutate(byte[] from, List<byte[]> others) {
    byte[] out = from;
    for (int i = 1 << random.nextInt(4); i > 0; i--) {
      out = once(out, others);
    }
    return out.length > BYTES_MAX ? Arrays.copyOf(out, BYTES_MAX) : out;
  }

  private byte[] once(byte[] in, List<byte[]> others) {
    if (in.length == 0) {
      return insert(in, 0, word());
    }
    int at = random.nextInt(in.length);
    return switch (random.nextInt(13)) {
      case 0, 1 -> set(in, at, (byte) (in[at] ^ 1 << random.nextInt(8)));
      case 2 -> set(in, at, (byte) random.nextInt(256));
      case 3 -> set(in, at, EDGES[random.nextInt(EDGES.length)]);
      case 4 -> set(in, at, (byte) (in[at] + random.nextInt(9) - 4));
      case 5 -> replace(in, at, length(in, at), new byte[0]);
      case 6 -> insert(in, at, part(in));
      case 7 -> insert(in, at, word());
      case 8 -> {
        byte[] word = word();
        yield replace(in, at, Math.min(word.length, in.length - at), word);
      }
      case 9 -> replace(in, at, length(in, at), part(other(others)));
      case 10 -> Arrays.copyOf(in, at);
      case 11 -> number(in, at);
      default -> {
        byte[] other = other(others);
        yield replace(
            in,
            at,
            in.length - at,
            Arrays.copyOfRange(other, Math.min(at, other.length), other.length));
      }
    };
  }

  private byte[] other(List<byte[]> others) {
    return others.get(random.nextInt(others.size()));
  }

  private byte[] word() {
    if (words.isEmpty() || random.nextInt(8) == 0) {
      byte[] noise = new byte[1 + random.nextInt(8)];
      random.nextBytes(noise);
      return noise;
    }
    return words.get(random.nextInt(words.size()));
  }

  private int length(byte[] in, int at) {
    int most = in.length - at;
    return random.nextInt(4) == 0
        ? 1 + random.nextInt(most)
        : 1 + random.nextInt(Math.min(most, 16));
  }

  private byte[] part(byte[] in) {
    if (in.length == 0) {
      return in;
    }
    int from = random.nextInt(in.length);
    return Arrays.copyOfRange(in, from, from + length(in, from));
  }

  /** The number in decimal digits at or after a place becomes another. */
  private byte[] number(byte[] in, int at) {
    int from = at;
    while (from < in.length && !isDigit(in[from])) {
      from++;
    }
    int to = from;
    while (to < in.length && isDigit(in[to])) {
      to++;
    }
    String other =
        switch (random.nextInt(6)) {
          case 0 -> "0";
          case 1 -> "-1";
          case 2 -> Long.toString(random.nextLong());
          case 3 -> "9007199254740993";
          case 4 -> "1e" + (random.nextInt(700) - 350);
          default -> Integer.toString(random.nextInt(1000));
        };
    return replace(in, from, to - from, other.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static byte[] set(byte[] in, int at, byte value) {
    byte[] out = in.clone();
    out[at] = value;
    return out;
  }

  private static byte[] insert(byte[] in, int at, byte[] more) {
    return replace(in, at, 0, more);
  }

  static byte[] replace(byte[] in, int at, int length, byte[] by) {
    byte[] out = new byte[in.length - length + by.length];
    System.arraycopy(in, 0, out, 0, at);
    System.arraycopy(by, 0, out, at, by.length);
    System.arraycopy(in, at + length, out, at + by.length, in.length - at - length);
    return out;
  }
}
