package dev.guidon.model;

/**
 * What an append returns and every read accepts as a minimum: {@code shop/prod@1.4812}. Clients
 * treat it as opaque. Tokens of one scope are ordered by (era, revision).
 */
public record Token(ScopeId scope, long era, long revision) {
  public static Token parse(String text) {
    int at = text.indexOf('@');
    int dot = text.indexOf('.', at + 1);
    if (at > 0 && dot > at) {
      try {
        return new Token(
            ScopeId.parse(text.substring(0, at)),
            Long.parseLong(text.substring(at + 1, dot)),
            Long.parseLong(text.substring(dot + 1)));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(expected(text), e);
      }
    }
    throw new IllegalArgumentException(expected(text));
  }

  private static String expected(String text) {
    return "token: " + Texts.shown(text) + " (expected: scope@era.revision as a write returned it)";
  }

  /** Whether a state at this era and revision contains what the token stands for. */
  public boolean isReachedBy(long stateEra, long stateRevision) {
    return stateEra > era || (stateEra == era && stateRevision >= revision);
  }

  public String text() {
    return scope.text() + "@" + era + "." + revision;
  }

  @Override
  public String toString() {
    return text();
  }
}
