package dev.guidon.simulation;

import dev.guidon.model.Hash;
import dev.guidon.stream.LogSource;
import org.jspecify.annotations.Nullable;

/** Whatever an edge can follow: a control, or another edge. */
interface ReplicationHost {
  String name();

  boolean isUp();

  LogSource logSource();

  byte @Nullable [] snapshotBytes(Hash hash);

  byte @Nullable [] blobBytes(Hash hash);

  /** Takes over a connection that has been opened. */
  void serve(Server<?> server);
}
