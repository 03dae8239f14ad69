package dev.guidon.model;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * How the keys of a list are spread over blobs. A chunk is the canonical JSON array of its keys in
 * order, so that the same keys make the same bytes, and adding one key replaces one chunk.
 */
public final class KeyChunks {
  public static final int KEYS_MAX = 1_000_000;
  public static final int KEY_CHARS_MAX = 256;

  /** No blob is larger. */
  public static final int CHUNK_BYTES_MAX = 512 * 1024;

  /**
   * Small enough that an edit moves little, large enough that a million keys are a few hundred
   * blobs.
   */
  private static final int CHUNK_BYTES_WANTED = 64 * 1024;

  private static final JsonLimits CHUNK_LIMITS =
      JsonLimits.DEFAULT.withMaxChildren(CHUNK_BYTES_MAX);

  private KeyChunks() {}

  /** The chunk that holds a key: the top bits of the Murmur3 hash of its UTF-8 form. */
  public static int indexOf(String key, int chunks) {
    return chunks == 1
        ? 0
        : Murmur3.ofText("", key) >>> (32 - Integer.numberOfTrailingZeros(chunks));
  }

  /** How many chunks a new list gets: a power of four. */
  public static int countFor(Collection<String> keys) {
    long bytes = 2;
    for (String key : keys) {
      bytes += key.getBytes(StandardCharsets.UTF_8).length + 3L;
    }
    int chunks = 1;
    while (bytes / chunks > CHUNK_BYTES_WANTED) {
      chunks *= 4;
    }
    return chunks;
  }

  /**
   * The bytes of every chunk, {@code chunks} of them. Keys may come in any order and more than
   * once.
   */
  public static List<byte[]> split(Collection<String> keys, int chunks) {
    List<SortedSet<String>> sorted = new ArrayList<>();
    for (int i = 0; i < chunks; i++) {
      sorted.add(new TreeSet<>());
    }
    for (String key : keys) {
      sorted.get(indexOf(key, chunks)).add(key);
    }
    List<byte[]> bytes = new ArrayList<>();
    for (SortedSet<String> chunk : sorted) {
      bytes.add(bytes(chunk));
    }
    return bytes;
  }

  /** One chunk's bytes. */
  public static byte[] bytes(SortedSet<String> keys) {
    List<Json> items = new ArrayList<>(keys.size());
    for (String key : keys) {
      items.add(Json.of(key));
    }
    return CanonicalJson.bytes(new Json.Arr(items));
  }

  /**
   * The keys of a chunk, in order. Throws {@link InvalidDocumentException} on anything that is not
   * one.
   */
  public static List<String> keys(byte[] chunk) {
    Problems problems = new Problems();
    List<String> keys = new ArrayList<>();
    Json json = JsonReader.read(chunk, CHUNK_LIMITS);
    if (json instanceof Json.Arr items) {
      for (Json item : items.items()) {
        if (item instanceof Json.Str s) {
          keys.add(s.value());
        } else {
          problems.invalid("", Fields.shown(item), "a key");
        }
      }
    } else {
      problems.invalid("", Fields.shown(json), "an array of keys");
    }
    problems.throwIfAny("key chunk");
    return keys;
  }
}
