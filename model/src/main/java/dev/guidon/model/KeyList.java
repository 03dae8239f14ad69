package dev.guidon.model;

import java.util.List;

/**
 * The unit keys of a target or a segment. They may name people, so the log holds only the hashes of
 * the chunks that hold them; a chunk can be erased while the chain stays verifiable.
 */
public sealed interface KeyList permits KeyList.Inline, KeyList.Stored {
  KeyList NONE = new Inline(List.of());

  /** As people write it, and as test kits keep it. Never in a log. */
  record Inline(List<String> keys) implements KeyList {
    public Inline {
      keys = List.copyOf(keys);
    }
  }

  /**
   * As the log holds it.
   *
   * @param count how many keys all chunks have together
   * @param chunks 4^k blobs; a key is in the chunk that {@link KeyChunks#indexOf} names
   */
  record Stored(long count, List<Hash> chunks) implements KeyList {
    public Stored {
      chunks = List.copyOf(chunks);
      if (!isPowerOfFour(chunks.size())) {
        throw new IllegalArgumentException(
            "chunks: " + chunks.size() + " (expected: 1, 4, 16, 64, ...)");
      }
    }
  }

  static boolean isPowerOfFour(int n) {
    return n > 0 && Integer.bitCount(n) == 1 && Integer.numberOfTrailingZeros(n) % 2 == 0;
  }
}
