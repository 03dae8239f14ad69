package dev.guidon.stream;

import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.Texts;
import dev.guidon.model.json.CanonicalJson;
import dev.guidon.model.json.Json;

/** The frames that both streams have. */
final class SharedFrames {
  static final String SNAPSHOT_REF = "snapshot-ref";
  static final String HEAD = "head";
  static final String GOODBYE = "goodbye";

  private SharedFrames() {}

  /** Given anything but a frame of one stream only. */
  static byte[] encode(Object frame) {
    if (frame instanceof HeadFrame head) {
      // Without an id: a head can be ahead of what was sent, and Last-Event-ID must not be.
      return SseWriter.event(null, HEAD, head.text());
    }
    if (frame instanceof SnapshotRef ref) {
      return SseWriter.event(ref.position().text(), SNAPSHOT_REF, CanonicalJson.text(json(ref)));
    }
    if (frame instanceof Goodbye goodbye) {
      return SseWriter.event(null, GOODBYE, CanonicalJson.text(json(goodbye)));
    }
    throw new IllegalArgumentException(
        "frame: " + frame.getClass() + " (expected: one that both streams have)");
  }

  private static Json json(SnapshotRef ref) {
    return Json.Obj.builder()
        .put("v", Reading.FORMAT)
        .put("position", ref.position().text())
        .put("url", ref.url())
        .put("hash", ref.hash().hex())
        .put("bytes", ref.bytes())
        .build();
  }

  private static Json json(Goodbye goodbye) {
    return Json.Obj.builder()
        .put("v", Reading.FORMAT)
        .put("reconnectAfterMillis", goodbye.reconnectAfterMillis())
        .put("reason", goodbye.reason())
        .build();
  }

  static SnapshotRef snapshotRef(SseEvent event) {
    SnapshotRef ref =
        Reading.of(
            SNAPSHOT_REF,
            event.data(),
            fields ->
                new SnapshotRef(
                    Position.parse(fields.string("position")),
                    fields.string("url"),
                    new Hash(fields.string("hash")),
                    fields.whole("bytes", 0, Json.Num.SAFE_INTEGER_MAX)));
    requireId(event, ref.position());
    return ref;
  }

  /**
   * The view hash does not cover the position; that it stands in two places is a cheap check of it.
   */
  static void requireId(SseEvent event, Position position) {
    String id = event.id();
    if (id != null && !id.equals(position.text())) {
      throw new StreamException(
          event.type() + " id: " + Texts.shown(id) + " (expected: " + position + ")");
    }
  }

  static HeadFrame head(SseEvent event) {
    return Reading.of(HEAD, event.data(), HeadFrame::read);
  }

  static Goodbye goodbye(SseEvent event) {
    return Reading.of(
        GOODBYE,
        event.data(),
        fields ->
            new Goodbye(
                fields.whole("reconnectAfterMillis", 0, Json.Num.SAFE_INTEGER_MAX),
                fields.string("reason")));
  }
}
