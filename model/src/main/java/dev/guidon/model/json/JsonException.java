package dev.guidon.model.json;

/** A document that is not acceptable JSON, with the first place where that shows. */
public final class JsonException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String pointer;
  private final int line;
  private final int column;
  private final int offset;

  JsonException(String message, String pointer, int line, int column, int offset) {
    super(message);
    this.pointer = pointer;
    this.line = line;
    this.column = column;
    this.offset = offset;
  }

  /**
   * The value in or after which reading stopped, as RFC 6901; empty for the whole document.
   * Unescaped input.
   */
  public String pointer() {
    return pointer;
  }

  /** From 1. Lines end at line feeds. */
  public int line() {
    return line;
  }

  /** From 1, in code points. */
  public int column() {
    return column;
  }

  /** From 0, in bytes of the UTF-8 form. */
  public int offset() {
    return offset;
  }
}
