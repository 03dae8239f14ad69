package dev.guidon.model;

/**
 * A place in the log of a scope, as followers keep and resume from it. Positions of one log are
 * ordered by (era, revision); positions of different logs are not ordered at all. Written {@code
 * logId/era.revision}.
 *
 * @param logId random for the life of a log: 32 hexadecimal digits
 * @param era from 1; raised only by a recovery
 * @param revision dense from 1; 0 is the place before the first entry
 */
public record Position(String logId, long era, long revision) {
  public Position {
    if (logId.isEmpty() || logId.indexOf('/') >= 0 || era < 1 || revision < 0) {
      throw new IllegalArgumentException(
          "position: "
              + Texts.shown(logId + "/" + era + "." + revision)
              + " (expected: a log id, an era of at least 1, a revision of at least 0)");
    }
  }

  public static Position parse(String text) {
    int slash = text.indexOf('/');
    int dot = text.indexOf('.', slash + 1);
    if (slash > 0 && dot > slash) {
      try {
        return new Position(
            text.substring(0, slash),
            Long.parseLong(text.substring(slash + 1, dot)),
            Long.parseLong(text.substring(dot + 1)));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(expected(text), e);
      }
    }
    throw new IllegalArgumentException(expected(text));
  }

  private static String expected(String text) {
    return "position: " + Texts.shown(text) + " (expected: logId/era.revision)";
  }

  /**
   * Whether this place is behind another of the same log; false for another log, which has no order
   * with this one.
   */
  public boolean isBefore(Position other) {
    return logId.equals(other.logId)
        && (era < other.era || (era == other.era && revision < other.revision));
  }

  public Position next() {
    return new Position(logId, era, revision + 1);
  }

  public String text() {
    return logId + "/" + era + "." + revision;
  }

  @Override
  public String toString() {
    return text();
  }
}
