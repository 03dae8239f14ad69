package dev.guidon.sdk;

import dev.guidon.engine.Ruleset;
import dev.guidon.model.BlobSource;
import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Texts;
import dev.guidon.model.View;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonException;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import dev.guidon.stream.StreamException;
import dev.guidon.stream.StreamLimits;
import dev.guidon.stream.ViewSnapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Flags from one file. */
final class OfflineFile {
  private OfflineFile() {}

  static GuidonClient client(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    try {
      return isSnapshot(bytes) ? ofSnapshot(bytes) : ofDocuments(bytes, file);
    } catch (StreamException | JsonException | IllegalArgumentException e) {
      throw new IOException(
          "flags in "
              + file
              + " (expected: a view snapshot, or {\"flags\":[…]}): "
              + e.getMessage(),
          e);
    }
  }

  private static boolean isSnapshot(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    String first = new String(bytes, 0, end, StandardCharsets.UTF_8);
    return first.startsWith("{") && first.contains("\"position\"") && first.contains("\"view\"");
  }

  private static GuidonClient ofSnapshot(byte[] bytes) {
    View view = ViewSnapshot.decode(bytes, StreamLimits.DEFAULT);
    TimeSource time = TimeSource.SYSTEM;
    Redaction redaction = new Redaction(List.of());
    Serving serving = new Serving(time::wallMicros, Samples.none(), /* counting= */ false);
    serving.install(Ruleset.compile(view, BlobSource.NONE, /* previous= */ null));
    serving.ready();
    return new GuidonClient(serving, new InMemoryFlags.Still(time), redaction, Duration.ZERO);
  }

  private static GuidonClient ofDocuments(byte[] bytes, Path file) throws IOException {
    JsonLimits limits = JsonLimits.DEFAULT.withMaxBytes(StreamLimits.DEFAULT.snapshotBytesMax());
    if (!(JsonReader.read(bytes, limits) instanceof Json.Obj root)) {
      throw new IOException("flags in " + file + " (expected: an object with \"flags\")");
    }
    Map<EntityId, Json.Obj> documents = new LinkedHashMap<>();
    collect(root, "flags", EntityKind.FLAG, documents);
    collect(root, "segments", EntityKind.SEGMENT, documents);
    collect(root, "layers", EntityKind.LAYER, documents);
    return InMemoryFlags.none().putAll(documents).client();
  }

  private static void collect(
      Json.Obj root, String member, EntityKind kind, Map<EntityId, Json.Obj> documents) {
    Json items = root.get(member);
    if (items == null) {
      return;
    }
    if (!(items instanceof Json.Arr array)) {
      throw new IllegalArgumentException(
          member + ": " + items.typeName() + " (expected: an array of documents)");
    }
    for (Json item : array.items()) {
      if (!(item instanceof Json.Obj document)) {
        throw new IllegalArgumentException(
            member + ": " + item.typeName() + " in it (expected: documents)");
      }
      documents.put(new EntityId(kind, key(document, member)), document);
    }
  }

  private static String key(Json.Obj document, String member) {
    Json holder = document.get("envelope") instanceof Json.Obj envelope ? envelope : document;
    if (holder instanceof Json.Obj obj && obj.get("key") instanceof Json.Str key) {
      return key.value();
    }
    throw new IllegalArgumentException(
        member + ": " + Texts.shown(String.valueOf(holder)) + " (expected: a document with a key)");
  }
}
