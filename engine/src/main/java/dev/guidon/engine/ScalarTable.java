package dev.guidon.engine;

import dev.guidon.model.json.Json;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Leads from strings, numbers and booleans, each equal only within its own type, to small numbers.
 * Asking makes no garbage.
 *
 * <h2>Shape</h2>
 *
 * All texts stand one after the other in one string, in which the platform spends one byte on a
 * character where it can; each has its length and its number before it, byte by byte: one byte of
 * length (a 255 says that three more follow), and one or two of the number, as the largest number
 * needs. An open-addressing table leads from a hash to the place of a text. A hundred values of
 * eight characters take some 1.4 KB this way, a seventh of what a hash map takes.
 */
final class ScalarTable {
  static final int ABSENT = -1;

  /** Numbers beyond cannot be stored with a value. */
  static final int NUMBER_MAX = 0xFFFF;

  /** Lengths from here on take three bytes more. */
  private static final int LONG = 0xFF;

  private static final char[] NONE = {};

  private final boolean ignoreCase;

  /** Whether numbers take two bytes. */
  private final boolean isWide;

  private final String texts;

  /** Places in {@link #texts} plus one; 0 is free. One of the two, as the places are large. */
  private final char[] near;

  private final int @Nullable [] far;
  private final int mask;
  private final double[] numbers;
  private final char[] ofNumbers;
  private final int ofTrue;
  private final int ofFalse;

  /** A value in the form in which equal ones are the same. */
  static Json key(Json value, boolean ignoreCase) {
    if (value instanceof Json.Num number) {
      return Json.of(number.value() + 0.0); // -0.0 + 0.0 is 0.0
    }
    return ignoreCase && value instanceof Json.Str text ? Json.of(Fold.fold(text.value())) : value;
  }

  /**
   * @param values as {@link #key} makes them: strings, numbers and booleans
   */
  ScalarTable(Map<Json, Integer> values, boolean ignoreCase) {
    this.ignoreCase = ignoreCase;
    Map<String, Integer> byText = new java.util.LinkedHashMap<>();
    Map<Double, Integer> byNumber = new TreeMap<>();
    int whenTrue = ABSENT;
    int whenFalse = ABSENT;
    for (Map.Entry<Json, Integer> entry : values.entrySet()) {
      int number = entry.getValue();
      if (entry.getKey() instanceof Json.Str text) {
        byText.put(text.value(), number);
      } else if (entry.getKey() instanceof Json.Num num) {
        byNumber.put(num.value(), number);
      } else if (entry.getKey() instanceof Json.Bool bool) {
        whenTrue = bool.value() ? number : whenTrue;
        whenFalse = bool.value() ? whenFalse : number;
      }
    }
    this.ofTrue = whenTrue;
    this.ofFalse = whenFalse;
    this.numbers = byNumber.keySet().stream().mapToDouble(Double::doubleValue).toArray();
    this.ofNumbers = numbers.length == 0 ? NONE : new char[numbers.length];
    int at = 0;
    for (int number : byNumber.values()) {
      ofNumbers[at++] = (char) number;
    }
    this.isWide = byText.values().stream().anyMatch(number -> number > 0xFF);
    StringBuilder packed = new StringBuilder();
    int[] table = new int[tableSize(byText.size())];
    this.mask = table.length - 1;
    byText.forEach((text, number) -> {
      put(table, spread(text.hashCode()), packed.length() + 1);
      append(packed, text, number);
    });
    this.texts = packed.toString();
    boolean isFar = texts.length() > NUMBER_MAX;
    this.far = isFar ? table : null;
    this.near = isFar || texts.isEmpty() ? NONE : narrowed(table);
  }

  private static void put(int[] table, int hash, int place) {
    int slot = hash & (table.length - 1);
    while (table[slot] != 0) {
      slot = (slot + 1) & (table.length - 1);
    }
    table[slot] = place;
  }

  private void append(StringBuilder packed, String text, int number) {
    int length = text.length();
    if (length < LONG) {
      packed.append((char) length);
    } else {
      packed
          .append((char) LONG)
          .append((char) (length >>> 16))
          .append((char) (length >>> 8 & 0xFF))
          .append((char) (length & 0xFF));
    }
    if (isWide) {
      packed.append((char) (number >>> 8));
    }
    packed.append((char) (number & 0xFF)).append(text);
  }

  private static char[] narrowed(int[] table) {
    char[] narrow = new char[table.length];
    for (int i = 0; i < table.length; i++) {
      narrow[i] = (char) table[i];
    }
    return narrow;
  }

  private static int tableSize(int count) {
    // At most four fifths full.
    int wanted = count + count / 4 + 1;
    int size = Integer.highestOneBit(wanted);
    return size == wanted ? size : size << 1;
  }

  private static int spread(int hash) {
    int mixed = hash * 0x9E3779B9;
    return mixed ^ mixed >>> 15;
  }

  /** The number that a value leads to, or {@link #ABSENT}. */
  int find(Object value) {
    if (value instanceof String text) {
      return texts.isEmpty() ? ABSENT : findText(text);
    }
    if (value instanceof Boolean flag) {
      return flag ? ofTrue : ofFalse;
    }
    return value instanceof Number number && numbers.length > 0 ? findNumber(number) : ABSENT;
  }

  private int findText(String text) {
    int slot = spread(ignoreCase ? Fold.hash(text) : text.hashCode()) & mask;
    for (int place = place(slot); place != 0; place = place(slot)) {
      int at = place - 1;
      int length = texts.charAt(at++);
      if (length == LONG) {
        length = texts.charAt(at) << 16 | texts.charAt(at + 1) << 8 | texts.charAt(at + 2);
        at += 3;
      }
      int number = texts.charAt(at++);
      if (isWide) {
        number = number << 8 | texts.charAt(at++);
      }
      if (length == text.length() && isAt(at, text)) {
        return number;
      }
      slot = (slot + 1) & mask;
    }
    return ABSENT;
  }

  private int place(int slot) {
    return far == null ? near[slot] : far[slot];
  }

  private boolean isAt(int at, String text) {
    return ignoreCase ? isFoldedAt(at, text) : texts.startsWith(text, at);
  }

  private boolean isFoldedAt(int at, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Fold.fold(text.charAt(i)) != texts.charAt(at + i)) {
        return false;
      }
    }
    return true;
  }

  private int findNumber(Number number) {
    double value = NumberOrder.plain(number);
    if (Double.isNaN(value)) {
      value = number.doubleValue();
      if (!Double.isFinite(value) || NumberOrder.compare(number, value) != 0) {
        return ABSENT; // no double is exactly this number
      }
    }
    int at = Arrays.binarySearch(numbers, value + 0.0);
    return at < 0 ? ABSENT : ofNumbers[at];
  }
}
