package dev.guidon.control.lint;

import dev.guidon.model.BlobSource;
import dev.guidon.model.Hash;
import dev.guidon.model.InvalidDocumentException;
import dev.guidon.model.KeyChunks;
import dev.guidon.model.KeyList;
import dev.guidon.model.json.JsonException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keys of lists, as far as they are few enough to be looked through. */
final class Keys {
  private static final int COUNT_MAX = 10_000;

  private final BlobSource blobs;

  Keys(BlobSource blobs) {
    this.blobs = blobs;
  }

  static boolean isEmpty(KeyList list) {
    return switch (list) {
      case KeyList.Inline inline -> inline.keys().isEmpty();
      case KeyList.Stored stored -> stored.count() == 0;
    };
  }

  /** All keys, or {@code null} when they are too many, or not here. */
  @Nullable Set<String> of(KeyList list) {
    return switch (list) {
      case KeyList.Inline inline -> new HashSet<>(inline.keys());
      case KeyList.Stored stored -> {
        Set<String> keys = new HashSet<>();
        boolean all = stored.count() <= COUNT_MAX;
        for (Hash hash : all ? stored.chunks() : List.<Hash>of()) {
          all &= addTo(keys, hash);
        }
        yield all ? keys : null;
      }
    };
  }

  private boolean addTo(Set<String> keys, Hash hash) {
    byte[] chunk = blobs.blob(hash);
    if (chunk == null) {
      return false;
    }
    try {
      keys.addAll(KeyChunks.keys(chunk));
      return true;
    } catch (InvalidDocumentException | JsonException e) {
      return false; // Whoever compiles it says so; here it is only not known.
    }
  }

  /** Whether surely every key of one list is in the other. */
  boolean isWithin(KeyList inner, KeyList outer) {
    if (inner.equals(outer)) {
      return true;
    }
    Set<String> some = of(inner);
    Set<String> all = some == null ? null : of(outer);
    return some != null && all != null && all.containsAll(some);
  }
}
