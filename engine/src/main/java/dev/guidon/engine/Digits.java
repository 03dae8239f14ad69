package dev.guidon.engine;

/** The decimal digits of whole numbers, as {@link Long#toString} writes them, without the text. */
final class Digits {
  private Digits() {}

  /** The hash code of the text. */
  static int hash(long value) {
    int hash = 0;
    int power = 1;
    long rest = value;
    do {
      hash += ('0' + lastOf(rest)) * power;
      power *= 31;
      rest /= 10;
    } while (rest != 0);
    return value < 0 ? hash + '-' * power : hash;
  }

  /** Whether the text stands there, and nothing else. */
  static boolean areAt(String text, int from, int to, long value) {
    int at = to;
    long rest = value;
    do {
      if (--at < from || text.charAt(at) != '0' + lastOf(rest)) {
        return false;
      }
      rest /= 10;
    } while (rest != 0);
    return value < 0 ? at == from + 1 && text.charAt(from) == '-' : at == from;
  }

  private static int lastOf(long value) {
    return (int) Math.abs(value % 10);
  }
}
