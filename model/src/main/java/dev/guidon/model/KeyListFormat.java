package dev.guidon.model;

import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * Key lists as JSON: an array of strings as people write it, {@code {"count":2,"chunks":[hash,…]}}
 * as the log holds it.
 */
final class KeyListFormat {
  private static final int CHUNKS_MAX = 4096;

  private KeyListFormat() {}

  static KeyList read(Fields fields, String name) {
    Json json = fields.optional(name);
    if (json == null) {
      return KeyList.NONE;
    }
    if (json instanceof Json.Arr) {
      return inline(fields, name);
    }
    return stored(json, fields, name);
  }

  private static KeyList inline(Fields fields, String name) {
    List<String> keys = new ArrayList<>();
    List<Json> items = fields.items(name, KeyChunks.KEYS_MAX);
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i) instanceof Json.Str s
          && !s.value().isEmpty()
          && s.value().length() <= KeyChunks.KEY_CHARS_MAX) {
        keys.add(s.value());
      } else {
        fields
            .problems()
            .invalid(
                fields.at(name, i),
                Fields.shown(items.get(i)),
                "a key of 1 to " + KeyChunks.KEY_CHARS_MAX + " characters");
      }
    }
    return new KeyList.Inline(keys);
  }

  private static KeyList stored(Json json, Fields parent, String name) {
    Fields fields = new Fields(json, parent.at(name), parent.problems(), parent.strict());
    long count = fields.whole("count", 0, KeyChunks.KEYS_MAX);
    List<Hash> chunks = new ArrayList<>();
    List<Json> items = fields.items("chunks", CHUNKS_MAX);
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i) instanceof Json.Str s && Hash.isHash(s.value())) {
        chunks.add(new Hash(s.value()));
      } else {
        fields
            .problems()
            .invalid(
                fields.at("chunks", i),
                Fields.shown(items.get(i)),
                "a SHA-256 hash in hexadecimal");
      }
    }
    fields.done();
    if (!KeyList.isPowerOfFour(chunks.size())) {
      fields
          .problems()
          .invalid(fields.at("chunks"), chunks.size() + " chunks", "1, 4, 16, 64, ...");
      return KeyList.NONE;
    }
    return new KeyList.Stored(count, chunks);
  }

  static Json write(KeyList keys) {
    List<Json> items = new ArrayList<>();
    if (keys instanceof KeyList.Inline inline) {
      for (String key : inline.keys()) {
        items.add(Json.of(key));
      }
      return new Json.Arr(items);
    }
    KeyList.Stored stored = (KeyList.Stored) keys;
    for (Hash chunk : stored.chunks()) {
      items.add(Json.of(chunk.hex()));
    }
    return Json.Obj.builder()
        .put("count", stored.count())
        .put("chunks", new Json.Arr(items))
        .build();
  }
}
