package dev.guidon.control;

import dev.guidon.model.Flag;
import dev.guidon.model.Hash;
import dev.guidon.model.KeyChunks;
import dev.guidon.model.KeyList;
import dev.guidon.model.Segment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Moves the keys of flags and segments into blobs: the log holds only hashes of what may name
 * people.
 */
final class KeyLists {
  /** A million keys of the longest kind need no more. */
  private static final int CHUNKS_MAX = 1 << 14;

  private KeyLists() {}

  /** A key list after an edit, with the blobs that are not known to be kept yet. */
  record Edited(KeyList.Stored list, Map<Hash, byte[]> blobs) {}

  /** The flag with every inline list stored; their chunks go to {@code blobs}. */
  static Flag store(Flag flag, @Nullable Flag before, Map<Hash, byte[]> blobs) {
    List<Flag.Target> targets = new ArrayList<>();
    for (Flag.Target target : flag.targets()) {
      KeyList old = before == null ? KeyList.NONE : oldKeys(before, target);
      targets.add(
          new Flag.Target(target.variant(), target.kind(), store(target.keys(), old, blobs)));
    }
    return new Flag(
        flag.envelope(),
        flag.prerequisites(),
        targets,
        flag.rules(),
        flag.defaultServe(),
        flag.salt(),
        flag.clientVisible(),
        flag.layer(),
        flag.staleness(),
        flag.metadata());
  }

  private static KeyList oldKeys(Flag before, Flag.Target target) {
    for (Flag.Target old : before.targets()) {
      if (old.variant().equals(target.variant()) && old.kind().equals(target.kind())) {
        return old.keys();
      }
    }
    return KeyList.NONE;
  }

  static Segment store(Segment segment, @Nullable Segment before, Map<Hash, byte[]> blobs) {
    KeyList oldIncluded = before == null ? KeyList.NONE : before.included();
    KeyList oldExcluded = before == null ? KeyList.NONE : before.excluded();
    return new Segment(
        segment.key(),
        segment.kind(),
        segment.when(),
        store(segment.included(), oldIncluded, blobs),
        store(segment.excluded(), oldExcluded, blobs));
  }

  private static KeyList store(KeyList list, KeyList before, Map<Hash, byte[]> blobs) {
    if (!(list instanceof KeyList.Inline inline) || inline.keys().isEmpty()) {
      return list;
    }
    int chunks =
        before instanceof KeyList.Stored old
            ? old.chunks().size()
            : KeyChunks.countFor(inline.keys());
    Edited edited = split(inline.keys(), chunks);
    blobs.putAll(edited.blobs());
    return edited.list();
  }

  /**
   * Keys in so many chunks, or in four times as many, until none is too large for a blob. Throws
   * {@link IllegalArgumentException} for keys that were made to fall into one.
   */
  private static Edited split(Collection<String> keys, int wanted) {
    int chunks = wanted;
    List<byte[]> bytes = KeyChunks.split(keys, chunks);
    while (bytes.stream().anyMatch(chunk -> chunk.length > KeyChunks.CHUNK_BYTES_MAX)) {
      if (chunks >= CHUNKS_MAX) {
        throw new IllegalArgumentException(
            "keys that fall into one chunk of "
                + chunks
                + " (expected: keys whose hashes differ, at most "
                + KeyChunks.CHUNK_BYTES_MAX
                + " bytes of them per chunk)");
      }
      chunks *= 4;
      bytes = KeyChunks.split(keys, chunks);
    }
    Map<Hash, byte[]> blobs = new LinkedHashMap<>();
    List<Hash> hashes = new ArrayList<>();
    for (byte[] chunk : bytes) {
      Hash hash = Hash.of(chunk);
      hashes.add(hash);
      blobs.put(hash, chunk);
    }
    return new Edited(new KeyList.Stored(new TreeSet<>(keys).size(), hashes), blobs);
  }

  /** The chunks that an edit of a list must see. */
  static Set<Hash> touched(KeyList list, Edit.Keys edit) {
    TreeSet<Hash> hashes = new TreeSet<>();
    if (list instanceof KeyList.Stored stored) {
      for (int index : perChunk(edit, stored.chunks().size()).keySet()) {
        hashes.add(stored.chunks().get(index));
      }
    }
    return hashes;
  }

