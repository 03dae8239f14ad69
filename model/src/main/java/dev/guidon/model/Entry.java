package dev.guidon.model;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonException;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One commit as it is written to a log: full post-images, chained to the entry before it.
 *
 * <p>The bytes are canonical JSON, made once by {@link #commit}; whoever passes an entry on passes
 * the bytes of {@link CommittedEntry} and never writes them anew.
 *
 * @param timeMicros scope log time, later than that of every entry before
 * @param actor the credential's name
 * @param key idempotency key, unique in the scope while it is kept
 * @param catalogRevision the revision of the project's catalog that authorised an environment's
 *     entry
 * @param previous hash of the entry before, {@link Hash#ZERO} for the first
 */
public record Entry(
    Position position,
    long timeMicros,
    String actor,
    @Nullable String reason,
    String key,
    Priority priority,
    @Nullable Long catalogRevision,
    Hash previous,
    @Nullable Checkpoint checkpoint,
    List<Change> changes) {
  public static final int FORMAT = 1;

  /** The largest entry, in bytes. */
  public static final int BYTES_MAX = 256 * 1024;

  public static final int KEY_CHARS_MAX = 128;

  private static final JsonLimits LIMITS = JsonLimits.DEFAULT;

  public Entry {
    changes = List.copyOf(changes);
    if (key.isEmpty() || key.length() > KEY_CHARS_MAX) {
      throw new IllegalArgumentException(
          "idempotency key: "
              + Texts.shown(key)
              + " (expected: 1 to "
              + KEY_CHARS_MAX
              + " characters)");
    }
  }

  /**
   * Writes the bytes and their hash. Throws {@link IllegalArgumentException} when they are more
   * than an entry may have.
   */
  public CommittedEntry commit() {
    byte[] bytes = CanonicalJson.bytes(json());
    if (bytes.length > BYTES_MAX) {
      throw new IllegalArgumentException(
          "entry: "
              + bytes.length
              + " bytes (expected: at most "
              + BYTES_MAX
              + "; split the change, or put keys into segments)");
    }
    return new CommittedEntry(this, bytes, Hash.of(bytes));
  }

  private Json.Obj json() {
    List<Json> all = new ArrayList<>();
    for (Change change : changes) {
      all.add(EntityBody.json(change.id(), change.body()));
    }
    Json.Obj.Builder out =
        Json.Obj.builder()
            .put("v", FORMAT)
            .put("logId", position.logId())
            .put("era", position.era())
            .put("revision", position.revision())
            .put("time", timeMicros)
            .put("actor", actor)
            .put("idempotencyKey", key)
            .put("priority", priority.text())
            .put("previous", previous.hex())
            .put("changes", new Json.Arr(all));
    if (reason != null) {
      out.put("reason", reason);
    }
    if (catalogRevision != null) {
      out.put("catalogRevision", catalogRevision);
    }
    if (checkpoint != null) {
      out.put(
          "checkpoint",
          Json.Obj.builder()
              .put("revision", checkpoint.revision())
              .put("state", checkpoint.state().hex())
              .build());
    }
    return out.build();
  }

  /**
   * Reads bytes as they were written; members of newer formats are ignored. Throws {@link
   * InvalidDocumentException}.
   */
  public static CommittedEntry read(byte[] bytes) {
    Problems problems = new Problems();
    Entry entry;
    try {
      entry = read(JsonReader.read(bytes, LIMITS), problems);
    } catch (JsonException | IllegalArgumentException e) {
      problems.add(Problem.Code.INVALID, "", String.valueOf(e.getMessage()));
      throw new InvalidDocumentException("entry", problems.list());
    }
    problems.throwIfAny("entry");
    return new CommittedEntry(entry, bytes, Hash.of(bytes));
  }

  private static Entry read(Json json, Problems problems) {
    Fields fields = new Fields(json, "", problems, /* strict= */ false);
    Position position =
        new Position(
            fields.string("logId"),
            fields.whole("era", 1, Long.MAX_VALUE),
            fields.whole("revision", 1, Long.MAX_VALUE));
    List<Change> changes = new ArrayList<>();
    List<Json> items = fields.items("changes", Integer.MAX_VALUE);
    for (int i = 0; i < items.size(); i++) {
      changes.add(EntityBody.read(items.get(i), "/changes/" + i, problems));
    }
    return new Entry(
        position,
        fields.whole("time", 0, Long.MAX_VALUE),
        fields.string("actor"),
        fields.optionalString("reason"),
        fields.string("idempotencyKey"),
        Priority.named(fields.string("priority")),
        fields.optionalWhole("catalogRevision", 0, Long.MAX_VALUE),
        new Hash(fields.string("previous")),
        checkpoint(fields, problems),
        changes);
  }

  private static @Nullable Checkpoint checkpoint(Fields fields, Problems problems) {
    Json json = fields.optional("checkpoint");
    if (json == null) {
      return null;
    }
    Fields inner = new Fields(json, "/checkpoint", problems, /* strict= */ false);
    return new Checkpoint(
        inner.whole("revision", 0, Long.MAX_VALUE), new Hash(inner.string("state")));
  }
}
