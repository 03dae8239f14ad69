package dev.guidon.model.json;

import java.math.BigInteger;

/**
 * Writes a double as ECMAScript's Number::toString does (ECMA-262, 6.1.6.1.20), which RFC 8785
 * prescribes: the fewest digits that read back as the same double; of those the closest; of two
 * equally close the even one.
 *
 * <p>Double.toString is no base for this: before JDK 19 it sometimes gives more digits than needed
 * (JDK-4511638).
 *
 * <h2>Three ways, one answer</h2>
 *
 * <ul>
 *   <li>Whole numbers below 2^53 are their own digits. No shorter text can do: see the next point,
 *       and the 16-digit ones are apart by at least one unit of their last digit.
 *   <li>Up to 15 digits (most numbers people write): the double is scaled by 10^k and rounded to a
 *       whole number r. If r has at most 15 digits and k at most 22, then r and 10^k are exact
 *       doubles, so r / 10^k is rounded only once, and being equal to the value proves that r·10^-k
 *       reads back. Decimals of 15 digits lie further apart than doubles, so no other of its length
 *       does, and the smallest k has no trailing zero.
 *   <li>All others: free-format digit generation in exact integers, after R. G. Burger and R. K.
 *       Dybvig, "Printing Floating-Point Numbers Quickly and Accurately", PLDI 1996. Its section 3
 *       proves shortest and closest.
 * </ul>
 */
final class NumberWriter {

  private static final double TWO_TO_53 = 0x1p53;
  private static final double FIFTEEN_DIGITS_END = 1e15;
  private static final int SIGNIFICAND_BITS = 52;
  private static final int EXPONENT_BIAS = 1075;

  private static final double[] EXACT_POWERS_OF_TEN = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  private NumberWriter() {}

  static String text(double value) {
    var out = new StringBuilder(24);
    write(value, out);
    return out.toString();
  }

  /**
   * @throws IllegalArgumentException if the value is infinite or NaN
   */
  static void write(double value, StringBuilder out) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("number: " + value + " (expected: a finite number)");
    }
    if (Math.abs(value) < TWO_TO_53 && value == Math.rint(value)) {
      out.append((long) value);
      return;
    }
    if (value < 0) {
      out.append('-');
    }
    writeMagnitude(Math.abs(value), out);
  }

  private static void writeMagnitude(double value, StringBuilder out) {
    if (value < FIFTEEN_DIGITS_END) {
      for (int k = 1; k < EXACT_POWERS_OF_TEN.length; k++) {
        double rounded = Math.rint(value * EXACT_POWERS_OF_TEN[k]);
        if (rounded >= FIFTEEN_DIGITS_END) {
          break;
        }
        if (rounded / EXACT_POWERS_OF_TEN[k] == value) {
          var digits = Long.toString((long) rounded);
          layOut(digits, digits.length() - k, out);
          return;
        }
      }
    }
    writeExact(value, out);
  }

  /**
   * The value is r/s, and the doubles around it are reached half way at (r - low)/s and (r +
   * high)/s. The two halves differ at powers of two, below which doubles are twice as dense. A text
   * on the border itself reads back as the even significand.
   */
  private static void writeExact(double value, StringBuilder out) {
    long bits = Double.doubleToRawLongBits(value);
    long fraction = bits & (1L << SIGNIFICAND_BITS) - 1;
    int biased = (int) (bits >>> SIGNIFICAND_BITS);
    long significand = biased == 0 ? fraction : fraction | 1L << SIGNIFICAND_BITS;
    int exponent = Math.max(biased, 1) - EXPONENT_BIAS;
    boolean even = (significand & 1) == 0;
    // The smallest normal double has a neighbour below at full distance: the subnormals start
    // there.
    boolean denserBelow = fraction == 0 && biased > 1;

    int doublings = denserBelow ? 2 : 1;
    var r = BigInteger.valueOf(significand).shiftLeft(Math.max(exponent, 0) + doublings);
    var s = BigInteger.ONE.shiftLeft(Math.max(-exponent, 0) + doublings);
    var low = BigInteger.ONE.shiftLeft(Math.max(exponent, 0));
    var high = denserBelow ? low.shiftLeft(1) : low;

    // An estimate that may be one too small, never too large; the loop below corrects it.
    int pointAt = (int) Math.ceil(Math.log10(value) - 1e-10);
    if (pointAt >= 0) {
      s = s.multiply(BigInteger.TEN.pow(pointAt));
    } else {
      var scale = BigInteger.TEN.pow(-pointAt);
      r = r.multiply(scale);
      low = low.multiply(scale);
      high = high.multiply(scale);
    }
    if (reaches(r.add(high), s, even)) {
      pointAt++;
      s = s.multiply(BigInteger.TEN);
    }
    layOut(digits(r, s, low, high, even), pointAt, out);
  }

  private static String digits(
      BigInteger r, BigInteger s, BigInteger low, BigInteger high, boolean even) {
    var digits = new StringBuilder(17);
    while (true) {
      var next = r.multiply(BigInteger.TEN).divideAndRemainder(s);
      int digit = next[0].intValue();
      r = next[1];
      low = low.multiply(BigInteger.TEN);
      high = high.multiply(BigInteger.TEN);
      boolean thisReadsBack = reaches(low, r, even);
      boolean nextReadsBack = reaches(r.add(high), s, even);
      if (thisReadsBack || nextReadsBack) {
        boolean up = nextReadsBack && (!thisReadsBack || isCloserAbove(r, s, digit));
        return digits.append((char) ('0' + digit + (up ? 1 : 0))).toString();
      }
      digits.append((char) ('0' + digit));
    }
  }

  private static boolean reaches(BigInteger a, BigInteger b, boolean bordersCount) {
    int order = a.compareTo(b);
    return order > 0 || (order == 0 && bordersCount);
  }

  private static boolean isCloserAbove(BigInteger r, BigInteger s, int digit) {
    int order = r.shiftLeft(1).compareTo(s);
    return order > 0 || (order == 0 && (digit & 1) == 1);
  }

  /** Writes 0.digits × 10^pointAt with the four layouts of ECMAScript. */
  private static void layOut(String digits, int pointAt, StringBuilder out) {
    int count = digits.length();
    if (pointAt > 21 || pointAt <= -6) {
      layOutWithExponent(digits, pointAt - 1, out);
    } else if (pointAt <= 0) {
      out.append("0.").append("0".repeat(-pointAt)).append(digits);
    } else if (pointAt < count) {
      out.append(digits, 0, pointAt).append('.').append(digits, pointAt, count);
    } else {
      out.append(digits).append("0".repeat(pointAt - count));
    }
  }

  private static void layOutWithExponent(String digits, int exponent, StringBuilder out) {
    out.append(digits.charAt(0));
    if (digits.length() > 1) {
      out.append('.').append(digits, 1, digits.length());
    }
    out.append('e').append(exponent < 0 ? '-' : '+').append(Math.abs(exponent));
  }
}
