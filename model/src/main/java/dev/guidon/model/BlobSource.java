package dev.guidon.model;

import org.jspecify.annotations.Nullable;

/**
 * Where the chunks of key lists are found: a log, an edge's disk, an SDK's cache. Must not block
 * for a network.
 */
@FunctionalInterface
public interface BlobSource {
  BlobSource NONE = hash -> null;

  /**
   * The bytes, or {@code null} when they are not here (not yet, or erased). Callers must not change
   * them.
   */
  byte @Nullable [] blob(Hash hash);
}
