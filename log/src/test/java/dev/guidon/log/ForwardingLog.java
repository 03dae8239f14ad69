package dev.guidon.log;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A log that hands everything on; tests override what they disturb. */
class ForwardingLog implements Log {
  private final Log log;

  ForwardingLog(Log log) {
    this.log = log;
  }

  @Override
  public Head create(ScopeId scope, String logId) {
    return log.create(scope, logId);
  }

  @Override
  public Head createAt(Head base) {
    return log.createAt(base);
  }

  @Override
  public AppendResult append(ScopeId scope, Head expected, CommittedEntry entry) {
    return log.append(scope, expected, entry);
  }

  @Override
  public AppendResult recover(ScopeId scope, Head expected, CommittedEntry entry) {
    return log.recover(scope, expected, entry);
  }

  @Override
  public long highestEra(ScopeId scope) {
    return log.highestEra(scope);
  }

  @Override
  public List<CommittedEntry> read(ScopeId scope, long afterRevision, int max) {
    return log.read(scope, afterRevision, max);
  }

  @Override
  public Tail tail(ScopeId scope, long afterRevision) {
    return log.tail(scope, afterRevision);
  }

  @Override
  public @Nullable Head head(ScopeId scope) {
    return log.head(scope);
  }

  @Override
  public Map<ScopeId, Head> heads() {
    return log.heads();
  }

  @Override
  public Head base(ScopeId scope) {
    return log.base(scope);
  }

  @Override
  public @Nullable CommittedEntry byKey(ScopeId scope, String idempotencyKey) {
    return log.byKey(scope, idempotencyKey);
  }

  @Override
  public void putBlob(Hash hash, byte[] bytes) {
    log.putBlob(hash, bytes);
  }

  @Override
  public BlobResult getBlob(Hash hash) {
    return log.getBlob(hash);
  }

  @Override
  public void eraseBlob(Hash hash) {
    log.eraseBlob(hash);
  }

  @Override
  public List<Hash> blobs(Hash after, int max) {
    return log.blobs(after, max);
  }

  @Override
  public void putSnapshot(ScopeId scope, Position position, byte[] bytes) {
    log.putSnapshot(scope, position, bytes);
  }

  @Override
  public @Nullable StoredSnapshot latestSnapshot(ScopeId scope, long atOrBeforeRevision) {
    return log.latestSnapshot(scope, atOrBeforeRevision);
  }

  @Override
  public List<Position> snapshots(ScopeId scope) {
    return log.snapshots(scope);
  }

  @Override
  public void truncate(ScopeId scope, long upToRevision) {
    log.truncate(scope, upToRevision);
  }

  @Override
  public void close() {
    log.close();
  }
}