  /**
   * The list after an edit. Only touched chunks are read and made anew, unless one would become too
   * large: then the whole list is spread over four times as many.
   *
   * @param blobs answers {@code null} for a chunk that is not here (erased)
   */
  static @Nullable Edited edit(
      KeyList list, Edit.Keys edit, Function<Hash, byte @Nullable []> blobs) {
    if (!(list instanceof KeyList.Stored stored)) {
      TreeSet<String> keys = new TreeSet<>(((KeyList.Inline) list).keys());
      keys.addAll(edit.add());
      edit.remove().forEach(keys::remove);
      return split(keys, KeyChunks.countFor(keys));
    }
    if (!allHere(touched(stored, edit), blobs)) {
      return null;
    }
    List<Hash> hashes = new ArrayList<>(stored.chunks());
    Map<Hash, byte[]> made = new LinkedHashMap<>();
    long count = stored.count();
    boolean tooLarge = false;
    for (Map.Entry<Integer, Edit.Keys> part : perChunk(edit, hashes.size()).entrySet()) {
      byte[] old = blobs.apply(hashes.get(part.getKey()));
      TreeSet<String> keys = new TreeSet<>(old == null ? List.of() : KeyChunks.keys(old));
      int before = keys.size();
      keys.addAll(part.getValue().add());
      part.getValue().remove().forEach(keys::remove);
      count += keys.size() - before;
      byte[] bytes = KeyChunks.bytes(keys);
      tooLarge |= bytes.length > KeyChunks.CHUNK_BYTES_MAX;
      Hash hash = Hash.of(bytes);
      if (!hash.equals(hashes.get(part.getKey()))) {
        made.put(hash, bytes);
        hashes.set(part.getKey(), hash);
      }
    }
    return tooLarge
        ? respread(hashes, made, blobs)
        : new Edited(new KeyList.Stored(count, hashes), made);
  }

  private static @Nullable Edited respread(
      List<Hash> hashes, Map<Hash, byte[]> made, Function<Hash, byte @Nullable []> blobs) {
    Function<Hash, byte @Nullable []> both =
        hash -> made.containsKey(hash) ? made.get(hash) : blobs.apply(hash);
    if (!allHere(hashes, both)) {
      return null;
    }
    TreeSet<String> all = new TreeSet<>();
    for (Hash hash : hashes) {
      byte[] bytes = both.apply(hash);
      all.addAll(bytes == null ? List.of() : KeyChunks.keys(bytes));
    }
    return split(all, hashes.size() * 4);
  }

  /** Asks for every one, so that whoever fetches hears of all that are wanted at once. */
  static boolean allHere(Collection<Hash> hashes, Function<Hash, byte @Nullable []> blobs) {
    boolean all = true;
    for (Hash hash : hashes) {
      all &= blobs.apply(hash) != null;
    }
    return all;
  }

  /** The edit, taken apart by the chunk that each key falls into. */
  private static SortedMap<Integer, Edit.Keys> perChunk(Edit.Keys edit, int chunks) {
    SortedMap<Integer, List<String>> add = byChunk(edit.add(), chunks);
    SortedMap<Integer, List<String>> remove = byChunk(edit.remove(), chunks);
    SortedMap<Integer, Edit.Keys> parts = new TreeMap<>();
    TreeSet<Integer> indexes = new TreeSet<>(add.keySet());
    indexes.addAll(remove.keySet());
    for (int index : indexes) {
      parts.put(
          index,
          new Edit.Keys(
              edit.id(),
              edit.list(),
              add.getOrDefault(index, List.of()),
              remove.getOrDefault(index, List.of()),
              edit.basedOn()));
    }
    return parts;
  }

  private static SortedMap<Integer, List<String>> byChunk(List<String> keys, int chunks) {
    SortedMap<Integer, List<String>> by = new TreeMap<>();
    for (String key : keys) {
      by.computeIfAbsent(KeyChunks.indexOf(key, chunks), i -> new ArrayList<>()).add(key);
    }
    return by;
  }

  static long count(KeyList list) {
    return list instanceof KeyList.Stored stored
        ? stored.count()
        : ((KeyList.Inline) list).keys().size();
  }

  static List<Hash> chunks(KeyList list) {
    return list instanceof KeyList.Stored stored ? stored.chunks() : List.of();
  }
}
