package dev.guidon.sdk;

import dev.guidon.model.Position;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a client tells its listeners. Told in order, one at a time, on a thread of the client that
 * does nothing else: a listener that waits holds up the other listeners, and no change of a flag.
 */
public sealed interface ClientEvent
    permits ClientEvent.Ready,
        ClientEvent.Changed,
        ClientEvent.Stale,
        ClientEvent.Failed,
        ClientEvent.EraMoved {

  /** There are answers, and they are as fresh as the server's; also after a time of being stale. */
  record Ready() implements ClientEvent {}

  /**
   * Answers of these flags may differ from before: the flags were changed, or a segment, layer or
   * prerequisite that they use, or an instant passed that one of their rules names.
   */
  record Changed(Set<String> flags) implements ClientEvent {
    public Changed {
      // In order, not in the order of a hash that differs from process to process.
      flags = Collections.unmodifiableSet(new TreeSet<>(flags));
    }
  }

  /** The connection is lost, or was not there yet; answers go on from the last ruleset. */
  record Stale(String reason) implements ClientEvent {}

  /**
   * Something is wrong that needs a person, or has lasted beyond the grace time.
   *
   * @param fatal the key is refused and there never were answers; the client has stopped
   */
  record Failed(String message, boolean fatal) implements ClientEvent {}

  /**
   * The log was restored from a backup and goes on from an earlier state. Flags that differ because
   * of it are told as {@link Changed}.
   *
   * @param dropped how many revisions that this client had served are not part of the log any more;
   *     at least so many
   */
  record EraMoved(Position from, Position to, long dropped) implements ClientEvent {}
}
