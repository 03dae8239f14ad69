package dev.guidon.conformance;

import dev.guidon.model.Hash;
import dev.guidon.model.Instants;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonException;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One file of vectors.
 *
 * @param source where the expected answers come from
 */
public record Suite(String name, String source, String about, Scene scene, List<Case> cases) {
  /** The name of the one member of an object that stands for text with lone surrogates. */
  public static final String UTF16 = "$utf16";

  private static final JsonLimits LIMITS =
      JsonLimits.DEFAULT.withMaxBytes(32 << 20).withMaxDepth(512).withLargeWholeNumbers(true);

  public Suite {
    cases = List.copyOf(cases);
  }

  /** A question and its answer. */
  public record Case(Question question, Answer expected) {}

  /** All suites of a folder, in order of their file names. */
  public static List<Suite> readAll(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.list(folder)) {
      files = found.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
    List<Suite> suites = new ArrayList<>();
    for (Path file : files) {
      suites.add(read(file));
    }
    return suites;
  }

  public static Suite read(Path file) throws IOException {
    try {
      return parse(Files.readAllBytes(file));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /** Reads the bytes of a file. */
  public static Suite parse(byte[] bytes) {
    try {
      return suite((Json.Obj) JsonReader.read(bytes, LIMITS));
    } catch (JsonException | IllegalArgumentException | ClassCastException e) {
      throw new IllegalArgumentException(
          "suite (expected: a suite of vectors): " + e.getMessage(), e);
    }
  }

  private static Suite suite(Json.Obj json) {
    long now = instant(member(json, "now"));
    List<Case> cases = new ArrayList<>();
    for (Json one : ((Json.Arr) member(json, "cases")).items()) {
      cases.add(oneCase((Json.Obj) one, now));
    }
    return new Suite(
        text(json, "suite"),
        text(json, "source"),
        text(json, "about"),
        scene((Json.Obj) member(json, "scene")),
        cases);
  }

  private static Case oneCase(Json.Obj json, long suiteNow) {
    Json now = json.get("now");
    Question question =
        new Question(
            text(json, "flag"),
            json.get("type") instanceof Json.Str type ? type.value() : null,
            unwrapped(member(json, "context")),
            now == null ? suiteNow : instant(now),
            age(json.get("age")));
    return new Case(question, Answer.fromJson(member(json, "expect")));
  }

  private static long age(@Nullable Json seconds) {
    if (seconds == null) {
      return 0;
    }
    return seconds instanceof Json.Num number
        ? (long) (number.value() * Instants.MICROS_PER_SECOND)
        : Question.AGE_UNKNOWN;
  }

  private static Scene scene(Json.Obj json) {
    Map<Hash, byte[]> blobs = new LinkedHashMap<>();
    members(json, "blobs")
        .forEach((hash, keys) -> blobs.put(new Hash(hash), CanonicalJson.bytes(keys)));
    Json earlier = json.get("earlier");
    return new Scene(
        text(json, "region"),
        documents(json, "flags"),
        documents(json, "segments"),
        documents(json, "layers"),
        blobs,
        earlier == null ? null : scene((Json.Obj) earlier));
  }

  private static Map<String, Json.Obj> documents(Json.Obj json, String name) {
    Map<String, Json.Obj> documents = new LinkedHashMap<>();
    members(json, name).forEach((key, document) -> documents.put(key, (Json.Obj) document));
    return documents;
  }

  private static Map<String, Json> members(Json.Obj json, String name) {
    Json value = json.get(name);
    return value == null ? Map.of() : ((Json.Obj) value).members();
  }

  /** Text that JSON cannot write stands as its UTF-16 code units. */
  private static Json unwrapped(Json json) {
    if (json instanceof Json.Arr array) {
      return new Json.Arr(array.items().stream().map(Suite::unwrapped).toList());
    }
    if (!(json instanceof Json.Obj object)) {
      return json;
    }
    if (object.members().size() == 1 && object.get(UTF16) instanceof Json.Arr units) {
      StringBuilder text = new StringBuilder();
      units.items().forEach(unit -> text.append((char) ((Json.Num) unit).value()));
      return Json.of(text.toString());
    }
    Map<String, Json> members = new LinkedHashMap<>();
    object.members().forEach((name, value) -> members.put(name, unwrapped(value)));
    return new Json.Obj(members);
  }

  private static long instant(Json json) {
    String text = ((Json.Str) json).value();
    Long micros = Instants.parse(text);
    if (micros == null) {
      throw new IllegalArgumentException("now: " + text + " (expected: an RFC 3339 instant)");
    }
    return micros;
  }

  private static String text(Json.Obj json, String name) {
    return ((Json.Str) member(json, name)).value();
  }

  private static Json member(Json.Obj json, String name) {
    Json value = json.get(name);
    if (value == null) {
      throw new IllegalArgumentException(name + ": absent (expected: one in every suite)");
    }
    return value;
  }
}
