package dev.guidon.edge;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where an edge gets its scopes from: a control or another edge over HTTP ({@link HttpUpstream}),
 * or the log of the same process ({@link LocalUpstream}). Nothing here blocks; answers come on any
 * thread, each exactly once.
 */
public interface Upstream extends AutoCloseable {

  /** How many servers there are to choose from; the follower moves on when one fails. */
  int servers();

  /**
   * Entries up to a revision that are at hand without asking anybody, the newest last; none where
   * they would have to be fetched. May block.
   */
  default List<CommittedEntry> past(ScopeId scope, long upToRevision, int max) {
    return List.of();
  }

  /** Opens a scope's replication stream after a position, or from the beginning. */
  Link stream(int server, ScopeId scope, @Nullable Position resume, Listener listener);

  /** Asks the polling twin of that stream once. */
  void poll(int server, ScopeId scope, @Nullable Position after, Consumer<Answer> then);

  /**
   * Fetches a snapshot that the stream has named.
   *
   * @param path begins with {@code /v1/}
   */
  void snapshot(int server, ScopeId scope, String path, Consumer<Answer> then);

  void blob(int server, Hash hash, Consumer<Answer> then);

  /** Delivers a report; the answer's body is {@code {"now":…,"nextAfterMillis":…}}. */
  void report(int server, byte[] body, Consumer<Answer> then);

  @Override
  void close();

  /** An open stream. */
  interface Link {
    /** Asks for nothing more until {@link #resume}. */
    void pause();

    void resume();

    /** Ends it; what the listener hears afterwards is of no interest any more. */
    void close();
  }

  /** Hears of one stream. */
  interface Listener {
    void connected();

    /** Bytes of the event stream, cut anyhow. */
    void received(byte[] chunk);

    /**
     * @param retryAfterMillis -1 when the server named none
     */
    void rejected(int status, long retryAfterMillis);

    void disconnected(String reason);
  }

  /** What came back. */
  sealed interface Answer {
    /**
     * @param head the text of {@code Guidon-Head}, if there was one
     * @param isStream whether the body is events rather than what was asked for: the server wants a
     *     snapshot to be taken
     */
    @SuppressWarnings("ArrayRecordComponent") // A carrier; never compared.
    record Body(byte[] bytes, @Nullable String head, boolean isStream) implements Answer {}

    /**
     * @param status 0 when no answer came
     */
    record Failed(int status, long retryAfterMillis, String detail) implements Answer {}
  }
}
