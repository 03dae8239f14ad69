package dev.guidon.stream;

/**
 * The server closes and says when to come back.
 *
 * @param reconnectAfterMillis already spread by the server over the time it drains in
 */
public record Goodbye(long reconnectAfterMillis, String reason) implements ViewFrame, LogFrame {
  public Goodbye {
    if (reconnectAfterMillis < 0) {
      throw new IllegalArgumentException(
          "reconnectAfterMillis: " + reconnectAfterMillis + " (expected: at least 0)");
    }
  }
}
