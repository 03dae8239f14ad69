package dev.guidon.stream;

/**
 * Bytes from a peer or a disk that are not what the format says. The only exception that readers
 * here throw.
 */
public final class StreamException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StreamException(String message) {
    super(message);
  }

  public StreamException(String message, Throwable cause) {
    super(message, cause);
  }
}
