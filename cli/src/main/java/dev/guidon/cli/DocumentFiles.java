package dev.guidon.cli;

import dev.guidon.model.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Reads flags, segments and layers from files; {@code guidon help documents} tells their form. */
final class DocumentFiles {
  private static final int BYTES_MAX = 64 << 20;

  private final CliEnvironment env;
  private final Map<String, EntityDoc> byId = new LinkedHashMap<>();

  private DocumentFiles(CliEnvironment env) {
    this.env = env;
  }

  /**
   * Every document of these files, folders and standard input ({@code -}).
   *
   * @throws CliException for a file that is not readable, a document that is none of ours, or an
   *     entity that is there twice
   */
  static List<EntityDoc> read(CliEnvironment env, List<String> names) {
    DocumentFiles files = new DocumentFiles(env);
    names.forEach(files::readNamed);
    return List.copyOf(files.byId.values());
  }

  private void readNamed(String name) {
    if (name.equals("-")) {
      readText(text(name, bytesOfStdin(env)), "standard input");
      return;
    }
    Path path = env.file(name);
    if (!Files.exists(path)) {
      throw new CliException(
          ExitCode.FAILED,
          "file",
          name + " is not there.",
          "Name a file, a folder, or - for standard input.");
    }
    for (Path file : Files.isDirectory(path) ? documentsBelow(path) : List.of(path)) {
      String place = file.equals(path) ? name : name + "/" + path.relativize(file);
      try {
        readText(text(place, Files.readAllBytes(file)), place);
      } catch (IOException e) {
        throw new UncheckedIOException(place + " cannot be read", e);
      }
    }
  }

  static byte[] bytesOfStdin(CliEnvironment env) {
    try (InputStream in = env.stdin()) {
      byte[] bytes = in.readNBytes(BYTES_MAX + 1);
      if (bytes.length > BYTES_MAX) {
        throw CliException.usage("standard input: more than " + BYTES_MAX + " bytes", null);
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException("standard input cannot be read", e);
    }
  }

  /** UTF-8 and nothing else: a replaced character would become part of a key. */
  static String text(String place, byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new CliException(
          ExitCode.USAGE, "unreadable-document", place + " is not UTF-8 text.", null, e);
    }
  }

  /** In one order on every machine; what starts with a dot is not meant. */
  private static List<Path> documentsBelow(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> isDocument(file.getFileName().toString()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be read", e);
    }
  }

  private static boolean isDocument(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return !name.startsWith(".")
        && (lower.endsWith(".yaml") || lower.endsWith(".yml") || lower.endsWith(".json"));
  }

  private void readText(String text, String place) {
    List<Json> documents = Yaml.readAll(text, place);
    for (int i = 0; i < documents.size(); i++) {
      readDocument(
          documents.get(i), documents.size() == 1 ? place : place + ", document " + (i + 1));
    }
  }

  private void readDocument(Json json, String place) {
    if (!(json instanceof Json.Obj document) || document.members().isEmpty()) {
      throw notOurs(place, "a " + json.typeName());
    }
    if (EntityDoc.Kind.FLAG.keyOf(document) != null) {
      add(EntityDoc.Kind.FLAG, document, place);
      return;
    }
    document
        .members()
        .forEach((name, value) -> {
          EntityDoc.Kind kind = EntityDoc.Kind.named(name);
          if (kind == null) {
            if (!name.equals("v")) {
              throw notOurs(place, "member \"" + name + "\"");
            }
          } else if (name.equals(kind.many()) && value instanceof Json.Arr list) {
            list.items().forEach(item -> add(kind, item, place));
          } else {
            add(kind, value, place);
          }
        });
  }

  private static CliException notOurs(String place, String found) {
    return CliException.usage(
        place + ": " + found + " (expected: flag, segment, layer, flags, segments or layers)",
        "See guidon help documents.");
  }

  private void add(EntityDoc.Kind kind, Json json, String place) {
    String key = kind.keyOf(json);
    if (key == null || !(json instanceof Json.Obj doc)) {
      throw CliException.usage(
          place
              + ": a "
              + kind.one()
              + " without a key (expected: "
              + (kind == EntityDoc.Kind.FLAG ? "envelope.key" : "key")
              + ")",
          "See guidon help documents.");
    }
    EntityDoc entity = new EntityDoc(kind, key, doc, place);
    EntityDoc other = byId.putIfAbsent(entity.id(), entity);
    if (other != null) {
      throw CliException.usage(
          entity.id() + " is there twice: in " + other.place() + " and in " + place + ".", null);
    }
  }
}
