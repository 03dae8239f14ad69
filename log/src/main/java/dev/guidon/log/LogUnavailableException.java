package dev.guidon.log;

import org.jspecify.annotations.Nullable;

/**
 * The log cannot be reached, is closed, or has become read-only. What was asked for has not
 * happened, and will not happen later.
 */
public final class LogUnavailableException extends LogException {
  private static final long serialVersionUID = 1L;

  public LogUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
