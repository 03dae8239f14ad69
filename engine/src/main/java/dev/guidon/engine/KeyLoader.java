package dev.guidon.engine;

import dev.guidon.model.BlobSource;
import dev.guidon.model.Hash;
import dev.guidon.model.InvalidDocumentException;
import dev.guidon.model.KeyChunks;
import dev.guidon.model.KeyList;
import dev.guidon.model.json.JsonException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes key sets out of chunks, reading only those that the ruleset before does not have. One
 * compilation.
 */
final class KeyLoader {
  private final BlobSource blobs;
  private final Consumer<Map<Hash, KeyChunk>> before;
  private @Nullable Map<Hash, KeyChunk> known;
  private int chunksRead;

  /**
   * @param before puts in the chunks of the ruleset before; asked only when a stored list is met
   */
  KeyLoader(BlobSource blobs, Consumer<Map<Hash, KeyChunk>> before) {
    this.blobs = blobs;
    this.before = before;
  }

  KeySet load(KeyList list) throws RefusedException {
    if (list instanceof KeyList.Inline inline) {
      return KeySet.of(inline);
    }
    KeyList.Stored stored = (KeyList.Stored) list;
    List<Hash> hashes = stored.chunks();
    KeyChunk[] chunks = new KeyChunk[hashes.size()];
    for (int i = 0; i < chunks.length; i++) {
      chunks[i] = chunk(hashes.get(i));
    }
    return KeySet.of(stored, chunks);
  }

  int chunksRead() {
    return chunksRead;
  }

  private KeyChunk chunk(Hash hash) throws RefusedException {
    Map<Hash, KeyChunk> chunks = known();
    KeyChunk chunk = chunks.get(hash);
    if (chunk == null) {
      chunk = read(hash);
      chunks.put(hash, chunk);
    }
    return chunk;
  }

  private Map<Hash, KeyChunk> known() {
    if (known == null) {
      known = new HashMap<>();
      before.accept(known);
    }
    return known;
  }

  private KeyChunk read(Hash hash) throws RefusedException {
    byte[] bytes = blobs.blob(hash);
    if (bytes == null) {
      throw new RefusedException(
          Refusal.BLOB_MISSING, "blob " + hash + ": absent (expected: a chunk of keys)");
    }
    chunksRead++;
    try {
      return KeyChunk.of(KeyChunks.keys(bytes));
    } catch (JsonException | InvalidDocumentException e) {
      throw new RefusedException(Refusal.INVALID, "blob " + hash + ": " + e.getMessage());
    }
  }
}
