package dev.guidon.model;

import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonException;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The bytes of a whole {@link ScopeState}: on edges' disks, beside a log, and in answers to a
 * follower that is far behind. Lines of canonical JSON, each ended by a line feed: a header {@code
 * {"v":1,"scope","position","chain","time","state","count"}}, then one entity per line as {@link
 * EntityBody#json} has it. Equal states make equal bytes.
 *
 * <p>Reading recomputes the hash of the whole state, so that damaged bytes are found. It cannot
 * know whether the header is true of a log: compare {@link ScopeState#chain} and {@link
 * HashedMap#root} with the log's entry and checkpoint.
 */
public final class ScopeSnapshot {
  public static final int FORMAT = 1;

  private static final JsonLimits LIMITS = JsonLimits.DEFAULT;

  private ScopeSnapshot() {}

  public static byte[] encode(ScopeState state) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writeLine(header(state), out);
    state.entities().forEach((id, body) -> writeLine(EntityBody.json(id, body), out));
    return out.toByteArray();
  }

  private static Json header(ScopeState state) {
    return Json.Obj.builder()
        .put("v", FORMAT)
        .put("scope", state.scope().text())
        .put("position", state.position().text())
        .put("chain", state.chain().hex())
        .put("time", state.timeMicros())
        .put("state", state.entities().root().hex())
        .put("count", state.entities().size())
        .build();
  }

  private static void writeLine(Json json, ByteArrayOutputStream out) {
    out.writeBytes(CanonicalJson.bytes(json));
    out.write('\n');
  }

  /**
   * Throws {@link InvalidDocumentException} on anything that {@link #encode} did not make, also
   * when a line is missing.
   */
  public static ScopeState decode(byte[] bytes) {
    Problems problems = new Problems();
    ScopeState state = null;
    try {
      state = read(bytes, problems);
    } catch (JsonException | IllegalArgumentException e) {
      problems.add(Problem.Code.INVALID, "", String.valueOf(e.getMessage()));
    }
    if (state == null || !problems.isEmpty()) {
      throw new InvalidDocumentException("scope snapshot", problems.list());
    }
    return state;
  }

  private static ScopeState read(byte[] bytes, Problems problems) {
    int end = lineEnd(bytes, 0);
    Fields header = new Fields(line(bytes, 0, end), "/1", problems, /* strict= */ false);
    if (header.whole("v", 0, Integer.MAX_VALUE) != FORMAT) {
      throw new IllegalArgumentException("format of the snapshot (expected: " + FORMAT + ")");
    }
    ScopeId scope = ScopeId.parse(header.string("scope"));
    Position position = Position.parse(header.string("position"));
    Hash chain = new Hash(header.string("chain"));
    long timeMicros = header.whole("time", 0, Long.MAX_VALUE);
    String root = header.string("state");
    long count = header.whole("count", 0, Integer.MAX_VALUE);
    HashedMap<EntityBody> entities = entities(bytes, end + 1, problems);
    if (entities.size() != count) {
      problems.invalid(
          "/1/count", String.valueOf(count), "the number of entities: " + entities.size());
    }
    if (!entities.root().hex().equals(root)) {
      problems.invalid(
          "/1/state", Texts.shown(root), "the hash of the entities: " + entities.root());
    }
    return new ScopeState(scope, position, chain, timeMicros, entities);
  }

  private static HashedMap<EntityBody> entities(byte[] bytes, int from, Problems problems) {
    Map<EntityId, EntityBody> all = new LinkedHashMap<>();
    int number = 2;
    for (int start = from; start < bytes.length; number++) {
      int end = lineEnd(bytes, start);
      Change entity = EntityBody.read(line(bytes, start, end), "/" + number, problems);
      if (all.put(entity.id(), entity.body()) != null) {
        problems.invalid("/" + number, entity.id() + " again", "each entity once");
      }
      start = end + 1;
    }
    return HashedMap.<EntityBody>empty().with(all);
  }

  private static int lineEnd(byte[] bytes, int start) {
    for (int i = start; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "end after " + bytes.length + " bytes (expected: a line feed after the last line)");
  }

  private static Json line(byte[] bytes, int start, int end) {
    return JsonReader.read(Arrays.copyOfRange(bytes, start, end), LIMITS);
  }
}
