package dev.guidon.cli;

import dev.guidon.model.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * A flag, segment or layer as it stands in a file.
 *
 * @param place the file, for messages
 */
record EntityDoc(Kind kind, String key, Json.Obj doc, String place) {
  /** What files can hold, in the order in which a reader wants them. */
  enum Kind {
    FLAG("flag", "flags"),
    SEGMENT("segment", "segments"),
    LAYER("layer", "layers");

    private final String one;
    private final String many;

    Kind(String one, String many) {
      this.one = one;
      this.many = many;
    }

    /** The kind's name, in documents and in the log. */
    String one() {
      return one;
    }

    /** The name of a list of them, in documents, folders and addresses. */
    String many() {
      return many;
    }

    static @Nullable Kind named(String name) {
      for (Kind kind : values()) {
        if (kind.one.equals(name) || kind.many.equals(name)) {
          return kind;
        }
      }
      return null;
    }

    @Nullable String keyOf(Json doc) {
      return this == FLAG ? Members.string(doc, "envelope", "key") : Members.string(doc, "key");
    }
  }

  /** What names it in an environment. */
  String id() {
    return kind.one() + " " + key;
  }
}
