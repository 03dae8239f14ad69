package dev.guidon.log;

import org.jspecify.annotations.Nullable;

/** A log that could not do as it was asked. */
public abstract sealed class LogException extends RuntimeException
    permits CorruptLogException,
        IndeterminateAppendException,
        LogUnavailableException,
        TruncatedException,
        UnknownScopeException {
  private static final long serialVersionUID = 1L;

  LogException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
