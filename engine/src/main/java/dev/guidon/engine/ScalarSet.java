package dev.guidon.engine;

import dev.guidon.model.json.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Strings, numbers and booleans, each equal only within its own type. Asking makes no garbage. */
final class ScalarSet {
  private final Set<String> texts = new HashSet<>();

  /** The only text, which is cheaper to compare than to look up. */
  private final @Nullable String onlyText;

  private final @Nullable FoldedTexts folded;
  private final Numbers numbers;
  private final boolean hasTrue;
  private final boolean hasFalse;

  ScalarSet(List<Json> values, boolean ignoreCase) {
    values.forEach(value -> addText(value, ignoreCase));
    this.onlyText = texts.size() == 1 && !ignoreCase ? texts.iterator().next() : null;
    this.folded = ignoreCase ? new FoldedTexts(texts) : null;
    this.numbers = new Numbers(values);
    this.hasTrue = values.contains(Json.of(true));
    this.hasFalse = values.contains(Json.of(false));
  }

  private void addText(Json value, boolean ignoreCase) {
    if (value instanceof Json.Str text) {
      texts.add(ignoreCase ? Fold.fold(text.value()) : text.value());
    }
  }

  boolean contains(Object value) {
    if (value instanceof String text) {
      if (onlyText != null) {
        return onlyText.equals(text);
      }
      return folded == null ? texts.contains(text) : folded.contains(text);
    }
    if (value instanceof Boolean flag) {
      return flag ? hasTrue : hasFalse;
    }
    return value instanceof Number number && numbers.contains(number);
  }

  /** Open addressing: the question is hashed as it is folded, so that no folded copy is made. */
  private static final class FoldedTexts {
    private final @Nullable String[] table;

    FoldedTexts(Set<String> folded) {
      table = new String[tableSize(folded.size())];
      for (String text : folded) {
        int slot = spread(Fold.hash(text)) & (table.length - 1);
        while (table[slot] != null) {
          slot = (slot + 1) & (table.length - 1);
        }
        table[slot] = text;
      }
    }

    boolean contains(String text) {
      int slot = spread(Fold.hash(text)) & (table.length - 1);
      for (String found = table[slot]; found != null; found = table[slot]) {
        if (found.length() == text.length() && Fold.hasAt(text, 0, found)) {
          return true;
        }
        slot = (slot + 1) & (table.length - 1);
      }
      return false;
    }
  }

  /** Open addressing over the bits of doubles; -0 is 0, and NaN is never in it. */
  private static final class Numbers {
    private final double[] table;
    private final boolean[] used;
    private final boolean isEmpty;

    Numbers(List<Json> values) {
      int count = (int) values.stream().filter(Json.Num.class::isInstance).count();
      isEmpty = count == 0;
      table = new double[tableSize(count)];
      used = new boolean[table.length];
      for (Json value : values) {
        if (value instanceof Json.Num number) {
          add(number.value());
        }
      }
    }

    private void add(double value) {
      int slot = slot(value);
      while (used[slot]) {
        if (table[slot] == value) {
          return;
        }
        slot = (slot + 1) & (table.length - 1);
      }
      used[slot] = true;
      table[slot] = value;
    }

    boolean contains(Number number) {
      if (isEmpty) {
        return false;
      }
      double value = number.doubleValue();
      if (!Double.isFinite(value) || NumberOrder.compare(number, value) != 0) {
        return false; // no double is exactly this number
      }
      for (int slot = slot(value); used[slot]; slot = (slot + 1) & (table.length - 1)) {
        if (table[slot] == value) {
          return true;
        }
      }
      return false;
    }

    private int slot(double value) {
      long bits = Double.doubleToLongBits(value + 0.0); // -0.0 + 0.0 is 0.0
      return spread(Long.hashCode(bits * 0x9E3779B97F4A7C15L)) & (table.length - 1);
    }
  }

  private static int tableSize(int count) {
    return Integer.highestOneBit(Math.max(1, count)) << 2;
  }

  private static int spread(int hash) {
    return hash ^ hash >>> 16;
  }
}
