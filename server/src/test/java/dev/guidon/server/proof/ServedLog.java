package dev.guidon.server.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.edge.LocalUpstream;
import dev.guidon.edge.TimeSource;
import dev.guidon.edge.core.Report;
import dev.guidon.log.AppendResult;
import dev.guidon.log.BlobResult;
import dev.guidon.log.Head;
import dev.guidon.log.Replay;
import dev.guidon.log.SqliteLog;
import dev.guidon.model.Change;
import dev.guidon.model.CommittedEntry;
import dev.guidon.model.EntityBody;
import dev.guidon.model.EntityId;
import dev.guidon.model.Entry;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.Priority;
import dev.guidon.model.ScopeId;
import dev.guidon.model.ScopeState;
import dev.guidon.model.Token;
import dev.guidon.model.json.Json;
import dev.guidon.stream.HeadFrame;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A real log of one scope with an edge's upstream on it, but without a control: what is written is
 * not checked. So a test can write what a control of a later version would.
 */
final class ServedLog implements LocalUpstream.Log, AutoCloseable {
  private final SqliteLog log;
  private final ScopeId scope;
  private final TimeSource time = TimeSource.system();
  private final LocalUpstream upstream = new LocalUpstream(this);
  private final List<Report> reports = new CopyOnWriteArrayList<>();

  ServedLog(Path file, ScopeId scope) {
    this.log = SqliteLog.open(file);
    this.scope = scope;
    log.create(scope, Hash.of(scope.text()).hex().substring(0, 32));
  }

  LocalUpstream upstream() {
    return upstream;
  }

  /** What the edge reported, oldest first. */
  List<Report> reports() {
    return reports;
  }

  /** One commit that gives each entity this document and its next version. */
  synchronized Token put(Map<EntityId, Json.Obj> documents) {
    ScopeState state = Replay.state(log, scope);
    List<Change> changes = new ArrayList<>();
    documents.forEach((id, document) -> {
      EntityBody old = state.entities().get(id);
      changes.add(
          new Change(id, EntityBody.live(id, old == null ? 1 : old.version() + 1, document)));
    });
    Position next = state.position().next();
    CommittedEntry entry =
        new Entry(
                next,
                Math.max(time.nowMicros(), state.timeMicros() + 1),
                "a later control",
                /* reason= */ null,
                "k-" + next.revision(),
                Priority.NORMAL,
                /* catalogRevision= */ null,
                state.chain(),
                /* checkpoint= */ null,
                changes)
            .commit();
    Head head = new Head(scope, state.position(), state.chain(), state.timeMicros());
    assertThat(log.append(scope, head, entry)).isInstanceOf(AppendResult.Committed.class);
    upstream.appended(scope);
    return new Token(scope, next.era(), next.revision());
  }

  @Override
  public @Nullable HeadFrame head(ScopeId of) {
    long readAt = time.nowMicros();
    Head head = log.head(of);
    return head == null
        ? null
        : new HeadFrame(head.position(), head.chain(), readAt, /* view= */ null, 1L);
  }

  @Override
  public List<CommittedEntry> read(ScopeId of, long afterRevision, int max) {
    return log.read(of, afterRevision, max);
  }

  @Override
  public ScopeState state(ScopeId of) {
    return Replay.state(log, of);
  }

  @Override
  public byte @Nullable [] blob(Hash hash) {
    return log.getBlob(hash) instanceof BlobResult.Found found ? found.bytes() : null;
  }

  @Override
  public long report(Report report) {
    reports.add(report);
    return time.nowMicros();
  }

  @Override
  public void close() {
    upstream.close();
    log.close();
  }
}
