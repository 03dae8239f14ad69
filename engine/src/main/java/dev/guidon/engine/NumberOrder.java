package dev.guidon.engine;

import java.math.BigDecimal;
import java.math.BigInteger;

/** Orders any number against a double without losing digits: 2^53 + 1 is more than 2^53. */
final class NumberOrder {
  /** The number is not finite, so that it has no place in the order. */
  static final int NONE = 2;

  private static final int EXPONENT_MAX = 400;

  /** Whole numbers up to here are doubles. */
  private static final long SAFE_MAX = 1L << 53;

  private NumberOrder() {}

  /**
   * The same number as a double where that is plain to see; NaN for all others, and for what is no
   * number.
   */
  static double plain(Object value) {
    if (value instanceof Integer number) {
      return number;
    }
    if (value instanceof Double number) {
      return Math.abs(number) <= Double.MAX_VALUE ? number : Double.NaN;
    }
    return value instanceof Long number && Math.abs(number) <= SAFE_MAX && number != Long.MIN_VALUE
        ? (double) number
        : Double.NaN;
  }

  /** -1, 0 or 1, or {@link #NONE}. */
  static int compare(Number number, double other) {
    if (number instanceof Long value) {
      return compare((long) value, other);
    }
    if (number instanceof BigInteger value) {
      return value.bitLength() > 1100 ? value.signum() : compare(new BigDecimal(value), other);
    }
    if (number instanceof BigDecimal value) {
      return compare(value, other);
    }
    double value = number.doubleValue();
    return Double.isFinite(value) ? compareDoubles(value, other) : NONE;
  }

  private static int compare(long value, double other) {
    if (other >= 0x1p63) {
      return -1;
    }
    if (other < -0x1p63) {
      return 1;
    }
    long floor = (long) Math.floor(other);
    return value != floor ? (value < floor ? -1 : 1) : other > floor ? -1 : 0;
  }

  private static int compare(BigDecimal value, double other) {
    long digitsBefore = value.precision() - (long) value.scale();
    if (value.signum() != 0 && Math.abs(digitsBefore) > EXPONENT_MAX) {
      // Beyond every double, or nearer to zero than every double but zero: no need to write its
      // digits out.
      return digitsBefore > 0 || other == 0 ? value.signum() : compareDoubles(0, other);
    }
    return value.compareTo(new BigDecimal(other));
  }

  private static int compareDoubles(double a, double b) {
    return a < b ? -1 : a > b ? 1 : 0;
  }
}
