package dev.guidon.stream;

import dev.guidon.model.Fields;
import dev.guidon.model.InvalidDocumentException;
import dev.guidon.model.Problems;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonException;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.util.function.Function;

/**
 * Reads one JSON object of a peer leniently and turns everything that is wrong with it into one
 * {@link StreamException}.
 */
final class Reading {
  /**
   * The version of every frame and header in this package. A reader accepts any; members it needs
   * may not change.
   */
  static final int FORMAT = 1;

  private static final JsonLimits LIMITS = JsonLimits.DEFAULT;

  private Reading() {}

  static <T> T of(String what, byte[] bytes, Function<Fields, T> read) {
    return of(what, bytes, LIMITS, read);
  }

  static <T> T of(String what, byte[] bytes, JsonLimits limits, Function<Fields, T> read) {
    Problems problems = new Problems();
    T value;
    try {
      Json json = JsonReader.read(bytes, limits);
      Fields fields = new Fields(json, "", problems, /* strict= */ false);
      requireFormat(fields);
      value = read.apply(fields);
    } catch (JsonException | IllegalArgumentException | InvalidDocumentException e) {
      throw new StreamException(
          what + ": " + (problems.isEmpty() ? e.getMessage() : problems.list()), e);
    }
    if (!problems.isEmpty()) {
      throw new StreamException(what + ": " + problems.list());
    }
    return value;
  }

  private static void requireFormat(Fields fields) {
    Long version = fields.optionalWhole("v", 1, Integer.MAX_VALUE);
    if (version != null && version != FORMAT) {
      throw new IllegalArgumentException("v: " + version + " (expected: " + FORMAT + ")");
    }
  }
}
