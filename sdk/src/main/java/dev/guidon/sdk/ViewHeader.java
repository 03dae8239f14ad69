package dev.guidon.sdk;

import dev.guidon.model.ScopeId;
import dev.guidon.model.Texts;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonException;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;

/**
 * What the first line of a view snapshot says about whose view it is: a client learns its scope and
 * region from it.
 */
record ViewHeader(ScopeId scope, String region) {

  /** Throws IllegalArgumentException on anything else. */
  static ViewHeader of(String line) {
    try {
      if (JsonReader.read(line, JsonLimits.DEFAULT) instanceof Json.Obj header
          && header.get("scope") instanceof Json.Str scope
          && header.get("region") instanceof Json.Str region
          && !region.value().isEmpty()) {
        return new ViewHeader(ScopeId.parse(scope.value()), region.value());
      }
    } catch (JsonException e) {
      throw new IllegalArgumentException(expected(line), e);
    }
    throw new IllegalArgumentException(expected(line));
  }

  private static String expected(String line) {
    return "view header: " + Texts.shown(line) + " (expected: JSON with scope and region)";
  }

  /** Of a snapshot on disk, where a line with the checksum comes first. */
  static ViewHeader ofSecondLine(byte[] file) {
    int second = 0;
    while (second < file.length && file[second] != '\n') {
      second++;
    }
    return of(Cache.firstLine(file, Math.min(file.length, second + 1)));
  }
}
