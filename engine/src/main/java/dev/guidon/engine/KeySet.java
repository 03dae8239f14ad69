package dev.guidon.engine;

import dev.guidon.model.Hash;
import dev.guidon.model.KeyList;
import dev.guidon.model.Murmur3;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The unit keys of a target or a segment, to be asked for exactly and without making garbage. */
final class KeySet {
  static final KeySet EMPTY =
      new KeySet(List.of(), new KeyChunk[] {KeyChunk.of(List.of())}, /* isEmpty= */ true);

  private static final Murmur3.Salted UNSALTED = Murmur3.Salted.of("");

  private final List<Hash> hashes;
  private final KeyChunk[] chunks;
  private final int shift;
  private final boolean isEmpty;

  private KeySet(List<Hash> hashes, KeyChunk[] chunks, boolean isEmpty) {
    this.hashes = hashes;
    this.chunks = chunks;
    this.shift = 32 - Integer.numberOfTrailingZeros(chunks.length);
    this.isEmpty = isEmpty;
  }

  static KeySet of(KeyList.Inline list) {
    return list.keys().isEmpty()
        ? EMPTY
        : new KeySet(List.of(), new KeyChunk[] {KeyChunk.of(list.keys())}, /* isEmpty= */ false);
  }

  static KeySet of(KeyList.Stored list, KeyChunk[] chunks) {
    return new KeySet(list.chunks(), chunks, Arrays.stream(chunks).allMatch(KeyChunk::isEmpty));
  }

  boolean isEmpty() {
    return isEmpty;
  }

  /** Whether a unit, as the context has it, is listed. */
  boolean contains(@Nullable Object unit) {
    if (isEmpty) {
      return false;
    }
    if (unit instanceof String key) {
      return containsKey(key);
    }
    if (unit instanceof Number number && Values.isWhole(number)) {
      return containsWhole(number.longValue());
    }
    String key = Values.unit(unit);
    return key != null && containsKey(key);
  }

  /** The upper bits of a hash name the chunk, as in the log. */
  private boolean containsKey(String key) {
    return chunks[chunks.length == 1 ? 0 : UNSALTED.ofText(key) >>> shift].contains(key);
  }

  private boolean containsWhole(long key) {
    return chunks[chunks.length == 1 ? 0 : UNSALTED.ofWhole(key) >>> shift].contains(key);
  }

  /** Hands the chunks on to the next compilation, which need not read them again. */
  void putChunks(Map<Hash, KeyChunk> into) {
    for (int i = 0; i < hashes.size(); i++) {
      into.put(hashes.get(i), chunks[i]);
    }
  }
}
