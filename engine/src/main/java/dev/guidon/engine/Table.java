package dev.guidon.engine;

import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map from the keys of its values: one array with open addressing, less than half
 * full. A changed copy costs the array, which is some microseconds for ten thousand values, and
 * nothing for each of them.
 */
final class Table<V extends Table.Keyed> {
  /** Something that knows the key under which it is found. */
  interface Keyed {
    String key();
  }

  private static final int SLOTS_MIN = 8;

  private final @Nullable Object[] slots;
  private final int size;

  private Table(@Nullable Object[] slots, int size) {
    this.slots = slots;
    this.size = size;
  }

  static <V extends Keyed> Table<V> empty() {
    return new Table<>(new @Nullable Object[SLOTS_MIN], 0);
  }

  int size() {
    return size;
  }

  @Nullable V get(@Nullable Object key) {
    if (key == null) {
      return null;
    }
    return value(find(slots, key));
  }

  @SuppressWarnings("unchecked") // only values of V come in
  private @Nullable V value(int slot) {
    return (V) slots[slot];
  }

  /** The slot of a key, or the free one where it would stand. */
  private static int find(@Nullable Object[] slots, Object key) {
    int slot = home(slots, key);
    for (Object there = slots[slot];
        there != null && !((Keyed) there).key().equals(key);
        there = slots[slot]) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  private static int home(@Nullable Object[] slots, Object key) {
    int hash = key.hashCode() * 0x9E3779B9;
    return (hash ^ hash >>> 16) & (slots.length - 1);
  }

  /** The table after some changes; a {@code null} value removes. */
  Table<V> with(Map<String, ? extends @Nullable V> changes) {
    if (changes.isEmpty()) {
      return this;
    }
    int room = SLOTS_MIN;
    while (room < (size + changes.size()) * 2) {
      room <<= 1;
    }
    @Nullable Object[] next = room > slots.length ? grown(room) : slots.clone();
    int count = size;
    for (Map.Entry<String, ? extends @Nullable V> change : changes.entrySet()) {
      int slot = find(next, change.getKey());
      V value = change.getValue();
      if (value != null) {
        count += next[slot] == null ? 1 : 0;
        next[slot] = value;
      } else if (next[slot] != null) {
        remove(next, slot);
        count--;
      }
    }
    return new Table<>(next, count);
  }

  private @Nullable Object[] grown(int room) {
    @Nullable Object[] next = new @Nullable Object[room];
    for (Object value : slots) {
      if (value != null) {
        next[find(next, ((Keyed) value).key())] = value;
      }
    }
    return next;
  }

  /** Moves up what stands behind, so that no search ends at a hole. */
  private static void remove(@Nullable Object[] slots, int slot) {
    int mask = slots.length - 1;
    int hole = slot;
    int at = (slot + 1) & mask;
    for (Object there = slots[at]; there != null; there = slots[at]) {
      int home = home(slots, ((Keyed) there).key());
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        slots[hole] = there;
        hole = at;
      }
      at = (at + 1) & mask;
    }
    slots[hole] = null;
  }

  void forEach(Consumer<? super V> action) {
    for (int i = 0; i < slots.length; i++) {
      V value = value(i);
      if (value != null) {
        action.accept(value);
      }
    }
  }

  Collection<V> values() {
    List<V> all = new ArrayList<>(size);
    forEach(all::add);
    return all;
  }

  /** The keys, in no order; never changes. */
  Set<String> keys() {
    return new Keys<>(this);
  }

  @Override
  public String toString() {
    return Arrays.toString(slots);
  }

  private static final class Keys<V extends Keyed> extends AbstractSet<String> {
    private final Table<V> table;

    Keys(Table<V> table) {
      this.table = table;
    }

    @Override
    public int size() {
      return table.size;
    }

    @Override
    public boolean contains(@Nullable Object key) {
      return table.get(key) != null;
    }

    @Override
    public Iterator<String> iterator() {
      Iterator<V> values = table.values().iterator();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return values.hasNext();
        }

        @Override
        public String next() {
          return values.next().key();
        }
      };
    }
  }
}
