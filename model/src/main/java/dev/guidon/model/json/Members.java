package dev.guidon.model.json;

import static java.util.Objects.requireNonNull;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The members of one object, in order, never changed. Documents are made of small objects by the
 * hundred thousand, for which an array that is searched is both smaller and faster than a hash
 * table; only large ones have a table.
 */
final class Members extends AbstractMap<String, Json> {
  static final Members NONE = new Members(new Object[0]);

  private static final int SEARCHED_MAX = 12;

  /** Name, value, name, value and so on. */
  private final Object[] pairs;

  /** Names that collide more than this were chosen to. */
  private static final int PROBES_MAX = 64;

  /** For each slot the place of a name in {@link #pairs} plus one; 0 is free. */
  private final int @Nullable [] table;

  /** Stands in for the table where names collide: its worst case is not theirs to choose. */
  private final @Nullable Map<Object, Integer> places;

  private Members(Object[] pairs) {
    this.pairs = pairs;
    boolean isSearched = pairs.length / 2 <= SEARCHED_MAX;
    this.table = isSearched ? null : table(pairs);
    this.places = isSearched || table != null ? null : places(pairs);
  }

  /**
   * @param pairs names and values in turn, no name twice; given away
   */
  static Members of(Object[] pairs) {
    return pairs.length == 0 ? NONE : new Members(pairs);
  }

  static Members copyOf(Map<String, Json> members) {
    if (members instanceof Members own) {
      return own;
    }
    Object[] pairs = new Object[members.size() * 2];
    int next = 0;
    for (Map.Entry<String, Json> member : members.entrySet()) {
      pairs[next++] = requireNonNull(member.getKey(), "member name");
      pairs[next++] = requireNonNull(member.getValue(), member.getKey());
    }
    return of(pairs);
  }

  private static Map<Object, Integer> places(Object[] pairs) {
    Map<Object, Integer> places = new HashMap<>(pairs.length);
    for (int i = 0; i < pairs.length; i += 2) {
      places.put(pairs[i], i);
    }
    return places;
  }

  private static int @Nullable [] table(Object[] pairs) {
    int[] table = new int[Integer.highestOneBit(pairs.length) * 2];
    for (int i = 0; i < pairs.length; i += 2) {
      int slot = spread(pairs[i]) & (table.length - 1);
      int probes = 0;
      while (table[slot] != 0) {
        if (++probes > PROBES_MAX) {
          return null;
        }
        slot = (slot + 1) & (table.length - 1);
      }
      table[slot] = i + 1;
    }
    return table;
  }

  private static int spread(Object name) {
    int hash = name.hashCode() * 0x9E3779B9;
    return hash ^ hash >>> 16;
  }

  /** The place of a name, or -1. */
  private int find(@Nullable Object name) {
    if (name == null) {
      return -1;
    }
    if (places != null) {
      return places.getOrDefault(name, -1);
    }
    if (table == null) {
      for (int i = 0; i < pairs.length; i += 2) {
        if (pairs[i].equals(name)) {
          return i;
        }
      }
      return -1;
    }
    int slot = spread(name) & (table.length - 1);
    for (int at = table[slot]; at != 0; at = table[slot]) {
      if (pairs[at - 1].equals(name)) {
        return at - 1;
      }
      slot = (slot + 1) & (table.length - 1);
    }
    return -1;
  }

  @Override
  public @Nullable Json get(@Nullable Object name) {
    int at = find(name);
    return at < 0 ? null : (Json) pairs[at + 1];
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return find(name) >= 0;
  }

  @Override
  public int size() {
    return pairs.length / 2;
  }

  @Override
  public void forEach(BiConsumer<? super String, ? super Json> action) {
    for (int i = 0; i < pairs.length; i += 2) {
      action.accept((String) pairs[i], (Json) pairs[i + 1]);
    }
  }

  @Override
  public Set<Map.Entry<String, Json>> entrySet() {
    return new Entries();
  }

  /** Whether the names are in the order of RFC 8785. */
  boolean isSorted() {
    for (int i = 2; i < pairs.length; i += 2) {
      if (((String) pairs[i - 2]).compareTo((String) pairs[i]) >= 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Members members && Arrays.equals(pairs, members.pairs)
        || super.equals(other);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }

  private final class Entries extends AbstractSet<Map.Entry<String, Json>> {
    @Override
    public int size() {
      return pairs.length / 2;
    }

    @Override
    public Iterator<Map.Entry<String, Json>> iterator() {
      return new Iterator<>() {
        private int next;

        @Override
        public boolean hasNext() {
          return next < pairs.length;
        }

        @Override
        public Map.Entry<String, Json> next() {
          if (!hasNext()) {
            throw new NoSuchElementException();
          }
          next += 2;
          return Map.entry((String) pairs[next - 2], (Json) pairs[next - 1]);
        }
      };
    }
  }
}
