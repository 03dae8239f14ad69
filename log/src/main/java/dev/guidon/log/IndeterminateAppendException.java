package dev.guidon.log;

import org.jspecify.annotations.Nullable;

/**
 * An append got no answer: it may have happened, may happen yet, or never. Ask {@code AppendCore};
 * never send a changed entry before it is settled.
 */
public final class IndeterminateAppendException extends LogException {
  private static final long serialVersionUID = 1L;

  public IndeterminateAppendException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
