package dev.guidon.stream;

import dev.guidon.model.EntityId;
import dev.guidon.model.Fields;
import dev.guidon.model.Hash;
import dev.guidon.model.HashedMap;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a whole {@link View}: lines of canonical JSON, each ended by a line feed: a header
 * {@code {"v":1,"scope","position","region","epoch","time","view","count"}}, then one entity per
 * line as {@link ViewEntity#json} has it. Equal views make equal bytes.
 */
public final class ViewSnapshot {
  /** From here on it is worth waking other threads. */
  private static final int PARALLEL_MIN = 256;

  private static final JsonLimits LIMITS = JsonLimits.DEFAULT;

  private ViewSnapshot() {}

  public static byte[] encode(View view) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    encode(view, out::writeBytes);
    return out.toByteArray();
  }

  /**
   * Hands on line after line, each with its line feed, so that the whole need not be in memory
   * twice.
   */
  public static void encode(View view, Consumer<byte[]> out) {
    out.accept(line(CanonicalJson.bytes(header(view))));
    view.entities().forEach((EntityId id, ViewEntity shown) -> out.accept(line(shown.canonical())));
  }

  private static Json header(View view) {
    return Json.Obj.builder()
        .put("v", Reading.FORMAT)
        .put("scope", view.scope().text())
        .put("position", view.position().text())
        .put("region", view.region())
        .put("epoch", view.epoch())
        .put("time", view.timeMicros())
        .put("view", view.hash().hex())
        .put("count", view.entities().size())
        .build();
  }

  private static byte[] line(byte[] json) {
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return line;
  }

  /**
   * Throws {@link StreamException} on anything that is not a whole snapshot whose entities have the
   * header's hash.
   *
   * @param bytes must not change from now on: the view's documents may lie in them
   */
  public static View decode(byte[] bytes, StreamLimits limits) {
    return decode(bytes, 0, limits);
  }

  /**
   * The same of what begins at a place among the bytes.
   *
   * <h2>Fast, and exact all the same</h2>
   *
   * A line that is plainly the canonical form of an entity is hashed as it stands, and its document
   * stays in the bytes until somebody asks for it; lines are looked at on all processors. A line
   * that is not is read and written anew, as a lenient reader has to. What is wrong is always found
   * by the thorough way, which says where.
   */
  static View decode(byte[] bytes, int from, StreamLimits limits) {
    requireSize(bytes.length - (long) from, limits);
    int[] ends = lineEnds(bytes, from, limits);
    int start = from;
    Header header = null;
    List<Line> lines = new ArrayList<>(ends.length);
    for (int end : ends) {
      if (header == null) {
        header = header(Arrays.copyOfRange(bytes, start, end));
      } else {
        lines.add(new Line(bytes, start, end, lines.size() + 2));
      }
      start = end + 1;
    }
    if (header == null) {
      throw new StreamException("snapshot: empty (expected: a header line)");
    }
    @Nullable ViewEntity[] read = new @Nullable ViewEntity[lines.size()];
    IntStream indexes = IntStream.range(0, read.length);
    (read.length < PARALLEL_MIN ? indexes : indexes.parallel())
        .forEach(i -> read[i] = lines.get(i).glance());
    Map<EntityId, ViewEntity> entities = new HashMap<>(read.length * 2);
    for (int i = 0; i < read.length; i++) {
      ViewEntity glanced = read[i];
      ViewEntity entity = glanced == null ? lines.get(i).read() : glanced;
      if (entities.put(entity.id(), entity) != null) {
        throw new StreamException(
            "snapshot: " + entity.id() + " again (expected: each entity once)");
      }
    }
    return view(header, entities);
  }

  private static void requireSize(long total, StreamLimits limits) {
    if (total > limits.snapshotBytesMax()) {
      throw new StreamException(
          "snapshot: " + total + " bytes (expected: at most " + limits.snapshotBytesMax() + ")");
    }
  }

  /** Refuses too many lines while they are counted: empty ones cost the sender next to nothing. */
  private static int[] lineEnds(byte[] bytes, int from, StreamLimits limits) {
    int[] ends = new int[64];
    int count = 0;
    for (int i = from; i <= bytes.length; i++) {
      boolean isEnd = i == bytes.length ? i > from && bytes[i - 1] != '\n' : bytes[i] == '\n';
      if (isEnd) {
        if (count > limits.entitiesMax()) {
          throw new StreamException(
              "snapshot: more than "
                  + limits.entitiesMax()
                  + " entities (expected: at most as many)");
        }
        ends = count == ends.length ? Arrays.copyOf(ends, count * 2) : ends;
        ends[count++] = i;
      }
    }
    return Arrays.copyOf(ends, count);
  }

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Line(byte[] bytes, int from, int to, int number) {
    /** {@code null}: to be read thoroughly. */
    @Nullable ViewEntity glance() {
      return to - from > LIMITS.maxBytes() ? null : ViewEntity.ofCanonical(bytes, from, to);
    }

    ViewEntity read() {
      return Reading.of(
          "snapshot line " + number, Arrays.copyOfRange(bytes, from, to), ViewFrames::readEntity);
    }
  }

  private static View view(Header h, Map<EntityId, ViewEntity> entities) {
    if (entities.size() != h.count) {
      throw new StreamException(
          "snapshot: "
              + entities.size()
              + " entities (expected: "
              + h.count
              + ", says its header)");
    }
    HashedMap<ViewEntity> all = HashedMap.<ViewEntity>empty().with(entities);
    if (!all.root().equals(h.view)) {
      throw new StreamException(
          "snapshot: view hash " + all.root() + " (expected: " + h.view + ", says its header)");
    }
    return new View(h.scope, h.position, h.region, h.epoch, h.timeMicros, all);
  }

  private static Header header(byte[] line) {
    return Reading.of("snapshot header", line, fields -> header(fields));
  }

  private static Header header(Fields fields) {
    return new Header(
        ScopeId.parse(fields.string("scope")),
        Position.parse(fields.string("position")),
        fields.string("region"),
        fields.whole("epoch", 0, Json.Num.SAFE_INTEGER_MAX),
        fields.whole("time", 0, Json.Num.SAFE_INTEGER_MAX),
        new Hash(fields.string("view")),
        fields.whole("count", 0, Integer.MAX_VALUE));
  }

  private record Header(
      ScopeId scope,
      Position position,
      String region,
      long epoch,
      long timeMicros,
      Hash view,
      long count) {}
}
