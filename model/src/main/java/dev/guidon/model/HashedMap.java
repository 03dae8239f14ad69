package dev.guidon.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map from entity to value that knows the hash of its whole content. A change costs
 * its bucket, not the map: 256 buckets by Murmur3 of {@code kind:key}; a bucket's hash is SHA-256
 * over the entries in order ({@code kind:key}, a zero byte, the value's 32 bytes), an empty
 * bucket's is 32 zero bytes, and the root is SHA-256 over the buckets' hashes in order.
 *
 * <p>A bucket is two arrays in the order of the entities: it is copied whole when it changes, and
 * two maps that have one in common share it, so that {@link #difference} passes over it.
 */
public final class HashedMap<V extends Hashed> implements Iterable<Map.Entry<EntityId, V>> {
  private static final int BUCKETS = 256;

  private final Bucket<V>[] buckets;
  private final int size;
  private final Hash root;

  private HashedMap(Bucket<V>[] buckets) {
    this.buckets = buckets;
    int count = 0;
    MessageDigest digest = Hash.digest();
    for (Bucket<V> bucket : buckets) {
      digest.update(bucket.hash);
      count += bucket.ids.length;
    }
    this.size = count;
    this.root = Hash.ofDigest(digest.digest());
  }

  public static <V extends Hashed> HashedMap<V> empty() {
    @SuppressWarnings({"unchecked", "rawtypes"}) // filled with buckets of V only
    Bucket<V>[] buckets = new Bucket[BUCKETS];
    Arrays.fill(buckets, new Bucket<V>(new EntityId[0], new Hashed[0]));
    return new HashedMap<>(buckets);
  }

  public @Nullable V get(EntityId id) {
    return buckets[bucketOf(id)].get(id);
  }

  public int size() {
    return size;
  }

  /** The hash of the whole content: equal maps have equal roots, whatever way they came about. */
  public Hash root() {
    return root;
  }

  /** The map after some changes; a {@code null} value removes. */
  public HashedMap<V> with(Map<EntityId, ? extends @Nullable V> changes) {
    if (changes.isEmpty()) {
      return this;
    }
    List<Changed<V>> sorted = new ArrayList<>(changes.size());
    changes.forEach((id, value) -> sorted.add(new Changed<>(bucketOf(id), id, value)));
    sorted.sort(Comparator.<Changed<V>>comparingInt(Changed::bucket).thenComparing(Changed::id));
    Bucket<V>[] next = buckets.clone();
    int from = 0;
    while (from < sorted.size()) {
      int bucket = sorted.get(from).bucket();
      int to = from + 1;
      while (to < sorted.size() && sorted.get(to).bucket() == bucket) {
        to++;
      }
      next[bucket] = next[bucket].with(sorted.subList(from, to));
      from = to;
    }
    return new HashedMap<>(next);
  }

  /**
   * A map equal to this one that has its buckets in common with another where they are equal. To be
   * used when the same content arrives again: what is equal need not be in memory twice.
   */
  public HashedMap<V> sharing(HashedMap<V> other) {
    Bucket<V>[] shared = buckets.clone();
    for (int i = 0; i < BUCKETS; i++) {
      shared[i] = buckets[i].sharing(other.buckets[i]);
    }
    return new HashedMap<>(shared);
  }

  /** Who is told of a difference; {@code null} where there is no value. */
  public interface Difference<V> {
    void at(EntityId id, @Nullable V before, @Nullable V after);
  }

  /**
   * Tells of the entities whose values have other hashes here than in an earlier map, in the order
   * of {@link #forEach(BiConsumer)}. Costs the buckets that differ.
   */
  public void difference(HashedMap<V> before, Difference<? super V> told) {
    for (int i = 0; i < BUCKETS; i++) {
      buckets[i].difference(before.buckets[i], told);
    }
  }

  /** The order in which {@link #forEach(BiConsumer)} goes through entities. */
  public static Comparator<EntityId> order() {
    return Comparator.<EntityId>comparingInt(HashedMap::bucketOf)
        .thenComparing(Comparator.naturalOrder());
  }

  private static int bucketOf(EntityId id) {
    return Murmur3.ofText(id.kind().name(), id.key()) >>> 24;
  }

  /** In no order that means anything, but always the same for the same content. */
  @Override
  public void forEach(Consumer<? super Map.Entry<EntityId, V>> action) {
    forEach((EntityId id, V value) -> action.accept(Map.entry(id, value)));
  }

  public void forEach(BiConsumer<EntityId, V> action) {
    for (Bucket<V> bucket : buckets) {
      bucket.forEach(action);
    }
  }

  @Override
  public Iterator<Map.Entry<EntityId, V>> iterator() {
    List<Map.Entry<EntityId, V>> all = new ArrayList<>(size);
    forEach((EntityId id, V value) -> all.add(Map.entry(id, value)));
    return all.iterator();
  }

  private record Changed<V>(int bucket, EntityId id, @Nullable V value) {}

  private static final class Bucket<V extends Hashed> {
    private final EntityId[] ids;
    private final Hashed[] values;
    private final byte[] hash;

    Bucket(EntityId[] ids, Hashed[] values) {
      this(ids, values, hashOf(ids, values));
    }

    private Bucket(EntityId[] ids, Hashed[] values, byte[] hash) {
      this.ids = ids;
      this.values = values;
      this.hash = hash;
    }

    private static byte[] hashOf(EntityId[] ids, Hashed[] values) {
      if (ids.length == 0) {
        return new byte[32];
      }
      MessageDigest digest = Hash.digest();
      for (int i = 0; i < ids.length; i++) {
        digest.update(ids[i].text().getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        digest.update(values[i].hash().bytes());
      }
      return digest.digest();
    }

    @SuppressWarnings("unchecked") // only values of V come in
    private V value(int i) {
      return (V) values[i];
    }

    @Nullable V get(EntityId id) {
      int i = Arrays.binarySearch(ids, id);
      return i < 0 ? null : value(i);
    }

    void forEach(BiConsumer<EntityId, V> action) {
      for (int i = 0; i < ids.length; i++) {
        action.accept(ids[i], value(i));
      }
    }

    /**
     * @param changes in the order of the entities
     */
    Bucket<V> with(List<Changed<V>> changes) {
      EntityId[] nextIds = new EntityId[ids.length + changes.size()];
      Hashed[] nextValues = new Hashed[nextIds.length];
      int count = 0;
      int i = 0;
      for (Changed<V> change : changes) {
        while (i < ids.length && ids[i].compareTo(change.id()) < 0) {
          nextIds[count] = ids[i];
          nextValues[count++] = values[i++];
        }
        boolean known = i < ids.length && ids[i].equals(change.id());
        V value = change.value();
        if (value != null) {
          nextIds[count] = known ? ids[i] : change.id();
          nextValues[count++] = value;
        }
        i += known ? 1 : 0;
      }
      System.arraycopy(ids, i, nextIds, count, ids.length - i);
      System.arraycopy(values, i, nextValues, count, ids.length - i);
      count += ids.length - i;
      return new Bucket<>(Arrays.copyOf(nextIds, count), Arrays.copyOf(nextValues, count));
    }

    Bucket<V> sharing(Bucket<V> other) {
      if (Arrays.equals(hash, other.hash)) {
        return other;
      }
      Hashed[] shared = values.clone();
      for (int i = 0; i < ids.length; i++) {
        V same = other.get(ids[i]);
        if (same != null && same.hash().equals(values[i].hash())) {
          shared[i] = same;
        }
      }
      return new Bucket<>(ids, shared, hash);
    }

    void difference(Bucket<V> before, Difference<? super V> told) {
      if (Arrays.equals(hash, before.hash)) {
        return;
      }
      int i = 0;
      int j = 0;
      while (i < ids.length || j < before.ids.length) {
        int order =
            i == ids.length ? 1 : j == before.ids.length ? -1 : ids[i].compareTo(before.ids[j]);
        if (order < 0) {
          told.at(ids[i], /* before= */ null, value(i++));
        } else if (order > 0) {
          told.at(before.ids[j], before.value(j++), /* after= */ null);
        } else {
          if (!values[i].hash().equals(before.values[j].hash())) {
            told.at(ids[i], before.value(j), value(i));
          }
          i++;
          j++;
        }
      }
    }
  }
}
