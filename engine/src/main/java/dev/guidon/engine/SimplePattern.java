package dev.guidon.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The patterns that people write, found in ASCII text without making garbage: alternatives of
 * sequences of characters, classes and dots, each with {@code *}, {@code +}, {@code ?} or nothing,
 * between {@code ^} and {@code $}. All other patterns, and all other texts, are RE2's.
 *
 * <h2>How</h2>
 *
 * The places of a sequence are bits of a word, and reading a character moves them all at once, so
 * that the time is that of reading the text once, whatever the pattern (Baeza-Yates and Gonnet, A
 * New Approach to Text Searching, 1992).
 */
final class SimplePattern {
  private static final int ASCII = 128;
  private static final int PLACES_MAX = 62;
  private static final String PUNCTUATION = "\\.+*?()|[]{}^$-/@:_,;=!#%&<>\"'~` ";

  private final Sequence[] alternatives;

  private SimplePattern(Sequence[] alternatives) {
    this.alternatives = alternatives;
  }

  /** {@code null}: not one of these. */
  static @Nullable SimplePattern of(String pattern, boolean ignoreCase) {
    Reader reader = new Reader(pattern, ignoreCase);
    List<Sequence> alternatives = new ArrayList<>();
    do {
      Sequence sequence = reader.sequence();
      if (sequence == null) {
        return null;
      }
      alternatives.add(sequence);
    } while (reader.skip('|'));
    return reader.isAtEnd() ? new SimplePattern(alternatives.toArray(Sequence[]::new)) : null;
  }

