package dev.guidon.model;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map from entity to value that knows the hash of its whole content. A change costs
 * its bucket, not the map: 256 buckets by Murmur3 of {@code kind:key}; a bucket's hash is SHA-256
 * over the entries in order ({@code kind:key}, a zero byte, the value's 32 bytes), an empty
 * bucket's is 32 zero bytes, and the root is SHA-256 over the buckets' hashes in order.
 */
public final class HashedMap<V extends Hashed> implements Iterable<Map.Entry<EntityId, V>> {
  private static final int BUCKETS = 256;

  private final List<SortedMap<EntityId, V>> buckets;
  private final byte[][] bucketHashes;
  private final int size;
  private final Hash root;

  private HashedMap(List<SortedMap<EntityId, V>> buckets, byte[][] bucketHashes, int size) {
    this.buckets = buckets;
    this.bucketHashes = bucketHashes;
    this.size = size;
    MessageDigest digest = Hash.digest();
    for (byte[] bucketHash : bucketHashes) {
      digest.update(bucketHash);
    }
    this.root = new Hash(java.util.HexFormat.of().formatHex(digest.digest()));
  }

  public static <V extends Hashed> HashedMap<V> empty() {
    List<SortedMap<EntityId, V>> buckets = new ArrayList<>(BUCKETS);
    for (int i = 0; i < BUCKETS; i++) {
      buckets.add(new TreeMap<>());
    }
    byte[][] hashes = new byte[BUCKETS][];
    Arrays.fill(hashes, new byte[32]);
    return new HashedMap<>(buckets, hashes, 0);
  }

  public @Nullable V get(EntityId id) {
    return buckets.get(bucketOf(id)).get(id);
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
    List<SortedMap<EntityId, V>> nextBuckets = new ArrayList<>(buckets);
    byte[][] nextHashes = bucketHashes.clone();
    boolean[] copied = new boolean[BUCKETS];
    int nextSize = size;
    for (Map.Entry<EntityId, ? extends @Nullable V> change : changes.entrySet()) {
      int index = bucketOf(change.getKey());
      SortedMap<EntityId, V> bucket = nextBuckets.get(index);
      if (!copied[index]) {
        bucket = new TreeMap<>(bucket);
        nextBuckets.set(index, bucket);
        copied[index] = true;
      }
      V value = change.getValue();
      if (value == null) {
        nextSize -= bucket.remove(change.getKey()) == null ? 0 : 1;
      } else {
        nextSize += bucket.put(change.getKey(), value) == null ? 1 : 0;
      }
    }
    for (int i = 0; i < BUCKETS; i++) {
      if (copied[i]) {
        nextHashes[i] = hashOf(nextBuckets.get(i));
      }
    }
    return new HashedMap<>(nextBuckets, nextHashes, nextSize);
  }

  private static byte[] hashOf(SortedMap<EntityId, ? extends Hashed> bucket) {
    if (bucket.isEmpty()) {
      return new byte[32];
    }
    MessageDigest digest = Hash.digest();
    for (Map.Entry<EntityId, ? extends Hashed> entry : bucket.entrySet()) {
      digest.update(entry.getKey().text().getBytes(java.nio.charset.StandardCharsets.UTF_8));
      digest.update((byte) 0);
      digest.update(entry.getValue().hash().bytes());
    }
    return digest.digest();
  }

  private static int bucketOf(EntityId id) {
    return Murmur3.ofText(id.kind().name(), id.key()) >>> 24;
  }

  /** In no order that means anything, but always the same for the same content. */
  @Override
  public void forEach(java.util.function.Consumer<? super Map.Entry<EntityId, V>> action) {
    for (SortedMap<EntityId, V> bucket : buckets) {
      bucket.entrySet().forEach(action);
    }
  }

  public void forEach(BiConsumer<EntityId, V> action) {
    for (SortedMap<EntityId, V> bucket : buckets) {
      bucket.forEach(action);
    }
  }

  @Override
  public Iterator<Map.Entry<EntityId, V>> iterator() {
    return buckets.stream().flatMap(bucket -> bucket.entrySet().stream()).iterator();
  }
}
