package dev.guidon.log;

import org.jspecify.annotations.Nullable;

/** What is stored is not what was written, or not a log of Guidon. Nothing was changed. */
public final class CorruptLogException extends LogException {
  private static final long serialVersionUID = 1L;

  public CorruptLogException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
