package dev.guidon.stream;

import dev.guidon.model.EntityId;
import dev.guidon.model.Hash;
import dev.guidon.model.HashedMap;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a whole {@link View}: lines of canonical JSON, each ended by a line feed: a header
 * {@code {"v":1,"scope","position","region","epoch","time","view","count"}}, then one entity per
 * line as {@link ViewEntity#json} has it. Equal views make equal bytes.
 */
public final class ViewSnapshot {
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
    out.accept(line(header(view)));
    view.entities().forEach((EntityId id, ViewEntity shown) -> out.accept(line(shown.json())));
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

  private static byte[] line(Json json) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    line.writeBytes(CanonicalJson.bytes(json));
    line.write('\n');
    return line.toByteArray();
  }

  /**
   * Throws {@link StreamException} on anything that is not a whole snapshot whose entities have the
   * header's hash.
   */
  public static View decode(byte[] bytes, StreamLimits limits) {
    Reader reader = new Reader(limits);
    reader.feed(bytes, 0, bytes.length);
    return reader.finish();
  }

  /**
   * Reads a snapshot while it arrives. One use; throws {@link StreamException} as soon as something
   * is wrong.
   */
  public static final class Reader {
    private final StreamLimits limits;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final Map<EntityId, ViewEntity> entities = new LinkedHashMap<>();
    private @Nullable Header header;
    private long total;

    public Reader(StreamLimits limits) {
      this.limits = limits;
    }

    public void feed(byte[] bytes, int from, int length) {
      total += length;
      if (total > limits.snapshotBytesMax()) {
        throw new StreamException(
            "snapshot: " + total + " bytes (expected: at most " + limits.snapshotBytesMax() + ")");
      }
      int start = from;
      for (int i = from; i < from + length; i++) {
        if (bytes[i] == '\n') {
          line.write(bytes, start, i - start);
          start = i + 1;
          endLine();
        }
      }
      line.write(bytes, start, from + length - start);
    }

    /** The view, after the last byte. */
    public View finish() {
      if (line.size() > 0) {
        endLine();
      }
      Header h = header;
      if (h == null) {
        throw new StreamException("snapshot: empty (expected: a header line)");
      }
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

    private void endLine() {
      byte[] bytes = line.toByteArray();
      line.reset();
      if (header == null) {
        header = Reading.of("snapshot header", bytes, fields -> header(fields));
        return;
      }
      ViewEntity entity =
          Reading.of("snapshot line " + (entities.size() + 2), bytes, ViewFrames::readEntity);
      if (entities.put(entity.id(), entity) != null) {
        throw new StreamException(
            "snapshot: " + entity.id() + " again (expected: each entity once)");
      }
      if (entities.size() > limits.entitiesMax()) {
        throw new StreamException(
            "snapshot: more than "
                + limits.entitiesMax()
                + " entities (expected: at most as many)");
      }
    }

    private static Header header(dev.guidon.model.Fields fields) {
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
}
