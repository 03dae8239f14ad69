package dev.guidon.stream;

import dev.guidon.model.EntityId;
import dev.guidon.model.EntityKind;
import dev.guidon.model.Fields;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.Priority;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The frames of the view stream as bytes. Event types and members that a reader does not know are
 * ignored.
 */
public final class ViewFrames {
  private static final String SNAPSHOT = "snapshot";
  private static final String DELTA = "delta";

  private ViewFrames() {}

  /** The event as it goes over the wire. */
  public static byte[] encode(ViewFrame frame) {
    if (frame instanceof ViewFrame.Delta delta) {
      return SseWriter.event(delta.to().text(), DELTA, deltaBytes(delta));
    }
    if (frame instanceof ViewFrame.Snapshot snapshot) {
      return snapshot(snapshot.view().position(), ViewSnapshot.encode(snapshot.view()));
    }
    return SharedFrames.encode(frame);
  }

  /** An inline snapshot from bytes that {@link ViewSnapshot} has made before. */
  static byte[] snapshot(Position position, byte[] bytes) {
    return SseWriter.event(position.text(), SNAPSHOT, bytes);
  }

  /**
   * The frame of an event, or {@code null} for a type that is not known. Throws {@link
   * StreamException}.
   */
  public static @Nullable ViewFrame decode(SseEvent event, StreamLimits limits) {
    return switch (event.type()) {
      case DELTA -> delta(event, limits);
      case SNAPSHOT -> snapshot(event, limits);
      case SharedFrames.SNAPSHOT_REF -> SharedFrames.snapshotRef(event);
      case SharedFrames.HEAD -> SharedFrames.head(event);
      case SharedFrames.GOODBYE -> SharedFrames.goodbye(event);
      default -> null;
    };
  }

  private static ViewFrame delta(SseEvent event, StreamLimits limits) {
    ViewFrame.Delta delta = readDelta(event.data(), limits);
    SharedFrames.requireId(event, delta.to());
    return delta;
  }

  private static ViewFrame snapshot(SseEvent event, StreamLimits limits) {
    View view = ViewSnapshot.decode(event.data(), limits);
    SharedFrames.requireId(event, view.position());
    return new ViewFrame.Snapshot(view);
  }

  /** A delta as polling answers it and as a journal keeps it: one line of canonical JSON. */
  public static byte[] deltaBytes(ViewFrame.Delta delta) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    // Canonical order: "changes" is the first of the members.
    String separator = "{\"changes\":[";
    for (ViewFrame.Changed change : delta.changes()) {
      out.writeBytes(separator.getBytes(StandardCharsets.US_ASCII));
      out.writeBytes(bytes(change));
      separator = ",";
    }
    out.writeBytes(
        (delta.changes().isEmpty() ? separator + "]," : "],").getBytes(StandardCharsets.US_ASCII));
    byte[] rest =
        CanonicalJson.bytes(
            Json.Obj.builder()
                .put("v", Reading.FORMAT)
                .put("from", delta.from().text())
                .put("to", delta.to().text())
                .put("region", delta.region())
                .put("epoch", delta.epoch())
                .put("time", delta.timeMicros())
                .put("priority", delta.priority().text())
                .put("view", delta.view().hex())
                .build());
    out.write(rest, 1, rest.length - 1);
    return out.toByteArray();
  }

  private static byte[] bytes(ViewFrame.Changed change) {
    ViewEntity shown = change.shown();
    if (shown != null) {
      return shown.canonical();
    }
    return CanonicalJson.bytes(
        Json.Obj.builder()
            .put("kind", change.id().kind().name())
            .put("key", change.id().key())
            .put("gone", true)
            .build());
  }

  /** Reads what {@link #deltaBytes} wrote; throws {@link StreamException}. */
  public static ViewFrame.Delta readDelta(byte[] bytes, StreamLimits limits) {
    return Reading.of(DELTA, bytes, limits.json(), fields -> delta(fields, limits));
  }

  private static ViewFrame.Delta delta(Fields fields, StreamLimits limits) {
    List<ViewFrame.Changed> changes = new ArrayList<>();
    List<Json> items = fields.items("changes", limits.entitiesMax());
    for (int i = 0; i < items.size(); i++) {
      changes.add(
          changed(
              new Fields(items.get(i), "/changes/" + i, fields.problems(), /* strict= */ false)));
    }
    return new ViewFrame.Delta(
        Position.parse(fields.string("from")),
        Position.parse(fields.string("to")),
        fields.string("region"),
        fields.whole("epoch", 0, Long.MAX_VALUE),
        fields.whole("time", 0, Long.MAX_VALUE),
        Priority.named(fields.string("priority")),
        changes,
        new Hash(fields.string("view")));
  }

  private static ViewFrame.Changed changed(Fields fields) {
    EntityId id = entityId(fields);
    return new ViewFrame.Changed(
        id, fields.bool("gone", /* whenAbsent= */ false) ? null : entity(id, fields));
  }

  static ViewEntity readEntity(Fields fields) {
    return entity(entityId(fields), fields);
  }

  private static EntityId entityId(Fields fields) {
    return new EntityId(EntityKind.named(fields.string("kind")), fields.string("key"));
  }

  private static ViewEntity entity(EntityId id, Fields fields) {
    long version = fields.whole("version", 0, Json.Num.SAFE_INTEGER_MAX);
    Json doc = fields.required("doc", "an object");
    if (doc instanceof Json.Obj object) {
      return ViewEntity.of(id, version, object);
    }
    fields.problems().invalid(fields.at("doc"), Fields.shown(doc), "an object");
    return ViewEntity.of(id, version, Json.Obj.of());
  }
}
