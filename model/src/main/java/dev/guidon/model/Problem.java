package dev.guidon.model;

/**
 * One thing wrong with a document.
 *
 * @param pointer where (RFC 6901), "" for the whole document
 * @param message value and expectation
 */
public record Problem(Code code, String pointer, String message) {
  /** Whose fault, and whether a newer reader might know better. */
  public enum Code {
    /** Not what the format says. */
    INVALID,
    /** A member that the format does not have. */
    UNKNOWN_FIELD,
    /** Well-formed, but needs something that this reader lacks: an operator, a kind of serve. */
    UNSUPPORTED,
    /** Names something that is not there. */
    DANGLING_REFERENCE,
    /** Beyond a limit. */
    TOO_LARGE
  }

  @Override
  public String toString() {
    return (pointer.isEmpty() ? "document" : pointer) + ": " + message;
  }
}
