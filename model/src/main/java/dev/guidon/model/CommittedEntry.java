package dev.guidon.model;

import java.util.Arrays;

/**
 * An entry with the very bytes that were hashed and written.
 *
 * @param bytes canonical JSON, one line; callers must not change them
 * @param hash SHA-256 of {@code bytes}
 */
@SuppressWarnings("ArrayRecordComponent") // Equality is by hash, which stands for the bytes.
public record CommittedEntry(Entry entry, byte[] bytes, Hash hash) {
  public Position position() {
    return entry.position();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CommittedEntry that && hash.equals(that.hash);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  @Override
  public String toString() {
    return entry.position() + " " + hash.hex().substring(0, 12) + " " + Arrays.hashCode(bytes);
  }
}
