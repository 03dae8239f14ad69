package dev.guidon.stream;

import dev.guidon.model.ChainException;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.InvalidDocumentException;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeSnapshot;
import dev.guidon.model.ScopeState;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A scope's state: snapshots as {@link ScopeSnapshot} has them, moved on by entries. */
record ScopeFormat(ScopeId scope, StreamLimits limits) implements StateFormat<ScopeState> {
  @Override
  public byte[] snapshot(ScopeState state) {
    return ScopeSnapshot.encode(state);
  }

  @Override
  public ScopeState readSnapshot(byte[] file, int from) {
    byte[] bytes = from == 0 ? file : Arrays.copyOfRange(file, from, file.length);
    if (bytes.length > limits.snapshotBytesMax()) {
      throw new StreamException(
          "snapshot: "
              + bytes.length
              + " bytes (expected: at most "
              + limits.snapshotBytesMax()
              + ")");
    }
    ScopeState state;
    try {
      state = ScopeSnapshot.decode(bytes);
    } catch (InvalidDocumentException e) {
      throw new StreamException("snapshot: " + e.getMessage(), e);
    }
    StateFormat.requireScope(state.scope(), scope);
    return state;
  }

  @Override
  public Position position(ScopeState state) {
    return state.position();
  }

  @Override
  public ScopeState replay(@Nullable ScopeState state, byte[] record) {
    CommittedEntry committed = LogFrames.readEntry(record);
    Position at = committed.position();
    if (state != null && StateFormat.isPast(at, state.position())) {
      return state;
    }
    ScopeState base = state == null ? ScopeState.empty(scope, at.logId()) : state;
    return apply(base, committed);
  }

  static ScopeState apply(ScopeState base, CommittedEntry committed) {
    try {
      return base.apply(committed);
    } catch (ChainException e) {
      throw new StreamException(String.valueOf(e.getMessage()), e);
    }
  }
}
