package dev.guidon.engine;

import java.util.List;

/**
 * The keys of one chunk, to be asked for exactly.
 *
 * <h2>Shape</h2>
 *
 * All keys stand one after the other in one string, in which the platform spends one byte on a
 * character where it can; {@code starts} says where each begins, and an open-addressing table leads
 * from a hash to a key's number. A million keys of ten characters take some 25 MB this way, a third
 * of what a hash set of strings takes.
 */
final class KeyChunk {
  private final String text;
  private final int[] starts;

  /** A key's number plus one; 0 is free. */
  private final int[] table;

  private KeyChunk(String text, int[] starts, int[] table) {
    this.text = text;
    this.starts = starts;
    this.table = table;
  }

  static KeyChunk of(List<String> keys) {
    StringBuilder text = new StringBuilder();
    int[] starts = new int[keys.size() + 1];
    int[] table = new int[Integer.highestOneBit(Math.max(1, keys.size())) << 2];
    for (int i = 0; i < keys.size(); i++) {
      String key = keys.get(i);
      text.append(key);
      starts[i + 1] = text.length();
      int slot = spread(key.hashCode()) & (table.length - 1);
      while (table[slot] != 0) {
        slot = (slot + 1) & (table.length - 1);
      }
      table[slot] = i + 1;
    }
    return new KeyChunk(text.toString(), starts, table);
  }

  boolean isEmpty() {
    return starts.length == 1;
  }

  boolean contains(String key) {
    int slot = spread(key.hashCode()) & (table.length - 1);
    for (int number = table[slot]; number != 0; number = table[slot]) {
      int start = starts[number - 1];
      if (starts[number] - start == key.length() && text.startsWith(key, start)) {
        return true;
      }
      slot = (slot + 1) & (table.length - 1);
    }
    return false;
  }

  /** The same question for the decimal digits of a number. */
  boolean contains(long key) {
    int slot = spread(Digits.hash(key)) & (table.length - 1);
    for (int number = table[slot]; number != 0; number = table[slot]) {
      if (Digits.areAt(text, starts[number - 1], starts[number], key)) {
        return true;
      }
      slot = (slot + 1) & (table.length - 1);
    }
    return false;
  }

  private static int spread(int hash) {
    int mixed = hash * 0x9E3779B9;
    return mixed ^ mixed >>> 15;
  }
}
