package dev.guidon.server;

import org.jspecify.annotations.Nullable;

/** The server cannot start or go on; the message is for its operator. */
public final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public StartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
