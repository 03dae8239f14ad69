package dev.guidon.engine;

import dev.guidon.model.AddressText;
import dev.guidon.model.Cidr;
import dev.guidon.model.SemanticVersion;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * One clause of many rules, all on the same attribute, asked at once: the attribute is read once,
 * its text is parsed once, and what comes out is which of the rules may still match. Rules are
 * numbered; a set of them is a word of bits, and rules beyond 64 are in further words.
 */
abstract class Narrowing {
  private final Attribute attribute;

  /** The rules that have the clause, word by word. All others are let through. */
  private final long[] having;

  private Narrowing(Attribute attribute, long[] having) {
    this.attribute = attribute;
    this.having = having;
  }

  /** Of these rules of a word, those whose clause holds, and those that have none. */
  final long among(long rules, int word, Context context) {
    long asked = rules & having[word];
    if (asked == 0) {
      return rules;
    }
    Object actual = attribute.read(context);
    long passing =
        actual == null
            ? 0
            : actual instanceof List<?> list
                ? passingAny(list, asked, word)
                : passing(actual, asked, word);
    return rules & ~asked | passing;
  }

  /** On a list a clause asks whether any item passes. */
  private long passingAny(List<?> list, long asked, int word) {
    if (!(list instanceof RandomAccess)) {
      return passingAnyOf(list, asked, word);
    }
    long passing = 0;
    for (int i = 0, size = list.size(); i < size && passing != asked; i++) {
      Object item = list.get(i);
      passing |= item == null ? 0 : passing(item, asked & ~passing, word);
    }
    return passing;
  }

  /** Walks lists in which the place of an item is not quickly found. */
  private long passingAnyOf(Iterable<?> list, long asked, int word) {
    long passing = 0;
    for (Object item : list) {
      passing |= item == null ? 0 : passing(item, asked & ~passing, word);
    }
    return passing;
  }

  /** Of these rules of a word, which all have the clause, those for which one value passes. */
  abstract long passing(Object value, long asked, int word);

  /** Equality with one of some values: a table leads from a value to the rules that have it. */
  static final class ByValue extends Narrowing {
    private final ScalarTable table;
    private final int rulesCount;
    private final int words;

    /** Sets of more than one rule, one after the other. */
    private final long[] sets;

    /**
     * @param table leads from a value to the only rule that has it, or, from {@code rulesCount} on,
     *     to a set
     */
    ByValue(Attribute attribute, long[] having, ScalarTable table, int rulesCount, long[] sets) {
      super(attribute, having);
      this.table = table;
      this.rulesCount = rulesCount;
      this.words = having.length;
      this.sets = sets;
    }

    @Override
    long passing(Object value, long asked, int word) {
      int found = table.find(value);
      if (found < 0) {
        return 0;
      }
      if (found < rulesCount) {
        return found >> 6 == word ? asked & 1L << found : 0;
      }
      return asked & sets[(found - rulesCount) * words + word];
    }
  }

  /** The place in an order: below, at or above a bound that each rule has for itself. */
  abstract static class ByOrder extends Narrowing {
    /** What each rule admits, see {@link Order}. */
    private final byte[] admitted;

    ByOrder(Attribute attribute, long[] having, byte[] admitted) {
      super(attribute, having);
      this.admitted = admitted;
    }

    final boolean admits(int rule, int compared) {
      return Order.admits(admitted[rule], compared);
    }
  }

  static final class ByNumber extends ByOrder {
    private final double[] bounds;

    ByNumber(Attribute attribute, long[] having, byte[] admitted, double[] bounds) {
      super(attribute, having, admitted);
      this.bounds = bounds;
    }

    @Override
    long passing(Object value, long asked, int word) {
      double plain = NumberOrder.plain(value);
      boolean isPlain = !Double.isNaN(plain);
      Number number = !isPlain && value instanceof Number any ? any : null;
      if (!isPlain && number == null) {
        return 0;
      }
      long passing = 0;
      for (long left = asked; left != 0; left &= left - 1) {
        int bit = Long.numberOfTrailingZeros(left);
        double bound = bounds[word << 6 | bit];
        int compared =
            number != null
                ? NumberOrder.compare(number, bound)
                : plain < bound ? -1 : plain > bound ? 1 : 0;
        if (admits(word << 6 | bit, compared)) {
          passing |= 1L << bit;
        }
      }
      return passing;
    }
  }

  static final class ByVersion extends ByOrder {
    private final @Nullable VersionBound[] bounds;

    ByVersion(
        Attribute attribute, long[] having, byte[] admitted, @Nullable VersionBound[] bounds) {
      super(attribute, having, admitted);
      this.bounds = bounds;
    }

    @Override
    long passing(Object value, long asked, int word) {
      if (!(value instanceof String text)) {
        return 0;
      }
      long core = SemanticVersion.core(text);
      long passing = 0;
      for (long left = core == SemanticVersion.NONE ? 0 : asked; left != 0; left &= left - 1) {
        int bit = Long.numberOfTrailingZeros(left);
        VersionBound bound = bounds[word << 6 | bit];
        if (bound != null && admits(word << 6 | bit, bound.compare(text, core))) {
          passing |= 1L << bit;
        }
      }
      return passing;
    }
  }

  static final class ByInstant extends ByOrder {
    private final long[] bounds;

    ByInstant(Attribute attribute, long[] having, byte[] admitted, long[] bounds) {
      super(attribute, having, admitted);
      this.bounds = bounds;
    }

    @Override
    long passing(Object value, long asked, int word) {
      long micros = Values.instantMicros(value);
      long passing = 0;
      for (long left = micros == Values.NO_INSTANT ? 0 : asked; left != 0; left &= left - 1) {
        int bit = Long.numberOfTrailingZeros(left);
        if (admits(word << 6 | bit, Long.compare(micros, bounds[word << 6 | bit]))) {
          passing |= 1L << bit;
        }
      }
      return passing;
    }
  }

  static final class ByAddress extends Narrowing {
    private final Cidr[][] ranges;

    ByAddress(Attribute attribute, long[] having, Cidr[][] ranges) {
      super(attribute, having);
      this.ranges = ranges;
    }

    @Override
    long passing(Object value, long asked, int word) {
      if (!(value instanceof String text) || !AddressText.isAddress(text)) {
        return 0;
      }
      long high = AddressText.high(text);
      long low = AddressText.low(text);
      long passing = 0;
      for (long left = asked; left != 0; left &= left - 1) {
        int bit = Long.numberOfTrailingZeros(left);
        if (TestCheck.isIn(ranges[word << 6 | bit], high, low)) {
          passing |= 1L << bit;
        }
      }
      return passing;
    }
  }
}
