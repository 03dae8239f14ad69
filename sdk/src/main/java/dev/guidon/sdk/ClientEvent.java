package dev.guidon.sdk;

import java.util.Set;

/**
 * What a client tells its listeners. Told in order, one at a time, on a thread of the client:
 * return soon.
 */
public sealed interface ClientEvent
    permits ClientEvent.Ready, ClientEvent.Changed, ClientEvent.Stale, ClientEvent.Failed {

  /** There are answers, and they are as fresh as the server's; also after a time of being stale. */
  record Ready() implements ClientEvent {}

  /**
   * Answers of these flags may differ from before: the flags were changed, or a segment, layer or
   * prerequisite that they use, or an instant passed that one of their rules names.
   */
  record Changed(Set<String> flags) implements ClientEvent {
    public Changed {
      flags = Set.copyOf(flags);
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
}
