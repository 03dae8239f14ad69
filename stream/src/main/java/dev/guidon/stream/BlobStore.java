package dev.guidon.stream;

import dev.guidon.model.BlobSource;
import dev.guidon.model.Hash;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Blobs on disk, one file each under {@code blobs/}, named by their hash. Damaged ones count as
 * absent. The caller sees to it that only one thread is inside.
 */
public final class BlobStore implements BlobSource {
  private static final String FOLDER = "blobs";

  private final Disk disk;
  private final Set<Hash> present = new TreeSet<>();

  /** Looks at the names only; content is checked when it is read. */
  public BlobStore(Disk disk) throws IOException {
    this.disk = disk;
    for (String name : disk.list(FOLDER)) {
      if (Hash.isHash(name)) {
        present.add(new Hash(name));
      }
    }
  }

  public boolean isPresent(Hash hash) {
    return present.contains(hash);
  }

  /**
   * Keeps a blob, durable when it returns. Throws {@link StreamException} when the bytes are
   * others.
   */
  public void put(Hash hash, byte[] bytes) throws IOException {
    if (!Hash.of(bytes).equals(hash)) {
      throw new StreamException("blob hash: " + Hash.of(bytes) + " (expected: " + hash + ")");
    }
    if (!present.contains(hash)) {
      Durable.replace(disk, nameOf(hash), bytes);
      present.add(hash);
    }
  }

  @Override
  public byte @Nullable [] blob(Hash hash) {
    if (!present.contains(hash)) {
      return null;
    }
    try {
      byte[] bytes = disk.read(nameOf(hash));
      if (bytes != null && Hash.of(bytes).equals(hash)) {
        return bytes;
      }
    } catch (IOException e) {
      // As if it were not here: it is fetched again.
    }
    present.remove(hash);
    return null;
  }

  /** Deletes what is not in use any more. */
  public void retain(Set<Hash> used) throws IOException {
    for (Hash hash : List.copyOf(present)) {
      if (!used.contains(hash)) {
        present.remove(hash);
        disk.delete(nameOf(hash));
      }
    }
  }

  private static String nameOf(Hash hash) {
    return FOLDER + "/" + hash.hex();
  }
}
