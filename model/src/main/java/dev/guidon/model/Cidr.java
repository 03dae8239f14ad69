package dev.guidon.model;

import org.jspecify.annotations.Nullable;

/**
 * A range of IPv4 or IPv6 addresses. IPv4 addresses mapped into IPv6 ({@code ::ffff:1.2.3.4}) count
 * as IPv4. No name is ever looked up.
 *
 * @param high the upper 64 bits of the 128-bit form
 * @param bits length of the prefix in the 128-bit form, 0 to 128
 */
public record Cidr(long high, long low, int bits) {

  /** A range, or a single address, or {@code null} when the text is neither. */
  public static @Nullable Cidr parse(String text) {
    int slash = text.indexOf('/');
    Address address = Address.parse(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      return null;
    }
    boolean isV4 = slash < 0 ? address.isV4() : text.indexOf(':') < 0;
    int widest = isV4 ? 32 : 128;
    int bits = widest;
    if (slash >= 0) {
      String tail = text.substring(slash + 1);
      if (tail.isEmpty()
          || tail.length() > 3
          || !tail.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return null;
      }
      bits = Integer.parseInt(tail);
      if (bits > widest) {
        return null;
      }
    }
    int wide = isV4 ? bits + 96 : bits;
    return new Cidr(address.high() & highMask(wide), address.low() & lowMask(wide), wide);
  }

  public boolean contains(Address address) {
    return (address.high() & highMask(bits)) == high && (address.low() & lowMask(bits)) == low;
  }

  /** Whether an address, as {@link AddressText} reads it, is in this range. */
  public boolean contains(long addressHigh, long addressLow) {
    return (addressHigh & highMask(bits)) == high && (addressLow & lowMask(bits)) == low;
  }

  private static long highMask(int bits) {
    return bits == 0 ? 0 : bits >= 64 ? -1L : -1L << (64 - bits);
  }

  private static long lowMask(int bits) {
    return bits <= 64 ? 0 : bits >= 128 ? -1L : -1L << (128 - bits);
  }

  /** An address in its 128-bit form. */
  public record Address(long high, long low) {
    private static final long MAPPED = 0xFFFFL << 32;

    boolean isV4() {
      return high == 0 && (low & 0xFFFFFFFF00000000L) == MAPPED;
    }

    /** The address, or {@code null} when the text is none. */
    public static @Nullable Address parse(String text) {
      if (text.isEmpty() || text.length() > 45) {
        return null;
      }
      if (text.indexOf(':') < 0) {
        long v4 = parseV4(text);
        return v4 < 0 ? null : new Address(0, MAPPED | v4);
      }
      return parseV6(text);
    }

    private static long parseV4(String text) {
      long address = 0;
      int parts = 0;
      int value = -1;
      int digits = 0;
      for (int i = 0; i <= text.length(); i++) {
        char c = i < text.length() ? text.charAt(i) : '.';
        if (c == '.') {
          if (value < 0 || ++parts > 4) {
            return -1;
          }
          address = address << 8 | value;
          value = -1;
          digits = 0;
        } else if (c >= '0' && c <= '9' && digits < 3 && !(digits > 0 && value == 0)) {
          value = Math.max(value, 0) * 10 + (c - '0');
          digits++;
          if (value > 255) {
            return -1;
          }
        } else {
          return -1;
        }
      }
      return parts == 4 ? address : -1;
    }

    private static @Nullable Address parseV6(String text) {
      int[] groups = new int[8];
      int count = 0;
      int gap = -1;
      int i = 0;
      int length = text.length();
      if (text.startsWith("::")) {
        gap = 0;
        i = 2;
      } else if (text.charAt(0) == ':') {
        return null;
      }
      while (i < length) {
        int end = i;
        while (end < length && text.charAt(end) != ':') {
          end++;
        }
        String group = text.substring(i, end);
        if (group.indexOf('.') >= 0) {
          long v4 = end == length && count <= 6 ? parseV4(group) : -1;
          if (v4 < 0) {
            return null;
          }
          groups[count++] = (int) (v4 >>> 16);
          groups[count++] = (int) (v4 & 0xFFFF);
        } else {
          int value = parseGroup(group);
          if (value < 0 || count == 8) {
            return null;
          }
          groups[count++] = value;
        }
        i = end + 1;
        if (end < length && i == length) {
          return null; // a single trailing ':'
        }
        if (i < length && text.charAt(i) == ':') {
          if (gap >= 0) {
            return null;
          }
          gap = count;
          i++;
        }
      }
      if (gap < 0 ? count != 8 : count > 7) {
        return null;
      }
      return spread(groups, count, gap);
    }

    private static int parseGroup(String group) {
      if (group.isEmpty() || group.length() > 4) {
        return -1;
      }
      int value = 0;
      for (int i = 0; i < group.length(); i++) {
        int digit = Character.digit(group.charAt(i), 16);
        if (digit < 0 || group.charAt(i) > 'f') {
          return -1;
        }
        value = value << 4 | digit;
      }
      return value;
    }

    private static Address spread(int[] groups, int count, int gap) {
      int[] all = new int[8];
      int head = gap < 0 ? count : gap;
      System.arraycopy(groups, 0, all, 0, head);
      System.arraycopy(groups, head, all, 8 - (count - head), count - head);
      long high = 0;
      long low = 0;
      for (int g = 0; g < 4; g++) {
        high = high << 16 | all[g];
        low = low << 16 | all[g + 4];
      }
      return new Address(high, low);
    }
  }
}
