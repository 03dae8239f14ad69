package dev.guidon.engine;

import dev.guidon.model.Hash;
import dev.guidon.model.KeyList;
import dev.guidon.model.Murmur3;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The unit keys of a target or a segment, to be asked for exactly and without making garbage. */
final class KeySet {
  static final KeySet EMPTY =
      new KeySet(List.of(), new KeyChunk[] {KeyChunk.of(List.of())}, /* isEmpty= */ true);

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

  /**
   * One hash serves both: its upper bits name the chunk, as in the log, its lower bits the place in
   * it.
   */
  static int hash(String key) {
    return Murmur3.ofText("", key);
  }

  boolean isEmpty() {
    return isEmpty;
  }

  boolean contains(String key, int hash) {
    return chunks[chunks.length == 1 ? 0 : hash >>> shift].contains(key, hash);
  }

  /** Hands the chunks on to the next compilation, which need not read them again. */
  void putChunks(Map<Hash, KeyChunk> into) {
    for (int i = 0; i < hashes.size(); i++) {
      into.put(hashes.get(i), chunks[i]);
    }
  }
}
