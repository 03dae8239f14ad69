package dev.guidon.engine;

/**
 * How large a pattern becomes when its counted repetitions are written out, as compiling does.
 * {@code ((x{1000}){1000}){1000}} is short to write and would fill any memory; the pattern library
 * does not count.
 */
final class PatternSize {
  /** Far beyond what people write, compiled in some milliseconds. */
  static final long MAX = 5_000;

  private static final long SATURATED = 1L << 40;

  private final String pattern;
  private int at;

  private PatternSize(String pattern) {
    this.pattern = pattern;
  }

  /** An estimate in characters and classes; of a pattern that is none, any number. */
  static long of(String pattern) {
    PatternSize size = new PatternSize(pattern);
    long[] sums = new long[pattern.length() + 2];
    int depth = 0;
    long last = 0;
    while (size.at < pattern.length()) {
      char c = pattern.charAt(size.at);
      if (c == '(') {
        size.at++;
        depth++;
        sums[depth] = 1;
        last = 0;
      } else if (c == ')') {
        size.at++;
        last = depth == 0 ? 1 : sums[depth];
        depth = Math.max(0, depth - 1);
        sums[depth] += last;
      } else if (c == '{') {
        long times = size.times();
        long added = Math.min(SATURATED, last * Math.max(0, times - 1));
        sums[depth] = Math.min(SATURATED, sums[depth] + added);
        last = Math.min(SATURATED, last + added);
      } else {
        size.skipAtom(c);
        last = 1;
        sums[depth]++;
      }
    }
    long sum = 0;
    for (int i = 0; i <= depth; i++) {
      sum += sums[i];
    }
    return sum;
  }

  private void skipAtom(char first) {
    if (first == '\\') {
      boolean isQuote = pattern.startsWith("\\Q", at);
      int end = isQuote ? pattern.indexOf("\\E", at) : -1;
      at = isQuote ? (end < 0 ? pattern.length() : end + 2) : at + 2;
    } else if (first == '[') {
      skipClass();
    } else {
      at++;
    }
  }

  private void skipClass() {
    int i = at + 1;
    i += pattern.startsWith("^", i) ? 1 : 0;
    i += pattern.startsWith("]", i) ? 1 : 0;
    while (i < pattern.length() && pattern.charAt(i) != ']') {
      if (pattern.startsWith("[:", i)) {
        int end = pattern.indexOf(":]", i + 2);
        i = end < 0 ? i + 1 : end + 2;
      } else {
        i += pattern.charAt(i) == '\\' ? 2 : 1;
      }
    }
    at = i + 1;
  }

  /**
   * Reads {@code {n}}, {@code {n,}} or {@code {n,m}}: the larger number; 1 for a brace that is only
   * a brace.
   */
  private long times() {
    int end = pattern.indexOf('}', at);
    String inside = end < 0 ? "" : pattern.substring(at + 1, end);
    if (!inside.matches("[0-9]{1,9}(,[0-9]{0,9})?")) {
      at++;
      return 1;
    }
    at = end + 1;
    int comma = inside.indexOf(',');
    long least = Long.parseLong(comma < 0 ? inside : inside.substring(0, comma));
    boolean hasMost = comma >= 0 && comma + 1 < inside.length();
    return Math.max(least, hasMost ? Long.parseLong(inside.substring(comma + 1)) : least + 1);
  }
}
