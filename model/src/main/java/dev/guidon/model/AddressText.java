package dev.guidon.model;

/**
 * Reads addresses as {@link Cidr.Address#parse} does, half by half, and without making garbage:
 * {@link #low} and {@link #high} of a text for which {@link #isAddress} holds.
 */
public final class AddressText {
  private static final int CHARS_MAX = 45;
  private static final long MAPPED = 0xFFFFL << 32;
  private static final long NO_V4 = -1;

  private AddressText() {}

  public static boolean isAddress(String text) {
    return isV6(text) ? v6(text, Part.VALID) != 0 : v4(text, 0, text.length()) != NO_V4;
  }

  public static long high(String address) {
    return isV6(address) ? v6(address, Part.HIGH) : 0;
  }

  public static long low(String address) {
    return isV6(address) ? v6(address, Part.LOW) : MAPPED | v4(address, 0, address.length());
  }

  private static boolean isV6(String text) {
    return text.indexOf(':') >= 0;
  }

  /** The address between two places, or {@link #NO_V4}. */
  private static long v4(String text, int from, int to) {
    if (to - from > 15) {
      return NO_V4;
    }
    long address = 0;
    int parts = 0;
    int value = -1;
    int digits = 0;
    for (int i = from; i <= to; i++) {
      char c = i < to ? text.charAt(i) : '.';
      if (c == '.') {
        if (value < 0 || ++parts > 4) {
          return NO_V4;
        }
        address = address << 8 | value;
        value = -1;
        digits = 0;
      } else if (c >= '0' && c <= '9' && digits < 3 && !(digits > 0 && value == 0)) {
        value = Math.max(value, 0) * 10 + (c - '0');
        digits++;
        if (value > 255) {
          return NO_V4;
        }
      } else {
        return NO_V4;
      }
    }
    return parts == 4 ? address : NO_V4;
  }

  private enum Part {
    VALID,
    HIGH,
    LOW
  }

  /** The wanted part, and 0 or 1 for {@link Part#VALID}. */
  private static long v6(String text, Part wanted) {
    int length = text.length();
    if (length > CHARS_MAX || (text.charAt(0) == ':' && !text.startsWith("::"))) {
      return 0;
    }
    // Groups shift through 128 bits; at a gap those so far are put aside.
    long high = 0;
    long low = 0;
    long headHigh = 0;
    long headLow = 0;
    int count = 0;
    int gap = -1;
    int i = 0;
    if (text.startsWith("::")) {
      gap = 0;
      i = 2;
    }
    while (i < length) {
      int end = i;
      boolean isV4 = false;
      while (end < length && text.charAt(end) != ':') {
        isV4 |= text.charAt(end) == '.';
        end++;
      }
      if (isV4) {
        long v4 = end == length && count <= 6 ? v4(text, i, end) : NO_V4;
        if (v4 == NO_V4) {
          return 0;
        }
        high = high << 32 | low >>> 32;
        low = low << 32 | v4;
        count += 2;
      } else {
        int group = group(text, i, end);
        if (group < 0 || count == 8) {
          return 0;
        }
        high = high << 16 | low >>> 48;
        low = low << 16 | group;
        count++;
      }
      i = end + 1;
      if (end < length && i == length) {
        return 0; // a single trailing ':'
      }
      if (i < length && text.charAt(i) == ':') {
        if (gap >= 0) {
          return 0;
        }
        gap = count;
        headHigh = high;
        headLow = low;
        high = 0;
        low = 0;
        i++;
      }
    }
    if (gap < 0 ? count != 8 : count > 7) {
      return 0;
    }
    if (gap > 0) {
      int bits = 16 * (8 - gap);
      high |= bits >= 64 ? headLow << (bits - 64) : headHigh << bits | headLow >>> (64 - bits);
      low |= bits >= 64 ? 0 : headLow << bits;
    }
    return wanted == Part.VALID ? 1 : wanted == Part.HIGH ? high : low;
  }

  private static int group(String text, int from, int to) {
    if (to == from || to - from > 4) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      int digit = c > 'f' ? -1 : Character.digit(c, 16);
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }
}
