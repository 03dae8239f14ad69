package dev.guidon.model;

/**
 * MurmurHash3, the x86 32-bit variant (Austin Appleby, public domain; verified against published
 * vectors). It decides splits, layers and the chunk of a key, so that its answers may never change.
 *
 * <h2>Why not bytes</h2>
 *
 * {@link #ofText} hashes the UTF-8 form of a text without making it: decisions allocate nothing. A
 * surrogate without its partner counts as U+FFFD.
 */
public final class Murmur3 {
  private static final int C1 = 0xcc9e2d51;
  private static final int C2 = 0x1b873593;

  private Murmur3() {}

  /**
   * The hash of the UTF-8 form of {@code salt} followed by {@code unit}, seed 0, without a
   * separator.
   */
  public static int ofText(String salt, String unit) {
    // The pending bytes of an unfinished block ride in a small register: up to 3 bytes, then a
    // block is mixed.
    int hash = 0;
    int block = 0;
    int filled = 0;
    int total = 0;
    for (int part = 0; part < 2; part++) {
      String text = part == 0 ? salt : unit;
      int length = text.length();
      for (int i = 0; i < length; i++) {
        char c = text.charAt(i);
        int codePoint = c;
        if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
          if (c <= Character.MAX_HIGH_SURROGATE
              && i + 1 < length
              && Character.isLowSurrogate(text.charAt(i + 1))) {
            codePoint = Character.toCodePoint(c, text.charAt(++i));
          } else {
            codePoint = 0xFFFD;
          }
        }
        int bytes;
        int encoded; // the UTF-8 bytes, first byte lowest
        if (codePoint < 0x80) {
          bytes = 1;
          encoded = codePoint;
        } else if (codePoint < 0x800) {
          bytes = 2;
          encoded = 0xC0 | codePoint >> 6 | (0x80 | codePoint & 0x3F) << 8;
        } else if (codePoint < 0x10000) {
          bytes = 3;
          encoded =
              0xE0
                  | codePoint >> 12
                  | (0x80 | codePoint >> 6 & 0x3F) << 8
                  | (0x80 | codePoint & 0x3F) << 16;
        } else {
          bytes = 4;
          encoded =
              0xF0
                  | codePoint >> 18
                  | (0x80 | codePoint >> 12 & 0x3F) << 8
                  | (0x80 | codePoint >> 6 & 0x3F) << 16
                  | (0x80 | codePoint & 0x3F) << 24;
        }
        total += bytes;
        block |= encoded << (filled * 8);
        int room = 4 - filled;
        if (bytes >= room) {
          hash = mixBlock(hash, block);
          block = room == 4 ? 0 : encoded >>> (room * 8);
          filled = bytes - room;
          if (filled == 0) {
            block = 0;
          }
        } else {
          filled += bytes;
        }
      }
    }
    if (filled > 0) {
      hash ^= mixK(block);
    }
    return finish(hash, total);
  }

  /** The hash of bytes with a seed. */
  public static int ofBytes(byte[] bytes, int seed) {
    int hash = seed;
    int blocks = bytes.length / 4;
    for (int b = 0; b < blocks; b++) {
      int i = b * 4;
      int block =
          bytes[i] & 0xFF
              | (bytes[i + 1] & 0xFF) << 8
              | (bytes[i + 2] & 0xFF) << 16
              | (bytes[i + 3] & 0xFF) << 24;
      hash = mixBlock(hash, block);
    }
    int tail = 0;
    for (int i = bytes.length - 1; i >= blocks * 4; i--) {
      tail = tail << 8 | bytes[i] & 0xFF;
    }
    if (bytes.length % 4 != 0) {
      hash ^= mixK(tail);
    }
    return finish(hash, bytes.length);
  }

  private static int mixK(int k) {
    return Integer.rotateLeft(k * C1, 15) * C2;
  }

  private static int mixBlock(int hash, int block) {
    return Integer.rotateLeft(hash ^ mixK(block), 13) * 5 + 0xe6546b64;
  }

  private static int finish(int hash, int length) {
    int h = hash ^ length;
    h ^= h >>> 16;
    h *= 0x85ebca6b;
    h ^= h >>> 13;
    h *= 0xc2b2ae35;
    return h ^ h >>> 16;
  }

  /**
   * A salt whose hash is done, to go on from with one unit after the other. The answers are those
   * of {@link Murmur3#ofText}.
   */
  public static final class Salted {
    private static final long HALF = 10_000_000_000_000_000L;
    private static final int HALF_DIGITS = 16;

    private final String salt;
    private final int hash;

    /** The bytes that do not fill a block yet, the first lowest. */
    private final int pending;

    private final int pendingBits;
    private final int length;

    private Salted(String salt, int hash, int pending, int pendingBits, int length) {
      this.salt = salt;
      this.hash = hash;
      this.pending = pending;
      this.pendingBits = pendingBits;
      this.length = length;
    }

    public static Salted of(String salt) {
      byte[] bytes = utf8(salt);
      int hash = 0;
      int block = 0;
      int bits = 0;
      for (byte b : bytes) {
        block |= (b & 0xFF) << bits;
        bits += 8;
        if (bits == 32) {
          hash = mixBlock(hash, block);
          block = 0;
          bits = 0;
        }
      }
      return new Salted(salt, hash, block, bits, bytes.length);
    }

    private static byte[] utf8(String text) {
      StringBuilder paired = new StringBuilder(text.length());
      text.codePoints()
          .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
          .forEach(paired::appendCodePoint);
      return paired.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    public String salt() {
      return salt;
    }

    /** The hash of the salt followed by a unit. */
    public int ofText(String unit) {
      int mixed = hash;
      long block = pending;
      int bits = pendingBits;
      int end = unit.length();
      int i = 0;
      for (; i + 4 <= end; i += 4) {
        int a = unit.charAt(i);
        int b = unit.charAt(i + 1);
        int c = unit.charAt(i + 2);
        int d = unit.charAt(i + 3);
        if ((a | b | c | d) >= 0x80) {
          return Murmur3.ofText(salt, unit);
        }
        block |= (a | b << 8 | c << 16 | (long) d << 24) << bits;
        mixed = mixBlock(mixed, (int) block);
        block >>>= 32;
      }
      for (; i < end; i++) {
        char c = unit.charAt(i);
        if (c >= 0x80) {
          return Murmur3.ofText(salt, unit);
        }
        block |= (long) c << bits;
        bits += 8;
        if (bits == 32) {
          mixed = mixBlock(mixed, (int) block);
          block = 0;
          bits = 0;
        }
      }
      if (bits > 0) {
        mixed ^= mixK((int) block);
      }
      return finish(mixed, length + end);
    }

    /** The hash of the salt followed by the decimal digits of a whole number. */
    public int ofWhole(long unit) {
      if (unit == Long.MIN_VALUE) {
        return ofText(Long.toString(unit)); // has no positive counterpart
      }
      int mixed = hash;
      long block = pending;
      int bits = pendingBits;
      int total = length;
      if (unit < 0) {
        block |= (long) '-' << bits;
        bits += 8;
        total++;
      }
      long size = Math.abs(unit);
      for (int half = size < HALF ? 1 : 0; half < 2; half++) {
        // Digits come out last first; four bits each hold them until all are known.
        long rest = half == 0 ? size / HALF : size % HALF;
        boolean isPadded = half == 1 && size >= HALF;
        long digits = 0;
        int count = 0;
        do {
          digits |= rest % 10 << 4 * count++;
          rest /= 10;
        } while (rest != 0 || (isPadded && count < HALF_DIGITS));
        total += count;
        for (int k = count - 1; k >= 0; k--) {
          block |= ('0' + (digits >>> 4 * k & 0xF)) << bits;
          bits += 8;
          if (bits >= 32) {
            mixed = mixBlock(mixed, (int) block);
            block >>>= 32;
            bits -= 32;
          }
        }
      }
      if (bits >= 32) {
        mixed = mixBlock(mixed, (int) block);
        block >>>= 32;
        bits -= 32;
      }
      if (bits > 0) {
        mixed ^= mixK((int) block);
      }
      return finish(mixed, total);
    }
  }
}
