package dev.guidon.conformance;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;

/** Buckets and unit texts as the page writes them down, in wide numbers and without any haste. */
final class Naive {
  private static final long MASK = 0xFFFF_FFFFL;

  private Naive() {}

  static int bucket(String salt, String unit) {
    return BigInteger.valueOf(murmur3(salt, unit))
        .multiply(BigInteger.valueOf(100_000))
        .shiftRight(32)
        .intValueExact();
  }

  /** The hash as an unsigned number. */
  static long murmur3(String salt, String unit) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(utf8(salt));
    bytes.writeBytes(utf8(unit));
    return murmur3(bytes.toByteArray(), 0);
  }

  static long murmur3(byte[] bytes, long seed) {
    long h = seed;
    int whole = bytes.length / 4 * 4;
    for (int i = 0; i < whole; i += 4) {
      h ^= mixed(number(bytes, i, 4));
      h = rotl(h, 13);
      h = h * 5 + 0xE6546B64L & MASK;
    }
    if (whole < bytes.length) {
      h ^= mixed(number(bytes, whole, bytes.length - whole));
    }
    h ^= bytes.length;
    h ^= h >> 16;
    h = h * 0x85EBCA6BL & MASK;
    h ^= h >> 13;
    h = h * 0xC2B2AE35L & MASK;
    return h ^ h >> 16;
  }

  private static long number(byte[] bytes, int from, int count) {
    long k = 0;
    for (int i = count - 1; i >= 0; i--) {
      k = k * 256 + (bytes[from + i] & 0xFF);
    }
    return k;
  }

  private static long mixed(long k) {
    return rotl(k * 0xCC9E2D51L & MASK, 15) * 0x1B873593L & MASK;
  }

  private static long rotl(long x, int by) {
    return (x << by | x >> 32 - by) & MASK;
  }

  private static byte[] utf8(String text) {
    StringBuilder paired = new StringBuilder();
    text.codePoints().forEach(c -> paired.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c));
    return paired.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The text of a number that is a unit: by exact decimals, digit by digit more. */
  static String unit(double value) {
    BigDecimal exact = new BigDecimal(value);
    if (exact.signum() == 0) {
      return "0";
    }
    if (exact.stripTrailingZeros().scale() <= 0) {
      return exact.toBigInteger().toString();
    }
    String sign = value < 0 ? "-" : "";
    for (int digits = 1; ; digits++) {
      BigDecimal rounded = exact.abs().round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (rounded.doubleValue() == Math.abs(value)) {
        return sign + written(rounded.stripTrailingZeros());
      }
    }
  }

  private static String written(BigDecimal value) {
    int exponent = value.precision() - value.scale() - 1;
    if (exponent >= -6) {
      return value.toPlainString();
    }
    String digits = value.unscaledValue().toString();
    String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
    return digits.charAt(0) + fraction + "e-" + -exponent;
  }

  /** Upper, then lower, of Unicode 13.0, for one UTF-16 code unit. */
  static char fold(char c) {
    boolean isYounger = c == 0x1C89 || c == 0x2C2F || c == 0xA7C0 || (c >= 0xA7CB && c <= 0xA7F4);
    return isYounger ? c : Character.toLowerCase(Character.toUpperCase(c));
  }
}
