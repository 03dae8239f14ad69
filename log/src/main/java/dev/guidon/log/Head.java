package dev.guidon.log;

import dev.guidon.model.CommittedEntry;
import dev.guidon.model.Hash;
import dev.guidon.model.Position;
import dev.guidon.model.ScopeId;

/**
 * The end of a scope's log, and what the next entry is held against.
 *
 * @param position of the last entry; revision 0 before the first
 * @param chain hash of the last entry; {@link Hash#ZERO} before the first
 * @param timeMicros scope log time of the last entry; 0 before the first
 */
public record Head(ScopeId scope, Position position, Hash chain, long timeMicros) {

  /** The end of a log without entries. */
  public static Head empty(ScopeId scope, String logId) {
    return new Head(scope, new Position(logId, 1, 0), Hash.ZERO, 0);
  }

  /** The end of a log whose last entry is this one. */
  public static Head after(ScopeId scope, CommittedEntry last) {
    return new Head(scope, last.position(), last.hash(), last.entry().timeMicros());
  }

  public long revision() {
    return position.revision();
  }

  @Override
  public String toString() {
    return scope + "@" + position.era() + "." + position.revision();
  }
}
