package dev.guidon.stream;

import dev.guidon.model.json.JsonLimits;

/**
 * What a reader accepts from a peer.
 *
 * @param eventBytesMax one event of a stream, also one line of it
 * @param snapshotBytesMax a whole snapshot
 * @param entitiesMax entities in one frame or snapshot
 * @param pendingBytesMax what a follower holds back while it waits for blobs or a snapshot; beyond
 *     it the driver stops reading from the connection
 */
public record StreamLimits(
    int eventBytesMax, int snapshotBytesMax, int entitiesMax, int pendingBytesMax) {
  public static final StreamLimits DEFAULT =
      new StreamLimits(8 << 20, 256 << 20, 200_000, 16 << 20);

  public StreamLimits {
    if (eventBytesMax < 1 || snapshotBytesMax < 1 || entitiesMax < 1 || pendingBytesMax < 1) {
      throw new IllegalArgumentException(
          "limits: "
              + eventBytesMax
              + ", "
              + snapshotBytesMax
              + ", "
              + entitiesMax
              + ", "
              + pendingBytesMax
              + " (expected: each at least 1)");
    }
  }

  /** For a frame that may list that many entities. */
  JsonLimits json() {
    return JsonLimits.DEFAULT
        .withMaxBytes(eventBytesMax)
        .withMaxChildren(Math.max(entitiesMax, JsonLimits.DEFAULT.maxChildren()));
  }
}