  /** Whether a text can be asked about at all. */
  static boolean reads(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= ASCII) {
        return false;
      }
    }
    return true;
  }

  /** Whether it is found anywhere in an ASCII text. */
  boolean isIn(String text) {
    for (Sequence alternative : alternatives) {
      if (alternative.isIn(text)) {
        return true;
      }
    }
    return false;
  }

  private static final class Sequence {
    private final boolean fromStart;
    private final boolean toEnd;

    /** By character: the places that accept it. */
    private final long[] accepting;

    /** The places that may be stayed at. */
    private final long repeated;

    /** The places that may be left without a character. */
    private final long skippable;

    /** The places that lead to the next one; for the others staying is enough. */
    private final long moving;

    private final int length;

    Sequence(
        boolean fromStart,
        boolean toEnd,
        long[] accepting,
        long repeated,
        long skippable,
        long moving,
        int length) {
      this.fromStart = fromStart;
      this.toEnd = toEnd;
      this.accepting = accepting;
      this.repeated = repeated;
      this.skippable = skippable;
      this.moving = moving;
      this.length = length;
    }

    boolean isIn(String text) {
      long end = 1L << length;
      long places = skipped(1L);
      for (int i = 0; i < text.length(); i++) {
        if (!toEnd && (places & end) != 0) {
          return true;
        }
        long accepted = places & accepting[text.charAt(i)];
        places = (accepted & moving) << 1 | accepted & repeated | (fromStart ? 0 : 1L);
        places = skipped(places);
        if (places == 0) {
          return false;
        }
      }
      return (places & end) != 0;
    }

    private long skipped(long places) {
      long all = places;
      for (long more = (all & skippable) << 1 & ~all; more != 0; ) {
        all |= more;
        more = (more & skippable) << 1 & ~all;
      }
      return all;
    }
  }

  private static final class Reader {
    private final String pattern;
    private final boolean ignoreCase;
    private int at;

    Reader(String pattern, boolean ignoreCase) {
      this.pattern = pattern;
      this.ignoreCase = ignoreCase;
    }

    boolean isAtEnd() {
      return at == pattern.length();
    }

    boolean skip(char c) {
      boolean isThere = at < pattern.length() && pattern.charAt(at) == c;
      at += isThere ? 1 : 0;
      return isThere;
    }

    @Nullable Sequence sequence() {
      boolean fromStart = skip('^');
      long[] accepting = new long[ASCII];
      long repeated = 0;
      long skippable = 0;
      long moving = 0;
      int length = 0;
      while (!isAtEnd() && pattern.charAt(at) != '|' && pattern.charAt(at) != '$') {
        boolean[] accepted = new boolean[ASCII];
        if (length == PLACES_MAX || !one(accepted)) {
          return null;
        }
        for (int c = 0; c < ASCII; c++) {
          accepting[c] |= accepted[c] ? 1L << length : 0;
        }
        boolean star = skip('*');
        boolean plus = !star && skip('+');
        boolean optional = !star && !plus && skip('?');
        if ((star || plus || optional) && !isAtEnd() && "*+?".indexOf(pattern.charAt(at)) >= 0) {
          return null;
        }
        repeated |= star || plus ? 1L << length : 0;
        skippable |= star || optional ? 1L << length : 0;
        moving |= star ? 0 : 1L << length;
        length++;
      }
      boolean toEnd = skip('$');
      return new Sequence(fromStart, toEnd, accepting, repeated, skippable, moving, length);
    }

    /** One character, class or dot; false for everything else. */
    private boolean one(boolean[] accepted) {
      char c = pattern.charAt(at++);
      if (c >= ASCII || "*+?(){}^]".indexOf(c) >= 0) {
        return false;
      }
      if (c == '.') {
        java.util.Arrays.fill(accepted, true);
        accepted['\n'] = false;
        return true;
      }
      if (c == '[') {
        return set(accepted);
      }
      return c == '\\' ? escaped(accepted) : add(accepted, c, c);
    }

    private boolean set(boolean[] accepted) {
      boolean isNegated = skip('^');
      boolean[] members = new boolean[ASCII];
      boolean isFirst = true;
      while (!isAtEnd() && pattern.charAt(at) != ']') {
        char c = pattern.charAt(at++);
        boolean isDash = c == '-';
        if (c >= ASCII
            || c == '['
            || (isDash && !isFirst && !(at < pattern.length() && pattern.charAt(at) == ']'))) {
          return false;
        }
        isFirst = false;
        if (c == '\\') {
          if (!escaped(members) || (at + 1 < pattern.length() && pattern.charAt(at) == '-')) {
            return false;
          }
          continue;
        }
        boolean isRange =
            !isDash
                && at + 1 < pattern.length()
                && pattern.charAt(at) == '-'
                && pattern.charAt(at + 1) != ']';
        char to = isRange ? pattern.charAt(at + 1) : c;
        at += isRange ? 2 : 0;
        if (to >= ASCII || to < c || (isRange && (to == '\\' || to == '['))) {
          return false;
        }
        add(members, c, to);
      }
      if (isFirst || !skip(']')) {
        return false;
      }
      for (int c = 0; c < ASCII; c++) {
        accepted[c] |= members[c] != isNegated;
      }
      return true;
    }

    private boolean escaped(boolean[] accepted) {
      if (isAtEnd()) {
        return false;
      }
      char c = pattern.charAt(at++);
      switch (c) {
        case 'd' -> add(accepted, '0', '9');
        case 'w' -> {
          add(accepted, '0', '9');
          add(accepted, 'A', 'Z');
          add(accepted, 'a', 'z');
          add(accepted, '_', '_');
        }
        case 's' -> {
          for (char space : new char[] {' ', '\t', '\n', '\f', '\r'}) {
            add(accepted, space, space);
          }
        }
        default -> {
          return PUNCTUATION.indexOf(c) >= 0 && add(accepted, c, c);
        }
      }
      return true;
    }

    private boolean add(boolean[] accepted, char from, char to) {
      for (char c = from; c <= to; c++) {
        accepted[c] = true;
        if (ignoreCase) {
          accepted[Character.toLowerCase(c)] = true;
          accepted[Character.toUpperCase(c)] = true;
        }
      }
      return true;
    }
  }
}
