package dev.guidon.log;

import dev.guidon.model.ScopeId;

/** The scope has no log; {@link Log#create} makes one. */
public final class UnknownScopeException extends LogException {
  private static final long serialVersionUID = 1L;

  public UnknownScopeException(ScopeId scope) {
    super("scope: " + scope + " (expected: a scope whose log was created)", null);
  }
}
